// Composition of guards, in one normal form: no nesting of like in like, no repetition.
import type { StepId } from "./Operation.ts";
import type { Guard } from "./Plan.ts";

const flatten = (tag: "AnyOf" | "AllOf", guards: ReadonlyArray<Guard>): Guard | undefined => {
  const unique = new Map<string, Guard>();
  for (const guard of guards.flatMap((each) => (each._tag === tag ? each.guards : [each])))
    unique.set(JSON.stringify(guard), guard);
  const list = Array.from(unique.values());
  return list.length <= 1 ? list[0] : { _tag: tag, guards: list };
};

/** Undefined when there is nothing to choose from. */
export const anyOf = (guards: ReadonlyArray<Guard>): Guard | undefined => flatten("AnyOf", guards);

/** Undefined parts are always true and drop out. */
export const allOf = (guards: ReadonlyArray<Guard | undefined>): Guard | undefined =>
  flatten(
    "AllOf",
    guards.filter((guard) => guard !== undefined),
  );

export const anyFailed = (steps: ReadonlyArray<StepId>): Guard | undefined =>
  anyOf(steps.map((step) => ({ _tag: "Failed", step })));

/** The opposite of a guard about images. Failures have no opposite: what follows a success simply needs it. */
export const negate = (guard: Guard): Guard => {
  switch (guard._tag) {
    case "ImageChanged":
      return { ...guard, _tag: "ImageUnchanged" };
    case "ImageUnchanged":
      return { ...guard, _tag: "ImageChanged" };
    case "AnyOf":
      return allOf(guard.guards.map(negate)) as Guard;
    case "AllOf":
      return anyOf(guard.guards.map(negate)) as Guard;
    case "Failed":
      return guard;
  }
};

/** The steps whose results it looks at. */
export const guardSteps = (guard: Guard): ReadonlyArray<StepId> => {
  switch (guard._tag) {
    case "ImageChanged":
    case "ImageUnchanged":
    case "Failed":
      return [guard.step];
    case "AnyOf":
    case "AllOf":
      return guard.guards.flatMap(guardSteps);
  }
};
