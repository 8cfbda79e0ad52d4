// Under which name a container is made, and when it can have its final one.
import { splitTemporaryName, temporaryName } from "../desired/names.ts";
import type { ObservedContainer } from "../observed/Observed.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import { fault } from "../source/problem.ts";
import type { Decision } from "./decide.ts";
import type { Draft } from "./Draft.ts";
import { finalNameOf, type SlotPlan } from "./slots.ts";

export type Holders = ReadonlyMap<string, ObservedContainer>;

/** Who has which name now: the project's own containers and all others of the engine. */
export const nameHolders = (draft: Draft): Holders =>
  new Map([...draft.observed.foreign, ...draft.observed.containers].map((container) => [container.name, container]));

export type Naming =
  /** The final name is free, or free once `freedBy` is removed. */
  | { readonly _tag: "Direct"; readonly freedBy?: ObservedContainer }
  /** Made under a temporary name; renamed when `heldBy` is gone. `freedBy` has that temporary name now. */
  | {
      readonly _tag: "Temporary";
      readonly name: string;
      readonly heldBy: ObservedContainer;
      readonly freedBy?: ObservedContainer;
    }
  | { readonly _tag: "Taken"; readonly by: ObservedContainer };

export interface NameWorld {
  readonly holders: Holders;
  /** Removed by this plan, sooner or later. */
  readonly going: ReadonlySet<string>;
  /** Removed before any container is made. */
  readonly goingFirst: ReadonlySet<string>;
}

/** How a new container comes to its final name. */
export const nameFor = (world: NameWorld, finalName: string): Naming => {
  const holder = world.holders.get(finalName);
  if (holder === undefined) return { _tag: "Direct" };
  if (world.goingFirst.has(holder.id)) return { _tag: "Direct", freedBy: holder };
  if (!world.going.has(holder.id)) return { _tag: "Taken", by: holder };
  const name = temporaryName(holder.id, finalName);
  const blocker = world.holders.get(name);
  if (blocker === undefined) return { _tag: "Temporary", name, heldBy: holder };
  if (world.goingFirst.has(blocker.id)) return { _tag: "Temporary", name, heldBy: holder, freedBy: blocker };
  return { _tag: "Taken", by: blocker };
};

/** Whether a container that stays should be called otherwise: it still has the temporary name of an interrupted run. */
export const needsRename = (container: ObservedContainer, finalName: string): boolean => {
  const rest = splitTemporaryName(container.name)?.finalName;
  return (
    container.name !== finalName && rest !== undefined && rest.replaceAll("_", "-") === finalName.replaceAll("_", "-")
  );
};

const isMade = (slot: SlotPlan): boolean => slot._tag === "Fresh" || slot._tag === "Swap";

const describe = (container: ObservedContainer, project: string): string => {
  const owner = container.labels["com.docker.compose.project"];
  if (owner === project) return `container ${container.name} of this project`;
  return owner === undefined ? `container ${container.id.slice(0, 12)}` : `a container of the project "${owner}"`;
};

/** Names that others have and keep: found before anything is touched. */
export const nameProblems = (
  draft: Draft,
  decisions: Iterable<Decision>,
  world: NameWorld,
): ReadonlyArray<Diagnostic> => {
  const problems: Array<Diagnostic> = [];
  for (const { desired, slots } of decisions) {
    for (const slot of slots) {
      if (!isMade(slot)) continue;
      const name = finalNameOf(draft.desired.project, desired, slot.number);
      const naming = nameFor(world, name);
      if (naming._tag !== "Taken") continue;
      const text = `the container name "${name}" of service "${desired.name}" is taken by ${describe(naming.by, draft.desired.project.name)}`;
      problems.push(
        fault(
          "name-taken",
          text,
          { path: ["services", desired.name] },
          `rename or remove it: docker rm ${naming.by.name}`,
        ),
      );
    }
  }
  return problems;
};
