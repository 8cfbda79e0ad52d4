// What a plan relies on: everything it touches or deliberately leaves alone, as it was when the plan was made.
import { labelOf } from "../desired/labels.ts";
import { byBytes } from "../hash/canonicalJson.ts";
import type { Observed, ObservedContainer } from "../observed/Observed.ts";
import {
  type Address,
  containerAddress,
  imageAddress,
  networkAddress,
  replicaAddress,
  volumeAddress,
} from "../plan/Address.ts";
import type { ContainerRef, Operation } from "../plan/Operation.ts";
import type { Plan } from "../plan/Plan.ts";
import type { Precondition } from "./Saved.ts";

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** The existing containers that an operation names, wherever they stand in it. */
export const existingIds = (value: unknown): ReadonlyArray<string> => {
  if (!isRecord(value)) return [];
  if (Array.isArray(value)) return value.flatMap(existingIds);
  const ref = value as Partial<ContainerRef>;
  const own = ref._tag === "Existing" && typeof ref.id === "string" ? [ref.id] : [];
  const spare = ref._tag === "CreatedBy" && ref.orElse !== undefined ? [ref.orElse.id] : [];
  return [...own, ...spare, ...Object.values(value).flatMap(existingIds)];
};

/** Of an operation only the references, not the service with its thousand fields. */
const referencesOf = (operation: Operation): unknown => {
  if (operation._tag === "CreateContainer" || operation._tag === "RunHookContainer") {
    const { namespaces, volumesFrom } = operation.spec;
    return [namespaces, volumesFrom, operation._tag === "RunHookContainer" ? operation.container : null];
  }
  return operation;
};

/** By its labels: the same wherever the container is met. */
export const addressOf = (container: ObservedContainer): Address => {
  const service = container.labels[labelOf.service];
  const number = Number(container.labels[labelOf.number]);
  return service === undefined || !Number.isInteger(number)
    ? containerAddress(container.name)
    : replicaAddress(service, number);
};

const containerFact = (container: ObservedContainer): Precondition => ({
  _tag: "Container",
  address: addressOf(container),
  id: container.id,
  name: container.name,
  configHash: container.labels[labelOf.configHash] ?? null,
  imageId: container.imageId,
  state: container.state,
});

interface World {
  readonly containers: ReadonlyMap<string, ObservedContainer>;
  readonly byName: ReadonlyMap<string, ObservedContainer>;
  readonly observed: Observed;
}

const networkFact = (name: string, { observed }: World): Precondition | undefined => {
  const found = observed.networks.find((network) => network.name === name || network.id === name);
  return found === undefined
    ? undefined
    : {
        _tag: "Network",
        address: networkAddress(found.labels[labelOf.network] ?? found.name),
        id: found.id,
        name: found.name,
        configHash: found.labels[labelOf.configHash] ?? null,
      };
};

const volumeFact = (name: string, { observed }: World): Precondition | undefined => {
  const found = observed.volumes.find((volume) => volume.name === name);
  return found === undefined
    ? undefined
    : {
        _tag: "Volume",
        address: volumeAddress(found.labels[labelOf.volume] ?? name),
        name,
        configHash: found.labels[labelOf.configHash] ?? null,
      };
};

const free = (address: Address, kind: "container" | "network" | "volume", name: string): Precondition => ({
  _tag: "Free",
  address,
  kind,
  name,
});

const imageFact = (reference: string, id: string): Precondition => ({
  _tag: "Image",
  address: imageAddress(reference),
  reference,
  id,
});

/** Names that the plan itself makes: they need not be there before. */
const madeBy = (plan: Plan): ReadonlySet<string> =>
  new Set(
    plan.steps.flatMap(({ operation }) =>
      operation._tag === "CreateNetwork" || operation._tag === "CreateVolume"
        ? [`${operation._tag}:${operation.name}`]
        : [],
    ),
  );

const resourceFacts = (
  operation: Operation,
  address: Address,
  made: ReadonlySet<string>,
  world: World,
): ReadonlyArray<Precondition | undefined> => {
  const network = (name: string) => (made.has(`CreateNetwork:${name}`) ? undefined : networkFact(name, world));
  switch (operation._tag) {
    case "CreateNetwork":
      return [networkFact(operation.name, world) ?? free(address, "network", operation.name)];
    case "RemoveNetwork":
      return [networkFact(operation.id, world)];
    case "ConnectNetwork":
      return [network(operation.endpoint.network)];
    case "DisconnectNetwork":
      return [networkFact(operation.network, world)];
    case "CreateVolume":
      return [volumeFact(operation.name, world) ?? free(address, "volume", operation.name)];
    case "RemoveVolume":
      return [volumeFact(operation.name, world)];
    case "RemoveImage": {
      const image = world.observed.images.find(({ reference }) => reference === operation.image);
      return image === undefined ? [] : [imageFact(operation.image, image.id)];
    }
    case "CreateContainer": {
      const { spec, name } = operation;
      return [
        world.byName.get(name) === undefined ? free(address, "container", name) : undefined,
        spec.imageId._tag === "Known" ? imageFact(spec.image, spec.imageId.id) : undefined,
        ...spec.endpoints.map((endpoint) => network(endpoint.network)),
        ...spec.mounts.map((mount) =>
          mount._tag === "Volume" && mount.name !== undefined && !made.has(`CreateVolume:${mount.name}`)
            ? volumeFact(mount.name, world)
            : undefined,
        ),
      ];
    }
    case "RunHookContainer":
      return operation.spec.imageId._tag === "Known"
        ? [imageFact(operation.spec.image, operation.spec.imageId.id)]
        : [];
    case "PullImage":
    case "BuildImage":
    case "PushImage":
    case "InjectFiles":
    case "StartContainer":
    case "RestartContainer":
    case "StopContainer":
    case "KillContainer":
    case "PauseContainer":
    case "UnpauseContainer":
    case "UpdateContainer":
    case "RenameContainer":
    case "RemoveContainer":
    case "WaitFor":
    case "RunHook":
    case "RunProvider":
    case "PrepareModel":
      return [];
  }
};

const containerFacts = (plan: Plan, world: World): ReadonlyArray<Precondition> => {
  const named = plan.steps
    .flatMap(({ operation }) => existingIds(referencesOf(operation)))
    .map((id) => world.containers.get(id));
  const kept = plan.untouched
    .filter(({ address }) => /^(service|container):/.test(address))
    .map(({ name }) => world.byName.get(name));
  return [...named, ...kept].flatMap((container) => (container === undefined ? [] : [containerFact(container)]));
};

const keyOf = (fact: Precondition): string => {
  switch (fact._tag) {
    case "Container":
      return `0 ${fact.address} ${fact.id}`;
    case "Network":
      return `1 ${fact.name}`;
    case "Volume":
      return `2 ${fact.name}`;
    case "Image":
      return `3 ${fact.reference}`;
    case "Free":
      return `4 ${fact.kind} ${fact.name}`;
    case "OnlyContainers":
      return "5";
  }
};

/** Sorted, each once. */
export const preconditions = (plan: Plan, observed: Observed): ReadonlyArray<Precondition> => {
  const all = [...observed.containers, ...observed.foreign];
  const world: World = {
    containers: new Map(all.map((container) => [container.id, container])),
    byName: new Map(all.map((container) => [container.name, container])),
    observed,
  };
  const made = madeBy(plan);
  const facts = [
    ...containerFacts(plan, world),
    ...plan.steps.flatMap(({ operation, address }) => resourceFacts(operation, address, made, world)),
    {
      _tag: "OnlyContainers" as const,
      project: plan.project.name,
      ids: observed.containers.map(({ id }) => id).sort(byBytes),
    },
  ];
  const unique = new Map(facts.flatMap((fact) => (fact === undefined ? [] : [[keyOf(fact), fact] as const])));
  return Array.from(unique)
    .sort(([a], [b]) => byBytes(a, b))
    .map(([, fact]) => fact);
};
