// The plan: what will be done, why, in which order, and what the user should know or must answer first.
import type { ProjectIdentity } from "../desired/Desired.ts";
import type { Intent } from "../policy/Intent.ts";
import type { Address } from "./Address.ts";
import type { Operation, StepId } from "./Operation.ts";
import type { Reason } from "./Reason.ts";

/**
 * A condition on results of earlier steps, which must have ended before it can be told (they count like `Step.after`).
 * A step whose guard is false is not needed: it counts as done for its dependents.
 * `Failed` turns a step into the way back: it runs only when that step failed, and never otherwise.
 */
export type Guard =
  /** `of` "variables": what the step yields for the environment of containers, not an image. */
  | { readonly _tag: "ImageChanged"; readonly step: StepId; readonly from: string; readonly of?: "variables" }
  | { readonly _tag: "ImageUnchanged"; readonly step: StepId; readonly from: string; readonly of?: "variables" }
  | { readonly _tag: "Failed"; readonly step: StepId }
  | { readonly _tag: "AnyOf"; readonly guards: ReadonlyArray<Guard> }
  | { readonly _tag: "AllOf"; readonly guards: ReadonlyArray<Guard> };

export interface Step {
  readonly id: StepId;
  readonly address: Address;
  readonly operation: Operation;
  readonly reason: Reason;
  /** Steps that must be done (or not needed) before; always smaller ids, sorted. */
  readonly needs: ReadonlyArray<StepId>;
  /** Steps that must have ended before, however they ended (done, failed, skipped, not needed); smaller ids, sorted. */
  readonly after?: ReadonlyArray<StepId>;
  /** Steps shown to people as one thing, "recreate:web:1". */
  readonly group?: string;
  readonly guard?: Guard;
}

/** Something worth knowing that changes nothing. */
export type Notice =
  | { readonly _tag: "OrphansFound"; readonly containers: ReadonlyArray<string> }
  | { readonly _tag: "UnlabelledNetwork"; readonly network: string }
  | { readonly _tag: "UnlabelledVolume"; readonly volume: string; readonly project: string | null }
  | { readonly _tag: "StopFirst"; readonly service: string; readonly because: string }
  | { readonly _tag: "Resumed"; readonly service: string; readonly found: string }
  | { readonly _tag: "VolumeKept"; readonly volume: string }
  | { readonly _tag: "NothingToDo"; readonly what: string }
  | { readonly _tag: "Warning"; readonly message: string };

/**
 * An open question. `destroys` false: the plan runs only after a yes. `destroys` true: the plan as it stands keeps the
 * data (it is the plan for a no); a yes is a new plan with the address in `Policy.allowDestroy`.
 */
export interface Confirmation {
  readonly address: Address;
  readonly question: string;
  readonly destroys: boolean;
  readonly flag: string;
}

export interface Plan {
  readonly project: ProjectIdentity;
  readonly intent: Intent;
  /** Sorted so that every step comes after what it needs. */
  readonly steps: ReadonlyArray<Step>;
  readonly notices: ReadonlyArray<Notice>;
  readonly confirmations: ReadonlyArray<Confirmation>;
  /** Looked at and left alone. */
  readonly untouched: ReadonlyArray<{ readonly address: Address; readonly name: string; readonly state: string }>;
}
