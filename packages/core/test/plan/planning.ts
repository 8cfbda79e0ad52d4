// Shortcuts of the planner's tests: plan, check, apply.
import * as Result from "effect/Result";
import { expect } from "vitest";
import type { Desired } from "../../src/desired/Desired.ts";
import type { Observed, ObservedContainer } from "../../src/observed/Observed.ts";
import { checkPlan } from "../../src/plan/check.ts";
import { makePlan } from "../../src/plan/makePlan.ts";
import type { Plan } from "../../src/plan/Plan.ts";
import { renderSteps } from "../../src/plan/render.ts";
import type { Intent } from "../../src/policy/Intent.ts";
import type { Policy } from "../../src/policy/Policy.ts";
import type { Diagnostic } from "../../src/source/Diagnostic.ts";
import { apply, empty, type ModelOptions } from "./applyModel.ts";
import { desired, policy as plain, type ProjectText } from "./projects.ts";

export const up: Intent = { _tag: "Up", services: [] };

/** The plan; it must keep all invariants. */
export const plan = (wanted: Desired, observed: Observed, intent: Intent = up, policy: Partial<Policy> = {}): Plan => {
  const made = makePlan(intent, wanted, observed, { ...plain, ...policy });
  const found = Result.getOrThrowWith(made, (problems) => new Error(problems.map(({ message }) => message).join("\n")));
  expect(checkPlan(found), renderSteps(found)).toEqual([]);
  return found;
};

export const problems = (
  wanted: Desired,
  observed: Observed,
  intent: Intent = up,
  policy: Partial<Policy> = {},
): ReadonlyArray<Diagnostic> => {
  const made = makePlan(intent, wanted, observed, { ...plain, ...policy });
  return Result.isFailure(made) ? made.failure : [];
};

/** The engine after a successful `up`. */
export const after = (
  text: ProjectText | Desired,
  observed: Observed = empty,
  options: ModelOptions = {},
): Observed => {
  const wanted = "otherServices" in text ? text : desired(text);
  const applied = apply(plan(wanted, observed), observed, options);
  expect(applied.refusals).toEqual([]);
  return applied.observed;
};

const idPart = /\b[0-9a-f]{12}_/g;

/** Plan as text; the ids in temporary names are left out. */
export const text = (made: Plan): string => renderSteps(made).replaceAll(idPart, "<id>_");

export const lines = (made: Plan): ReadonlyArray<string> => (made.steps.length === 0 ? [] : text(made).split("\n"));

export const change = (observed: Observed, name: string, how: Partial<ObservedContainer>): Observed => ({
  ...observed,
  containers: observed.containers.map((container) => (container.name === name ? { ...container, ...how } : container)),
});

export const containerNamed = (observed: Observed, name: string): ObservedContainer => {
  const found = observed.containers.find((container) => container.name === name);
  if (found === undefined) throw new Error(`no container ${name}`);
  return found;
};

export const names = (observed: Observed): ReadonlyArray<string> =>
  observed.containers.map(({ name, state }) => `${name} ${state}`).sort();
