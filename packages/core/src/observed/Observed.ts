// What the engine holds, read once before planning: plain data, no engine types.
import type { Settings } from "../desired/settings.ts";
import type { StringMap } from "../model/Service.ts";

export type ContainerState = "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead";
/** "none": the container has no healthcheck. */
export type Health = "none" | "starting" | "healthy" | "unhealthy";

export interface ObservedEndpoint {
  readonly network: string;
  readonly networkId: string;
  readonly aliases: ReadonlyArray<string>;
  readonly ipv4?: string;
  readonly ipv6?: string;
  readonly mac?: string;
}

export interface ObservedMount {
  readonly type: string;
  /** The volume's name, for type `volume`. */
  readonly name?: string;
  readonly source: string;
  readonly destination: string;
  readonly readOnly: boolean;
}

export interface ObservedPort {
  readonly ip?: string;
  readonly private: number;
  readonly public?: number;
  readonly protocol: string;
}

/** A container as the list call tells it (GET /containers/json?all=1, API 1.41). */
export interface ObservedContainer {
  readonly id: string;
  /** Without the leading slash. */
  readonly name: string;
  readonly state: ContainerState;
  readonly health: Health;
  /** Only for exited and dead containers. */
  readonly exitCode?: number;
  /** Unix seconds. */
  readonly createdAt: number;
  /** The engine's own words, "Up 3 minutes (healthy)". */
  readonly status: string;
  readonly command: string;
  /** The reference it was made from; may be an id when the tag has moved on. */
  readonly image: string;
  readonly imageId: string;
  readonly labels: StringMap;
  readonly networkMode: string;
  readonly endpoints: ReadonlyArray<ObservedEndpoint>;
  readonly mounts: ReadonlyArray<ObservedMount>;
  readonly ports: ReadonlyArray<ObservedPort>;
  /** What an inspect tells: only of containers that a mark says were updated (see observed/marks.ts). Complete then. */
  readonly settings?: Settings;
}

export interface ObservedNetwork {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly scope: string;
  readonly subnets: ReadonlyArray<string>;
  readonly labels: StringMap;
}

export interface ObservedVolume {
  readonly name: string;
  readonly driver: string;
  readonly labels: StringMap;
}

export interface ObservedImage {
  /** The reference as it was asked for. */
  readonly reference: string;
  readonly id: string;
  readonly digests: ReadonlyArray<string>;
  readonly labels: StringMap;
  /** Unix seconds since the tag last moved here, for pull windows; absent when the engine does not say. */
  readonly taggedAt?: number;
  readonly platform?: string;
  /** Only after an inspect: the paths of the image's VOLUME lines, and whether it has a HEALTHCHECK. */
  readonly details?: {
    readonly volumes: ReadonlyArray<string>;
    readonly hasHealthcheck: boolean;
    readonly exposed: ReadonlyArray<string>;
  };
}

/** What to read. The shell builds it from the desired state; see `observeQuery` in observed/query.ts. */
export interface ObserveQuery {
  readonly project: string;
  /** References to look up. */
  readonly images: ReadonlyArray<string>;
  /** References whose `details` are needed. */
  readonly imageDetails: ReadonlyArray<string>;
  readonly volumes: boolean;
  /** Also list foreign containers, to find taken names and ports before anything is touched. */
  readonly foreign: boolean;
}

export interface Observed {
  /** The negotiated version, for example "1.41". */
  readonly apiVersion: string;
  /** Where the engine is, for people: "unix:///var/run/docker.sock". */
  readonly target: string;
  /** Unix seconds by the engine's clock when the reading began. */
  readonly readAt: number;
  /** The project's containers, by its label. */
  readonly containers: ReadonlyArray<ObservedContainer>;
  /** All other containers when asked for, else empty. */
  readonly foreign: ReadonlyArray<ObservedContainer>;
  /** All networks of the engine. */
  readonly networks: ReadonlyArray<ObservedNetwork>;
  /** All volumes of the engine when asked for, else empty. */
  readonly volumes: ReadonlyArray<ObservedVolume>;
  /** Those found of the references asked for. */
  readonly images: ReadonlyArray<ObservedImage>;
}
