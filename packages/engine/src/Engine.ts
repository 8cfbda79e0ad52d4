// The port: everything Composure asks of a Docker engine. One method is one engine call, streams excepted.
import type { StringMap } from "@composure/core/model/Service";
import type { InjectedFile } from "@composure/core/desired/Desired";
import type { Settings } from "@composure/core/desired/settings";
import type { Observed, ObservedContainer, ObservedVolume, ObserveQuery } from "@composure/core/observed/Observed";
import type { BoundContainerSpec, EndpointSpec, Operation } from "@composure/core/plan/Operation";
import * as Context from "effect/Context";
import type * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type * as Stream from "effect/Stream";
import type { EngineError } from "./EngineError.ts";
import type { CommitRequest, ContainerConfig, ContainerStats, ImageDetails, PathStat, ProcessTable } from "./Facts.ts";

type Call<A> = Effect.Effect<A, EngineError>;
type Of<Tag extends Operation["_tag"]> = Extract<Operation, { readonly _tag: Tag }>;

/** An engine event of one of the project's containers. `time` is in nanoseconds since the epoch. */
export interface ContainerEvent {
  readonly action: string;
  readonly id: string;
  readonly name: string;
  readonly time: bigint;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A piece of a container's output; `bytes` need not end at a line or a character. */
export interface OutputChunk {
  readonly stream: "stdout" | "stderr";
  readonly bytes: Uint8Array;
}

export interface EventSpan {
  readonly since?: string;
  readonly until?: string;
}

export interface LogsRequest {
  readonly follow: boolean;
  /** Lines from the end; absent means all. */
  readonly tail?: number;
  /** RFC 3339 or unix seconds with fraction, as the API takes it. */
  readonly since?: string;
  readonly until?: string;
  readonly timestamps: boolean;
}

/** What only an inspect tells; asked for when explaining a failure and by commands that show it. */
export interface ContainerDetails {
  readonly id: string;
  readonly name: string;
  readonly state: ObservedContainer["state"];
  readonly health: ObservedContainer["health"];
  readonly exitCode: number;
  readonly error: string;
  readonly tty: boolean;
  /** RFC 3339; the zero time when never started. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly restartCount: number;
  /** Output of the last health probe. */
  readonly lastProbe?: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Progress of a pull or a build. `id` is a layer or a build step. */
export interface Progress {
  readonly id: string;
  readonly text: string;
  readonly current?: number;
  readonly total?: number;
}
export type OnProgress = (progress: Progress) => Effect.Effect<void>;

export interface ExecResult {
  readonly exitCode: number;
  /** The last 2 KiB of stdout and stderr together. */
  readonly output: string;
}

/** A two-way connection to a process. It is cut when its scope closes. */
export interface Channel {
  readonly output: Stream.Stream<OutputChunk, EngineError>;
  /** Keystrokes, or the content of a pipe. What the process no longer takes is dropped. */
  readonly write: (bytes: Uint8Array) => Effect.Effect<void>;
  /** Nothing more will be written. */
  readonly endInput: Effect.Effect<void>;
}

export interface Command {
  readonly argv: ReadonlyArray<string>;
  readonly user?: string;
  readonly workingDir?: string;
  readonly environment: ReadonlyArray<string>;
  readonly privileged: boolean;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** A command that was begun in a running container. */
export interface Execution extends Channel {
  readonly resize: (size: TerminalSize) => Call<void>;
  /** Of the ended command; "running" when the connection was let go before. */
  readonly exitCode: Call<number | "running">;
}

/** Variables for containers, and a digest that tells whether they are still the same. */
export interface Yield {
  readonly id: string;
  readonly variables: Readonly<Record<string, string>>;
}

export interface EngineApi {
  /** "docker" or "sim", and where: for people. */
  readonly kind: "docker" | "sim";
  readonly target: string;
  readonly version: Call<{ readonly version: string; readonly apiVersion: string; readonly os: string; readonly arch: string }>;
  /** Reads everything a plan needs, in parallel, in a constant number of calls. */
  readonly observe: (query: ObserveQuery) => Call<Observed>;
  /** All containers that carry the label (or `label=value`), as the list call tells them. */
  readonly listContainers: (query: { readonly labels: ReadonlyArray<string>; readonly all: boolean }) => Call<ReadonlyArray<ObservedContainer>>;
  readonly inspectContainer: (id: string) => Call<ContainerDetails>;
  readonly containerConfig: (id: string) => Call<ContainerConfig>;
  readonly inspectImage: (image: string) => Call<ImageDetails>;
  /** The processes of a running container. */
  readonly listProcesses: (id: string) => Call<ProcessTable>;
  /** One sample, or (`follow`) one about every second. */
  readonly stats: (id: string, follow: boolean) => Stream.Stream<ContainerStats, EngineError>;

  /** The pulled image's id. */
  readonly pullImage: (operation: Of<"PullImage">, onProgress: OnProgress) => Call<{ readonly id: string }>;
  /** `secret` gives the value of a top-level secret by its key. */
  readonly buildImage: (
    operation: Of<"BuildImage">,
    onProgress: OnProgress,
    secret: (key: string) => string,
  ) => Call<{ readonly id: string }>;
  readonly pushImage: (operation: Of<"PushImage">, onProgress: OnProgress) => Call<void>;
  /** Runs a plugin of the provider protocol; `id` is a digest of the variables that it gives. */
  readonly runProvider: (operation: Of<"RunProvider">, project: string, onProgress: OnProgress) => Call<Yield>;
  /** With docker's model runner; the variables are `endpoint` and `model`. */
  readonly prepareModel: (operation: Of<"PrepareModel">, onProgress: OnProgress) => Call<Yield>;
  readonly removeImage: (image: string) => Call<void>;
  /** Removes images without a name that carry all the labels (`label=value`); gives the ids of those that went. */
  readonly pruneImages: (labels: ReadonlyArray<string>) => Call<ReadonlyArray<string>>;
  /** "sha256:...": what the registry has under the reference now. Nothing is pulled. */
  readonly imageDigest: (image: string) => Call<string>;

  readonly createNetwork: (operation: Of<"CreateNetwork">) => Call<{ readonly id: string }>;
  readonly removeNetwork: (idOrName: string) => Call<void>;
  readonly connectNetwork: (endpoint: EndpointSpec, containerId: string) => Call<void>;
  /** Forced: a dead endpoint goes too. */
  readonly disconnectNetwork: (network: string, containerId: string) => Call<void>;
  /** The labels that the volume has now: one of that name that was there before stays as it is, and at most one caller makes it. */
  readonly createVolume: (operation: Of<"CreateVolume">) => Call<{ readonly labels: StringMap }>;
  /** All volumes that carry the label (or `label=value`). */
  readonly listVolumes: (label: string) => Call<ReadonlyArray<ObservedVolume>>;
  readonly removeVolume: (name: string) => Call<void>;

  readonly createContainer: (name: string, spec: BoundContainerSpec) => Call<{ readonly id: string; readonly warnings: ReadonlyArray<string> }>;
  /** Puts files into a created or running container; `content` gives a file's text. */
  readonly injectFiles: (id: string, files: ReadonlyArray<InjectedFile>, content: (file: InjectedFile) => string) => Call<void>;
  /** Of what stands at a path in a container, running or not. */
  readonly statPath: (id: string, path: string) => Call<PathStat>;
  /** A tar archive of what stands at a path; its entries begin with the path's last name. */
  readonly readArchive: (id: string, path: string) => Stream.Stream<Uint8Array, EngineError>;
  /** Unpacks a tar archive in a folder of a container. `asUser`: the container's user owns all of it, else the numeric owners of the archive count. */
  readonly writeArchive: (id: string, folder: string, archive: AsyncIterable<Uint8Array>, asUser: boolean) => Call<void>;
  /** A tar archive of the container's whole file system. */
  readonly exportContainer: (id: string) => Stream.Stream<Uint8Array, EngineError>;
  /** An image of the container as it is now. */
  readonly commitContainer: (id: string, request: CommitRequest) => Call<{ readonly id: string }>;
  /** Starting a running container and stopping a stopped one succeed (HTTP 304). */
  readonly startContainer: (id: string) => Call<void>;
  /** `timeout` in seconds; absent means the container's own. */
  readonly stopContainer: (id: string, timeout?: number) => Call<void>;
  readonly restartContainer: (id: string, timeout?: number) => Call<void>;
  readonly killContainer: (id: string, signal: string) => Call<void>;
  readonly pauseContainer: (id: string) => Call<void>;
  readonly unpauseContainer: (id: string) => Call<void>;
  /** Of a running container too; a setting that is absent stays as it is. The engine cannot take a limit away. */
  readonly updateContainer: (id: string, settings: Settings) => Call<void>;
  readonly renameContainer: (id: string, name: string) => Call<void>;
  /** A container that is gone already is a success. `volumes` removes its anonymous volumes. */
  readonly removeContainer: (id: string, options: { readonly force: boolean; readonly volumes: boolean }) => Call<void>;
  /** Runs a command in a running container and waits for its end. */
  readonly exec: (
    id: string,
    command: Command,
    onOutput: (chunk: OutputChunk) => Effect.Effect<void>,
  ) => Call<ExecResult>;
  /** Begins a command with its input and output connected; `size` gives it a terminal. `detachKeys` as for `attach`. */
  readonly openExec: (
    id: string,
    command: Command,
    options: { readonly stdin: boolean; readonly size?: TerminalSize; readonly detachKeys?: string },
  ) => Effect.Effect<Execution, EngineError, Scope.Scope>;
  /** Begins a command and leaves it alone. */
  readonly execDetached: (id: string, command: Command) => Call<void>;
  /** Waits until the container is not running and gives its exit code. */
  readonly waitContainer: (id: string) => Call<number>;

  /**
   * Events of the project's containers from now on, or those of a span of time (RFC 3339 or unix seconds; with `until` the
   * stream ends). It is connected when the effect returns: nothing after it is missed.
   */
  readonly containerEvents: (project: string, span?: EventSpan) => Effect.Effect<Stream.Stream<ContainerEvent, EngineError>, EngineError, Scope.Scope>;
  readonly logs: (id: string, request: LogsRequest) => Stream.Stream<OutputChunk, EngineError>;
  /** Output from now on, for containers whose log driver cannot be read; connected when the effect returns. */
  readonly attachOutput: (id: string) => Effect.Effect<Stream.Stream<OutputChunk, EngineError>, EngineError, Scope.Scope>;
  /**
   * Output from now on, and input; connected when the effect returns. Works before the first start too. On a terminal
   * `detachKeys` ("ctrl-x,x") end the connection and leave the process alone; absent: ctrl-p,ctrl-q.
   */
  readonly attach: (id: string, options: { readonly stdin: boolean; readonly detachKeys?: string }) => Effect.Effect<Channel, EngineError, Scope.Scope>;
  /** Of the container's terminal. */
  readonly resizeContainer: (id: string, size: TerminalSize) => Call<void>;
}

export class Engine extends Context.Service<Engine, EngineApi>()("@composure/engine/Engine") {}
