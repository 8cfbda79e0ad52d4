// Whether a step of the model's plan runs, told from how the steps before it ended.
import type { StepId } from "../../src/plan/Operation.ts";
import type { Guard, Step } from "../../src/plan/Plan.ts";

export type Outcome =
  | { readonly _tag: "Done"; readonly id?: string }
  | { readonly _tag: "Failed" | "Skipped" | "NotNeeded" };

type Outcomes = ReadonlyMap<StepId, Outcome>;

const holds = (guard: Guard, outcomes: Outcomes, undoes: boolean): boolean => {
  switch (guard._tag) {
    case "ImageChanged": {
      const outcome = outcomes.get(guard.step);
      return outcome?._tag === "Done" && outcome.id !== undefined && outcome.id !== guard.from;
    }
    case "ImageUnchanged":
      return !holds({ _tag: "ImageChanged", step: guard.step, from: guard.from }, outcomes, undoes);
    case "Failed":
      return outcomes.get(guard.step)?._tag === "Failed" || (undoes && outcomes.get(guard.step)?._tag === "Skipped");
    case "AnyOf":
      return guard.guards.some((each) => holds(each, outcomes, undoes));
    case "AllOf":
      return guard.guards.every((each) => holds(each, outcomes, undoes));
  }
};

const leadsBack = (guard: Guard | undefined): boolean =>
  guard !== undefined && JSON.stringify(guard).includes('"Failed"');

export const decide = (step: Step, outcomes: Outcomes): "Run" | "Skipped" | "NotNeeded" => {
  const isDone = (id: StepId): boolean => outcomes.get(id)?._tag === "Done" || outcomes.get(id)?._tag === "NotNeeded";
  const guarded = JSON.stringify(step.guard ?? null);
  const needs = step.needs.filter((id) => !guarded.includes(`{"_tag":"Failed","step":${id}}`));
  const undoes = step.needs.some((id) => outcomes.get(id)?._tag === "Done");
  if (step.guard !== undefined && leadsBack(step.guard) && !holds(step.guard, outcomes, undoes)) return "NotNeeded";
  if (!needs.every(isDone)) return "Skipped";
  return step.guard !== undefined && !holds(step.guard, outcomes, undoes) ? "NotNeeded" : "Run";
};
