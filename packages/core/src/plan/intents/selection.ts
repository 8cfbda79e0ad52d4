// Which services and containers a command means.
import type { DesiredService } from "../../desired/Desired.ts";
import { dependencyOrder } from "../../desired/order.ts";
import { containersOf } from "../../observed/match.ts";
import type { ObservedContainer } from "../../observed/Observed.ts";
import type { Diagnostic } from "../../source/Diagnostic.ts";
import { fault, nearest } from "../../source/problem.ts";
import type { Draft } from "../Draft.ts";

/** Everything that the file describes in full, taking part or not. */
export const describedServices = (draft: Draft): ReadonlyArray<DesiredService> => [
  ...draft.desired.services,
  ...draft.desired.bystanders,
];

export const unknownServices = (draft: Draft): ReadonlyArray<Diagnostic> => {
  const known = new Set([...draft.desired.services.map(({ name }) => name), ...draft.desired.otherServices]);
  return draft.intent.services
    .filter((name) => !known.has(name))
    .map((name) => {
      const near = nearest(name, known);
      return fault(
        "unknown-service",
        `no such service: ${name}`,
        {},
        near === undefined ? undefined : `did you mean "${near}"?`,
      );
    });
};

export const isNamed = (draft: Draft, service: string): boolean =>
  draft.intent.services.length === 0 || draft.intent.services.includes(service);

/** Dependencies first. */
export const inDependencyOrder = (services: ReadonlyArray<DesiredService>): ReadonlyArray<DesiredService> => {
  const byName = new Map(services.map((service) => [service.name, service]));
  const order = dependencyOrder(new Map(services.map(({ name, edges }) => [name, edges.map(({ service }) => service)])));
  return order._tag === "Ordered" ? order.names.flatMap((name) => byName.get(name) ?? []) : services;
};

export interface Group {
  readonly name: string;
  /** Absent when only the containers are known. */
  readonly desired: DesiredService | undefined;
  readonly containers: ReadonlyArray<ObservedContainer>;
}

/** Names of services with their dependencies, as far as they are known; dependencies come first. */
const graphOf = (draft: Draft, names: Iterable<string>): ReadonlyMap<string, ReadonlyArray<string>> => {
  const described = new Map(describedServices(draft).map((service) => [service.name, service]));
  return new Map(Array.from(names, (name) => [name, described.get(name)?.edges.map(({ service }) => service) ?? []]));
};

/** Services in dependency order, each with its containers. */
export const groupsOf = (draft: Draft, includes: (service: string) => boolean): ReadonlyArray<Group> => {
  const described = new Map(describedServices(draft).map((service) => [service.name, service]));
  const names = new Set([...described.keys(), ...draft.desired.otherServices, ...draft.matched.services.keys()]);
  const order = dependencyOrder(graphOf(draft, names));
  const ordered = order._tag === "Ordered" ? order.names : Array.from(names).sort();
  return ordered
    .filter(includes)
    .map((name) => ({ name, desired: described.get(name), containers: containersOf(draft.matched, name) }));
};

/** The named services and all that depend on them, directly or not, along the edges that `follows` accepts. */
export const withDependents = (
  draft: Draft,
  named: ReadonlyArray<string>,
  follows: (edge: DesiredService["edges"][number]) => boolean,
): ReadonlySet<string> => {
  const dependents = new Map<string, Array<string>>();
  for (const { name, edges } of describedServices(draft)) {
    for (const edge of edges) {
      if (follows(edge)) dependents.set(edge.service, [...(dependents.get(edge.service) ?? []), name]);
    }
  }
  return closure(named, (name) => dependents.get(name) ?? []);
};

export const closure = (
  from: ReadonlyArray<string>,
  next: (name: string) => ReadonlyArray<string>,
): ReadonlySet<string> => {
  const reached = new Set(from);
  for (const name of reached) for (const further of next(name)) reached.add(further);
  return reached;
};

/** Dependents of each service among those given: the order of every stop. */
export const dependentsAmong = (groups: ReadonlyArray<Group>): ReadonlyMap<string, ReadonlyArray<string>> => {
  const dependents = new Map<string, Array<string>>();
  for (const { name, desired } of groups) {
    for (const { service } of desired?.edges ?? []) dependents.set(service, [...(dependents.get(service) ?? []), name]);
  }
  return dependents;
};
