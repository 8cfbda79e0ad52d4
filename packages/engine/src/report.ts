// What a run came to, for the report at its end and the exit code.
import type { StepId } from "@composure/core/plan/Operation";
import type { Step } from "@composure/core/plan/Plan";
import type { EngineError } from "./EngineError.ts";
import type { Outcome } from "./Event.ts";
import { isWayBack } from "./decide.ts";

/** A step that failed, with everything that therefore did not happen. */
export interface Failure {
  readonly step: Step;
  readonly error: EngineError;
  readonly prevented: ReadonlyArray<Step>;
}

export interface Report {
  readonly done: ReadonlyArray<Step>;
  readonly notNeeded: ReadonlyArray<Step>;
  /** In plan order. */
  readonly failures: ReadonlyArray<Failure>;
  /** Steps that ran to put back what a failed replacement had taken away. */
  readonly restored: ReadonlyArray<Step>;
  /** Steps that did not begin, or were broken off, because of the user. */
  readonly broken: ReadonlyArray<Step>;
  readonly warnings: ReadonlyArray<{ readonly step: Step; readonly text: string }>;
  readonly interrupted: boolean;
  /** 0, 1 after a failure, 130 after an interruption. */
  readonly exitCode: 0 | 1 | 130;
}

const exitCodeOf = (failed: boolean, interrupted: boolean): Report["exitCode"] => {
  if (interrupted) return 130;
  return failed ? 1 : 0;
};

export const summarise = (outcome: Outcome): Report => {
  const done: Array<Step> = [];
  const notNeeded: Array<Step> = [];
  const restored: Array<Step> = [];
  const broken: Array<Step> = [];
  const warnings: Array<{ readonly step: Step; readonly text: string }> = [];
  const failures: Array<{ readonly step: Step; readonly error: EngineError; readonly prevented: Array<Step> }> = [];
  const byStep = new Map<StepId, Array<Step>>();
  for (const { step, outcome: ended } of outcome.steps) {
    switch (ended._tag) {
      case "Done":
        (isWayBack(step) ? restored : done).push(step);
        for (const text of ended.result.warnings ?? []) warnings.push({ step, text });
        break;
      case "NotNeeded":
        notNeeded.push(step);
        break;
      case "Failed": {
        const prevented: Array<Step> = [];
        byStep.set(step.id, prevented);
        failures.push({ step, error: ended.error, prevented });
        break;
      }
      case "Skipped":
        // Needs come before those who need them, so the failure is known by now.
        (ended.cause._tag === "NeedFailed" ? (byStep.get(ended.cause.step) ?? broken) : broken).push(step);
    }
  }
  const exitCode = exitCodeOf(failures.length > 0, outcome.interrupted);
  return { done, notNeeded, failures, restored, broken, warnings, interrupted: outcome.interrupted, exitCode };
};
