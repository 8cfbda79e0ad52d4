// One replica slot: which of its containers stays, which gives way, which is a leftover of an interrupted run.
import { containerName, isTemporaryNameOf, splitTemporaryName } from "../desired/names.ts";
import type { ProjectIdentity, DesiredService } from "../desired/Desired.ts";
import { labelOf } from "../desired/labels.ts";
import { byBytes } from "../hash/canonicalJson.ts";
import type { Action, Divergence } from "../observed/classify.ts";
import type { Tuning } from "../observed/standing.ts";
import { isLive } from "../observed/match.ts";
import type { ContainerState, ObservedContainer } from "../observed/Observed.ts";
import type { Reason } from "./Reason.ts";

/** What becomes of one slot. `number` is the replica's. */
export type SlotPlan =
  /** A container is made where there is none (any more). */
  | { readonly _tag: "Fresh"; readonly number: number; readonly reason: Reason }
  /** The container stays. */
  | {
      readonly _tag: "Stay";
      readonly number: number;
      readonly container: ObservedContainer;
      readonly action: Action;
      readonly tuning?: Tuning | undefined;
    }
  /** A new container takes over; `otherwise` is for a guard that does not come true. */
  | {
      readonly _tag: "Swap";
      readonly number: number;
      readonly old: ObservedContainer;
      readonly divergence: Divergence;
      readonly otherwise: Action;
      readonly tuning?: Tuning | undefined;
      /** An earlier replacement of it broke off: if it does not run, that is why. */
      readonly interrupted: boolean;
    }
  /** An interrupted replacement goes on: the successor exists already. */
  | {
      readonly _tag: "Resume";
      readonly number: number;
      readonly old: ObservedContainer;
      readonly successor: ObservedContainer;
      readonly action: Action;
    };

export interface SlotJudgement {
  readonly slot: SlotPlan;
  readonly leftovers: ReadonlyArray<ObservedContainer>;
}

export interface Judge {
  readonly divergence: (container: ObservedContainer) => Divergence | undefined;
  readonly action: (container: ObservedContainer) => Action;
  readonly tuning: (container: ObservedContainer) => Tuning | undefined;
  /** Whether the successor holds what the predecessor would pass on. */
  readonly inherits: (old: ObservedContainer, successor: ObservedContainer) => boolean;
  readonly finalName: string;
}

/** The nearer to serving, the lower. */
const rank: Readonly<Record<ContainerState, number>> = {
  running: 0,
  paused: 1,
  restarting: 2,
  exited: 3,
  created: 4,
  dead: 5,
  removing: 6,
};

const nearestToServing = (a: ObservedContainer, b: ObservedContainer): number =>
  rank[a.state] - rank[b.state] || b.createdAt - a.createdAt || byBytes(a.id, b.id);

const newestFirst = (a: ObservedContainer, b: ObservedContainer): number =>
  b.createdAt - a.createdAt || byBytes(a.id, b.id);

/** docker-compose 1.x renames the old container, with its own id in front; later tools name the new one after the old. */
const hasSuccessorName = (container: ObservedContainer, finalName: string): boolean =>
  isTemporaryNameOf(container.name, finalName) &&
  !container.id.startsWith(splitTemporaryName(container.name)?.idPrefix ?? "");

/** It was made to replace one of the others: its name says so, or its label and its age. */
const isSuccessor = (
  container: ObservedContainer,
  others: ReadonlyArray<ObservedContainer>,
  finalName: string,
): boolean =>
  hasSuccessorName(container, finalName) ||
  (container.labels[labelOf.replace] !== undefined &&
    others.some((other) => other.createdAt < container.createdAt && !hasSuccessorName(other, finalName)));

/**
 * Whether an up-to-date container can take over from the others in its slot. One that ended badly cannot: it is made
 * again. One that was never started can when it holds the predecessor's volumes.
 */
const canTakeOver = (container: ObservedContainer, others: ReadonlyArray<ObservedContainer>, judge: Judge): boolean => {
  if (isLive(container)) return true;
  const inherits = others.every((other) => judge.inherits(other, container));
  if (container.state === "created")
    return inherits && !others.some((other) => isLive(other) && judge.divergence(other) === undefined);
  return container.state === "exited" && container.exitCode === 0 && inherits && !others.some(isLive);
};

/** The one that the successor's name or its state point to. */
const predecessorOf = (
  successor: ObservedContainer,
  others: ReadonlyArray<ObservedContainer>,
): ObservedContainer | undefined => {
  const prefix = splitTemporaryName(successor.name)?.idPrefix;
  const named = prefix === undefined ? undefined : others.find(({ id }) => id.startsWith(prefix));
  return named ?? Array.from(others).sort(nearestToServing)[0];
};

const single = (number: number, container: ObservedContainer, judge: Judge, interrupted: boolean): SlotPlan => {
  const divergence = judge.divergence(container);
  const action = judge.action(container);
  return divergence === undefined
    ? { _tag: "Stay", number, container, action, tuning: judge.tuning(container) }
    : {
        _tag: "Swap",
        number,
        old: container,
        divergence,
        otherwise: action,
        tuning: divergence.guard === undefined ? undefined : judge.tuning(container),
        interrupted,
      };
};

/** `containers` is not empty. */
export const judgeSlot = (
  number: number,
  containers: ReadonlyArray<ObservedContainer>,
  judge: Judge,
): SlotJudgement => {
  const [only, second] = containers;
  if (only !== undefined && second === undefined) return { slot: single(number, only, judge, false), leftovers: [] };
  const others = (container: ObservedContainer): ReadonlyArray<ObservedContainer> =>
    containers.filter((other) => other !== container);
  const successor = containers
    .filter(
      (container) => judge.divergence(container) === undefined && canTakeOver(container, others(container), judge),
    )
    .sort((a, b) => Number(isLive(b)) - Number(isLive(a)) || newestFirst(a, b))[0];
  if (successor === undefined) {
    const made = containers.filter(
      (container) => isLive(container) || !isSuccessor(container, others(container), judge.finalName),
    );
    const keeper = Array.from(made.length > 0 ? made : containers).sort(nearestToServing)[0] as ObservedContainer;
    return { slot: single(number, keeper, judge, true), leftovers: others(keeper) };
  }
  const rest = others(successor);
  if (!isSuccessor(successor, rest, judge.finalName))
    return { slot: single(number, successor, judge, false), leftovers: rest };
  const old = predecessorOf(successor, rest) as ObservedContainer;
  return {
    slot: { _tag: "Resume", number, old, successor, action: judge.action(successor) },
    leftovers: rest.filter((container) => container !== old),
  };
};

/** Obsolete ones go first, then the highest numbers. Returns the slots that stay, by number. */
export const cutToScale = (
  slots: ReadonlyArray<SlotPlan>,
  replicas: number,
): { readonly kept: ReadonlyArray<SlotPlan>; readonly surplus: ReadonlyArray<SlotPlan> } => {
  const isObsolete = (slot: SlotPlan): boolean => slot._tag === "Swap" && slot.divergence.guard === undefined;
  const ordered = Array.from(slots).sort(
    (a, b) => Number(isObsolete(a)) - Number(isObsolete(b)) || a.number - b.number,
  );
  const byNumber = (a: SlotPlan, b: SlotPlan): number => a.number - b.number;
  return { kept: ordered.slice(0, replicas).sort(byNumber), surplus: ordered.slice(replicas).sort(byNumber) };
};

export const containersOfSlot = (slot: SlotPlan): ReadonlyArray<ObservedContainer> => {
  switch (slot._tag) {
    case "Fresh":
      return [];
    case "Stay":
      return [slot.container];
    case "Swap":
      return [slot.old];
    case "Resume":
      return [slot.successor, slot.old];
  }
};

/** Whether the slot surely gets a container that dependents do not know yet. */
export const isRenewed = (slot: SlotPlan): boolean =>
  slot._tag === "Fresh" || (slot._tag === "Swap" && slot.divergence.guard === undefined);

export const finalNameOf = (project: ProjectIdentity, desired: DesiredService, number: number): string =>
  containerName(project, desired.service, number);
