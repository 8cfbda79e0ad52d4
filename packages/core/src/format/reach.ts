// Which steps of a plan come before which.
import { guardSteps } from "../plan/guards.ts";
import type { StepId } from "../plan/Operation.ts";
import type { Guard, Plan, Step } from "../plan/Plan.ts";

/** Whether the step belongs to the way back: it runs only when another step failed. */
export const isWayBack = ({ guard }: Pick<Step, "guard">): boolean => hasFailed(guard);

const hasFailed = (guard: Guard | undefined): boolean => {
  switch (guard?._tag) {
    case undefined:
    case "ImageChanged":
    case "ImageUnchanged":
      return false;
    case "Failed":
      return true;
    case "AnyOf":
    case "AllOf":
      return guard.guards.some(hasFailed);
  }
};

/** Everything that must have ended before the step may run. */
export const predecessors = (step: Step): ReadonlyArray<StepId> =>
  Array.from(new Set([...step.needs, ...(step.after ?? []), ...(step.guard === undefined ? [] : guardSteps(step.guard))])).sort((a, b) => a - b);

export interface Reach {
  /** `before` has ended whenever `step` begins. */
  readonly isBefore: (before: StepId, step: StepId) => boolean;
  /** All that have ended whenever `step` begins, ascending. */
  readonly allBefore: (step: StepId) => ReadonlyArray<StepId>;
}

/** Bit sets: plans of a thousand steps stay in the milliseconds. */
export const reachOf = (plan: Pick<Plan, "steps">): Reach => {
  const words = (plan.steps.length >>> 5) + 1;
  const sets = new Map<StepId, Uint32Array>();
  for (const step of plan.steps) {
    const set = new Uint32Array(words);
    for (const before of predecessors(step)) {
      const earlier = sets.get(before);
      if (earlier === undefined) continue;
      for (let word = 0; word < words; word++) set[word] = (set[word] as number) | (earlier[word] as number);
      set[before >>> 5] = (set[before >>> 5] as number) | (1 << (before & 31));
    }
    sets.set(step.id, set);
  }
  const isBefore = (before: StepId, step: StepId): boolean =>
    (((sets.get(step)?.[before >>> 5] ?? 0) >>> (before & 31)) & 1) === 1;
  return {
    isBefore,
    allBefore: (step) => plan.steps.map(({ id }) => id).filter((id) => isBefore(id, step)),
  };
};
