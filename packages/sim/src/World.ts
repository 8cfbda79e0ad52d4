// The simulated daemon as plain data: everything it remembers survives a round trip through JSON.
import type { Settings } from "@composure/core/desired/settings";
import type { ContainerState, Health, ObservedMount, ObservedPort } from "@composure/core/observed/Observed";
import type { StringMap } from "@composure/core/model/Service";
import type { BoundContainerSpec, EndpointSpec } from "@composure/core/plan/Operation";

/** Milliseconds since the epoch, by the daemon's clock. */
export type Millis = number;

/** What a container does by itself: how it ends, how its probes go, how it takes a stop. */
export interface Behaviour {
  /** Milliseconds after a start, and the exit code; absent means it runs until stopped. */
  readonly exits?: { readonly after: Millis; readonly code: number };
  /** The probe from which on it is healthy; 0 means never. Absent: 1, or what the probe's command tells. */
  readonly healthyAt?: number;
  /** Milliseconds after a start from which on probes succeed. */
  readonly readyAfter?: Millis;
  /** Milliseconds after a start from which on it counts as serving where it has no healthcheck. Absent: at once. */
  readonly servesAfter?: Millis;
  /** Milliseconds that it needs to end after a stop signal; "never" means that only a kill ends it. */
  readonly stopTakes?: Millis | "never";
  readonly stopCode?: number;
  /** Starting it fails with this text, as when its command does not exist. */
  readonly startFails?: string;
  /** Lines printed at every start. */
  readonly prints?: ReadonlyArray<string>;
  /** How every command executed in it ends. */
  readonly exec?: { readonly exitCode: number; readonly output: string };
}

export interface LogLine {
  readonly time: Millis;
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}

export interface SimEndpoint {
  readonly network: string;
  /** Empty until the first start; a start looks for this very network afterwards. */
  networkId: string;
  readonly spec: EndpointSpec;
  ipv4?: string;
  mac?: string;
}

export interface SimContainer {
  readonly id: string;
  name: string;
  readonly createdAt: Millis;
  state: ContainerState;
  health: Health;
  exitCode: number;
  error: string;
  startedAt: Millis | null;
  finishedAt: Millis | null;
  restartCount: number;
  readonly spec: BoundContainerSpec;
  readonly imageId: string;
  readonly mounts: ReadonlyArray<ObservedMount>;
  /** Where the mounts of `volumes_from` are: the daemon does not count those as uses of a volume. */
  readonly borrowed: ReadonlyArray<string>;
  endpoints: Array<SimEndpoint>;
  ports: Array<ObservedPort>;
  /** Counts starts; timers of earlier runs are void. */
  run: number;
  probes: number;
  failingStreak: number;
  lastProbe?: string;
  /** Ended on request: a policy of `unless-stopped` leaves it alone after a restart of the daemon. */
  stoppedByHand: boolean;
  logs: Array<LogLine>;
  /** What updates have changed of what the specification asks for. */
  settings?: Settings;
  /** Injected files by path. */
  files: Record<string, string>;
}

export interface SimNetwork {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly scope: string;
  readonly labels: StringMap;
  readonly subnets: ReadonlyArray<string>;
  /** Its user gave the subnets: only there can a container ask for an address. */
  readonly configured: boolean;
  readonly attachable: boolean;
}

export interface SimVolume {
  readonly name: string;
  readonly driver: string;
  readonly labels: StringMap;
  readonly anonymous: boolean;
  readonly createdAt: Millis;
}

/** An image of the daemon or of the registry. */
export interface SimImage {
  readonly id: string;
  readonly digests: ReadonlyArray<string>;
  readonly labels: StringMap;
  readonly platform: string;
  readonly volumes: ReadonlyArray<string>;
  readonly exposed: ReadonlyArray<string>;
  readonly entrypoint: ReadonlyArray<string>;
  readonly command: ReadonlyArray<string>;
  readonly healthcheck?: { readonly test: ReadonlyArray<string>; readonly interval?: number; readonly retries?: number };
}

/** What a pull gets. Any well-formed reference exists, unless it is listed as failing. */
export interface Registry {
  /** Parts of an image that tests set, by reference. */
  readonly images: Record<string, Partial<Omit<SimImage, "id" | "digests">>>;
  /** How often the tag was pushed anew; part of the id. */
  readonly pushes: Record<string, number>;
  readonly failing: Record<string, PullFailure>;
  /** Reference to the id of the image that a pull or build of it gives, whatever else would follow. */
  readonly kept?: Record<string, string>;
}
export type PullFailure = "missing" | "unauthorized" | "unreachable";

export interface Timer {
  readonly due: Millis;
  readonly sequence: number;
  readonly container: string;
  readonly run: number;
  readonly what:
    | { readonly _tag: "Exit"; readonly code: number }
    | { readonly _tag: "Print"; readonly line: Omit<LogLine, "time"> }
    | { readonly _tag: "Probe" }
    /** The end of a stop that takes time; `again`: it was the first half of a restart. */
    | { readonly _tag: "Kill"; readonly code: number; readonly again: boolean }
    | { readonly _tag: "Restart" };
}

export interface WorldEvent {
  readonly sequence: number;
  readonly time: Millis;
  readonly action: string;
  readonly id: string;
  readonly name: string;
  readonly attributes: StringMap;
}

export interface World {
  readonly version: string;
  readonly apiVersion: string;
  now: Millis;
  counter: number;
  readonly containers: Record<string, SimContainer>;
  readonly networks: Record<string, SimNetwork>;
  readonly volumes: Record<string, SimVolume>;
  /** By id. */
  readonly images: Record<string, SimImage>;
  /** Reference to image id, and when the tag came to point there. */
  readonly tags: Record<string, { readonly id: string; readonly at: Millis }>;
  readonly registry: Registry;
  /** By container id, container name, service name or image reference; the first that exists counts. */
  readonly behaviours: Record<string, Behaviour>;
  /** "8080/tcp": ports of the host that other programs hold. */
  readonly foreignPorts: Array<string>;
  /** The port that was last dealt out of a range, as "32768-60999/tcp": the next one follows it. */
  readonly dealtPorts: Record<string, number>;
  /** Paths of the host that do not exist; every other path does. */
  readonly missingPaths: Array<string>;
  readonly timers: Array<Timer>;
  readonly events: Array<WorldEvent>;
  /** Goes up when the daemon restarts: streams of an earlier life are cut. */
  life: number;
}

export interface WorldOptions {
  readonly apiVersion?: string;
  /** Where the daemon's clock starts; any number will do in tests. */
  readonly now?: Millis;
  readonly behaviours?: Readonly<Record<string, Behaviour>>;
  readonly images?: Registry["images"];
  readonly failing?: Registry["failing"];
}

/** The engine release that speaks an API version, for display and for differences of text. */
const releases: Readonly<Record<string, string>> = { "1.41": "20.10.24", "1.43": "24.0.9", "1.44": "25.0.5", "1.45": "26.1.5", "1.51": "28.5.2" };

export const makeWorld = (options: WorldOptions = {}): World => {
  const apiVersion = options.apiVersion ?? "1.45";
  const now = options.now ?? 1_700_000_000_000;
  const world: World = {
    version: releases[apiVersion] ?? "26.1.5",
    apiVersion,
    now,
    counter: 0,
    containers: {},
    networks: {},
    volumes: {},
    images: {},
    tags: {},
    registry: { images: { ...options.images }, pushes: {}, failing: { ...options.failing } },
    behaviours: { ...options.behaviours },
    foreignPorts: [],
    dealtPorts: {},
    missingPaths: [],
    timers: [],
    events: [],
    life: 1,
  };
  for (const [name, driver, subnet] of [["bridge", "bridge", "172.17.0.0/16"], ["host", "host", null], ["none", "null", null]] as const) {
    const id = freshId(world);
    world.networks[id] = { id, name, driver, scope: "local", labels: {}, subnets: subnet === null ? [] : [subnet], configured: false, attachable: false };
  }
  return world;
};

/** 64 hex digits out of any text: an id that looks like the daemon's, the same for the same text. */
export const digestOf = (text: string): string => {
  let id = "";
  for (let word = 0; word < 8; word += 1) {
    let hash = Math.imul(0x811c9dc5 ^ word, 0x9e3779b1);
    for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
    id += ((hash ^ (hash >>> 15)) >>> 0).toString(16).padStart(8, "0");
  }
  return id;
};

export const freshId = (world: World): string => {
  world.counter += 1;
  return digestOf(`#${world.counter}`);
};

/** API versions are numbers with a dot, not decimals: 1.9 is older than 1.41. */
export const apiAtLeast = (world: World, minor: number): boolean => Number(world.apiVersion.split(".")[1]) >= minor;

export const emit = (world: World, action: string, container: SimContainer, attributes: StringMap = {}): void => {
  world.counter += 1;
  world.events.push({
    sequence: world.counter,
    time: world.now,
    action,
    id: container.id,
    name: container.name,
    attributes: { ...container.spec.labels, image: container.spec.image, name: container.name, ...attributes },
  });
};

/** Full id, unique prefix of an id, or name. */
export const findContainer = (world: World, reference: string): SimContainer | undefined => {
  const exact = world.containers[reference];
  if (exact !== undefined) return exact;
  const all = Object.values(world.containers);
  const named = all.find((container) => container.name === reference);
  if (named !== undefined) return named;
  const prefixed = /^[0-9a-f]+$/.test(reference) ? all.filter((container) => container.id.startsWith(reference)) : [];
  return prefixed.length === 1 ? prefixed[0] : undefined;
};

/** Names win over ids, as in the daemon. */
export const findNetwork = (world: World, reference: string): SimNetwork | undefined => {
  const all = Object.values(world.networks);
  return all.find((network) => network.name === reference) ?? world.networks[reference] ?? all.find((network) => reference.length >= 12 && network.id.startsWith(reference));
};

export const behaviourOf = (world: World, container: SimContainer): Behaviour =>
  world.behaviours[container.id] ?? world.behaviours[container.name] ?? world.behaviours[container.spec.service.name] ?? world.behaviours[container.spec.image] ?? {};

export const isLive = (container: SimContainer): boolean =>
  container.state === "running" || container.state === "paused" || container.state === "restarting";
