// What has changed since a plan was saved. Not empty: the plan must be made anew.
import { labelOf } from "../desired/labels.ts";
import type { Desired } from "../desired/Desired.ts";
import type { Observed, ObserveQuery } from "../observed/Observed.ts";
import type { Address } from "../plan/Address.ts";
import { shortId } from "../format/shortId.ts";
import { addressOf } from "./preconditions.ts";
import type { Precondition, SavedPlan } from "./Saved.ts";

export interface Stale {
  readonly address: Address;
  /** In words, without the address. */
  readonly was: string;
  readonly is: string;
}

type Fact<Tag extends Precondition["_tag"]> = Extract<Precondition, { readonly _tag: Tag }>;

const absent = "absent";
const hashText = (hash: string | null): string =>
  hash === null ? "no configuration hash" : `configuration ${hash.slice(0, 12)}`;

/** Only what differs is told; the first difference says enough. */
const firstDifference = (
  address: Address,
  pairs: ReadonlyArray<readonly [was: string, is: string]>,
): ReadonlyArray<Stale> => {
  const found = pairs.find(([was, is]) => was !== is);
  return found === undefined ? [] : [{ address, was: found[0], is: found[1] }];
};

const staleContainer = (fact: Fact<"Container">, observed: Observed): ReadonlyArray<Stale> => {
  const { address } = fact;
  const all = [...observed.containers, ...observed.foreign];
  const same = all.find(({ id }) => id === fact.id);
  const namesake = all.find(({ name }) => name === fact.name);
  const was = `${fact.name} (${shortId(fact.id)}), ${fact.state}`;
  if (same === undefined)
    return [
      { address, was, is: namesake === undefined ? absent : `made anew (${shortId(namesake.id)}), ${namesake.state}` },
    ];
  return firstDifference(address, [
    [`named ${fact.name}`, `named ${same.name}`],
    [hashText(fact.configHash), hashText(same.labels[labelOf.configHash] ?? null)],
    [`image ${shortId(fact.imageId)}`, `image ${shortId(same.imageId)}`],
    [fact.state, same.state],
  ]);
};

const staleNetwork = (fact: Fact<"Network">, observed: Observed): ReadonlyArray<Stale> => {
  const found =
    observed.networks.find(({ id }) => id === fact.id) ?? observed.networks.find(({ name }) => name === fact.name);
  if (found === undefined) return [{ address: fact.address, was: `network ${fact.name}`, is: absent }];
  return firstDifference(fact.address, [
    [`network ${shortId(fact.id)}`, `network ${shortId(found.id)}`],
    [`named ${fact.name}`, `named ${found.name}`],
    [hashText(fact.configHash), hashText(found.labels[labelOf.configHash] ?? null)],
  ]);
};

const staleVolume = (fact: Fact<"Volume">, observed: Observed): ReadonlyArray<Stale> => {
  const found = observed.volumes.find(({ name }) => name === fact.name);
  if (found === undefined) return [{ address: fact.address, was: `volume ${fact.name}`, is: absent }];
  return firstDifference(fact.address, [
    [hashText(fact.configHash), hashText(found.labels[labelOf.configHash] ?? null)],
  ]);
};

const staleImage = (fact: Fact<"Image">, observed: Observed): ReadonlyArray<Stale> => {
  const ids = observed.images.filter(({ reference }) => reference === fact.reference).map(({ id }) => id);
  if (ids.includes(fact.id)) return [];
  return [
    {
      address: fact.address,
      was: `image ${shortId(fact.id)}`,
      is: ids[0] === undefined ? absent : `image ${shortId(ids[0])}`,
    },
  ];
};

const staleName = (fact: Fact<"Free">, observed: Observed): ReadonlyArray<Stale> => {
  const holders: Readonly<Record<Fact<"Free">["kind"], ReadonlyArray<{ readonly name: string }>>> = {
    container: [...observed.containers, ...observed.foreign],
    network: observed.networks,
    volume: observed.volumes,
  };
  return holders[fact.kind].some(({ name }) => name === fact.name)
    ? [{ address: fact.address, was: `no ${fact.kind} ${fact.name}`, is: `${fact.kind} ${fact.name} exists` }]
    : [];
};

const newcomers = (fact: Fact<"OnlyContainers">, observed: Observed): ReadonlyArray<Stale> => {
  const known = new Set(fact.ids);
  return observed.containers
    .filter(({ id }) => !known.has(id))
    .map((container) => ({
      address: addressOf(container),
      was: absent,
      is: `${container.name} (${shortId(container.id)}), ${container.state}`,
    }));
};

const staleFact = (fact: Precondition, observed: Observed): ReadonlyArray<Stale> => {
  switch (fact._tag) {
    case "Container":
      return staleContainer(fact, observed);
    case "Network":
      return staleNetwork(fact, observed);
    case "Volume":
      return staleVolume(fact, observed);
    case "Image":
      return staleImage(fact, observed);
    case "Free":
      return staleName(fact, observed);
    case "OnlyContainers":
      return newcomers(fact, observed);
  }
};

/** `observed` must have been read by `savedQuery`. A container that was made anew is told once, as that. */
export const staleness = (saved: Pick<SavedPlan, "preconditions">, observed: Observed): ReadonlyArray<Stale> => {
  const found = saved.preconditions.flatMap((fact) => staleFact(fact, observed));
  const seen = new Set<string>();
  return found.filter(({ address, was }) => {
    const isEcho = was === absent && seen.has(address);
    seen.add(address);
    return !isEcho;
  });
};

/** What must be read to tell whether the plan is stale. */
export const savedQuery = (saved: Pick<SavedPlan, "plan" | "preconditions">): ObserveQuery => ({
  project: saved.plan.project.name,
  images: saved.preconditions.flatMap((fact) => (fact._tag === "Image" ? [fact.reference] : [])),
  imageDetails: [],
  volumes: saved.preconditions.some(
    (fact) => fact._tag === "Volume" || (fact._tag === "Free" && fact.kind === "volume"),
  ),
  foreign: saved.preconditions.some(
    (fact) => fact._tag === "Container" || (fact._tag === "Free" && fact.kind === "container"),
  ),
});

/**
 * Files of mounted configs and secrets that are not as they were. Only where their contents were looked at both times,
 * on the engine's own machine.
 */
export const staleFiles = ({ plan }: Pick<SavedPlan, "plan">, desired: Desired): ReadonlyArray<Stale> =>
  plan.steps.flatMap(({ address, operation }) => {
    if (operation._tag !== "CreateContainer") return [];
    const was = operation.spec.labels[labelOf.hostFiles];
    const now = desired.services.find(({ name }) => name === operation.spec.service.name)?.hostFilesDigest;
    if (was === undefined || now === undefined || was === now) return [];
    return [{ address, was: `files of its configs and secrets ${was.slice(0, 12)}`, is: now.slice(0, 12) }];
  });
