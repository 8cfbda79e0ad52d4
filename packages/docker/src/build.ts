// Builds an image with the engine's own builders: one request, a tar of the context in, lines of progress out.
import type { Build } from "@composure/core/model/Build";
import type { Operation } from "@composure/core/plan/Operation";
import type { OnProgress } from "@composure/engine/Engine";
import { BuildFailed, EngineError } from "@composure/engine/EngineError";
import type Docker from "dockerode";
import * as Effect from "effect/Effect";
import * as Semaphore from "effect/Semaphore";
import * as Stream from "effect/Stream";
import { allAuths, encodeAuth, findAuth, registryKey } from "./auth.ts";
import { traceReader } from "./buildkit.ts";
import { type Caller, wire } from "./call.ts";
import { type BuildContext, ContextError, packContext } from "./context.ts";
import type { Builder } from "./dockerfile.ts";
import { observeImages } from "./observe.ts";
import { type Credentials, type ProgressLine, pullImage, toProgress } from "./pull.ts";
import { proxyArguments } from "./proxies.ts";
import { imagePath } from "./containers.ts";
import { isRemote } from "./remote.ts";
import { defined, filled } from "./spec/drop.ts";
import { linesOf } from "./streams.ts";

type BuildImage = Extract<Operation, { readonly _tag: "BuildImage" }>;

/** Characters of the builder's output that a failure keeps. */
const KEPT = 4096;

/** What needs a client that stays in touch with BuildKit during the build; leaving it out would build something else. */
const beyondEngine = (build: Build): string | undefined => {
  const wants: ReadonlyArray<readonly [string, boolean]> = [
    ["multi-arch build", (build.platforms ?? []).length > 1],
    ["privileged mode", build.privileged === true],
    ["additional contexts", filled(build.additional_contexts) !== undefined],
    ["SSH keys", (build.ssh ?? []).length > 0],
    ["secrets", (build.secrets ?? []).length > 0],
    ["entitlements", (build.entitlements ?? []).length > 0],
    ["dockerfile_inline with a remote context", build.dockerfile_inline !== undefined && isRemote(build.context ?? "")],
  ];
  return wants.find(([, wanted]) => wanted)?.[0];
};

export const buildQuery = (
  { image, build, platform, labels, pull, noCache, memory }: BuildImage,
  { dockerfile, builder }: { readonly dockerfile: string | undefined; readonly builder: Builder },
  proxies: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> => {
  const own = Object.fromEntries(Object.entries(build.args ?? {}).filter(([, value]) => value !== null));
  const args = { ...proxies, ...own };
  const hosts = Object.entries(build.extra_hosts ?? {}).flatMap(([host, addresses]) =>
    addresses.map((address) => `${host}:${address}`),
  );
  const ulimits = Object.entries(build.ulimits ?? {}).map(([Name, limit]) => ({
    Name,
    Soft: limit.single ?? limit.soft ?? 0,
    Hard: limit.single ?? limit.hard ?? 0,
  }));
  return defined({
    t: [...new Set([image, ...(build.tags ?? [])])],
    dockerfile,
    remote: isRemote(build.context ?? "") ? build.context : undefined,
    buildargs: filled(args),
    labels: {
      ...build.labels,
      ...labels,
      ...(builder === "classic" ? { "com.docker.compose.image.builder": "classic" } : {}),
    },
    target: build.target,
    networkmode: build.network,
    extrahosts: filled(hosts),
    shmsize: build.shm_size,
    memory,
    ulimits: ulimits.length === 0 ? undefined : JSON.stringify(ulimits),
    cachefrom:
      filled(build.cache_from as Array<string> | undefined) === undefined
        ? undefined
        : JSON.stringify(build.cache_from),
    isolation: build.isolation,
    pull: pull || build.pull === true ? 1 : undefined,
    nocache: noCache || build.no_cache === true ? 1 : undefined,
    platform: platform ?? (build.platforms?.length === 1 ? build.platforms[0] : undefined),
    rm: 1,
    forcerm: 1,
    version: builder === "classic" ? "1" : "2",
  });
};

interface Outcome {
  readonly id: string | undefined;
  readonly step: string;
  readonly said: string;
}

const STEP = /^Step (\d+\/\d+) : /;

/** Reads the builder's lines: progress out, the image's id kept, an error line a failure. */
const follow = (
  lines: Stream.Stream<ProgressLine, EngineError>,
  fail: (detail: string, output: string) => EngineError,
  onProgress: OnProgress,
): Effect.Effect<Outcome, EngineError> => {
  const readTrace = traceReader();
  const said = (outcome: Outcome, text: string): Outcome => ({ ...outcome, said: (outcome.said + text).slice(-KEPT) });
  return Stream.runFoldEffect(
    lines,
    (): Outcome => ({ id: undefined, step: "", said: "" }),
    (outcome, line) =>
      Effect.gen(function* () {
        const failed = line.errorDetail?.message ?? line.error;
        if (failed !== undefined) return yield* fail(failed, outcome.said);
        if (typeof line.aux === "string") {
          const trace = readTrace(line.aux);
          yield* Effect.forEach(trace.progress, onProgress, { discard: true });
          return said(outcome, trace.said);
        }
        if (line.aux?.ID !== undefined) return { ...outcome, id: line.aux.ID };
        if (line.stream === undefined) {
          if (line.status !== undefined) yield* onProgress(toProgress(line));
          return outcome;
        }
        const step = STEP.exec(line.stream)?.[1] ?? outcome.step;
        for (const text of line.stream.split("\n"))
          if (text.trim() !== "") yield* onProgress({ id: step, text: text.trimEnd() });
        return said({ ...outcome, step }, line.stream);
      }),
  );
};

/**
 * BuildKit gets no credentials with the request, but prefers what the engine has: base images of registries that want
 * credentials are pulled beforehand. True when there were some; asking BuildKit to look for newer ones would fail then.
 */
const pullPrivateBases = (
  caller: Caller,
  credentials: Credentials,
  operation: BuildImage,
  bases: ReadonlyArray<string>,
  onProgress: OnProgress,
) =>
  Effect.gen(function* () {
    const config = yield* credentials.config;
    const found = yield* Effect.forEach(bases, (image) =>
      Effect.promise(() =>
        findAuth(config, registryKey(image), credentials.ask).then(
          (auth) => (auth === undefined ? [] : [image]),
          () => [],
        ),
      ),
    );
    const isWanted = (image: string) =>
      operation.pull || operation.build.pull === true
        ? Effect.succeed(true)
        : Effect.map(observeImages(caller, [image]), (images) => images.length === 0);
    yield* Effect.forEach(found.flat(), (image) =>
      Effect.flatMap(isWanted(image), (wanted) => {
        const platform = operation.platform === undefined ? {} : { platform: operation.platform };
        return wanted
          ? pullImage(
              caller,
              credentials,
              { _tag: "PullImage", image, services: [operation.service], tolerateFailure: false, ...platform },
              onProgress,
            )
          : Effect.void;
      }),
    );
    return found.flat().length > 0;
  });

const contextOf = (build: Build): Effect.Effect<BuildContext | undefined, ContextError> =>
  isRemote(build.context ?? "")
    ? Effect.succeed(undefined)
    : Effect.tryPromise({
        try: () =>
          packContext({ folder: build.context ?? ".", dockerfile: build.dockerfile, inline: build.dockerfile_inline }),
        catch: (error) =>
          error instanceof ContextError
            ? error
            : new ContextError(error instanceof Error ? error.message : String(error)),
      });

const turns = new Map<string, Semaphore.Semaphore>();

/**
 * Builds of one folder take turns with the classic builder. Side by side, stages that they share would be built twice, and
 * the next build would find one of the two and miss the steps cached upon the other: an unchanged image would look changed.
 */
const inTurn = (
  folder: string | undefined,
  builder: "classic" | "buildkit",
): (<A, E, R>(build: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>) => {
  if (builder === "buildkit" || folder === undefined) return (build) => build;
  const turn = turns.get(folder) ?? Semaphore.makeUnsafe(1);
  turns.set(folder, turn);
  return turn.withPermits(1);
};

/** With the engine's own builders, for where buildx is not installed or not wanted. */
export const buildWithEngine = (
  caller: Caller,
  credentials: Credentials,
  operation: BuildImage,
  onProgress: OnProgress,
  /** What the user does to build with BuildKit. */
  withBuildKit: string,
): Effect.Effect<{ readonly id: string }, EngineError> => {
  const { build, image } = operation;
  const refuse = (reason: EngineError["reason"]) => new EngineError({ call: "buildImage", subject: image, reason });
  const fail = (detail: string, output: string) => refuse(new BuildFailed({ detail, output }));
  /** The engine's refusal of a build is a failed build too. */
  const asBuildFailure = (error: EngineError) =>
    error.reason._tag === "Rejected" ? fail(error.reason.detail, "") : error;
  const feature = beyondEngine(build);
  if (feature !== undefined)
    return Effect.fail(fail(`the classic builder doesn't support ${feature}, ${withBuildKit}`, ""));
  return Effect.scoped(
    Effect.gen(function* () {
      const auths = yield* Effect.flatMap(credentials.config, (config) =>
        Effect.promise(() => allAuths(config, credentials.ask)),
      );
      const context = yield* Effect.acquireRelease(
        Effect.mapError(contextOf(build), (error) => fail(error.message, "")),
        (opened) => Effect.sync(() => opened?.archive.destroy()),
      );
      const pulled =
        context?.builder === "buildkit" &&
        (yield* pullPrivateBases(caller, credentials, operation, context.bases, onProgress));
      const proxies = proxyArguments(yield* credentials.config, caller.transport.name);
      const asked = buildQuery(operation, context ?? { dockerfile: build.dockerfile, builder: "classic" }, proxies);
      const query = pulled ? { ...asked, pull: undefined } : asked;
      const registry = filled(auths) === undefined ? {} : { registryconfig: { base64: encodeAuth(auths) } };
      const sent = caller
        .stream("buildImage", image, (docker, signal) => {
          const options = { ...wire(query, {}, signal), ...registry } as unknown as Docker.ImageBuildOptions;
          // Without a file, as for a remote context, dockerode sends none.
          return docker.buildImage(context?.archive as NodeJS.ReadableStream, options);
        })
        .pipe(
          Effect.mapError((error) =>
            context?.archive.errored ? fail(context.archive.errored.message, "") : asBuildFailure(error),
          ),
        );
      const outcome = yield* inTurn(
        build.context,
        context?.builder ?? "classic",
      )(
        Effect.flatMap(sent, (body) =>
          follow(linesOf<ProgressLine>(caller, "buildImage", image, body), fail, onProgress),
        ),
      );
      if (outcome.id !== undefined) return { id: outcome.id };
      const built = yield* caller.read("buildImage", image, (docker) => docker.getImage(imagePath(image)).inspect());
      return { id: built.Id };
    }),
  );
};
