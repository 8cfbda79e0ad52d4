// The engine port over a real Docker (or Podman) engine, through dockerode.
import { readFileSync } from "node:fs";
import { Engine, type EngineApi } from "@composure/engine/Engine";
import type { EngineError } from "@composure/engine/EngineError";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";
import { injectFiles } from "./archive.ts";
import { askHelperProcess, readDockerConfig } from "./auth.ts";
import { buildWithEngine } from "./build.ts";
import { type Buildx, buildWithBuildx } from "./buildx.ts";
import { makeCaller, type Caller } from "./call.ts";
import { dockerConfigDir, endpointFor, resolveTarget, type Target, type TargetOptions } from "./connect.ts";
import { containerCalls } from "./containers.ts";
import { connectDocker } from "./modem.ts";
import { factCalls } from "./facts.ts";
import { fileCalls } from "./files.ts";
import { listContainers, observe } from "./observe.ts";
import { interactiveCalls } from "./interactive.ts";
import { outputCalls } from "./output.ts";
import { type Credentials, imageDigest, pullImage } from "./pull.ts";
import { pushCalls } from "./push.ts";
import { resourceCalls } from "./resources.ts";
import { findPlugin } from "./plugins.ts";
import { openTransport, type Transport } from "./transport.ts";

export interface DockerOptions extends TargetOptions {
  /** The process's environment: DOCKER_HOST, DOCKER_CONTEXT, DOCKER_CONFIG, DOCKER_CERT_PATH, DOCKER_TLS_VERIFY, DOCKER_API_VERSION, XDG_RUNTIME_DIR. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home folder. */
  readonly home: string;
}

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};

const version = (caller: Caller): EngineApi["version"] =>
  Effect.map(
    caller.read("version", caller.transport.name, (docker) => docker.version()),
    (info) => ({ version: info.Version, apiVersion: info.ApiVersion, os: info.Os, arch: info.Arch }),
  );

/** Connects to nothing yet: the first call does. The pool of connections closes with the scope. */
/** Set to what Go reads as false. */
const isOff = (text: string | undefined): boolean => text !== undefined && /^(?:0|f|false)$/i.test(text);

type Builder =
  | { readonly _tag: "Buildx"; readonly buildx: Buildx }
  /** `instead` is what the user does to get the other one. */
  | { readonly _tag: "Engine"; readonly instead: string };

/** As docker compose 2.40: buildx unless BuildKit or bake are turned off, or it is not installed. */
const chooseBuilder = (
  options: DockerOptions,
  target: Target,
  transport: Transport,
  credentials: Credentials,
): Effect.Effect<Builder> =>
  Effect.gen(function* () {
    const { env, home } = options;
    if (isOff(env["DOCKER_BUILDKIT"])) return { _tag: "Engine", instead: "set DOCKER_BUILDKIT=1 to use BuildKit" };
    if (isOff(env["COMPOSE_BAKE"])) return { _tag: "Engine", instead: "unset COMPOSE_BAKE to use BuildKit" };
    const { cliPluginsExtraDirs } = yield* credentials.config;
    const path = findPlugin("buildx", { env, home, extra: cliPluginsExtraDirs });
    if (path === undefined) return { _tag: "Engine", instead: "install docker buildx to use BuildKit" };
    const used = transport.name === target.name ? undefined : transport.name;
    return {
      _tag: "Buildx",
      buildx: { path, env, endpoint: Effect.sync(() => endpointFor(env, home, options, readText, used)) },
    };
  });

export const makeDockerEngine = (options: DockerOptions): Effect.Effect<EngineApi, EngineError, Scope.Scope> =>
  Effect.gen(function* () {
    const target = yield* Effect.fromResult(resolveTarget(options.env, options.home, options, readText));
    const transport = yield* Effect.acquireRelease(
      Effect.sync(() => openTransport(target)),
      (opened) => Effect.sync(opened.close),
    );
    const caller = makeCaller(transport, connectDocker(transport), options.env["DOCKER_API_VERSION"] || undefined);
    const configDir = dockerConfigDir(options.env, options.home);
    const credentials: Credentials = {
      config: yield* Effect.cached(Effect.promise(() => readDockerConfig(configDir))),
      ask: askHelperProcess,
    };
    const builder = yield* Effect.cached(chooseBuilder(options, target, transport, credentials));
    return {
      kind: "docker",
      target: transport.name,
      version: version(caller),
      observe: (query) => observe(caller, query),
      listContainers: (query) => listContainers(caller, query),
      pullImage: (operation, onProgress) => pullImage(caller, credentials, operation, onProgress),
      imageDigest: (image) => imageDigest(caller, credentials, image),
      buildImage: (operation, onProgress, secret) =>
        Effect.flatMap(builder, (found) =>
          found._tag === "Buildx"
            ? buildWithBuildx(caller, found.buildx, operation, onProgress, secret)
            : buildWithEngine(caller, credentials, operation, onProgress, found.instead),
        ),
      injectFiles: injectFiles(caller),
      ...containerCalls(caller),
      ...resourceCalls(caller),
      ...outputCalls(caller),
      ...interactiveCalls(caller),
      ...factCalls(caller),
      ...fileCalls(caller),
      ...pushCalls(caller, credentials),
    };
  });

/** Fails when no engine can be meant: an unknown context, an address that is none. Whether one answers shows at the first call. */
export const layer = (options: DockerOptions): Layer.Layer<Engine, EngineError> =>
  Layer.effect(
    Engine,
    Effect.map(makeDockerEngine(options), (api) => Engine.of(api)),
  );
