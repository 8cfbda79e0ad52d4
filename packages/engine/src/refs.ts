// Turns references of a plan into ids, out of the results of earlier steps.
import type { ContainerRef, ContainerSpec, StepId } from "@composure/core/plan/Operation";
import type { Plan, Step } from "@composure/core/plan/Plan";
import * as Result from "effect/Result";
import type { Outcomes } from "./decide.ts";
import { EngineError, NotFound } from "./EngineError.ts";
import type { HasCheck } from "./judge.ts";
import type { Awaited } from "./waits.ts";

/** The id of what a step made; undefined for one that was not needed or did not succeed. */
export const resultIdOf = (outcomes: Outcomes, step: StepId): string | undefined => {
  const outcome = outcomes.get(step);
  return outcome?._tag === "Done" ? outcome.result.id : undefined;
};

const idOf = (ref: ContainerRef, outcomes: Outcomes): { readonly id: string; readonly name: string; readonly born: boolean } | undefined => {
  if (ref._tag === "Existing") return { id: ref.id, name: ref.name, born: false };
  const made = resultIdOf(outcomes, ref.step);
  if (made !== undefined) return { id: made, name: ref.name, born: true };
  return outcomes.get(ref.step)?._tag === "NotNeeded" && ref.orElse !== undefined ? { ...ref.orElse, born: false } : undefined;
};

/** A container that no step made is like one that is not there. */
export const resolve = (ref: ContainerRef, outcomes: Outcomes, call: string): Result.Result<{ readonly id: string; readonly name: string; readonly born: boolean }, EngineError> => {
  const found = idOf(ref, outcomes);
  return found === undefined
    ? Result.fail(new EngineError({ call, subject: ref.name, reason: new NotFound({ what: `No such container: ${ref.name}` }) }))
    : Result.succeed(found);
};

const specOf = (plan: Plan, ref: ContainerRef): ContainerSpec | undefined => {
  const step: Step | undefined = ref._tag === "CreatedBy" ? plan.steps.find(({ id }) => id === ref.step) : undefined;
  return step?.operation._tag === "CreateContainer" ? step.operation.spec : undefined;
};

/** An image may bring a healthcheck of its own, which the plan does not know. */
const checkOf = (spec: ContainerSpec | undefined): HasCheck => {
  const check = spec?.service.healthcheck;
  if (check?.disable === true || check?.test?.[0] === "NONE") return "no";
  return (check?.test ?? []).length > 0 ? "yes" : "unknown";
};

export const awaited = (ref: ContainerRef, plan: Plan, outcomes: Outcomes): Result.Result<Awaited, EngineError> =>
  Result.map(resolve(ref, outcomes, "waitFor"), (found) => ({ ...found, check: found.born ? checkOf(specOf(plan, ref)) : "unknown" }));
