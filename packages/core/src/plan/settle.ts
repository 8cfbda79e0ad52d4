// Brings the containers of one service to where they should be, replica after replica where that keeps it serving.
import type { Action } from "../observed/classify.ts";
import { isLive } from "../observed/match.ts";
import type { ObservedContainer } from "../observed/Observed.ts";
import type { Tuning } from "../observed/standing.ts";
import { replicaAddress } from "./Address.ts";
import { type Context, prepare, preStart, start } from "./activate.ts";
import { healName } from "./adopt.ts";
import { type Assembly, desiredOf, type Seat, seatsOf } from "./Assembly.ts";
import type { Decision } from "./decide.ts";
import { existing } from "./Draft.ts";
import { negate } from "./guards.ts";
import { groupOf, type Making } from "./make.ts";
import { needsRename, type NameWorld } from "./nameClaims.ts";
import type { ContainerRef, EndpointSpec, StepId } from "./Operation.ts";
import type { Reason } from "./Reason.ts";
import { readinessOf } from "./readiness.ts";
import { type Change, replaceContainer, type Replaced, stopFirstBecause } from "./replace.ts";
import type { SlotPlan } from "./slots.ts";
import { tune } from "./tune.ts";

type Slot<Tag extends SlotPlan["_tag"]> = Extract<SlotPlan, { readonly _tag: Tag }>;

/** A container that ends later, when those in its namespace have moved. */
export type Deferred = () => void;

interface Settling {
  readonly assembly: Assembly;
  readonly decision: Decision;
  readonly makings: ReadonlyMap<Seat, Making>;
  readonly names: NameWorld;
}

/** Files, hooks, start. Its last step is the one after which it serves. */
const bringUp = (
  assembly: Assembly,
  decision: Decision,
  seat: Seat,
  container: ContainerRef,
  joins: ReadonlyArray<EndpointSpec>,
  context: Context,
  tuned: ReadonlyArray<StepId> = [],
): void => {
  const ready = [...tuned, ...prepare(assembly, seat, container, joins, context)];
  if (!assembly.starts) return;
  const readiness = readinessOf(assembly, decision);
  const hook = preStart(assembly, seat, container, ready, readiness, context);
  const steps = start(assembly, seat, { container, needs: [...ready, hook], readiness, ...context });
  seat.ups.push(...steps.slice(-1));
};

const act = (
  assembly: Assembly,
  decision: Decision,
  seat: Seat,
  container: ObservedContainer,
  slot: { readonly action: Action; readonly tuning?: Tuning | undefined },
  guard: Context["guard"],
): void => {
  const tuned = tune(assembly.draft, seat, container, slot.tuning, guard);
  if (!assembly.starts) return;
  const { action } = slot;
  switch (action._tag) {
    case "Keep":
    case "Done":
      return;
    case "Start":
      bringUp(assembly, decision, seat, existing(container), [], { reason: action.reason, guard }, tuned);
      return;
    case "Unpause":
      seat.ups.push(
        assembly.draft.builder.add({
          address: replicaAddress(seat.service, seat.number),
          operation: { _tag: "UnpauseContainer", container: existing(container) },
          reason: action.reason,
          guard,
        }),
      );
  }
};

const noteStopFirst = (assembly: Assembly, seat: Seat, because: string | undefined): void => {
  if (
    because === undefined ||
    seat !== seatsOf(assembly, seat.service).find(({ slot }) => slot._tag === "Swap" || slot._tag === "Resume")
  )
    return;
  assembly.draft.builder.notice({ _tag: "StopFirst", service: seat.service, because });
};

const swapChange = (
  { assembly, decision, makings }: Settling,
  seat: Seat,
  slot: Slot<"Swap">,
  chain: ReadonlyArray<StepId>,
): Change => {
  const desired = desiredOf(assembly, seat);
  const making = makings.get(seat);
  const because =
    isLive(slot.old) && assembly.starts ? stopFirstBecause(assembly, desired, making?.mounts ?? []) : undefined;
  noteStopFirst(assembly, seat, because);
  return {
    old: slot.old,
    container: { _tag: "CreatedBy", step: seat.make?.step ?? 0, name: seat.finalName },
    joins: making?.joins ?? [],
    isUp: false,
    interrupted: slot.interrupted,
    isDone: !assembly.starts,
    because,
    context: { reason: slot.divergence.reason, group: groupOf(seat), guard: slot.divergence.guard },
    chain,
    readiness: readinessOf(assembly, decision),
    rename: making?.heldBy === undefined ? undefined : { heldBy: making.heldBy },
  };
};

const resumeChange = (
  { assembly, decision, names }: Settling,
  seat: Seat,
  slot: Slot<"Resume">,
  chain: ReadonlyArray<StepId>,
): Change => {
  const { builder } = assembly.draft;
  const { successor, old, action } = slot;
  builder.notice({
    _tag: "Resumed",
    service: seat.service,
    found: `${successor.name} had not yet replaced ${old.name}`,
  });
  if (assembly.starts && action._tag === "Unpause") act(assembly, decision, seat, successor, slot, undefined);
  const isUp = isLive(successor);
  const mounts = desiredOf(assembly, seat).mounts;
  const holder = names.holders.get(seat.finalName);
  const mustRename = needsRename(successor, seat.finalName) && (holder === undefined || names.going.has(holder.id));
  return {
    old,
    container: existing(successor),
    joins: [],
    isUp,
    interrupted: true,
    isDone: !assembly.starts || action._tag === "Done",
    because: isLive(old) && !isUp ? stopFirstBecause(assembly, desiredOf(assembly, seat), mounts) : undefined,
    context: { reason: { _tag: "Adopted", predecessor: old.name }, group: groupOf(seat) },
    chain: [...chain, ...seat.ups],
    readiness: readinessOf(assembly, decision),
    rename: mustRename ? { heldBy: holder ?? old } : undefined,
  };
};

/** Children in its network, ipc or pid namespace that get new containers too. */
const movingChildren = (assembly: Assembly, seat: Seat): ReadonlyArray<Seat> =>
  (assembly.children.get(seat.service) ?? []).flatMap((child) =>
    seatsOf(assembly, child).filter(({ slot }) => slot._tag === "Swap"),
  );

const change = (settling: Settling, seat: Seat, of: Change, deferred: Array<Deferred>): Replaced => {
  const { assembly } = settling;
  const children = movingChildren(assembly, seat);
  // `create` starts nothing: the old one goes as soon as the new one is there.
  const chain =
    assembly.starts || of.container._tag === "Existing"
      ? of.chain
      : [of.container.step, ...settleJoins(settling, seat, of)];
  const replaced = replaceContainer(assembly, seat, { ...of, chain }, { defer: children.length > 0 });
  seat.ups.push(...replaced.ups);
  const { finish } = replaced;
  if (finish !== undefined) deferred.push(() => finish(children.flatMap(({ ups }) => ups)));
  return replaced;
};

const settleJoins = ({ assembly }: Settling, seat: Seat, of: Change): ReadonlyArray<StepId> =>
  prepare(assembly, seat, of.container, of.joins, of.context);

/** What the old container needs when it turns out that it may stay. */
const keepOtherwise = ({ assembly, decision, names }: Settling, seat: Seat, slot: Slot<"Swap">): void => {
  if (slot.divergence.guard === undefined) return;
  const guard = negate(slot.divergence.guard);
  act(assembly, decision, seat, slot.old, { action: slot.otherwise, tuning: slot.tuning }, guard);
  healName(assembly, seat, slot.old, names, guard);
};

/** It was made under another name because a container that goes has the final one. */
const renameFresh = (assembly: Assembly, seat: Seat, making: Making | undefined, reason: Reason): void => {
  if (making?.heldBy === undefined || seat.make === undefined) return;
  assembly.renames.push({
    seat,
    container: seat.ref,
    heldBy: making.heldBy.id,
    needs: [seat.make.step, ...seat.ups],
    reason,
  });
};

/** How many replicas may be replaced at a time; 0 means all. */
const parallelism = (decision: Decision): number => decision.desired.service.deploy?.update_config?.parallelism ?? 1;

export const settleService = (
  assembly: Assembly,
  decision: Decision,
  makings: ReadonlyMap<Seat, Making>,
  names: NameWorld,
): ReadonlyArray<Deferred> => {
  const settling: Settling = { assembly, decision, makings, names };
  const deferred: Array<Deferred> = [];
  const chains: Array<ReadonlyArray<StepId>> = [];
  const width = parallelism(decision);
  const chainOf = (): ReadonlyArray<StepId> => (width === 0 ? [] : (chains.at(-width) ?? []));
  for (const seat of seatsOf(assembly, decision.desired.name)) {
    const { slot } = seat;
    switch (slot._tag) {
      case "Fresh":
        bringUp(assembly, decision, seat, seat.ref, makings.get(seat)?.joins ?? [], { reason: slot.reason });
        renameFresh(assembly, seat, makings.get(seat), slot.reason);
        break;
      case "Stay":
        act(assembly, decision, seat, slot.container, slot, undefined);
        healName(assembly, seat, slot.container, names);
        break;
      case "Swap":
        chains.push(change(settling, seat, swapChange(settling, seat, slot, chainOf()), deferred).chain);
        keepOtherwise(settling, seat, slot);
        break;
      case "Resume":
        chains.push(change(settling, seat, resumeChange(settling, seat, slot, chainOf()), deferred).chain);
        break;
    }
  }
  return deferred;
};
