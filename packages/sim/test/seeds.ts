// How properties are tried: on which seeds, and how a failure is told.
import { describe, it } from "@effect/vitest";
import type { Property } from "./property/Property.ts";
import { failureOf, shrink, testFile } from "./property/shrink.ts";
import { drawScenario } from "./scenario.ts";

/** More of them by the environment: a night's run finds what a minute's does not. */
const runs = process.env["COMPOSURE_RUNS"];
const from = Number(process.env["COMPOSURE_SEED"] ?? 0);
const timeout = 600_000;

/** The first failure, made small, in full and as a test file; and how many there are. */
export const tell = (property: Property, failing: ReadonlyArray<number>, tried: number): string => {
  const [seed = 0] = failing;
  const small = shrink(property, drawScenario(seed));
  return [
    `${failing.length} of ${tried} seeds fail: ${failing.join(" ")}`,
    `the first of them, made smaller: ${failureOf(property, small)}`,
    `its files and flags: ${JSON.stringify(small)}`,
    "as a test file of sim:",
    testFile(property, small),
  ].join("\n");
};

/** One test per property. `seeds` is how many scenarios each is tried on unless COMPOSURE_RUNS says otherwise. */
export const tryAll = (name: string, properties: ReadonlyArray<Property>, seeds: number): void => {
  const tried = Number(runs ?? seeds);
  describe(name, () => {
    for (const property of properties) {
      it(property.name, { timeout }, () => {
        const failing = Array.from({ length: tried }, (_, at) => from + at).filter((seed) => failureOf(property, drawScenario(seed)) !== undefined);
        if (failing.length > 0) throw new Error(tell(property, failing, tried));
      });
    }
  });
};
