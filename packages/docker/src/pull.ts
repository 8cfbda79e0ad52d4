// Pulls an image: progress per layer, credentials for its registry only, and another try when the network hiccups.
import type { OnProgress, Progress } from "@composure/engine/Engine";
import { EngineError, Unauthorized } from "@composure/engine/EngineError";
import type { Operation } from "@composure/core/plan/Operation";
import * as Effect from "effect/Effect";
import * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";
import { type AskHelper, type DockerConfig, encodeAuth, findAuth, registryKey } from "./auth.ts";
import { type Caller, wire } from "./call.ts";
import { reasonOf } from "./errors.ts";
import { familiarName, parseReference } from "./reference.ts";
import { imagePath } from "./containers.ts";
import { linesOf } from "./streams.ts";

type PullImage = Extract<Operation, { readonly _tag: "PullImage" }>;

export interface Credentials {
  readonly config: Effect.Effect<DockerConfig>;
  readonly ask: AskHelper;
}

/** A line of a pull's stream, and of a classic build's. */
export interface ProgressLine {
  readonly id?: string;
  readonly status?: string;
  readonly stream?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
  readonly errorDetail?: { readonly code?: number; readonly message?: string };
  /** Text when it is BuildKit's trace. */
  readonly aux?: { readonly ID?: string } | string;
}

export const toProgress = (line: ProgressLine): Progress => {
  const { current, total } = line.progressDetail ?? {};
  return {
    id: line.id ?? "",
    text: line.status ?? "",
    ...(current === undefined ? {} : { current }),
    ...(total === undefined ? {} : { total }),
  };
};

/** An error in the middle of a stream that began with a success. */
export const lineError = (call: string, subject: string, line: ProgressLine): EngineError | undefined => {
  const text = line.errorDetail?.message ?? line.error;
  if (text === undefined) return undefined;
  // The stream has no status; what a registry does not have is named in words.
  const status = line.errorDetail?.code ?? (/not found|manifest unknown|does not exist/i.test(text) ? 404 : 500);
  return new EngineError({ call, subject, reason: reasonOf(status, text) });
};

const TRANSIENT =
  /timeout|timed out|HTTP 429|HTTP 5\d\d|connection reset|broken pipe|unexpected EOF|: EOF$|temporary failure|toomanyrequests|too many requests|received unexpected HTTP status: 5\d\d|50[234] |bad gateway|service unavailable/i;
/** Three more tries, a second, two and four after. */
export const retries = Schedule.max([Schedule.exponential("1 second", 2), Schedule.recurs(3)]);

/** Worth another try: the registry or the way to it failed, not the request. */
export const isTransient = ({ reason }: EngineError): boolean => {
  switch (reason._tag) {
    case "Rejected":
      return TRANSIENT.test(reason.detail);
    case "Unavailable":
    case "NotFound":
    case "Conflict":
    case "NameTaken":
    case "PortTaken":
    case "Unauthorized":
    case "WaitFailed":
    case "HookFailed":
    case "BuildFailed":
    case "PluginFailed":
    case "Unsupported":
      return false;
  }
};

const hiccup = ({ reason }: EngineError): Progress => ({
  id: "",
  text: `${reason._tag === "Rejected" ? reason.detail : reason._tag}: trying again`,
});

/** Why no credentials could be had is worth telling only when they turn out to be needed. */
export const explain = (error: EngineError, helperFailed: string | undefined): EngineError =>
  helperFailed !== undefined && (error.reason._tag === "Unauthorized" || error.reason._tag === "NotFound")
    ? new EngineError({
        call: error.call,
        subject: error.subject,
        reason: new Unauthorized({
          detail: `${error.reason._tag === "NotFound" ? error.reason.what : error.reason.detail} (${helperFailed})`,
        }),
      })
    : error;

const attempt = (
  caller: Caller,
  operation: PullImage,
  auth: string | undefined,
  onProgress: OnProgress,
): Effect.Effect<void, EngineError> => {
  const reference = parseReference(operation.image);
  const query = {
    fromImage: familiarName(reference),
    tag: reference.digest ?? reference.tag ?? "latest",
    ...(operation.platform === undefined ? {} : { platform: operation.platform }),
  };
  return Effect.scoped(
    Effect.gen(function* () {
      const body = yield* caller.stream("pullImage", operation.image, (docker, signal) =>
        docker.createImage(
          auth === undefined ? (undefined as never) : ({ key: auth } as never),
          wire(query, {}, signal),
        ),
      );
      yield* linesOf<ProgressLine>(caller, "pullImage", operation.image, body).pipe(
        Stream.runForEach((line) => {
          const error = lineError("pullImage", operation.image, line);
          return error === undefined ? onProgress(toProgress(line)) : Effect.fail(error);
        }),
      );
    }),
  );
};

interface FoundAuth {
  readonly auth: string | undefined;
  /** Why a credential helper gave none. */
  readonly failed: string | undefined;
}

export const authFor = (credentials: Credentials, image: string): Effect.Effect<FoundAuth> =>
  Effect.gen(function* () {
    const config = yield* credentials.config;
    return yield* Effect.tryPromise({
      try: () => findAuth(config, registryKey(image), credentials.ask),
      catch: (error) => (error instanceof Error ? error.message : String(error)),
    }).pipe(
      Effect.map((auth) => ({ auth: auth === undefined ? undefined : encodeAuth(auth), failed: undefined })),
      Effect.catch((failed) => Effect.succeed({ auth: undefined, failed })),
    );
  });

/** Asks the registry, through the engine (GET /distribution/{name}/json, API 1.30). */
export const imageDigest = (caller: Caller, credentials: Credentials, image: string): Effect.Effect<string, EngineError> =>
  Effect.gen(function* () {
    const { auth, failed } = yield* authFor(credentials, image);
    const found = yield* caller
      .read("imageDigest", image, (docker) =>
        docker.getImage(imagePath(image)).distribution(auth === undefined ? {} : { authconfig: { key: auth } as never }),
      )
      .pipe(
        Effect.retry({ schedule: retries, while: isTransient }),
        Effect.mapError((error) => explain(error, failed)),
      );
    return (found as { readonly Descriptor: { readonly digest: string } }).Descriptor.digest;
  });

export const pullImage = (
  caller: Caller,
  credentials: Credentials,
  operation: PullImage,
  onProgress: OnProgress,
): Effect.Effect<{ readonly id: string }, EngineError> =>
  Effect.gen(function* () {
    const found = yield* authFor(credentials, operation.image);
    yield* attempt(caller, operation, found.auth, onProgress).pipe(
      Effect.tapError((error) => (isTransient(error) ? onProgress(hiccup(error)) : Effect.void)),
      Effect.retry({ schedule: retries, while: isTransient }),
      Effect.mapError((error) => explain(error, found.failed)),
    );
    const image = yield* caller.read("pullImage", operation.image, (docker) =>
      docker.getImage(imagePath(operation.image)).inspect(),
    );
    return { id: image.Id };
  });
