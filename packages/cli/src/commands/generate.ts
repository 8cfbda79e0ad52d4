// generate: a Compose file that describes containers which exist.
import { resolve } from "node:path";
import type { Json } from "@composure/core/hash/canonicalJson";
import { escapeDollars } from "@composure/core/print/json";
import { documentText } from "@composure/core/print/yaml";
import { Engine } from "@composure/engine/Engine";
import type { ContainerConfig, ProcessConfig } from "@composure/engine/Facts";
import * as Effect from "effect/Effect";
import type { generateSpec } from "../argv/specs/drawing.ts";
import { runWithEngine } from "../engine/run.ts";
import { engineFailed, refuse, type Failure } from "../pipeline/Failure.ts";
import { print } from "../pipeline/reading.ts";
import { withSession } from "../session.ts";
import type { Run } from "./index.ts";

interface Described {
  readonly config: ContainerConfig;
  /** What its image says by itself needs no line in the file. */
  readonly image: ProcessConfig;
}

type Plain = string | number | boolean | ReadonlyArray<Plain> | { readonly [key: string]: Plain };

const toJson = (value: Plain): Json => {
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(toJson);
  return new Map(Object.entries(value).map(([key, item]) => [key, toJson(item)]));
};

const same = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): boolean => a.length === b.length && a.every((word, at) => word === b[at]);

const given = <Value extends Plain>(key: string, value: Value | undefined, isEmpty: boolean): { readonly [key: string]: Plain } =>
  value === undefined || isEmpty ? {} : { [key]: value };

const sorted = (pairs: ReadonlyArray<readonly [string, string]>): { readonly [key: string]: string } => Object.fromEntries([...pairs].sort(([a], [b]) => (a < b ? -1 : 1)));

const environmentOf = ({ config, image }: Described): { readonly [key: string]: string } =>
  sorted(
    config.process.environment
      .filter((line) => !image.environment.includes(line))
      .map((line) => {
        const at = line.indexOf("=");
        return at === -1 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
      }),
  );

const labelsOf = ({ config, image }: Described): { readonly [key: string]: string } =>
  sorted(
    Object.entries(config.process.labels).filter(
      ([key, value]) => !key.startsWith("com.docker.compose.") && !key.startsWith("composure.") && image.labels[key] !== value,
    ),
  );

const seconds = (nanoseconds: number): string => `${nanoseconds / 1e9}s`;

const healthOf = ({ healthcheck }: ContainerConfig): { readonly [key: string]: Plain } | undefined =>
  healthcheck === undefined
    ? undefined
    : {
        test: healthcheck.test,
        ...given("interval", seconds(healthcheck.interval), healthcheck.interval === 0),
        ...given("timeout", seconds(healthcheck.timeout), healthcheck.timeout === 0),
        ...given("retries", healthcheck.retries, healthcheck.retries === 0),
        ...given("start_period", seconds(healthcheck.startPeriod), healthcheck.startPeriod === 0),
      };

const builtIn = new Set(["bridge", "host", "none", "default"]);

const serviceName = ({ name, process }: ContainerConfig): string => process.labels["com.docker.compose.service"] ?? name;

/** Names that the engine and compose give by themselves are not repeated. */
const aliasesOf = (config: ContainerConfig, aliases: ReadonlyArray<string>): ReadonlyArray<string> =>
  aliases.filter((alias) => alias !== serviceName(config) && alias !== config.name && !config.id.startsWith(alias)).sort();

const networksOf = (config: ContainerConfig): { readonly [key: string]: Plain } => {
  const own = config.networks.filter(({ name }) => !builtIn.has(name));
  if (own.length === 0) return given("network_mode", config.networkMode, config.networkMode === "" || config.networkMode === "default");
  return { networks: Object.fromEntries(own.map(({ name, aliases }) => [name, given("aliases", aliasesOf(config, aliases), aliasesOf(config, aliases).length === 0)])) };
};

const serviceOf = (described: Described, count: number): { readonly [key: string]: Plain } => {
  const { config, image } = described;
  const { process } = config;
  const environment = environmentOf(described);
  const labels = labelsOf(described);
  const ports = config.ports.map((port) => ({
    target: port.target,
    ...given("published", port.published, port.published === "" || port.published === "0" || count > 1),
    ...given("host_ip", port.hostIp, port.hostIp === "" || port.hostIp === "0.0.0.0"),
    protocol: port.protocol,
  }));
  const volumes = config.mounts.map(({ type, source, target, readOnly }) => ({ type, ...given("source", source, source === ""), target, ...given("read_only", true, !readOnly) }));
  return {
    ...given("command", process.command, same(process.command, image.command)),
    ...given("entrypoint", process.entrypoint, same(process.entrypoint, image.entrypoint)),
    ...given("environment", environment, Object.keys(environment).length === 0),
    ...given("healthcheck", healthOf(config), false),
    ...given("hostname", config.hostname, config.hostname === "" || config.id.startsWith(config.hostname)),
    image: config.image,
    ...given("labels", labels, Object.keys(labels).length === 0),
    ...networksOf(config),
    ...given("ports", ports, ports.length === 0),
    ...given("privileged", true, !config.privileged),
    ...given("restart", config.restartPolicy, config.restartPolicy === "" || config.restartPolicy === "no"),
    scale: count,
    ...given("user", process.user, process.user === image.user),
    ...given("volumes", volumes, volumes.length === 0),
    ...given("working_dir", process.workingDir, process.workingDir === image.workingDir),
  };
};

/** Networks and volumes exist and hold data: the file refers to them instead of making others of a similar name. */
const existing = (names: ReadonlyArray<string>): { readonly [key: string]: Plain } =>
  Object.fromEntries([...new Set(names)].sort().map((name) => [name, { name, external: true }]));

export const describe = (all: ReadonlyArray<Described>, name: string | undefined): { readonly [key: string]: Plain } => {
  const services = new Map<string, Array<Described>>();
  for (const described of all) services.set(serviceName(described.config), [...(services.get(serviceName(described.config)) ?? []), described]);
  const networks = existing(all.flatMap(({ config }) => config.networks.map((network) => network.name).filter((network) => !builtIn.has(network))));
  const volumes = existing(all.flatMap(({ config }) => config.mounts.flatMap(({ type, source }) => (type === "volume" ? [source] : []))));
  return {
    ...given("name", name, name === undefined || name === ""),
    services: Object.fromEntries([...services].sort(([a], [b]) => (a < b ? -1 : 1)).map(([service, [first, ...others]]) => [service, serviceOf(first as Described, 1 + others.length)])),
    ...given("networks", networks, Object.keys(networks).length === 0),
    ...given("volumes", volumes, Object.keys(volumes).length === 0),
  };
};

const noImage: ProcessConfig = { entrypoint: [], command: [], environment: [], user: "", workingDir: "", labels: {} };

const look = (name: string) =>
  Effect.gen(function* () {
    const engine = yield* Engine;
    const config = yield* Effect.catchReason(engine.containerConfig(name), "EngineError", "NotFound", () => Effect.succeed(undefined));
    if (config === undefined) return { name, config };
    const image = yield* Effect.catchReason(engine.inspectImage(config.imageId), "EngineError", "NotFound", () => Effect.succeed(undefined));
    return { name, config, image: image?.config ?? noImage };
  });

export const run: Run<typeof generateSpec> = ({ globals, options, operands }, host) =>
  withSession(globals, host, (session) => {
    const program = Effect.gen(function* () {
      if (options.format !== "yaml" && options.format !== "json") return yield* Effect.fail<Failure>(refuse(`unsupported format "${options.format}"`, "use yaml or json"));
      if (operands.length === 0) return yield* Effect.fail<Failure>(refuse("at least one container must be specified", "docker ps lists their names"));
      const found = yield* Effect.mapError(Effect.forEach(operands, look, { concurrency: 8 }), engineFailed);
      const missing = found.filter(({ config }) => config === undefined).map(({ name }) => name);
      if (missing.length > 0) return yield* Effect.fail<Failure>(refuse(`no container(s) found with the following name(s): ${missing.join(",")}`));
      const document = describe(found.flatMap((one) => (one.config === undefined ? [] : [{ config: one.config, image: one.image ?? noImage }])), options.name);
      const text = options.format === "json" ? `${JSON.stringify(document, null, 2)}\n` : documentText(toJson(document) as Map<string, Json>);
      yield* print(host, escapeDollars(text));
      return 0;
    });
    return runWithEngine(session, resolve(host.cwd, options.projectDir ?? "."), program);
  });
