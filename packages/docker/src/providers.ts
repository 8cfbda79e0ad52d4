// Plugins that provide what is no container: docker compose's provider protocol, and docker's model runner.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import type { Operation } from "@composure/core/plan/Operation";
import type { OnProgress, Yield } from "@composure/engine/Engine";
import { EngineError, PluginFailed } from "@composure/engine/EngineError";
import * as Effect from "effect/Effect";
import { childEnvironment, type Endpoint, findPlugin, findProgram, type PluginPlaces } from "./plugins.ts";

type RunProvider = Extract<Operation, { readonly _tag: "RunProvider" }>;
type PrepareModel = Extract<Operation, { readonly _tag: "PrepareModel" }>;

export interface PluginGround {
  readonly places: PluginPlaces;
  readonly endpoint: Effect.Effect<Endpoint>;
}

const failed = (subject: string, plugin: string, detail: string): EngineError =>
  new EngineError({ call: "runPlugin", subject, reason: new PluginFailed({ plugin, detail }) });

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a plugin to its end; interrupting ends it. `onLine` gets the lines of its standard output. */
const run = (
  path: string,
  args: ReadonlyArray<string>,
  env: NodeJS.ProcessEnv,
  onLine: (line: string) => void = () => {},
): Effect.Effect<Ended, Error> =>
  Effect.callback<Ended, Error>((resume) => {
    const child = spawn(path, args, { env, stdio: ["ignore", "pipe", "pipe"] });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr = (stderr + text).slice(-4096)));
    createInterface({ input: child.stdout }).on("line", onLine);
    child.once("error", (error) => resume(Effect.fail(error)));
    child.once("close", (code) => resume(Effect.succeed({ code, stdout, stderr })));
    return Effect.sync(() => void child.kill("SIGTERM"));
  });

const digestOf = (variables: Readonly<Record<string, string>>): string =>
  createHash("sha256")
    .update(JSON.stringify(Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1))))
    .digest("hex");

interface Parameters {
  readonly parameters?: ReadonlyArray<{ readonly name: string; readonly required?: boolean }>;
}
interface Metadata {
  readonly description?: string;
  readonly up?: Parameters;
  readonly down?: Parameters;
  readonly stop?: Parameters;
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null;

/** What the plugin says of itself; most say nothing. */
const metadataOf = (path: string, env: NodeJS.ProcessEnv): Effect.Effect<Metadata> =>
  run(path, ["compose", "metadata"], env).pipe(
    Effect.map(({ code, stdout }) => {
      const read = code === 0 ? parse(stdout) : undefined;
      return isRecord(read) ? (read as Metadata) : {};
    }),
    Effect.catch(() => Effect.succeed({})),
  );

const saysNothing = ({ description, up, down }: Metadata): boolean =>
  !description && up?.parameters === undefined && down?.parameters === undefined;

interface Message {
  readonly type: string;
  readonly message: string;
}

const readMessage = (line: string): Message | undefined => {
  const read = parse(line);
  return isRecord(read) && typeof read["type"] === "string" ? { type: read["type"], message: String(read["message"] ?? "") } : undefined;
};

/** What a run of the plugin told. */
interface Told {
  readonly variables: Record<string, string>;
  error?: string;
}

const listen = (service: string, told: Told, onProgress: OnProgress) => (line: string): void => {
  if (line.trim() === "") return;
  const said = readMessage(line);
  const at = said?.message.indexOf("=") ?? -1;
  switch (said?.type) {
    case "info":
      return void Effect.runFork(onProgress({ id: "", text: said.message.trimEnd().split("\n")[0] ?? "" }));
    case "debug":
      return;
    case "error":
      told.error ??= said.message;
      return;
    case "setenv":
    case "rawsetenv": {
      if (at < 1) told.error ??= `it gave a variable without a value: ${said.message}`;
      const prefix = said.type === "setenv" ? `${service.toUpperCase()}_` : "";
      told.variables[`${prefix}${said.message.slice(0, at)}`] = said.message.slice(at + 1);
      return;
    }
    default:
      told.error ??= `it said what no provider says: ${line.slice(0, 200)}`;
  }
};

const verbs = { up: "create", stop: "stop", down: "remove" } as const;

/** Source: docker compose, docs/extension.md. */
export const runProvider = (
  { places, endpoint }: PluginGround,
  { service, provider, command, options }: RunProvider,
  project: string,
  onProgress: OnProgress,
): Effect.Effect<Yield, EngineError> =>
  Effect.gen(function* () {
    const path = findPlugin(provider, places) ?? findProgram(provider, places.env);
    if (path === undefined) {
      const detail = `there is no docker plugin docker-${provider}, and no program ${provider} on the PATH`;
      return yield* failed(service, provider, detail);
    }
    const env = childEnvironment(places.env, yield* endpoint);
    const metadata = yield* metadataOf(path, env);
    const nothing: Yield = { id: "", variables: {} };
    if (command === "stop" && metadata.stop === undefined) return nothing;
    const known = saysNothing(metadata) ? undefined : (metadata[command]?.parameters ?? []);
    const lacking = known?.find(({ name, required }) => required === true && options[name] === undefined);
    if (lacking !== undefined)
      return yield* failed(service, provider, `required parameter "${lacking.name}" is missing from provider "${provider}" definition`);
    const given = Object.entries(options).filter(([name]) => known === undefined || known.some((each) => each.name === name));
    const flags = given.flatMap(([name, values]) => values.map((value) => `--${name}=${value}`));
    const told: Told = { variables: {} };
    const args = ["compose", `--project-name=${project}`, command, ...flags, service];
    const ended = yield* run(path, args, env, listen(service, told, onProgress)).pipe(
      Effect.mapError((error) => failed(service, provider, error.message)),
    );
    if (told.error !== undefined) return yield* failed(service, provider, told.error);
    if (ended.code !== 0) {
      const detail = ended.stderr.trim() === "" ? "" : `: ${ended.stderr.trim()}`;
      return yield* failed(service, provider, `failed to ${verbs[command]} service provider: exit status ${ended.code ?? "unknown"}${detail}`);
    }
    return { id: digestOf(told.variables), variables: told.variables };
  });

const jsonOf = (text: string): unknown => parse(text.slice(Math.max(0, text.search(/[[{]/))));

/** As docker compose: pulled unless it is there, configured, and asked where it answers. */
export const prepareModel = (
  { places, endpoint }: PluginGround,
  { model, reference, contextSize, runtimeFlags }: PrepareModel,
  onProgress: OnProgress,
): Effect.Effect<Yield, EngineError> =>
  Effect.gen(function* () {
    const path = findPlugin("model", places);
    if (path === undefined) return yield* failed(model, "model", "'models' support requires Docker Model plugin");
    const env = childEnvironment(places.env, yield* endpoint);
    const ask = (args: ReadonlyArray<string>, onLine?: (line: string) => void) =>
      run(path, args, env, onLine).pipe(
        Effect.mapError((error) => failed(model, "model", error.message)),
        Effect.flatMap((ended) =>
          ended.code === 0
            ? Effect.succeed(ended.stdout)
            : Effect.fail(failed(model, "model", `docker model ${args[0] ?? ""}: ${ended.stderr.trim() || ended.stdout.trim()}`)),
        ),
      );
    const listed = jsonOf(yield* ask(["ls", "--json"]));
    const tags = Array.isArray(listed) ? listed.flatMap((each: { readonly tags?: ReadonlyArray<string> | null }) => each.tags ?? []) : [];
    if (!tags.includes(reference))
      yield* ask(["pull", reference], (text) => void (text.trim() === "" || Effect.runFork(onProgress({ id: reference, text: text.trim() }))));
    const size = contextSize === undefined ? [] : ["--context-size", String(contextSize)];
    yield* ask(["configure", ...size, reference, ...(runtimeFlags.length === 0 ? [] : ["--", ...runtimeFlags])]);
    const status = jsonOf(yield* ask(["status", "--json"]));
    const found = isRecord(status) ? status["endpoint"] : undefined;
    if (typeof found !== "string") return yield* failed(model, "model", "docker model status does not tell the endpoint");
    const variables = { endpoint: found, model: reference };
    return { id: digestOf(variables), variables };
  });
