// A tiny pure model of an engine: applies plans to observed states, and refuses what an engine would refuse.
import { bindContainer, resolveRef } from "../../src/plan/bind.ts";
import { guardSteps } from "../../src/plan/guards.ts";
import type { ContainerRef, EndpointSpec, Operation, StepId } from "../../src/plan/Operation.ts";
import type { Plan, Step } from "../../src/plan/Plan.ts";
import type { BoundContainerSpec } from "../../src/plan/Operation.ts";
import { type Settings, settingsOf } from "../../src/desired/settings.ts";
import type { Observed, ObservedContainer, ObservedMount } from "../../src/observed/Observed.ts";
import { decide, type Outcome } from "./modelGuards.ts";

export interface ModelOptions {
  /** What the registry (and every build) gives for a reference; absent: an id made of the reference. */
  readonly registry?: Readonly<Record<string, string>>;
  /** Services whose containers end at once with code 0. */
  readonly jobs?: ReadonlyArray<string>;
  /** Steps that fail. */
  readonly failing?: ReadonlyArray<StepId>;
  /** Which of the steps that can begin does: the first, or the last one. */
  readonly pick?: "first" | "last";
  /** VOLUME lines of images, by reference. */
  readonly imageVolumes?: Readonly<Record<string, ReadonlyArray<string>>>;
}

export const empty: Observed = {
  apiVersion: "1.45",
  target: "model",
  readAt: 1_000_000,
  containers: [],
  foreign: [],
  networks: [],
  volumes: [],
  images: [],
};

interface World {
  readonly containers: Map<string, ObservedContainer>;
  readonly networks: Map<string, Observed["networks"][number]>;
  readonly volumes: Map<string, Observed["volumes"][number]>;
  readonly images: Map<string, string>;
  readonly apiVersion: string;
  count: number;
}

const hex = (n: number): string => n.toString(16).padStart(4, "0").repeat(16);

export const imageId = (reference: string, options: ModelOptions = {}): string =>
  options.registry?.[reference] ?? `sha256:${reference}`;

class Refused extends Error {}
const refuse = (message: string): never => {
  throw new Refused(message);
};

const find = (world: World, id: string): ObservedContainer =>
  world.containers.get(id) ?? refuse(`no such container: ${id}`);
const isUp = ({ state }: ObservedContainer): boolean =>
  state === "running" || state === "paused" || state === "restarting";

const update = (world: World, id: string, change: Partial<ObservedContainer>): void =>
  void world.containers.set(id, { ...find(world, id), ...change });

const networkNamed = (world: World, name: string) =>
  [...world.networks.values()].find((network) => network.name === name) ?? refuse(`network ${name} not found`);

const mountsOf = (world: World, spec: BoundContainerSpec, options: ModelOptions): ReadonlyArray<ObservedMount> => {
  const fresh = (destination: string): ObservedMount => {
    const name = hex(++world.count);
    world.volumes.set(name, { name, driver: "local", labels: {} });
    return { type: "volume", name, source: `/var/lib/docker/volumes/${name}`, destination, readOnly: false };
  };
  const own = spec.mounts.map((mount): ObservedMount => {
    switch (mount._tag) {
      case "Volume":
        if (mount.name === undefined) return fresh(mount.target);
        if (!world.volumes.has(mount.name)) refuse(`volume ${mount.name} would be made by accident`);
        return { type: "volume", name: mount.name, source: "", destination: mount.target, readOnly: mount.readOnly };
      case "Bind":
        return { type: "bind", source: mount.source, destination: mount.target, readOnly: mount.readOnly };
      case "Tmpfs":
        return { type: "tmpfs", source: "", destination: mount.target, readOnly: mount.readOnly };
      case "Image":
      case "NamedPipe":
        return { type: "image", source: mount.source, destination: mount.target, readOnly: true };
    }
  });
  const covered = new Set(own.map(({ destination }) => destination));
  const image = (options.imageVolumes?.[spec.image] ?? []).filter((path) => !covered.has(path)).map(fresh);
  return [...own, ...image];
};

const create = (world: World, name: string, spec: BoundContainerSpec, options: ModelOptions): string => {
  if (!world.images.has(spec.image)) refuse(`no such image: ${spec.image}`);
  if ([...world.containers.values()].some((container) => container.name === name)) refuse(`name ${name} is taken`);
  for (const id of [spec.networkMode, spec.ipcMode, spec.pidMode].flatMap((mode) =>
    mode?.startsWith("container:") === true ? [mode.slice(10)] : [],
  ))
    find(world, id);
  for (const from of spec.volumesFrom) find(world, from.split(":")[0] ?? "");
  if (spec.endpoints.length > 1 && world.apiVersion === "1.41") refuse("several networks at once");
  const id = hex(++world.count);
  world.containers.set(id, {
    id,
    name,
    state: "created",
    health: "none",
    createdAt: 1_000_000 + world.count,
    status: "Created",
    command: "",
    image: spec.image,
    imageId: world.images.get(spec.image) ?? "",
    labels: {
      ...spec.labels,
      "test.healthcheck": String(
        spec.service.healthcheck?.test !== undefined && spec.service.healthcheck.disable !== true,
      ),
      "test.settings": JSON.stringify(settingsOf(spec.service)),
      "test.ports": JSON.stringify(spec.service.ports ?? []),
    },
    networkMode: spec.networkMode ?? spec.endpoints[0]?.network ?? "none",
    endpoints: spec.endpoints.map((endpoint) => attach(world, endpoint)),
    mounts: mountsOf(world, spec, options),
    ports: [],
  });
  return id;
};

const attach = (world: World, { network, aliases }: EndpointSpec): ObservedContainer["endpoints"][number] => ({
  network,
  networkId: networkNamed(world, network).id,
  aliases,
});

const start = (world: World, id: string, options: ModelOptions): void => {
  const container = find(world, id);
  if (container.state === "paused") refuse(`${container.name} is paused`);
  for (const { networkId, network } of container.endpoints)
    if (!world.networks.has(networkId)) refuse(`network ${network} of ${container.name} is gone`);
  const parent = /^container:(.*)$/.exec(container.networkMode)?.[1];
  if (parent !== undefined && !isUp(find(world, parent)))
    refuse(`${container.name} joins a container that does not run`);
  const service = container.labels["com.docker.compose.service"] ?? "";
  const ports = JSON.parse(container.labels["test.ports"] ?? "[]") as ReadonlyArray<{
    readonly published?: string;
    readonly target: number;
  }>;
  const published = ports.flatMap(({ published: host, target }) =>
    host !== undefined && /^\d+$/.test(host)
      ? [{ ip: "0.0.0.0", private: target, public: Number(host), protocol: "tcp" }]
      : [],
  );
  for (const other of world.containers.values()) {
    if (
      other.id !== id &&
      isUp(other) &&
      other.ports.some((port) => published.some((own) => own.public === port.public))
    )
      refuse(`port of ${container.name} is taken by ${other.name}`);
  }
  const { exitCode: _, ...rest } = container;
  const ended = options.jobs?.includes(service) === true;
  const health = container.labels["test.healthcheck"] === "true" ? "healthy" : "none";
  world.containers.set(
    id,
    ended ? { ...rest, state: "exited", exitCode: 0 } : { ...rest, state: "running", health, ports: published },
  );
};

const stop = (world: World, id: string): void => {
  if (isUp(find(world, id))) update(world, id, { state: "exited", exitCode: 0, health: "none", ports: [] });
};

const check = (
  world: World,
  id: string,
  condition: Extract<Operation, { readonly _tag: "WaitFor" }>["condition"],
): void => {
  const { state, health, exitCode, name } = find(world, id);
  const met = {
    running: state === "running",
    healthy: state === "running" && health === "healthy",
    running_or_healthy: state === "running" && health !== "unhealthy",
    ready_or_done: (state === "running" && health !== "unhealthy") || (state === "exited" && exitCode === 0),
    completed_successfully: state === "exited" && exitCode === 0,
    exited: state === "exited",
  }[condition];
  if (!met) refuse(`${name} is not ${condition} but ${state} ${health}`);
};

const perform = (
  world: World,
  operation: Operation,
  idOf: (ref: ContainerRef) => string,
  bind: (spec: Extract<Operation, { readonly _tag: "CreateContainer" }>["spec"]) => BoundContainerSpec,
  options: ModelOptions,
): string | undefined => {
  switch (operation._tag) {
    case "PullImage":
    case "BuildImage":
      world.images.set(operation.image, imageId(operation.image, options));
      return imageId(operation.image, options);
    case "RemoveImage":
      world.images.delete(operation.image);
      return undefined;
    case "CreateNetwork": {
      if ([...world.networks.values()].some(({ name }) => name === operation.name))
        refuse(`network ${operation.name} exists`);
      const id = `net-${++world.count}`;
      world.networks.set(id, {
        id,
        name: operation.name,
        driver: operation.network.driver ?? "bridge",
        scope: "local",
        subnets: [],
        labels: operation.labels,
      });
      return id;
    }
    case "RemoveNetwork":
      for (const container of world.containers.values())
        if (isUp(container) && container.endpoints.some(({ networkId }) => networkId === operation.id))
          refuse(`network ${operation.name} has active endpoints`);
      world.networks.delete(operation.id);
      return undefined;
    case "ConnectNetwork": {
      const id = idOf(operation.container);
      const endpoint = attach(world, operation.endpoint);
      if (find(world, id).endpoints.some(({ networkId }) => networkId === endpoint.networkId))
        refuse("already connected");
      update(world, id, { endpoints: [...find(world, id).endpoints, endpoint] });
      return undefined;
    }
    case "DisconnectNetwork": {
      const id = idOf(operation.container);
      update(world, id, {
        endpoints: find(world, id).endpoints.filter(({ network }) => network !== operation.network),
      });
      return undefined;
    }
    case "CreateVolume":
      world.volumes.set(operation.name, {
        name: operation.name,
        driver: operation.volume.driver ?? "local",
        labels: operation.labels,
      });
      return undefined;
    case "RemoveVolume":
      for (const container of world.containers.values())
        if (container.mounts.some(({ name }) => name === operation.name))
          refuse(`volume ${operation.name} is in use by ${container.name}`);
      world.volumes.delete(operation.name);
      return undefined;
    case "CreateContainer":
      return create(world, operation.name, bind(operation.spec), options);
    case "InjectFiles":
      find(world, idOf(operation.container));
      return undefined;
    case "StartContainer":
      start(world, idOf(operation.container), options);
      return undefined;
    case "RestartContainer":
      stop(world, idOf(operation.container));
      start(world, idOf(operation.container), options);
      return undefined;
    case "StopContainer":
      stop(world, idOf(operation.container));
      return undefined;
    case "KillContainer":
      stop(world, idOf(operation.container));
      return undefined;
    case "PauseContainer":
      update(world, idOf(operation.container), { state: "paused" });
      return undefined;
    case "UnpauseContainer":
      update(world, idOf(operation.container), { state: "running" });
      return undefined;
    case "UpdateContainer": {
      const { settings, labels } = find(world, idOf(operation.container));
      const before = settings ?? (JSON.parse(labels["test.settings"] ?? "{}") as Settings);
      update(world, idOf(operation.container), { settings: { ...before, ...operation.settings } });
      return undefined;
    }
    case "RenameContainer":
      if ([...world.containers.values()].some(({ name }) => name === operation.name))
        refuse(`name ${operation.name} is taken`);
      update(world, idOf(operation.container), { name: operation.name });
      return undefined;
    case "RemoveContainer":
      world.containers.delete(idOf(operation.container));
      return undefined;
    case "WaitFor":
      for (const ref of operation.containers) check(world, idOf(ref), operation.condition);
      return undefined;
    case "RunHook":
      if (find(world, idOf(operation.container)).state !== "running") refuse("a hook needs a running container");
      return undefined;
    case "RunHookContainer":
      find(world, idOf(operation.container));
      return undefined;
  }
};

export interface Applied {
  readonly observed: Observed;
  readonly outcomes: ReadonlyMap<StepId, Outcome["_tag"]>;
  readonly refusals: ReadonlyArray<string>;
}

/** The steps in an order that the plan allows: a step begins when all that it looks at has ended. */
const inOrder = function* (plan: Plan, pick: "first" | "last"): Generator<Step> {
  const open = new Map(plan.steps.map((step) => [step.id, step]));
  while (open.size > 0) {
    const ready = [...open.values()].filter((step) =>
      [...step.needs, ...(step.after ?? []), ...(step.guard === undefined ? [] : guardSteps(step.guard))].every(
        (id) => !open.has(id),
      ),
    );
    const next = pick === "first" ? ready[0] : ready.at(-1);
    if (next === undefined) throw new Error("the plan has a circle");
    open.delete(next.id);
    yield next;
  }
};

/** Runs the steps one after the other; a refused step fails like an injected failure does. */
export const apply = (plan: Plan, observed: Observed, options: ModelOptions = {}): Applied => {
  const world: World = {
    containers: new Map([...observed.containers, ...observed.foreign].map((container) => [container.id, container])),
    networks: new Map(observed.networks.map((network) => [network.id, network])),
    volumes: new Map(observed.volumes.map((volume) => [volume.name, volume])),
    images: new Map(observed.images.map(({ reference, id }) => [reference, id])),
    apiVersion: observed.apiVersion,
    count:
      observed.containers.length +
      observed.volumes.length +
      observed.networks.length +
      100 * (1 + Math.max(0, ...observed.containers.map(({ createdAt }) => createdAt - 1_000_000))),
  };
  const outcomes = new Map<StepId, Outcome>();
  const refusals: Array<string> = [];
  const yielded = (step: StepId): string | undefined => {
    const outcome = outcomes.get(step);
    return outcome?._tag === "Done" ? outcome.id : undefined;
  };
  const idOf = (ref: ContainerRef): string => resolveRef(ref, yielded) ?? refuse(`${ref.name} was never made`);
  for (const step of options.pick === undefined ? plan.steps : inOrder(plan, options.pick)) {
    const decision = decide(step, outcomes);
    if (decision !== "Run") {
      outcomes.set(step.id, { _tag: decision });
      continue;
    }
    try {
      if (options.failing?.includes(step.id) === true) throw new Refused("injected");
      const id = perform(world, step.operation, idOf, (spec) => bindContainer(spec, yielded), options);
      outcomes.set(step.id, id === undefined ? { _tag: "Done" } : { _tag: "Done", id });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.message !== "injected") refusals.push(`#${step.id} ${step.operation._tag}: ${error.message}`);
      outcomes.set(step.id, { _tag: "Failed" });
    }
  }
  const all = [...world.containers.values()];
  const foreign = new Set(observed.foreign.map(({ id }) => id));
  return {
    observed: {
      ...observed,
      containers: all.filter(({ id }) => !foreign.has(id)),
      foreign: all.filter(({ id }) => foreign.has(id)),
      networks: [...world.networks.values()],
      volumes: [...world.volumes.values()],
      images: [...world.images].map(([reference, id]) => ({ reference, id, digests: [], labels: {} })),
    },
    outcomes: new Map(Array.from(outcomes, ([id, { _tag }]) => [id, _tag])),
    refusals,
  };
};
