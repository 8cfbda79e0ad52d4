// How generated scenarios are run: which seeds, which interleavings, which faults, and how a failure is told.
import { seeded } from "../src/Choice.ts";
import type { Fault } from "../src/faults.ts";
import type { Deployment, RunOptions } from "../src/simulate.ts";
import { drawScenario, type Scenario } from "./scenario.ts";

/** More of them by the environment: a night's run finds what a minute's does not. */
const runs = Number(process.env["COMPOSURE_RUNS"] ?? 60);
const from = Number(process.env["COMPOSURE_SEED"] ?? 0);
export const timeout = 600_000;

export const interleaving = (seed: number): Pick<RunOptions, "choice" | "eventLag" | "shuffleFibers"> => ({ choice: seeded(seed), eventLag: seed % 2 === 0, shuffleFibers: seed % 3 === 0 });

/** Tells the first failure in full, and how many there are. */
export const eachSeed = (check: (scenario: Scenario) => void) => () => {
  const failed: Array<{ readonly scenario: Scenario; readonly error: unknown }> = [];
  for (let seed = from; seed < from + runs; seed += 1) {
    const scenario = drawScenario(seed);
    try {
      check(scenario);
    } catch (error) {
      failed.push({ scenario: drawScenario(seed), error });
    }
  }
  const [first] = failed;
  if (first === undefined) return;
  const { seed, apiVersion, policy, ...files } = first.scenario;
  const seeds = failed.map(({ scenario }) => scenario.seed).join(" ");
  const text = first.error instanceof Error ? first.error.message : String(first.error);
  throw new Error(`${failed.length} of ${runs} seeds fail: ${seeds}\nseed ${seed} (API ${apiVersion}, ${JSON.stringify(policy)}): ${text}\nfirst: ${JSON.stringify(files.first)}\nsecond: ${JSON.stringify(files.second)}`, { cause: first.error });
};

const faults: ReadonlyArray<Fault> = [
  { _tag: "Crash", effect: false },
  { _tag: "Crash", effect: true },
  { _tag: "FailBefore" },
  { _tag: "FailAfter" },
  { _tag: "Interrupt" },
  { _tag: "EngineRestart" },
  { _tag: "Hang" },
];
export const faultFor = ({ seed, choice }: Scenario): { readonly fault: Fault; readonly at: number } => ({ fault: faults[seed % faults.length] ?? { _tag: "Interrupt" }, at: choice(24) });

export const failuresOf = ({ report }: Deployment): ReadonlyArray<string> => (report?.failures ?? []).map(({ step, error }) => `#${step.id} ${step.operation._tag} ${step.address}: ${error.reason._tag} ${JSON.stringify(error.reason)}`);

