// The engine port over a real Docker (or Podman) engine, through dockerode.
import { Engine, type EngineApi } from "@composure/engine/Engine";
import type { EngineError } from "@composure/engine/EngineError";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";
import { injectFiles } from "./archive.ts";
import { askHelperProcess, readDockerConfig } from "./auth.ts";
import { afterBases } from "./bases.ts";
import { buildWithEngine } from "./build.ts";
import { chooseBuilder, readText } from "./builder.ts";
import { buildWithBuildx } from "./buildx.ts";
import { makeCaller, type Caller } from "./call.ts";
import { dockerConfigDir, endpointFor, resolveTarget, type TargetOptions } from "./connect.ts";
import { containerCalls } from "./containers.ts";
import { connectDocker } from "./modem.ts";
import { factCalls } from "./facts.ts";
import { fileCalls } from "./files.ts";
import { listContainers, observe } from "./observe.ts";
import { interactiveCalls } from "./interactive.ts";
import { outputCalls } from "./output.ts";
import { type Credentials, imageDigest, pullImage } from "./pull.ts";
import { prepareModel, runProvider } from "./providers.ts";
import { pushBuilt, pushCalls } from "./push.ts";
import { resourceCalls } from "./resources.ts";
import { openTransport } from "./transport.ts";

export interface DockerOptions extends TargetOptions {
  /** The process's environment: DOCKER_HOST, DOCKER_CONTEXT, DOCKER_CONFIG, DOCKER_CERT_PATH, DOCKER_TLS_VERIFY, DOCKER_API_VERSION, XDG_RUNTIME_DIR. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home folder. */
  readonly home: string;
}

const version = (caller: Caller): EngineApi["version"] =>
  Effect.map(
    caller.read("version", caller.transport.name, (docker) => docker.version()),
    (info) => ({ version: info.Version, apiVersion: info.ApiVersion, os: info.Os, arch: info.Arch }),
  );

/** Connects to nothing yet: the first call does. The pool of connections closes with the scope. */
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
    // Where it cannot be told, the other program will say why.
    const used = Effect.promise(() => transport.near().catch(() => undefined));
    const builder = yield* Effect.cached(
      Effect.map(credentials.config, (config) => chooseBuilder(options, config, used)),
    );
    const plugins = Effect.map(credentials.config, ({ cliPluginsExtraDirs: extra }) => ({
      places: { env: options.env, home: options.home, extra },
      endpoint: Effect.map(used, (address) => endpointFor(options.env, options.home, options, readText, address)),
    }));
    const inOrder = afterBases();
    return {
      kind: "docker",
      target: transport.name,
      version: version(caller),
      observe: (query) => observe(caller, query),
      listContainers: (query) => listContainers(caller, query),
      pullImage: (operation, onProgress) => pullImage(caller, credentials, operation, onProgress),
      imageDigest: (image) => imageDigest(caller, credentials, image),
      buildImage: (operation, onProgress, secret) =>
        inOrder(
          operation,
          Effect.flatMap(builder, (found) =>
            found._tag === "Buildx"
              ? buildWithBuildx(caller, found.buildx, operation, onProgress, secret)
              : Effect.tap(buildWithEngine(caller, credentials, operation, onProgress, found.instead), () =>
                  pushBuilt(caller, credentials, operation, onProgress),
                ),
          ),
        ),
      runProvider: (operation, project, onProgress) =>
        Effect.flatMap(plugins, (ground) => runProvider(ground, operation, project, onProgress)),
      prepareModel: (operation, onProgress) => Effect.flatMap(plugins, (ground) => prepareModel(ground, operation, onProgress)),
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
