// What happens while a plan runs, as data: screens, JSON progress and tests all read the same events.
import type { Plan, Step } from "@composure/core/plan/Plan";
import type { StepId } from "@composure/core/plan/Operation";
import type { Progress } from "./Engine.ts";
import type { EngineError } from "./EngineError.ts";

/** What a step yielded. `id` is a container's, network's or image's id where the operation makes one. */
export interface StepResult {
  readonly id?: string;
  readonly warnings?: ReadonlyArray<string>;
  /** Variables for the containers that refer to this step. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** Why a step did not run. */
export type SkipCause =
  | { readonly _tag: "NeedFailed"; readonly step: StepId }
  | { readonly _tag: "Interrupted" };

export type Event =
  | { readonly _tag: "PlanStarted"; readonly plan: Plan }
  | { readonly _tag: "StepStarted"; readonly step: Step }
  | { readonly _tag: "StepProgress"; readonly step: Step; readonly progress: Progress }
  | { readonly _tag: "StepDone"; readonly step: Step; readonly result: StepResult }
  | { readonly _tag: "StepFailed"; readonly step: Step; readonly error: EngineError }
  | { readonly _tag: "StepSkipped"; readonly step: Step; readonly cause: SkipCause }
  /** Its guard was false. */
  | { readonly _tag: "StepNotNeeded"; readonly step: Step }
  | { readonly _tag: "HookOutput"; readonly step: Step; readonly stream: "stdout" | "stderr"; readonly text: string }
  | { readonly _tag: "PlanFinished"; readonly outcome: Outcome };

export type StepOutcome =
  | { readonly _tag: "Done"; readonly result: StepResult }
  | { readonly _tag: "Failed"; readonly error: EngineError }
  | { readonly _tag: "Skipped"; readonly cause: SkipCause }
  | { readonly _tag: "NotNeeded" };

/** How a run ended: one entry for every step, in plan order. A failure of the plan is data, never an exception. */
export interface Outcome {
  readonly steps: ReadonlyArray<{ readonly step: Step; readonly outcome: StepOutcome }>;
  readonly interrupted: boolean;
}
