// Pushes images and clears away those that lost their name.
import type { Operation } from "@composure/core/plan/Operation";
import type { EngineApi, OnProgress } from "@composure/engine/Engine";
import type { EngineError } from "@composure/engine/EngineError";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import { encodeAuth } from "./auth.ts";
import { type Caller, wire } from "./call.ts";
import { authFor, type Credentials, explain, isTransient, lineError, type ProgressLine, retries, toProgress } from "./pull.ts";
import { familiarName, parseReference } from "./reference.ts";
import { imagePath } from "./containers.ts";
import { linesOf } from "./streams.ts";

type BuildImage = Extract<Operation, { readonly _tag: "BuildImage" }>;
type PushCalls = Pick<EngineApi, "pushImage" | "pruneImages">;

const pushImage =
  (caller: Caller, credentials: Credentials): PushCalls["pushImage"] =>
  ({ image }, onProgress) =>
    Effect.gen(function* () {
      const { auth, failed } = yield* authFor(credentials, image);
      const reference = parseReference(image);
      // The engine refuses a push without this header, even where nobody has to log in.
      const key = auth ?? encodeAuth({});
      const attempt = Effect.scoped(
        Effect.gen(function* () {
          const body = yield* caller.stream("pushImage", image, (docker, signal) =>
            docker.getImage(imagePath(familiarName(reference))).push({ ...wire({ tag: reference.tag ?? "latest" }, {}, signal), authconfig: { key } } as never) as unknown as Promise<NodeJS.ReadableStream>,
          );
          yield* linesOf<ProgressLine>(caller, "pushImage", image, body).pipe(
            Stream.runForEach((line) => {
              const error = lineError("pushImage", image, line);
              return error === undefined ? onProgress(toProgress(line)) : Effect.fail(error);
            }),
          );
        }),
      );
      yield* attempt.pipe(
        Effect.retry({ schedule: retries, while: isTransient }),
        Effect.mapError((error) => explain(error, failed)),
      );
    });

/** Every name of an image that was built to be pushed. */
export const pushBuilt = (caller: Caller, credentials: Credentials, operation: BuildImage, onProgress: OnProgress): Effect.Effect<void, EngineError> =>
  Effect.forEach(
    operation.push === true ? new Set([operation.image, ...(operation.build.tags ?? [])]) : [],
    (image) => pushImage(caller, credentials)({ _tag: "PushImage", image, services: [operation.service], tolerateFailure: false }, onProgress),
    { discard: true },
  );

interface Pruned {
  readonly ImagesDeleted?: ReadonlyArray<{ readonly Deleted?: string }> | null;
}

const pruneImages =
  (caller: Caller): PushCalls["pruneImages"] =>
  (labels) =>
    Effect.map(
      caller.change("pruneImages", labels.join(" "), (docker, signal) =>
        docker.pruneImages(wire({ filters: JSON.stringify({ dangling: ["true"], label: [...labels] }) }, {}, signal) as never) as unknown as Promise<Pruned>,
      ),
      (pruned) => (pruned.ImagesDeleted ?? []).flatMap(({ Deleted }) => (Deleted === undefined ? [] : [Deleted])),
    );

export const pushCalls = (caller: Caller, credentials: Credentials): PushCalls => ({
  pushImage: pushImage(caller, credentials),
  pruneImages: pruneImages(caller),
});
