// Where a script of calls runs: what its slots are called, and how ids, addresses and names are made comparable.
import type { Kind, Program } from "./Script.ts";
import type { Service } from "@composure/core/model/Service";
import type { BoundContainerSpec, EndpointSpec, MountSpec } from "@composure/core/plan/Operation";

/** Names, a /24 and a port that no other run on the same engine has. */
export interface Place {
  readonly prefix: string;
  /** "10.213.7": the first three numbers. */
  readonly subnet: string;
  readonly port: number;
}

/** The ids of one engine by slot, as they came up. */
export interface Book {
  readonly containers: Map<number, string>;
  /** Readable names for everything with an id. */
  readonly names: Map<string, string>;
}

export const emptyBook = (): Book => ({ containers: new Map(), names: new Map() });

export const containerName = ({ prefix }: Place, slot: number): string => `${prefix}-c${slot}`;
export const networkName = ({ prefix }: Place, slot: number | string): string => (typeof slot === "string" ? slot : `${prefix}-n${slot}`);
export const volumeName = ({ prefix }: Place, slot: number | string): string => (typeof slot === "string" ? `${prefix}/bad` : `${prefix}-v${slot}`);

const shell = (script: string): Partial<Service> => ({ image: "busybox:latest", command: ["sh", "-c", script] });
const idle = { image: "composure/test-idle:latest" };

const programs: Readonly<Record<Program, Partial<Service>>> = {
  idle,
  stubborn: shell("trap '' TERM; sleep 600"),
  "exit 0": shell("exit 0"),
  "exit 3": shell("exit 3"),
  prints: shell("echo one; echo two >&2; exit 0"),
  healthy: { image: "composure/test-healthy:latest" },
  unhealthy: { image: "composure/test-unhealthy:latest" },
  database: { image: "composure/test-db:1" },
};

export const endpointOf = (place: Place, network: number | string, address?: number): EndpointSpec => ({
  network: networkName(place, network),
  aliases: network === "host" ? ["alias"] : typeof network === "string" ? [] : ["alias"],
  links: [],
  settings: address === undefined ? null : { ipv4_address: `${place.subnet}.${address}` },
});

const mountOf = (place: Place, volume: number | "anonymous", readOnly: boolean): MountSpec => ({
  _tag: "Volume",
  ...(volume === "anonymous" ? {} : { name: volumeName(place, volume) }),
  target: `/mnt/${volume}`,
  readOnly,
  inherited: false,
});

const modeOf = (place: Place, book: Book, mode: NonNullable<Kind["mode"]>): string =>
  typeof mode === "string" ? mode : `container:${book.containers.get(mode.beside) ?? containerName(place, mode.beside)}`;

export const specOf = (place: Place, book: Book, slot: number, kind: Kind, image?: string): BoundContainerSpec => {
  const service: Partial<Service> = {
    ...programs[kind.program],
    ...(image === undefined ? {} : { image }),
    ...(kind.restart === "no" ? {} : { restart: kind.restart }),
    ...(kind.publishes ? { ports: [{ target: 80, published: String(place.port) }] } : {}),
    ...(kind.program === "stubborn" ? { stop_grace_period: 1_000_000_000 } : {}),
  };
  const endpoints = kind.networks.map((network) => endpointOf(place, network, kind.fixed && network === 1 ? 10 : undefined));
  return {
    service: { name: `s${slot}`, ...service },
    image: service.image ?? "",
    labels: { "com.docker.compose.project": place.prefix, "com.docker.compose.service": `s${slot}`, slot: String(slot) },
    endpoints,
    ...(kind.mode === undefined ? (endpoints.length === 0 ? { networkMode: "bridge" } : {}) : { networkMode: modeOf(place, book, kind.mode) }),
    mounts: kind.volumes.map((volume) => mountOf(place, volume, kind.readOnly)),
    volumesFrom: kind.volumesFrom === undefined ? [] : [containerName(place, kind.volumesFrom)],
    links: [],
    proxyEnvironment: {},
    interactive: { stdin: false, autoRemove: kind.autoRemove },
  };
};

/** A text without what differs from engine to engine and from run to run. */
export const abstracted = (place: Place, book: Book, text: string): string => {
  let plain = text;
  for (const [id, name] of book.names) plain = plain.replaceAll(id, `<${name}>`).replaceAll(id.slice(0, 12), `<${name}>`);
  return plain
    .replaceAll(/\b[0-9a-f]{64}\b|\b[0-9a-f]{12}\b/g, "<id>")
    .replaceAll(/\[(<[^\]]*)\]/g, (_, users: string) => `[${users.split(", ").sort().join(", ")}]`)
    // Newer engines say this before it at times, and at times not.
    .replaceAll(/could not find a network matching network mode \S+: /g, "")
    // The networks of a container are joined in no order: which of two missing ones is told is a matter of luck.
    .replaceAll(/network \S+-n[01] not found/g, "network n? not found")
    .replaceAll(place.prefix, "P")
    .replaceAll(place.subnet, "SUBNET")
    .replaceAll(String(place.port), "PORT");
};
