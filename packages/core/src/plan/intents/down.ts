// `down`: takes the project away, dependents first: containers, networks, and on demand volumes and images.
import type { DesiredNetwork } from "../../desired/Desired.ts";
import { labelOf } from "../../desired/labels.ts";
import { byBytes } from "../../hash/canonicalJson.ts";
import { byName, isLive, numberOf } from "../../observed/match.ts";
import type { ObservedContainer, ObservedNetwork } from "../../observed/Observed.ts";
import type { Intent } from "../../policy/Intent.ts";
import { containerAddress, imageAddress, networkAddress, replicaAddress, volumeAddress } from "../Address.ts";
import { type Leaving, removeAnonymous } from "../anonymous.ts";
import type { Draft } from "../Draft.ts";
import { isAttachedTo } from "../networks.ts";
import type { StepId } from "../Operation.ts";
import { endProvided } from "../provided.ts";
import { endContainer, endsByRemoval, removeContainer, stopContainer } from "../retire.ts";
import { clearMarks } from "../tune.ts";
import { mountsVolume } from "../volumes.ts";
import { describedServices, groupsOf, inDependencyOrder, withDependents } from "./selection.ts";
import { stopGroups } from "./stop.ts";

type Down = Extract<Intent, { readonly _tag: "Down" }>;

const reason = { _tag: "Requested", intent: "down" } as const;

/** The services that go: all, or the named ones and all that cannot do without them. */
const goingServices = (draft: Draft): ((service: string) => boolean) => {
  if (draft.intent.services.length === 0) return () => true;
  const going = withDependents(draft, draft.intent.services, ({ required }) => required);
  return (service) => going.has(service);
};

const removeServices = (draft: Draft): ReadonlyArray<Leaving> => {
  const goes = goingServices(draft);
  const groups = groupsOf(draft, () => true).map((group) => (goes(group.name) ? group : { ...group, containers: [] }));
  stopGroups(draft, groups, reason, (_, desired, container, context) =>
    endsByRemoval(draft, desired, container)
      ? removeContainer(draft, container, context)
      : stopContainer(draft, desired, container, context),
  );
  return groups.toReversed().flatMap(({ name, containers }) =>
    containers.map((container): Leaving => {
      const needs = [draft.builder.stopOf(container.id)];
      return {
        container,
        remove: removeContainer(draft, container, {
          address: replicaAddress(name, numberOf(container)),
          reason,
          needs,
        }),
      };
    }),
  );
};

/** Containers that belong to no service of the file, and those of `run` and of hooks. */
const removeOthers = (draft: Draft): ReadonlyArray<Leaving> => {
  const { matched, policy, intent, builder } = draft;
  const goes = goingServices(draft);
  const hooks = matched.hooks.filter((container) => goes(container.labels[labelOf.service] ?? ""));
  // With services named only their own runs go; an orphan belongs to none of them.
  const strays = policy.removeOrphans
    ? [
        ...(intent.services.length === 0 ? matched.orphans : []),
        ...matched.oneOffs.filter((container) => goes(container.labels[labelOf.service] ?? "")),
      ]
    : [];
  if (!policy.removeOrphans && !policy.ignoreOrphans && matched.orphans.length > 0 && intent.services.length === 0) {
    builder.notice({ _tag: "OrphansFound", containers: matched.orphans.map(({ name }) => name) });
  }
  return [...hooks, ...strays].sort(byName).map((container): Leaving => {
    const { remove } = endContainer(draft, undefined, container, {
      address: containerAddress(container.name),
      reason,
      needs: [],
    });
    return { container, remove };
  });
};

interface Remainder {
  readonly leaving: ReadonlyArray<Leaving>;
  readonly staying: ReadonlyArray<ObservedContainer>;
}

const names = (containers: ReadonlyArray<ObservedContainer>): string =>
  containers
    .map(({ name }) => name)
    .sort(byBytes)
    .join(", ");

/** The project's networks: by label, declared or not; by name when the file declares them and nobody else owns them. */
const ownNetworks = (draft: Draft): ReadonlyArray<{ readonly key: string; readonly network: ObservedNetwork }> => {
  const { desired, observed, intent } = draft;
  const declared = new Map(
    desired.networks
      .filter(({ external }) => !external)
      .map((network): [string, DesiredNetwork] => [network.name, network]),
  );
  const external = new Set(desired.networks.filter(({ external: isExternal }) => isExternal).map(({ name }) => name));
  return observed.networks
    .flatMap((network) => {
      const owner = network.labels[labelOf.project];
      const key = declared.get(network.name)?.key;
      if (external.has(network.name)) return [];
      if (owner === desired.project.name && (key !== undefined || intent.services.length === 0))
        return [{ key: key ?? network.labels[labelOf.network] ?? network.name, network }];
      return [];
    })
    .sort((a, b) => byBytes(a.key, b.key) || byBytes(a.network.name, b.network.name));
};

const removeNetworks = (draft: Draft, { leaving, staying }: Remainder): void => {
  const { builder } = draft;
  for (const { key, network } of ownNetworks(draft)) {
    // A stopped container does not hold a network, but could not start any more without it.
    const users = staying.filter(isAttachedTo(network));
    if (users.length > 0) {
      builder.notice({ _tag: "Warning", message: `network ${network.name} is kept: ${names(users)} uses it` });
      continue;
    }
    const needs = leaving.filter(({ container }) => isAttachedTo(network)(container)).map(({ remove }) => remove);
    builder.add({
      address: networkAddress(key),
      operation: { _tag: "RemoveNetwork", id: network.id, name: network.name },
      reason,
      needs,
    });
  }
};

/** With services named: only volumes that none of the others asks for. */
const goingVolumes = (draft: Draft): ((key: string) => boolean) => {
  if (draft.intent.services.length === 0) return () => true;
  const goes = goingServices(draft);
  const keys = (going: boolean): ReadonlySet<string> =>
    new Set(describedServices(draft).flatMap(({ name, volumes }) => (goes(name) === going ? volumes : [])));
  const [own, others] = [keys(true), keys(false)];
  return (key) => own.has(key) && !others.has(key);
};

const removeVolumes = (draft: Draft, { leaving, staying }: Remainder): void => {
  const { builder, desired, observed } = draft;
  const there = new Set(observed.volumes.map(({ name }) => name));
  const goes = goingVolumes(draft);
  for (const { key, name, external } of desired.volumes) {
    if (external || !there.has(name) || !goes(key)) continue;
    const users = staying.filter(mountsVolume(name));
    if (users.length > 0) {
      builder.notice({ _tag: "Warning", message: `volume ${name} is kept: ${names(users)} uses it` });
      continue;
    }
    const needs = leaving.filter(({ container }) => mountsVolume(name)(container)).map(({ remove }) => remove);
    builder.add({ address: volumeAddress(key), operation: { _tag: "RemoveVolume", name }, reason, needs });
  }
  removeAnonymous(draft, leaving, reason);
};

/** `local`: images that only this project's builds have named; `all`: every image of the services. */
const removeImages = (draft: Draft, intent: Down, { leaving, staying }: Remainder): void => {
  const { builder, desired, observed } = draft;
  const goes = goingServices(draft);
  const wanted = new Map<string, string>();
  for (const { name, image, service } of desired.services) {
    if (goes(name) && (intent.images === "all" || service.image === undefined)) wanted.set(image, name);
  }
  for (const image of Array.from(wanted.keys()).sort(byBytes)) {
    const found = observed.images.find(({ reference }) => reference === image);
    if (found === undefined) continue;
    const users = staying.filter(({ imageId }) => imageId === found.id);
    if (users.length > 0) {
      builder.notice({ _tag: "Warning", message: `image ${image} is kept: ${names(users)} uses it` });
      continue;
    }
    const needs: ReadonlyArray<StepId> = leaving
      .filter(({ container }) => container.imageId === found.id)
      .map(({ remove }) => remove);
    builder.add({ address: imageAddress(image), operation: { _tag: "RemoveImage", image }, reason, needs });
  }
};

export const planDown = (draft: Draft, intent: Down): void => {
  const { builder, observed, desired } = draft;
  const leaving = [...removeServices(draft), ...removeOthers(draft)];
  const gone = new Set(leaving.map(({ container }) => container.id));
  const staying = [...observed.containers, ...observed.foreign].filter(({ id }) => !gone.has(id));
  const remainder: Remainder = { leaving, staying };
  removeNetworks(draft, remainder);
  const goes = goingServices(draft);
  const going = inDependencyOrder(desired.services).filter(({ name }) => goes(name));
  endProvided(draft, going, "down", reason, leaving.map(({ remove }) => remove));
  if (intent.volumes) removeVolumes(draft, remainder);
  if (intent.services.length === 0) clearMarks(draft);
  if (intent.images !== "none") removeImages(draft, intent, remainder);
  const runs = draft.matched.oneOffs.filter((container) => isLive(container) && !gone.has(container.id));
  if (runs.length > 0)
    builder.notice({
      _tag: "Warning",
      message: `still running, started by run: ${names(runs)} (--remove-orphans takes them too)`,
    });
  if (builder.size === 0)
    builder.notice({ _tag: "NothingToDo", what: `nothing of project ${desired.project.name} was found to remove` });
};
