// The user's change as the subject of a simulation: observed, planned, and seeded into a world.
import type { Diagnostic } from "@composure/core/source/Diagnostic";
import type { Assertion } from "@composure/sim/assertion/Expression";
import { parseAssertion } from "@composure/sim/assertion/parse";
import { parseAssumption } from "@composure/sim/Assumptions";
import type { Subject } from "@composure/sim/rehearse";
import { knownOf, type Scene, subjectOf, targetsOf } from "@composure/sim/scene";
import { worldFromObserved } from "@composure/sim/seed";
import { planOn } from "@composure/sim/simulate";
import { parseTrouble, type Trouble } from "@composure/sim/Trouble";
import * as Result from "effect/Result";
import type { Change } from "../pipeline/Change.ts";
import { contentsOf } from "../pipeline/execute.ts";
import type { Failure } from "../pipeline/Failure.ts";
import type { Planned } from "../pipeline/planning.ts";

const parseAll = <A>(texts: ReadonlyArray<string>, parse: (text: string) => Result.Result<A, Diagnostic>): { readonly read: ReadonlyArray<A>; readonly wrong: ReadonlyArray<Diagnostic> } => {
  const all = texts.map(parse);
  return {
    read: all.flatMap((one) => (Result.isSuccess(one) ? [one.success] : [])),
    wrong: all.flatMap((one) => (Result.isFailure(one) ? [one.failure] : [])),
  };
};

export interface Texts {
  readonly fault: ReadonlyArray<string>;
  readonly assume: ReadonlyArray<string>;
  readonly assert: ReadonlyArray<string>;
}

export const sceneOf = ({ desired, observed, plan }: Planned, change: Change, parallel: number | undefined): Scene => ({
  world: worldFromObserved(observed, desired),
  intent: change.intent,
  plan,
  desired,
  policy: change.policy,
  planFor: (later, policy) => planOn(later, change.intent, desired, { policy }),
  contents: contentsOf(change.source),
  ...(parallel === undefined ? {} : { parallel }),
});

/** Nothing is simulated unless every fault, assumption and assertion makes sense. */
export const readTexts = (scene: Scene, texts: Texts): { readonly subject: Subject; readonly troubles: ReadonlyArray<Trouble>; readonly assertions: ReadonlyArray<Assertion> } | Failure => {
  const known = knownOf(scene);
  const troubles = parseAll(texts.fault, (text) => parseTrouble(text, known));
  const assumptions = parseAll(texts.assume, (text) => parseAssumption(text, targetsOf(known)));
  const assertions = parseAll(texts.assert, (text) => parseAssertion(text, known.services));
  const diagnostics = [troubles, assumptions, assertions].flatMap(({ wrong }) => wrong);
  return diagnostics.length > 0 ? { _tag: "Invalid", diagnostics } : { subject: subjectOf(scene, assumptions.read), troubles: troubles.read, assertions: assertions.read };
};
