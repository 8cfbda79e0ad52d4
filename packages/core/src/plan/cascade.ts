// Who must follow whom: services outside the selection that cannot outlive a container, and dependents that restart.
import type { DesiredService } from "../desired/Desired.ts";
import { namespaceTargets } from "../desired/references.ts";
import { containersOf, isLive } from "../observed/match.ts";
import { replicaAddress } from "./Address.ts";
import { prepare } from "./activate.ts";
import { type Assembly, type Seat, seatsOf } from "./Assembly.ts";
import { type Decision, parentsOf } from "./decide.ts";
import { type Draft, existing, timeoutOf } from "./Draft.ts";
import { allOf, anyOf, negate } from "./guards.ts";
import { postStart, preStop, startAgain } from "./hooks.ts";
import type { StepId } from "./Operation.ts";
import type { Guard } from "./Plan.ts";
import { readinessOf } from "./readiness.ts";
import type { Reason } from "./Reason.ts";
import { isRenewed, type SlotPlan } from "./slots.ts";

/** A service that takes part in the plan. Bystanders (not selected) are only carried along. */
export interface Participant {
  readonly desired: DesiredService;
  readonly selected: boolean;
}

const follows = (desired: DesiredService, among: ReadonlySet<string>): boolean =>
  parentsOf(desired).some((name) => among.has(name)) ||
  desired.edges.some(({ service, restart }) => restart && among.has(service));

/** The selected services, and the running ones outside that hang on them, directly or through each other. */
export const participants = (draft: Draft): ReadonlyArray<Participant> => {
  const taking = new Set(draft.desired.services.map(({ name }) => name));
  const waiting = new Set(
    draft.desired.bystanders.filter(({ name }) => containersOf(draft.matched, name).some(isLive)),
  );
  const carried: Array<Participant> = [];
  for (let found = true; found;) {
    found = false;
    for (const desired of waiting) {
      if (!follows(desired, taking)) continue;
      waiting.delete(desired);
      taking.add(desired.name);
      carried.push({ desired, selected: false });
      found = true;
    }
  }
  return [...draft.desired.services.map((desired) => ({ desired, selected: true })), ...carried];
};

interface Trigger {
  readonly reason: Reason;
  readonly guard?: Guard;
  /** The ends of the containers that were replaced: a dependent that restarts before could find the old one again. */
  readonly ends: ReadonlyArray<StepId>;
}

const isStartedAgain = (slot: SlotPlan | undefined): boolean => slot?._tag === "Stay" && slot.action._tag === "Start";

/** Made by a run that started nothing, or that was stopped: who depends on it has not seen it yet. */
const isUnseen = (slot: SlotPlan): boolean => isStartedAgain(slot) && slot._tag === "Stay" && slot.container.state === "created";

const renewal = (assembly: Assembly, decision: Decision, reason: Reason): Trigger | undefined => {
  const renewed =
    decision.slots.some((slot) =>
      slot._tag === "Fresh" ? decision.before === 0 : slot._tag === "Resume" || isRenewed(slot),
    ) || (decision.slots.length > 0 && decision.slots.every(isUnseen));
  const guard = anyOf(decision.slots.flatMap((slot) => (slot._tag === "Swap" ? (slot.divergence.guard ?? []) : [])));
  if (!renewed && guard === undefined) return undefined;
  const ends = decision.slots.flatMap((slot) =>
    slot._tag === "Swap" || slot._tag === "Resume" ? (assembly.draft.builder.stopOf(slot.old.id) ?? []) : [],
  );
  return renewed || guard === undefined ? { reason, ends } : { reason, guard, ends };
};

/** Why containers of this service that stay must be restarted. */
const triggersOf = (assembly: Assembly, decision: Decision): ReadonlyArray<Trigger> => {
  const { desired } = decision;
  const restarts = desired.edges.flatMap(({ service, restart, kind }): ReadonlyArray<Trigger> => {
    const target = restart && kind !== "namespace" ? assembly.decisions.get(service) : undefined;
    const trigger =
      target === undefined ? undefined : renewal(assembly, target, { _tag: "DependencyRecreated", service });
    return trigger === undefined ? [] : [trigger];
  });
  const namespaces = namespaceTargets(desired.service).flatMap(([, service]): ReadonlyArray<Trigger> =>
    isStartedAgain(assembly.decisions.get(service)?.slots[0])
      ? [{ reason: { _tag: "NamespaceMoved", service }, ends: [] }]
      : [],
  );
  return [...namespaces, ...restarts];
};

/** The container that would stay, and the guard under which it does. */
const staying = (
  slot: SlotPlan,
):
  | { readonly container: Parameters<typeof existing>[0] & { readonly state: string }; readonly guard?: Guard }
  | undefined => {
  if (slot._tag === "Stay") return slot.action._tag === "Keep" ? { container: slot.container } : undefined;
  if (slot._tag !== "Swap" || slot.otherwise._tag !== "Keep" || slot.divergence.guard === undefined) return undefined;
  return { container: slot.old, guard: negate(slot.divergence.guard) };
};

const restartSeat = (
  assembly: Assembly,
  decision: Decision,
  seat: Seat,
  trigger: Trigger,
  chain: ReadonlyArray<StepId>,
): ReadonlyArray<StepId> => {
  const { builder } = assembly.draft;
  const stay = staying(seat.slot);
  const old = seat.slot._tag === "Stay" ? seat.slot.container : seat.slot._tag === "Swap" ? seat.slot.old : undefined;
  if (stay === undefined || old === undefined || !isLive(old)) return [];
  const guard = allOf([trigger.guard, stay.guard]);
  const container = existing(old);
  const address = replicaAddress(seat.service, seat.number);
  const group = `restart:${seat.service}:${seat.number}`;
  const context = { address, reason: trigger.reason, group, guard };
  const readiness = readinessOf(assembly, decision);
  const needs = [...readiness.needs, ...trigger.ends, ...chain];
  const hooks = preStop(builder, decision.desired, old, { ...context, needs });
  const ready = prepare(assembly, seat, container, [], context);
  const restart = builder.add({
    ...context,
    operation: { _tag: "RestartContainer", container, ...timeoutOf(assembly.draft, decision.desired, old) },
    needs: [...(hooks.length === 0 ? needs : hooks.slice(-1)), ...ready],
    after: readiness.after,
  });
  startAgain(builder, container, restart, context);
  return [restart, ...postStart(builder, decision.desired, container, { ...context, needs: [restart] })].slice(-1);
};

/** Restarts containers that stay although something they depend on was replaced; one after the other. */
export const restartDependents = (assembly: Assembly, decision: Decision): void => {
  if (!assembly.starts) return;
  const triggers = triggersOf(assembly, decision);
  const first = triggers.find(({ guard }) => guard === undefined) ?? triggers[0];
  if (first === undefined) return;
  const guard = triggers.some((trigger) => trigger.guard === undefined)
    ? undefined
    : anyOf(triggers.flatMap((trigger) => trigger.guard ?? []));
  const ends = triggers.flatMap((trigger) => trigger.ends);
  const trigger: Trigger = guard === undefined ? { reason: first.reason, ends } : { reason: first.reason, guard, ends };
  let chain: ReadonlyArray<StepId> = [];
  for (const seat of seatsOf(assembly, decision.desired.name)) {
    const ups = restartSeat(assembly, decision, seat, trigger, chain);
    seat.ups.push(...ups);
    if (ups.length > 0) chain = ups;
  }
};

/** Services by the services whose namespaces or volumes they use. */
export const childrenOf = (decisions: Iterable<Decision>): ReadonlyMap<string, ReadonlyArray<string>> => {
  const children = new Map<string, Array<string>>();
  for (const { desired } of decisions) {
    for (const [, parent] of namespaceTargets(desired.service)) {
      const list = children.get(parent);
      if (list === undefined) children.set(parent, [desired.name]);
      else if (!list.includes(desired.name)) list.push(desired.name);
    }
  }
  return children;
};
