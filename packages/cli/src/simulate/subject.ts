// The user's change as the subject of a simulation: observed, planned, and seeded into a world.
import type { Policy } from "@composure/core/policy/Policy";
import type { Observed } from "@composure/core/observed/Observed";
import type { Diagnostic } from "@composure/core/source/Diagnostic";
import { assume, parseAssumption, type Assumption } from "@composure/sim/Assumptions";
import type { Subject } from "@composure/sim/rehearse";
import { worldFromObserved } from "@composure/sim/seed";
import { planOn } from "@composure/sim/simulate";
import { parseTrouble, type Known, type Trouble } from "@composure/sim/Trouble";
import type { World } from "@composure/sim/World";
import { wantedReplicas } from "@composure/sim/wanted";
import * as Result from "effect/Result";
import type { Change } from "../pipeline/Change.ts";
import { contentsOf } from "../pipeline/execute.ts";
import type { Failure } from "../pipeline/Failure.ts";
import type { Planned } from "../pipeline/planning.ts";

/** All that parse, or everything that is wrong with the rest. */
export const parseAll = <A>(texts: ReadonlyArray<string>, parse: (text: string) => Result.Result<A, Diagnostic>): ReadonlyArray<A> | Failure => {
  const read = texts.map(parse);
  const wrong = read.flatMap((one) => (Result.isFailure(one) ? [one.failure] : []));
  return wrong.length > 0 ? { _tag: "Invalid", diagnostics: wrong } : read.flatMap((one) => (Result.isSuccess(one) ? [one.success] : []));
};

export const isFailed = (read: ReadonlyArray<unknown> | Failure): read is Failure => !Array.isArray(read);

const unique = (names: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(names)].toSorted();

export const knownOf = ({ desired, plan, observed }: Planned): Known => ({
  services: unique([...[...desired.services, ...desired.bystanders].map(({ name }) => name), ...observed.containers.flatMap(({ labels }) => labels["com.docker.compose.service"] ?? [])]),
  images: unique(desired.services.map(({ image }) => image)),
  steps: plan.steps.length,
  waits: new Set(plan.steps.filter(({ operation }) => operation._tag === "WaitFor").map(({ id }) => id)),
});

/** What was asked to be done in any case is not asked again: what is left is what differs. */
const plainly = ({ policy: { pull: _, ...policy } }: Change): Policy => ({ ...policy, recreate: "diverged", recreateDependencies: "diverged", renewAnonymousVolumes: false, build: "auto" });

export interface Prepared {
  readonly subject: Subject;
  readonly troubles: ReadonlyArray<Trouble>;
  readonly assumptions: ReadonlyArray<Assumption>;
  readonly observed: Observed;
}

export interface Texts {
  readonly fault: ReadonlyArray<string>;
  readonly assume: ReadonlyArray<string>;
}

/** Nothing is simulated unless every fault and assumption makes sense. */
export const prepareSubject = (planned: Planned, change: Change, texts: Texts, parallel: number | undefined): Prepared | Failure => {
  const known = knownOf(planned);
  const troubles = parseAll(texts.fault, (text) => parseTrouble(text, known));
  const assumptions = parseAll(texts.assume, (text) => parseAssumption(text, unique([...known.services, ...known.images])));
  const wrong = [troubles, assumptions].flatMap((read) => (isFailed(read) && read._tag === "Invalid" ? read.diagnostics : []));
  if (isFailed(troubles) || isFailed(assumptions)) return { _tag: "Invalid", diagnostics: wrong };
  const { desired, observed, plan } = planned;
  const world = worldFromObserved(observed, desired);
  return {
    troubles,
    assumptions,
    observed,
    subject: {
      world,
      plan,
      desired,
      replan: (later) => planOn(later, change.intent, desired, { policy: change.policy }),
      ...(change.intent._tag === "Up" || change.intent._tag === "Create" ? { recheck: (later: World) => planOn(later, change.intent, desired, { policy: plainly(change) }) } : {}),
      contents: contentsOf(change.source),
      wanted: wantedReplicas(world, plan, desired),
      assumptions: assume(assumptions),
      ...(parallel === undefined ? {} : { parallel }),
    },
  };
};
