// The shapes of what a step does, for the JSON form of a plan.
import type { InjectedFile } from "../desired/Desired.ts";
import type {
  BuildSecret,
  ContainerRef,
  ContainerSpec,
  EndpointSpec,
  ImageId,
  LinkedBuild,
  MountSpec,
  NamespaceRefs,
  Operation,
  VariableSource,
  WaitCondition,
} from "../plan/Operation.ts";
import { settingsShape } from "./settingsShape.ts";
import { buildShape, hookShape, networkShape, serviceNetworkShape, serviceShape, volumeShape } from "./modelShape.ts";
import {
  flag,
  list,
  mapOf,
  named,
  nullable,
  number,
  optional,
  position,
  struct,
  text,
  variant,
  whole,
  words,
} from "./shape.ts";

const containerRef = named("containerRef", "A container that exists, or that a step creates.", () =>
  variant<ContainerRef>({
    Existing: { id: text, name: text },
    CreatedBy: {
      step: position,
      name: text,
      orElse: optional(struct<{ readonly id: string; readonly name: string }>({ id: text, name: text })),
    },
  }),
);

const imageId = named("imageId", "The id of an image: known, made by a step, or never known.", () =>
  variant<ImageId>({ Known: { id: text }, ProducedBy: { step: position }, Unknown: {} }),
);

const endpoint = named("endpoint", "How a container joins a network.", () =>
  struct<EndpointSpec>({
    network: text,
    aliases: list(text),
    links: list(text),
    settings: nullable(serviceNetworkShape),
    macAddress: optional(text),
  }),
);

const mount = named("mount", "A mount with real names.", () =>
  variant<MountSpec>({
    Volume: {
      name: optional(text),
      target: text,
      readOnly: flag,
      inherited: flag,
      nocopy: optional(flag),
      subpath: optional(text),
      labels: optional(mapOf(text)),
      driver: optional(text),
    },
    Bind: {
      source: text,
      target: text,
      readOnly: flag,
      createHostPath: flag,
      propagation: optional(text),
      selinux: optional(text),
      recursive: optional(text),
      consistency: optional(text),
    },
    Tmpfs: { target: text, size: optional(whole), mode: optional(whole), readOnly: flag },
    Image: { source: text, target: text, subpath: optional(text) },
    NamedPipe: { source: text, target: text },
  }),
);

const containerSpec = named("containerSpec", "Everything that makes a container.", () =>
  struct<ContainerSpec>({
    service: serviceShape,
    image: text,
    imageId,
    platform: optional(text),
    number: optional(whole),
    labels: mapOf(text),
    endpoints: list(endpoint),
    mounts: list(mount),
    namespaces: struct<NamespaceRefs>({
      network: optional(containerRef),
      ipc: optional(containerRef),
      pid: optional(containerRef),
    }),
    volumesFrom: list(
      struct<ContainerSpec["volumesFrom"][number]>({
        container: containerRef,
        mode: optional(words<"ro" | "rw">({ ro: true, rw: true })),
      }),
    ),
    links: list(text),
    proxyEnvironment: mapOf(text),
    variables: optional(
      list(struct<VariableSource>({ from: text, step: position, rename: optional(mapOf(text)) })),
    ),
    interactive: struct<ContainerSpec["interactive"]>({ stdin: flag, autoRemove: flag }),
  }),
);

const injectedFile = struct<InjectedFile>({
  kind: words<"config" | "secret">({ config: true, secret: true }),
  key: text,
  target: text,
  uid: text,
  gid: text,
  mode: whole,
});

const buildSecret = variant<BuildSecret>({
  File: { id: text, path: text },
  Value: { id: text, key: text, variable: text },
});

const linkedBuild = named("linkedBuild", "A build that another one starts from.", () =>
  struct<LinkedBuild>({
    image: text,
    build: buildShape,
    labels: mapOf(text),
    platform: optional(text),
    secrets: optional(list(buildSecret)),
  }),
);

const waitCondition = words<WaitCondition>({
  running: true,
  healthy: true,
  running_or_healthy: true,
  ready_or_done: true,
  completed_successfully: true,
  exited: true,
});
const phase = words<"post_start" | "pre_stop">({ post_start: true, pre_stop: true });

export const operationShape = named("operation", "What a step does: one engine call.", () =>
  variant<Operation>({
    PullImage: { image: text, platform: optional(text), services: list(text), tolerateFailure: flag },
    BuildImage: {
      image: text,
      service: text,
      build: buildShape,
      platform: optional(text),
      labels: mapOf(text),
      pull: flag,
      noCache: flag,
      secrets: optional(list(buildSecret)),
      linked: optional(mapOf(linkedBuild)),
      push: optional(flag),
      builder: optional(text),
      memory: optional(whole),
    },
    RemoveImage: { image: text },
    PushImage: { image: text, services: list(text), tolerateFailure: flag },
    CreateNetwork: { name: text, network: networkShape, labels: mapOf(text) },
    RemoveNetwork: { id: text, name: text },
    ConnectNetwork: { endpoint, container: containerRef },
    DisconnectNetwork: { network: text, container: containerRef },
    CreateVolume: { name: text, volume: volumeShape, labels: mapOf(text) },
    RemoveVolume: { name: text },
    CreateContainer: { name: text, spec: containerSpec },
    InjectFiles: { container: containerRef, files: list(injectedFile) },
    StartContainer: { container: containerRef },
    RestartContainer: { container: containerRef, timeout: optional(number) },
    StopContainer: { container: containerRef, timeout: optional(number) },
    KillContainer: { container: containerRef, signal: text },
    PauseContainer: { container: containerRef },
    UnpauseContainer: { container: containerRef },
    UpdateContainer: { container: containerRef, settings: settingsShape },
    RenameContainer: { container: containerRef, name: text },
    RemoveContainer: { container: containerRef, force: flag, volumes: flag },
    WaitFor: {
      containers: list(containerRef),
      service: text,
      condition: waitCondition,
      required: flag,
      timeout: optional(number),
    },
    RunProvider: {
      service: text,
      provider: text,
      command: words<"up" | "stop" | "down">({ up: true, stop: true, down: true }),
      options: mapOf(list(text)),
    },
    PrepareModel: { model: text, reference: text, contextSize: optional(whole), runtimeFlags: list(text) },
    RunHook: { container: containerRef, service: text, phase, index: whole, hook: hookShape },
    RunHookContainer: { container: containerRef, service: text, index: whole, hook: hookShape, spec: containerSpec },
  }),
);
