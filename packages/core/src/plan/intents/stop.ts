// `stop`: dependents before what they depend on.
import { isLive, numberOf } from "../../observed/match.ts";
import { replicaAddress } from "../Address.ts";
import type { Draft } from "../Draft.ts";
import type { StepId } from "../Operation.ts";
import { endProvided } from "../provided.ts";
import type { Reason } from "../Reason.ts";
import { stopContainer } from "../retire.ts";
import { dependentsAmong, type Group, groupsOf, inDependencyOrder, isNamed } from "./selection.ts";

/** Stops the containers of all groups in reverse dependency order, or ends them by `stop`; gives these steps by service. */
export const stopGroups = (
  draft: Draft,
  groups: ReadonlyArray<Group>,
  reason: Reason,
  stop: typeof stopContainer = stopContainer,
): ReadonlyMap<string, ReadonlyArray<StepId>> => {
  const dependents = dependentsAmong(groups);
  const stops = new Map<string, ReadonlyArray<StepId>>();
  for (const { name, desired, containers } of groups.toReversed()) {
    const needs = Array.from(new Set((dependents.get(name) ?? []).flatMap((dependent) => stops.get(dependent) ?? [])));
    const own = containers.flatMap((container) => {
      const address = replicaAddress(name, numberOf(container));
      return stop(draft, desired, container, { address, reason, needs }) ?? [];
    });
    // Without a step of its own, a service hands on what it would have waited for.
    stops.set(name, own.length > 0 ? own : needs);
  }
  return stops;
};

/** All services, so that the order holds across those that are not meant; only the named ones have containers. */
export const namedGroups = (draft: Draft): ReadonlyArray<Group> =>
  groupsOf(draft, () => true).map((group) => (isNamed(draft, group.name) ? group : { ...group, containers: [] }));

const stopped: Reason = { _tag: "Requested", intent: "stop" };

export const planStop = (draft: Draft): void => {
  const groups = namedGroups(draft);
  const stops = stopGroups(draft, groups, stopped);
  const named = inDependencyOrder(draft.desired.services).filter(({ name }) => isNamed(draft, name));
  endProvided(draft, named, "stop", stopped, Array.from(stops.values()).flat());
  for (const { name, containers } of groups)
    for (const container of containers)
      if (!isLive(container)) draft.builder.leave(replicaAddress(name, numberOf(container)), container.name, container.state);
  if (!groups.some(({ containers }) => containers.some(isLive)))
    draft.builder.notice({ _tag: "NothingToDo", what: "no running container to stop" });
};
