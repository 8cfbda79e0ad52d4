// A change on a world, ready to be simulated: which names its faults may use, and what a plain run of it would be.
import type { Desired, InjectedFile } from "@composure/core/desired/Desired";
import { labelOf } from "@composure/core/desired/labels";
import type { Plan } from "@composure/core/plan/Plan";
import type { Intent } from "@composure/core/policy/Intent";
import type { Policy } from "@composure/core/policy/Policy";
import type { Assumption } from "./Assumptions.ts";
import { assume } from "./Assumptions.ts";
import type { Subject } from "./rehearse.ts";
import type { Known } from "./Trouble.ts";
import { wantedReplicas } from "./wanted.ts";
import type { World } from "./World.ts";

export interface Scene {
  readonly world: World;
  readonly intent: Intent;
  readonly plan: Plan;
  readonly desired: Desired;
  readonly policy: Partial<Policy>;
  /** Plans the same command, or another policy of it, for a later world. */
  readonly planFor: (world: World, policy: Partial<Policy>) => Plan;
  readonly contents: (file: InjectedFile) => string;
  readonly parallel?: number;
}

const unique = (names: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(names)].toSorted();

/** Services of the file and of what runs, images of the file, steps of the plan. */
export const knownOf = ({ world, desired, plan }: Pick<Scene, "world" | "desired" | "plan">): Known => {
  const running = Object.values(world.containers).flatMap(({ spec: { labels } }) => (labels[labelOf.project] === plan.project.name ? (labels[labelOf.service] ?? []) : []));
  return {
    services: unique([...[...desired.services, ...desired.bystanders].map(({ name }) => name), ...running]),
    images: unique(desired.services.map(({ image }) => image)),
    steps: plan.steps.length,
    waits: new Set(plan.steps.flatMap(({ id, operation }) => (operation._tag === "WaitFor" ? [id] : []))),
  };
};

export const targetsOf = ({ services, images }: Known): ReadonlyArray<string> => unique([...services, ...images]);

/** What was asked to be done in any case is not asked again: what is left is what differs. */
const plainly = ({ pull: _, ...policy }: Partial<Policy>): Partial<Policy> => ({ ...policy, recreate: "diverged", recreateDependencies: "diverged", renewAnonymousVolumes: false, build: "auto" });

export const subjectOf = (scene: Scene, assumptions: ReadonlyArray<Assumption>): Subject => {
  const { world, intent, plan, desired, policy, planFor, contents, parallel } = scene;
  const converges = intent._tag === "Up" || intent._tag === "Create";
  return {
    world,
    plan,
    desired,
    replan: (later) => planFor(later, policy),
    ...(converges ? { recheck: (later: World) => planFor(later, plainly(policy)) } : {}),
    contents,
    wanted: wantedReplicas(world, plan, desired),
    assumptions: assume(assumptions),
    ...(parallel === undefined ? {} : { parallel }),
  };
};
