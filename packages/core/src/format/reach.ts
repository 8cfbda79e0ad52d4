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
  Array.from(
    new Set([...step.needs, ...(step.after ?? []), ...(step.guard === undefined ? [] : guardSteps(step.guard))]),
  ).sort((a, b) => a - b);

export interface Reach {
  /** All that have ended whenever `step` begins. */
  readonly before: (step: StepId) => ReadonlySet<StepId>;
  /** `before` has ended whenever `step` begins. */
  readonly isBefore: (before: StepId, step: StepId) => boolean;
}

/** Worked out only for the steps that are asked for: most plans are large, and few of their steps matter here. */
export const reachOf = (plan: Pick<Plan, "steps">): Reach => {
  const known = new Map<StepId, ReadonlySet<StepId>>();
  const collect = (step: StepId): ReadonlySet<StepId> => {
    const found = new Set<StepId>();
    const open = [step];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const of = plan.steps[at - 1];
      for (const earlier of of === undefined ? [] : predecessors(of)) {
        if (found.has(earlier)) continue;
        found.add(earlier);
        const whole = known.get(earlier);
        if (whole === undefined) open.push(earlier);
        else for (const each of whole) found.add(each);
      }
    }
    return found;
  };
  const before = (step: StepId): ReadonlySet<StepId> => {
    const set = known.get(step) ?? collect(step);
    known.set(step, set);
    return set;
  };
  return { before, isBefore: (earlier, step) => earlier < step && before(step).has(earlier) };
};
