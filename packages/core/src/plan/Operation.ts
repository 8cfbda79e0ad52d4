// What a step does. One operation is one engine call (waits and hooks excepted: they follow events of one container).
import type { InjectedFile } from "../desired/Desired.ts";
import type { Settings } from "../desired/settings.ts";
import type { Build } from "../model/Build.ts";
import type { Network, Volume } from "../model/Project.ts";
import type { Hook, Service, ServiceNetwork, StringMap } from "../model/Service.ts";

/** A step's position in its plan, from 1. */
export type StepId = number;

/**
 * A container that exists, or that a step creates. `orElse` is the container that stays when a guard
 * turned the creating step off.
 */
export type ContainerRef =
  | { readonly _tag: "Existing"; readonly id: string; readonly name: string }
  | {
      readonly _tag: "CreatedBy";
      readonly step: StepId;
      readonly name: string;
      readonly orElse?: { readonly id: string; readonly name: string };
    };

/** The id of the image a container is made from: known now, or the result of a pull or build step, or never known. */
export type ImageId =
  | { readonly _tag: "Known"; readonly id: string }
  | { readonly _tag: "ProducedBy"; readonly step: StepId }
  | { readonly _tag: "Unknown" };

/** How a container joins a network. `aliases` is complete (names, service, the user's). */
export interface EndpointSpec {
  readonly network: string;
  readonly aliases: ReadonlyArray<string>;
  readonly links: ReadonlyArray<string>;
  readonly settings: ServiceNetwork | null;
  readonly macAddress?: string;
}

/** A mount with real names. `Volume.name` absent means a fresh anonymous volume; `inherited` tells that it is the predecessor's. */
export type MountSpec =
  | {
      readonly _tag: "Volume";
      readonly name?: string;
      readonly target: string;
      readonly readOnly: boolean;
      readonly inherited: boolean;
      readonly nocopy?: boolean;
      readonly subpath?: string;
      readonly labels?: StringMap;
      readonly driver?: string;
    }
  | {
      readonly _tag: "Bind";
      readonly source: string;
      readonly target: string;
      readonly readOnly: boolean;
      readonly createHostPath: boolean;
      readonly propagation?: string;
      readonly selinux?: string;
      readonly recursive?: string;
      readonly consistency?: string;
    }
  | {
      readonly _tag: "Tmpfs";
      readonly target: string;
      readonly size?: number;
      readonly mode?: number;
      readonly readOnly: boolean;
    }
  | { readonly _tag: "Image"; readonly source: string; readonly target: string; readonly subpath?: string }
  | { readonly _tag: "NamedPipe"; readonly source: string; readonly target: string };

/** Namespaces shared with other containers; absent where the service's own text is used as it is. */
export interface NamespaceRefs {
  readonly network?: ContainerRef;
  readonly ipc?: ContainerRef;
  readonly pid?: ContainerRef;
}

/** A step that yields variables; `from` names it for people, `rename` gives its variables the names that the service wants. */
export interface VariableSource {
  readonly from: string;
  readonly step: StepId;
  readonly rename?: StringMap;
}

/** Everything that makes a container, before ids of other steps are filled in (see plan/bind.ts). */
export interface ContainerSpec {
  readonly service: Service;
  readonly image: string;
  readonly imageId: ImageId;
  readonly platform?: string;
  /** Absent for one-offs. */
  readonly number?: number;
  /** Complete but for the late ones: config-hash (when `namespaces` or `volumesFrom` name unborn containers) and image. */
  readonly labels: StringMap;
  readonly endpoints: ReadonlyArray<EndpointSpec>;
  readonly mounts: ReadonlyArray<MountSpec>;
  readonly namespaces: NamespaceRefs;
  /** Containers by reference, with the access mode of `volumes_from`. */
  readonly volumesFrom: ReadonlyArray<{ readonly container: ContainerRef; readonly mode?: "ro" | "rw" }>;
  /** `name:alias`, for the default bridge; on other networks links stand in the endpoints. */
  readonly links: ReadonlyArray<string>;
  readonly proxyEnvironment: StringMap;
  /** Variables that steps of the plan yield; they are added to the service's environment. */
  readonly variables?: ReadonlyArray<VariableSource>;
  readonly interactive: { readonly stdin: boolean; readonly autoRemove: boolean };
}

/** A spec whose references are all ids: what the engine port takes. */
export interface BoundContainerSpec extends Omit<ContainerSpec, "imageId" | "namespaces" | "volumesFrom" | "variables"> {
  /** "container:<id>" or the service's own text ("host", "none", ...); absent means the first endpoint's network. */
  readonly networkMode?: string;
  readonly ipcMode?: string;
  readonly pidMode?: string;
  /** `<id>` or `<id>:ro`. */
  readonly volumesFrom: ReadonlyArray<string>;
}

/**
 * What a WaitFor step waits for. "running_or_healthy": healthy, or running without a healthcheck; "ready_or_done": the
 * same, or ended with 0, for a replacement whose service may be a job (its image's healthcheck does not tell).
 */
export type WaitCondition =
  | "running"
  | "healthy"
  | "running_or_healthy"
  | "ready_or_done"
  | "completed_successfully"
  | "exited";

/** A secret of a build: a file of this machine, or the value of a top-level secret, which never stands in a plan. */
export type BuildSecret =
  | { readonly _tag: "File"; readonly id: string; readonly path: string }
  | { readonly _tag: "Value"; readonly id: string; readonly key: string; readonly variable: string };

/** A build that another one starts from. */
export interface LinkedBuild {
  readonly image: string;
  readonly build: Build;
  readonly labels: StringMap;
  readonly platform?: string;
  readonly secrets?: ReadonlyArray<BuildSecret>;
}

export type Operation =
  | {
      readonly _tag: "PullImage";
      readonly image: string;
      readonly platform?: string;
      readonly services: ReadonlyArray<string>;
      readonly tolerateFailure: boolean;
    }
  | {
      readonly _tag: "BuildImage";
      readonly image: string;
      readonly service: string;
      readonly build: Build;
      readonly platform?: string;
      readonly labels: StringMap;
      readonly pull: boolean;
      readonly noCache: boolean;
      readonly secrets?: ReadonlyArray<BuildSecret>;
      /** The builds that its `service:` contexts name, and those that these name in turn; by service. */
      readonly linked?: Readonly<Record<string, LinkedBuild>>;
      /** The result goes to the registry too. */
      readonly push?: boolean;
      /** Of buildx; absent means the current one. */
      readonly builder?: string;
      /** Bytes that a build container may use; the engine's own builder only. */
      readonly memory?: number;
    }
  | { readonly _tag: "RemoveImage"; readonly image: string }
  /** Sends an image to its registry. A tolerated failure becomes a warning. */
  | {
      readonly _tag: "PushImage";
      readonly image: string;
      readonly services: ReadonlyArray<string>;
      readonly tolerateFailure: boolean;
    }
  | { readonly _tag: "CreateNetwork"; readonly name: string; readonly network: Network; readonly labels: StringMap }
  | { readonly _tag: "RemoveNetwork"; readonly id: string; readonly name: string }
  | { readonly _tag: "ConnectNetwork"; readonly endpoint: EndpointSpec; readonly container: ContainerRef }
  | { readonly _tag: "DisconnectNetwork"; readonly network: string; readonly container: ContainerRef }
  | { readonly _tag: "CreateVolume"; readonly name: string; readonly volume: Volume; readonly labels: StringMap }
  | { readonly _tag: "RemoveVolume"; readonly name: string }
  | { readonly _tag: "CreateContainer"; readonly name: string; readonly spec: ContainerSpec }
  | { readonly _tag: "InjectFiles"; readonly container: ContainerRef; readonly files: ReadonlyArray<InjectedFile> }
  | { readonly _tag: "StartContainer"; readonly container: ContainerRef }
  | { readonly _tag: "RestartContainer"; readonly container: ContainerRef; readonly timeout?: number }
  | { readonly _tag: "StopContainer"; readonly container: ContainerRef; readonly timeout?: number }
  | { readonly _tag: "KillContainer"; readonly container: ContainerRef; readonly signal: string }
  | { readonly _tag: "PauseContainer"; readonly container: ContainerRef }
  | { readonly _tag: "UnpauseContainer"; readonly container: ContainerRef }
  /** Changes limits and restart policy of a container as it is, running or not; what is absent stays. */
  | { readonly _tag: "UpdateContainer"; readonly container: ContainerRef; readonly settings: Settings }
  | { readonly _tag: "RenameContainer"; readonly container: ContainerRef; readonly name: string }
  | {
      readonly _tag: "RemoveContainer";
      readonly container: ContainerRef;
      readonly force: boolean;
      readonly volumes: boolean;
    }
  | {
      readonly _tag: "WaitFor";
      readonly containers: ReadonlyArray<ContainerRef>;
      readonly service: string;
      readonly condition: WaitCondition;
      readonly required: boolean;
      readonly timeout?: number;
    }
  /** A plugin does its part for a service that is no container (the provider protocol of docker compose). */
  | {
      readonly _tag: "RunProvider";
      readonly service: string;
      readonly provider: string;
      readonly command: "up" | "stop" | "down";
      readonly options: Readonly<Record<string, ReadonlyArray<string>>>;
    }
  /** docker's model runner pulls a model where it is missing, and configures it. */
  | {
      readonly _tag: "PrepareModel";
      readonly model: string;
      readonly reference: string;
      readonly contextSize?: number;
      readonly runtimeFlags: ReadonlyArray<string>;
    }
  | {
      readonly _tag: "RunHook";
      readonly container: ContainerRef;
      readonly service: string;
      readonly phase: "post_start" | "pre_stop";
      readonly index: number;
      readonly hook: Hook;
    }
  /** pre_start: an ephemeral container beside the service's first one; removed on success. */
  | {
      readonly _tag: "RunHookContainer";
      readonly container: ContainerRef;
      readonly service: string;
      readonly index: number;
      readonly hook: Hook;
      readonly spec: ContainerSpec;
    };

export type OperationTag = Operation["_tag"];
