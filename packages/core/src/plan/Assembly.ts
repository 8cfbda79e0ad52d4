// What the stages of an `up` share while they add their steps.
import type { DesiredService } from "../desired/Desired.ts";
import type { Decision, Decisions } from "./decide.ts";
import type { Draft } from "./Draft.ts";
import type { Images } from "./images.ts";
import type { ContainerRef, StepId } from "./Operation.ts";
import { anyOf } from "./guards.ts";
import type { Guard } from "./Plan.ts";
import type { Reason } from "./Reason.ts";
import type { PortHolders } from "./ports.ts";
import type { SlotPlan } from "./slots.ts";
import type { Variables } from "./variables.ts";

/** A replica slot with what its steps have made of it so far. */
export interface Seat {
  readonly service: string;
  readonly number: number;
  readonly slot: SlotPlan;
  readonly finalName: string;
  /** How others speak of its container. */
  ref: ContainerRef;
  /** The step that makes its new container, and the name it is made under. */
  make?: { readonly step: StepId; readonly name: string };
  /** After these it serves. */
  ups: Array<StepId>;
}

/** What must be done, and what must have ended, before a service's containers start. */
export interface Readiness {
  readonly needs: ReadonlyArray<StepId>;
  readonly after: ReadonlyArray<StepId>;
}

/** A container that gets its final name once the one that has it now is gone. */
export interface LateRename {
  readonly seat: Seat;
  readonly container: ContainerRef;
  readonly heldBy: string | undefined;
  readonly needs: ReadonlyArray<StepId>;
  readonly reason: Reason;
  readonly group?: string | undefined;
  readonly guard?: Guard | undefined;
}

export interface Assembly {
  readonly draft: Draft;
  readonly images: Images;
  readonly variables: Variables;
  readonly decisions: Decisions;
  /** Dependencies first. */
  readonly order: ReadonlyArray<Decision>;
  /** False for `create`: nothing is started, and nothing waits. */
  readonly starts: boolean;
  /** By real name: the step after which a network or volume that is made can be used. */
  readonly networks: Map<string, StepId>;
  readonly volumes: Map<string, StepId>;
  readonly seats: Map<string, ReadonlyArray<Seat>>;
  /** Containers that this plan removes, surely or under a guard. */
  readonly going: ReadonlySet<string>;
  readonly readiness: Map<string, Readiness>;
  readonly renames: Array<LateRename>;
  readonly preStart: Map<string, StepId | undefined>;
  readonly hashes: Map<string, string>;
  readonly ports: PortHolders;
  /** Services that another one waits for to complete. */
  readonly jobs: ReadonlySet<string>;
  /** Services that another one waits for to be healthy. */
  readonly wantedHealthy: ReadonlySet<string>;
  /** Services whose network, ipc or pid namespace, or volumes, others of this plan use. */
  readonly children: ReadonlyMap<string, ReadonlyArray<string>>;
}

export const seatsOf = (assembly: Assembly, service: string): ReadonlyArray<Seat> => assembly.seats.get(service) ?? [];

export const desiredOf = (assembly: Assembly, seat: Seat): DesiredService =>
  (assembly.decisions.get(seat.service) as Decision).desired;

/** The guard under which a slot gets its new container; undefined when that is sure, or when it gets none. */
export const guardOf = (slot: SlotPlan): Guard | undefined =>
  slot._tag === "Swap" ? slot.divergence.guard : undefined;

/** Whether its container is started, restarted or replaced by this plan, possibly under a guard. */
export const isStirred = (slot: SlotPlan): boolean =>
  slot._tag !== "Stay" || slot.action._tag === "Start" || slot.action._tag === "Unpause";

/** Whether something of it happens whatever the guards say. */
const isSure = (slot: SlotPlan): boolean =>
  slot._tag === "Swap"
    ? slot.divergence.guard === undefined || slot.otherwise._tag === "Start" || slot.otherwise._tag === "Unpause"
    : isStirred(slot);

/** The guard under which anything of a service happens; undefined when something surely does. */
export const serviceGuard = (decision: Decision): Guard | undefined =>
  decision.slots.some(isSure) ? undefined : anyOf(decision.slots.flatMap((slot) => guardOf(slot) ?? []));
