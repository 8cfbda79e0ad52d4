// Adds the steps of all services: first everything is made, then, dependencies first, everything is started.
import { numberOf } from "../observed/match.ts";
import type { ObservedContainer } from "../observed/Observed.ts";
import { replicaAddress } from "./Address.ts";
import { addRenames, clearHooks, clearLeftovers } from "./adopt.ts";
import { type Assembly, type Seat, seatsOf } from "./Assembly.ts";
import { restartDependents } from "./cascade.ts";
import { replaceVolumes } from "./condemn.ts";
import type { Decision } from "./decide.ts";
import { existing } from "./Draft.ts";
import { endpointOf, groupOf, type Making, makeSeat } from "./make.ts";
import type { NameWorld } from "./nameClaims.ts";
import { addNetworks, type NetworkState, type Rejoin } from "./networks.ts";
import type { ContainerRef, StepId } from "./Operation.ts";
import { noticeOrphans, orphanContext, removeOrphans } from "./orphans.ts";
import { slotClashes } from "./ports.ts";
import { waitForService } from "./readiness.ts";
import { endContainer, stopContainer } from "./retire.ts";
import { type Deferred, settleService } from "./settle.ts";
import { containersOfSlot, finalNameOf, type SlotPlan } from "./slots.ts";
import { clearMarks } from "./tune.ts";
import type { VolumeState } from "./volumes.ts";

/** What was found out about names, networks and volumes before. */
export interface Ground {
  readonly names: NameWorld;
  readonly networks: ReadonlyMap<string, NetworkState>;
  readonly volumes: ReadonlyMap<string, VolumeState>;
  readonly condemned: ReadonlyMap<string, string>;
}

const firstRef = (slot: SlotPlan, name: string): ContainerRef =>
  existing(containersOfSlot(slot)[0] ?? { id: "", name });

/** Gives every slot its seat; what exists can be referred to from now on. */
export const seatServices = (assembly: Assembly): void => {
  for (const { desired, slots } of assembly.order) {
    const seats = slots.map((slot): Seat => {
      const finalName = finalNameOf(assembly.draft.desired.project, desired, slot.number);
      return { service: desired.name, number: slot.number, slot, finalName, ref: firstRef(slot, finalName), ups: [] };
    });
    assembly.seats.set(desired.name, seats);
  }
};

const allSeats = (assembly: Assembly): ReadonlyArray<Seat> =>
  assembly.order.flatMap(({ desired }) => seatsOf(assembly, desired.name));

/** Containers of this run come back as their service wants it, others as they were; those that go need no network. */
const rejoins = (assembly: Assembly): Rejoin => {
  const seats = new Map(
    allSeats(assembly).flatMap((seat) => containersOfSlot(seat.slot).map(({ id }) => [id, seat] as const)),
  );
  return (container, network) => {
    const seat = seats.get(container.id);
    const endpoint = seat === undefined ? undefined : endpointOf(assembly, seat, network.name);
    if (seat !== undefined) {
      // A fixed address belongs to the successor.
      const leaves = seat.slot._tag !== "Stay" && seat.slot._tag !== "Fresh" && seat.slot.old.id === container.id;
      return endpoint === undefined || !leaves ? endpoint : { ...endpoint, settings: null };
    }
    if (assembly.going.has(container.id)) return undefined;
    const aliases = container.endpoints
      .filter(({ network: name }) => name === network.name)
      .flatMap((each) => each.aliases);
    return {
      network: network.name,
      aliases: [container.name, ...aliases.filter((alias) => alias !== container.name)],
      links: [],
      settings: null,
    };
  };
};

const scaleDown = ({ before, desired }: Decision) =>
  ({ _tag: "ScaleDown", from: before, to: desired.replicas }) as const;

interface Handover {
  readonly holder: ObservedContainer;
  readonly claimants: ReadonlyArray<Seat>;
}

/** Holders of ports that someone who starts before them, in the plan's order, is going to take. */
const handovers = (assembly: Assembly): ReadonlyArray<Handover> => {
  const position = new Map(allSeats(assembly).map((seat, index) => [seat, index]));
  const seatOf = new Map(
    allSeats(assembly).flatMap((seat) =>
      seat.slot._tag === "Swap" || seat.slot._tag === "Resume" ? [[seat.slot.old.id, seat] as const] : [],
    ),
  );
  const found = new Map<ObservedContainer, Array<Seat>>();
  for (const seat of allSeats(assembly)) {
    const decision = assembly.decisions.get(seat.service) as Decision;
    for (const { holder } of slotClashes(decision, seat.slot, assembly.ports)) {
      const holding = seatOf.get(holder.id);
      if (holding !== undefined && (position.get(holding) ?? 0) < (position.get(seat) ?? 0)) continue;
      found.set(holder, [...(found.get(holder) ?? []), seat]);
    }
  }
  return Array.from(found, ([holder, claimants]) => ({ holder, claimants }));
};

/** Stops holders early: their successors and those who take their ports exist by then. */
const handOver = (assembly: Assembly): void => {
  const { draft } = assembly;
  const seats = allSeats(assembly);
  for (const { holder, claimants } of handovers(assembly)) {
    const makes = claimants.map(({ make }) => make?.step);
    const seat = seats.find(
      ({ slot }) => (slot._tag === "Swap" || slot._tag === "Resume") && slot.old.id === holder.id,
    );
    const decision = assembly.order.find(({ surplus }) => surplus.includes(holder));
    if (seat !== undefined) {
      const address = replicaAddress(seat.service, seat.number);
      const reason =
        seat.make === undefined
          ? ({ _tag: "Adopted", predecessor: holder.name } as const)
          : ({ _tag: "ReplacedBy", step: seat.make.step } as const);
      stopContainer(draft, assembly.decisions.get(seat.service)?.desired, holder, {
        address,
        reason,
        group: groupOf(seat),
        isReplaced: true,
        needs: [...makes, seat.make?.step],
      });
    } else if (decision !== undefined) {
      const address = replicaAddress(decision.desired.name, numberOf(holder));
      stopContainer(draft, decision.desired, holder, { address, reason: scaleDown(decision), needs: makes });
    } else if (assembly.going.has(holder.id))
      stopContainer(draft, undefined, holder, { ...orphanContext(draft, holder), needs: makes });
  }
};

/** Containers beyond the scale go when the others serve. */
const removeSurplus = (assembly: Assembly, decision: Decision): void => {
  const needs = seatsOf(assembly, decision.desired.name).flatMap(({ ups }) => ups);
  for (const container of decision.surplus) {
    const address = replicaAddress(decision.desired.name, numberOf(container));
    endContainer(assembly.draft, decision.desired, container, { address, reason: scaleDown(decision), needs });
  }
};

/** `--wait`: everything runs, and is healthy where it can tell. */
export const finalWaits = (assembly: Assembly): void => {
  const { policy } = assembly.draft;
  if (!policy.wait || !assembly.starts) return;
  for (const { desired, selected } of assembly.order) {
    if (!selected) continue;
    const condition = assembly.jobs.has(desired.name) ? "completed_successfully" : "running_or_healthy";
    waitForService(assembly, {
      service: desired.name,
      condition,
      required: true,
      reason: { _tag: "Requested", intent: "--wait" },
    });
  }
};

/** Those who live in an orphan's network namespace have new containers that serve before it goes. */
const movedFrom =
  (assembly: Assembly) =>
  ({ id }: ObservedContainer): ReadonlyArray<StepId> =>
    allSeats(assembly).flatMap(({ slot, ups }) =>
      containersOfSlot(slot).some(({ networkMode }) => networkMode === `container:${id}`) ? ups : [],
    );

const copyInto = (from: ReadonlyMap<string, StepId>, to: Map<string, StepId>): void => {
  for (const [name, step] of from) to.set(name, step);
};

export const addServices = (assembly: Assembly, { names, networks, volumes, condemned }: Ground): void => {
  const { draft } = assembly;
  seatServices(assembly);
  clearHooks(draft, new Set(assembly.order.map(({ desired }) => desired.name)));
  for (const { desired, leftovers } of assembly.order) clearLeftovers(draft, desired, leftovers);
  copyInto(addNetworks(draft.builder, draft.desired, draft.observed, networks, rejoins(assembly)), assembly.networks);
  copyInto(
    replaceVolumes(draft, volumes, condemned, (service) => assembly.images.stepOf(service)),
    assembly.volumes,
  );
  const makings = new Map<Seat, Making>();
  for (const seat of allSeats(assembly)) {
    const making = makeSeat(assembly, seat, names);
    if (making !== undefined) makings.set(seat, making);
  }
  if (assembly.starts) handOver(assembly);
  const deferred: Array<Deferred> = [];
  for (const decision of assembly.order) {
    deferred.push(...settleService(assembly, decision, makings, names));
    restartDependents(assembly, decision);
  }
  for (const finish of deferred.toReversed()) finish();
  for (const decision of assembly.order) removeSurplus(assembly, decision);
  removeOrphans(draft, movedFrom(assembly));
  addRenames(assembly);
  noticeOrphans(draft);
  // On its own it is no reason for a plan: nobody would miss it.
  if (draft.builder.size > 0) clearMarks(draft);
  finalWaits(assembly);
};
