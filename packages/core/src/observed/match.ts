// Puts every container of the project where it belongs: replica slots, one-offs, hook containers, orphans.
import { byBytes } from "../hash/canonicalJson.ts";
import { labelOf } from "../desired/labels.ts";
import type { Desired } from "../desired/Desired.ts";
import type { Observed, ObservedContainer } from "./Observed.ts";

/** Containers by replica number, each list sorted by age and id. Number 0 stands for an unreadable label. */
export type Slots = ReadonlyMap<number, ReadonlyArray<ObservedContainer>>;

export interface Matched {
  /** Of services that the file knows, taking part or not. */
  readonly services: ReadonlyMap<string, Slots>;
  readonly oneOffs: ReadonlyArray<ObservedContainer>;
  readonly hooks: ReadonlyArray<ObservedContainer>;
  /** Of services that the file does not know. */
  readonly orphans: ReadonlyArray<ObservedContainer>;
  /** They carry the project's label (an image may have brought it) but nothing else of a service's container. */
  readonly strangers: ReadonlyArray<ObservedContainer>;
}

export const serviceOf = (container: ObservedContainer): string => container.labels[labelOf.service] ?? "";

export const numberOf = (container: ObservedContainer): number => {
  const text = container.labels[labelOf.number] ?? "";
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : 0;
};

export const isOneOff = (container: ObservedContainer): boolean => container.labels[labelOf.oneOff] === "True";

const isHook = (container: ObservedContainer): boolean => container.labels[labelOf.hook] !== undefined;

export const byAge = (a: ObservedContainer, b: ObservedContainer): number =>
  a.createdAt - b.createdAt || byBytes(a.id, b.id);

export const byName = (a: ObservedContainer, b: ObservedContainer): number =>
  byBytes(a.name, b.name) || byBytes(a.id, b.id);

/** It has, or holds, a process: it can be stopped. */
export const isLive = (container: ObservedContainer): boolean =>
  container.state === "running" || container.state === "paused" || container.state === "restarting";

const declared = (desired: Desired): ReadonlySet<string> =>
  new Set([...desired.services.map(({ name }) => name), ...desired.otherServices]);

const append = <K, V>(map: Map<K, Array<V>>, key: K, value: V): void => {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
};

export const match = (desired: Desired, observed: Observed): Matched => {
  const known = declared(desired);
  const services = new Map<string, Map<number, Array<ObservedContainer>>>();
  const oneOffs: Array<ObservedContainer> = [];
  const hooks: Array<ObservedContainer> = [];
  const orphans: Array<ObservedContainer> = [];
  const strangers: Array<ObservedContainer> = [];
  for (const container of Array.from(observed.containers).sort(byAge)) {
    if (isHook(container)) hooks.push(container);
    else if (isOneOff(container)) oneOffs.push(container);
    else if (container.labels[labelOf.configHash] === undefined || serviceOf(container) === "")
      strangers.push(container);
    else if (known.has(serviceOf(container))) {
      const slots = services.get(serviceOf(container)) ?? new Map<number, Array<ObservedContainer>>();
      services.set(serviceOf(container), slots);
      append(slots, numberOf(container), container);
    } else orphans.push(container);
  }
  return { services, oneOffs, hooks, orphans: orphans.sort(byName), strangers };
};

const none: Slots = new Map();
export const slotsOf = (matched: Matched, service: string): Slots => matched.services.get(service) ?? none;

/** All containers of a service, by number, then age. */
export const containersOf = (matched: Matched, service: string): ReadonlyArray<ObservedContainer> =>
  Array.from(slotsOf(matched, service))
    .sort(([a], [b]) => a - b)
    .flatMap(([, containers]) => containers);
