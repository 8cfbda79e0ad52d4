// Test blocks that need an engine: the one at DOCKER_HOST, or at the usual socket. Skipped with a sentence when none answers,
// or when it lacks the test images (scripts/engine/images.sh); failures with COMPOSURE_ENGINE_TESTS=required.
import { randomBytes } from "node:crypto";
import { request } from "node:http";
import type { Service } from "@composure/core/model/Service";
import type { BoundContainerSpec } from "@composure/core/plan/Operation";
import { makeDockerEngine } from "@composure/docker/DockerEngine";
import type { EngineApi } from "@composure/engine/Engine";
import { EngineError, type EngineReason } from "@composure/engine/EngineError";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Result from "effect/Result";
import type * as Scope from "effect/Scope";
import { afterAll, describe, test } from "vitest";

export const IDLE = "composure/test-idle:latest";
export const HEALTHY = "composure/test-healthy:latest";
export const DATABASE = "composure/test-db:1";
const IMAGES = [IDLE, HEALTHY, DATABASE, "composure/test-unhealthy:latest", "busybox:latest"];

const host = process.env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock";
export const socketPath = host.replace(/^unix:\/\//, "");

/** A plain request, past everything under test. */
export const raw = (
  method: string,
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly json: unknown }> =>
  new Promise((resolve, reject) => {
    const text = body === undefined ? "" : JSON.stringify(body);
    const headers = { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(text) };
    const sent = request({ socketPath, method, path, headers }, (response) => {
      let answer = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (answer += chunk));
      response.on("end", () => {
        try {
          resolve({ status: response.statusCode ?? 0, json: answer === "" ? undefined : JSON.parse(answer) });
        } catch {
          resolve({ status: response.statusCode ?? 0, json: answer });
        }
      });
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(text);
  });

const findEngine = async (): Promise<string | undefined> => {
  if (!host.startsWith("unix://")) return `these tests need an engine on a unix socket, not ${host}`;
  try {
    await raw("GET", "/_ping");
  } catch (error) {
    return `no engine answers at ${host} (${(error as Error).message})`;
  }
  const found = await Promise.all(IMAGES.map((image) => raw("GET", `/images/${image}/json`)));
  const missing = IMAGES.filter((_, index) => found[index]?.status !== 200);
  return missing.length === 0
    ? undefined
    : `the engine lacks ${missing.join(", ")}: scripts/engine/images.sh ${host} loads them`;
};

const absent = await findEngine();
if (absent !== undefined && process.env["COMPOSURE_ENGINE_TESTS"] === "required")
  throw new Error(`COMPOSURE_ENGINE_TESTS=required, but ${absent}`);

/** Every block has a project of its own, and takes down what carries its label. */
export const onEngine = (name: string, body: (project: string) => void): void => {
  if (absent !== undefined) return void test.skip(`${name}: ${absent}`);
  const project = `docker-test-${randomBytes(4).toString("hex")}`;
  describe(name, () => {
    body(project);
    afterAll(() => takeDown(project));
  });
};

const takeDown = async (project: string): Promise<void> => {
  const filters = encodeURIComponent(JSON.stringify({ label: [`com.docker.compose.project=${project}`] }));
  const containers = (await raw("GET", `/containers/json?all=1&filters=${filters}`)).json as ReadonlyArray<{
    readonly Id: string;
  }>;
  await Promise.all(containers.map(({ Id }) => raw("DELETE", `/containers/${Id}?force=1&v=1`)));
  const networks = (await raw("GET", `/networks?filters=${filters}`)).json as ReadonlyArray<{ readonly Id: string }>;
  await Promise.all(networks.map(({ Id }) => raw("DELETE", `/networks/${Id}`)));
  const volumes = (await raw("GET", `/volumes?filters=${filters}`)).json as {
    readonly Volumes: ReadonlyArray<{ readonly Name: string }> | null;
  };
  await Promise.all((volumes.Volumes ?? []).map(({ Name }) => raw("DELETE", `/volumes/${Name}?force=1`)));
};

export interface At {
  readonly host?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program against an engine of its own; a typed failure is thrown as it is. */
export const using = <A>(
  program: (engine: EngineApi) => Effect.Effect<A, EngineError, Scope.Scope>,
  at: At = {},
): Promise<A> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(
        makeDockerEngine({
          // The engine's own builders; those of buildx have a test of their own.
          env: { DOCKER_BUILDKIT: "0", ...(at.env ?? { DOCKER_CONFIG: "/nonexistent" }) },
          home: "/nonexistent",
          host: at.host ?? host,
        }),
        program,
      ),
    ),
  );

/** Why the program failed; throws when it did not. */
export const refusal = async <A>(
  program: (engine: EngineApi) => Effect.Effect<A, EngineError, Scope.Scope>,
  at: At = {},
): Promise<EngineReason> => {
  const exit = await using((engine) => Effect.exit(program(engine)), at).catch((error: unknown) => {
    if (error instanceof EngineError) return Exit.fail(error);
    throw error;
  });
  const failure = Exit.findError(exit as Exit.Exit<A, EngineError>);
  if (Result.isFailure(failure)) throw new Error(`it did not fail: ${JSON.stringify(exit)}`);
  return failure.success.reason;
};

export const labelsOf = (
  project: string,
  more: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> => ({
  "com.docker.compose.project": project,
  "com.docker.compose.service": "web",
  ...more,
});

export const specOf = (
  project: string,
  service: Partial<Service>,
  more: Partial<BoundContainerSpec> = {},
): BoundContainerSpec => ({
  service: { name: "web", ...service },
  image: service.image ?? IDLE,
  labels: labelsOf(project),
  endpoints: [],
  links: [],
  mounts: [],
  volumesFrom: [],
  proxyEnvironment: {},
  interactive: { stdin: false, autoRemove: false },
  ...more,
});

/** Creates and starts. */
export const launch = (engine: EngineApi, name: string, spec: BoundContainerSpec): Effect.Effect<string, EngineError> =>
  Effect.gen(function* () {
    const { id } = yield* engine.createContainer(name, spec);
    yield* engine.startContainer(id);
    return id;
  });

export const sh = (script: string): Partial<Service> => ({
  image: "busybox",
  command: ["sh", "-c", script],
  stop_signal: "SIGKILL",
});

const collected = (emit: (text: string) => void) => (chunk: { readonly bytes: Uint8Array }) =>
  Effect.sync(() => emit(Buffer.from(chunk.bytes).toString("utf8")));
export { collected };
