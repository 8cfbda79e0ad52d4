// What becomes of a step once everything it looks at has ended: pure, from the outcomes so far.
import type { StepId } from "@composure/core/plan/Operation";
import type { Guard, Step } from "@composure/core/plan/Plan";
import type { SkipCause, StepOutcome } from "./Event.ts";

export type Outcomes = ReadonlyMap<StepId, StepOutcome>;

export type Decision = { readonly _tag: "Run" } | { readonly _tag: "NotNeeded" } | { readonly _tag: "Skip"; readonly cause: SkipCause };

/** The steps that a guard looks at. */
export const guardSteps = (guard: Guard | undefined): ReadonlyArray<StepId> => {
  switch (guard?._tag) {
    case undefined:
      return [];
    case "ImageChanged":
    case "ImageUnchanged":
    case "Failed":
      return [guard.step];
    case "AnyOf":
    case "AllOf":
      return guard.guards.flatMap(guardSteps);
  }
};

const failedSteps = (guard: Guard | undefined): ReadonlyArray<StepId> => {
  switch (guard?._tag) {
    case "Failed":
      return [guard.step];
    case "AnyOf":
    case "AllOf":
      return guard.guards.flatMap(failedSteps);
    case undefined:
    case "ImageChanged":
    case "ImageUnchanged":
      return [];
  }
};

/** Everything that must have ended before the step can be decided. */
export const watchedSteps = (step: Step): ReadonlyArray<StepId> => [...new Set([...step.needs, ...(step.after ?? []), ...guardSteps(step.guard)])];

/**
 * Whether the step is there to lead back after a failure. Such a step runs after an interruption too: what was taken
 * away (its needs) is put back, because what should have replaced it (the guard's step) will not come.
 */
export const isWayBack = (step: Step): boolean => failedSteps(step.guard).length > 0;

const isDone = (outcome: StepOutcome | undefined): boolean => outcome?._tag === "Done" || outcome?._tag === "NotNeeded";

/** A pull whose failure is tolerated ends without an id: the image stays what it was. */
const imageChanged = (outcome: StepOutcome | undefined, from: string): boolean =>
  outcome?._tag === "Done" && outcome.result.id !== undefined && outcome.result.id !== from;

/** A step that was skipped has not come about any more than one that failed, if there is something to undo. */
const hasFailed = (outcome: StepOutcome | undefined, undoes: boolean): boolean => outcome?._tag === "Failed" || (undoes && outcome?._tag === "Skipped");

const holds = (guard: Guard, outcomes: Outcomes, undoes: boolean): boolean => {
  switch (guard._tag) {
    case "ImageChanged":
      return imageChanged(outcomes.get(guard.step), guard.from);
    case "ImageUnchanged":
      return !imageChanged(outcomes.get(guard.step), guard.from);
    case "Failed":
      return hasFailed(outcomes.get(guard.step), undoes);
    case "AnyOf":
      return guard.guards.some((part) => holds(part, outcomes, undoes));
    case "AllOf":
      return guard.guards.every((part) => holds(part, outcomes, undoes));
  }
};

/** The first failure behind a step that did not come to be done. */
const causeOf = (outcomes: Outcomes, need: StepId): SkipCause => {
  const outcome = outcomes.get(need);
  return outcome?._tag === "Skipped" ? outcome.cause : { _tag: "NeedFailed", step: need };
};

const skipFor = (outcomes: Outcomes, steps: ReadonlyArray<StepId>): Decision | undefined => {
  const causes = steps.filter((step) => !isDone(outcomes.get(step))).map((step) => causeOf(outcomes, step));
  // A failure says more than an interruption.
  const cause = causes.find(({ _tag }) => _tag === "NeedFailed") ?? causes[0];
  return cause === undefined ? undefined : { _tag: "Skip", cause };
};

/** For a step whose watched steps have all ended. */
export const decide = (step: Step, outcomes: Outcomes, interrupted: boolean): Decision => {
  const exempt = new Set(failedSteps(step.guard));
  const required = step.needs.filter((need) => !exempt.has(need));
  if (exempt.size > 0 && step.guard !== undefined) {
    const undoes = step.needs.some((need) => outcomes.get(need)?._tag === "Done");
    return holds(step.guard, outcomes, undoes) ? (skipFor(outcomes, required) ?? { _tag: "Run" }) : { _tag: "NotNeeded" };
  }
  const skipped = skipFor(outcomes, [...required, ...guardSteps(step.guard)]);
  if (skipped !== undefined) return skipped;
  if (step.guard !== undefined && !holds(step.guard, outcomes, false)) return { _tag: "NotNeeded" };
  return interrupted ? { _tag: "Skip", cause: { _tag: "Interrupted" } } : { _tag: "Run" };
};
