// What the flags of `run` make of a service.
import { isAbsolute, resolve } from "node:path";
import { parsePorts } from "@composure/core/canonical/ports";
import { parseVolume } from "@composure/core/canonical/volumes";
import { splitWords } from "@composure/core/decode/words";
import type { PortConfig, Service, ServiceVolume } from "@composure/core/model/Service";
import * as Result from "effect/Result";
import { refuse, type Failure } from "../pipeline/Failure.ts";
import { isFailure } from "../pipeline/scale.ts";
import { readVariables } from "./variables.ts";

export interface OneOffFlags {
  readonly argv: ReadonlyArray<string>;
  readonly entrypoint: string | undefined;
  /** Later ones win: files first, then -e. */
  readonly variables: ReadonlyArray<string>;
  readonly labels: ReadonlyArray<string>;
  readonly user: string | undefined;
  readonly workdir: string | undefined;
  readonly capAdd: ReadonlyArray<string>;
  readonly capDrop: ReadonlyArray<string>;
  readonly servicePorts: boolean;
  readonly publish: ReadonlyArray<string>;
  readonly volumes: ReadonlyArray<string>;
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
}

const readPorts = (specs: ReadonlyArray<string>): ReadonlyArray<PortConfig> | Failure => {
  const ports: Array<PortConfig> = [];
  for (const spec of specs) {
    const parsed = parsePorts(spec);
    if (Result.isFailure(parsed)) return refuse(`"${spec}" is not a port: ${parsed.failure}`);
    for (const { hostIp, published, target, protocol } of parsed.success) {
      ports.push({ mode: "ingress", target, protocol, ...(hostIp === undefined ? {} : { host_ip: hostIp }), ...(published === undefined ? {} : { published }) });
    }
  }
  return ports;
};

const readVolumes = (specs: ReadonlyArray<string>, cwd: string): ReadonlyArray<ServiceVolume> | Failure => {
  const volumes: Array<ServiceVolume> = [];
  for (const spec of specs) {
    const parsed = parseVolume(spec);
    if (Result.isFailure(parsed)) return refuse(`"${spec}" is not a volume: ${parsed.failure}`);
    const { type, source, target, readOnly, bind, volume } = parsed.success;
    const from = type === "bind" && source !== undefined && !isAbsolute(source) ? resolve(cwd, source) : source;
    volumes.push({
      type,
      target,
      ...(from === undefined ? {} : { source: from }),
      ...(readOnly ? { read_only: true } : {}),
      ...(bind === undefined ? {} : { bind }),
      ...(volume === undefined ? {} : { volume }),
    });
  }
  return volumes;
};

const commandOf = (flags: OneOffFlags): Pick<Service, "command" | "entrypoint"> | Failure => {
  if (flags.entrypoint === undefined) return flags.argv.length === 0 ? {} : { command: flags.argv };
  const words = splitWords(flags.entrypoint);
  if (Result.isFailure(words)) return refuse(`--entrypoint "${flags.entrypoint}": ${words.failure}`);
  // Another entrypoint has no use for the service's arguments.
  return { entrypoint: words.success.words, command: flags.argv };
};

const capabilities = (service: Service, { capAdd, capDrop }: OneOffFlags): Pick<Service, "cap_add" | "cap_drop"> => {
  const without = (list: ReadonlyArray<string> | undefined, gone: ReadonlyArray<string>) => (list ?? []).filter((name) => !gone.includes(name));
  return {
    ...(capAdd.length + (service.cap_add?.length ?? 0) === 0 ? {} : { cap_add: [...without(service.cap_add, capDrop), ...capAdd] }),
    ...(capDrop.length + (service.cap_drop?.length ?? 0) === 0 ? {} : { cap_drop: [...without(service.cap_drop, capAdd), ...capDrop] }),
  };
};

const without = <Key extends keyof Service>(service: Service, ...keys: ReadonlyArray<Key>): Omit<Service, Key> => {
  const rest: Record<string, unknown> = { ...service };
  for (const key of keys) delete rest[key];
  return rest as unknown as Omit<Service, Key>;
};

type Deploy = NonNullable<Service["deploy"]>;

const oneOffDeploy = (deploy: Deploy): Deploy => {
  const { restart_policy: restarts, ...rest } = deploy;
  return restarts === undefined ? { ...deploy, replicas: 1 } : { ...rest, replicas: 1 };
};

export const oneOffService = (service: Service, flags: OneOffFlags): Service | Failure => {
  const published = readPorts(flags.publish);
  if (isFailure(published)) return published;
  const volumes = readVolumes(flags.volumes, flags.cwd);
  if (isFailure(volumes)) return volumes;
  const command = commandOf(flags);
  if (isFailure(command)) return command;
  // A one-off has a name of its own, ends when it ends, and is one.
  const { deploy, ...base } = without(service, "container_name", "restart", "scale", "ports", "cap_add", "cap_drop");
  const ports = [...(flags.servicePorts ? (service.ports ?? []) : []), ...published];
  const pairs = (given: ReadonlyArray<string>) => readVariables(given, flags.environment);
  return {
    ...base,
    ...command,
    ...capabilities(service, flags),
    ...(deploy === undefined ? {} : { deploy: oneOffDeploy(deploy) }),
    ...(ports.length === 0 ? {} : { ports }),
    ...(volumes.length === 0 ? {} : { volumes: [...(service.volumes ?? []), ...volumes] }),
    ...(flags.variables.length === 0 ? {} : { environment: { ...service.environment, ...Object.fromEntries(pairs(flags.variables)) } }),
    ...(flags.labels.length === 0 ? {} : { labels: { ...service.labels, ...Object.fromEntries(pairs(flags.labels).map(([name, value]) => [name, value ?? ""])) } }),
    ...(flags.user === undefined ? {} : { user: flags.user }),
    ...(flags.workdir === undefined ? {} : { working_dir: flags.workdir }),
    tty: flags.tty,
    stdin_open: flags.stdin,
  };
};
