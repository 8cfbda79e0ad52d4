// The things a plan is about, one for what people see as one: all steps of a replacement are one container.
import type { Plan, Step } from "@composure/core/plan/Plan";
import type { StepId } from "@composure/core/plan/Operation";
import { isMark, kindOf, nameOf } from "./words.ts";

export interface Thing {
  readonly key: string;
  readonly kind: ReturnType<typeof kindOf>;
  readonly name: string;
  /** In plan order. */
  readonly steps: ReadonlyArray<Step>;
  /** Its steps replace a container by another. */
  readonly replaces: boolean;
}

const leading = (steps: ReadonlyArray<Step>): Step => steps.find(({ operation }) => !isMark(operation)) ?? (steps[0] as Step);

const finalName = (steps: ReadonlyArray<Step>): string => {
  const first = leading(steps);
  for (const { operation } of steps) if (operation._tag === "RenameContainer") return operation.name;
  return nameOf((steps.find(({ operation }) => operation._tag !== "CreateContainer" && kindOf(operation) === kindOf(first.operation)) ?? first).operation);
};

/** A container's start or wait outside its replacement's group still belongs to the same thing. */
const keys = (plan: Plan): ((step: Step) => string) => {
  const groupOf = new Map<string, string>();
  for (const step of plan.steps) if (step.group !== undefined) groupOf.set(step.address, step.group);
  return (step) => step.group ?? groupOf.get(step.address) ?? step.address;
};

const isReplacement = (steps: ReadonlyArray<Step>): boolean =>
  steps.some(({ operation }) => operation._tag === "CreateContainer") && steps.some(({ operation }) => operation._tag === "RemoveContainer");

/** In the order of their first step. */
export const things = (plan: Plan): ReadonlyArray<Thing> => {
  const keyOf = keys(plan);
  const found = new Map<string, Array<Step>>();
  for (const step of plan.steps) {
    const key = keyOf(step);
    const steps = found.get(key);
    if (steps === undefined) found.set(key, [step]);
    else steps.push(step);
  }
  return [...found].map(([key, steps]) => ({
    key,
    kind: kindOf(leading(steps).operation),
    name: finalName(steps),
    steps,
    replaces: isReplacement(steps),
  }));
};

export const thingOf = (all: ReadonlyArray<Thing>): ReadonlyMap<StepId, Thing> =>
  new Map(all.flatMap((thing) => thing.steps.map((step) => [step.id, thing] as const)));
