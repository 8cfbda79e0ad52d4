// A property: a name, and a check that throws for a scenario in which it does not hold.
import { seeded } from "../../src/Choice.ts";
import type { KernelOptions } from "../../src/Kernel.ts";
import type { Deployment } from "../../src/simulate.ts";
import type { Scenario } from "../scenario.ts";

export interface Property {
  readonly name: string;
  readonly check: (scenario: Scenario) => void;
}

export const interleaving = (seed: number): Pick<KernelOptions, "choice" | "eventLag" | "shuffleFibers"> => ({ choice: seeded(seed), eventLag: seed % 2 === 0, shuffleFibers: seed % 3 === 0 });

export const failuresOf = ({ report }: Deployment): ReadonlyArray<string> =>
  (report?.failures ?? []).map(({ step, error }) => `#${step.id} ${step.operation._tag} ${step.address}: ${error.reason._tag} ${JSON.stringify(error.reason)}`);
