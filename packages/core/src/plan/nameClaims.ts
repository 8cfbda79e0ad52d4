// Under which name a container is made, and when it can have its final one.
import { recordLabel } from "../explain/record.ts";
import { isTemporaryNameOf, splitTemporaryName, temporaryName } from "../desired/names.ts";
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
  /** Removed or renamed by this plan, sooner or later. */
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

const dashed = (name: string): string => name.replaceAll("_", "-");

/**
 * The file gives it another name, or somebody has renamed it. Only what Composure made is renamed, and never for its
 * separators: other tools may count on theirs.
 */
export const isMisnamed = (container: ObservedContainer, finalName: string): boolean =>
  container.labels[recordLabel] !== undefined &&
  dashed(container.name) !== dashed(finalName) &&
  !isTemporaryNameOf(container.name, finalName);

/** Whether a container that stays still has the temporary name of an interrupted run. */
export const needsRename = (container: ObservedContainer, finalName: string): boolean => {
  const rest = splitTemporaryName(container.name)?.finalName;
  return container.name !== finalName && rest !== undefined && dashed(rest) === dashed(finalName);
};

const isMade = (slot: SlotPlan): boolean => slot._tag === "Fresh" || slot._tag === "Swap";

const describe = (container: ObservedContainer, project: string): string => {
  const owner = container.labels["com.docker.compose.project"];
  if (owner === project) return `container ${container.name} of this project`;
  return owner === undefined ? `container ${container.id.slice(0, 12)}` : `a container of the project "${owner}"`;
};

/** --no-recreate keeps what exists, and what was not asked for is let alone. */
export const mayRename = ({ policy }: Draft, { selected }: Decision): boolean =>
  selected && policy.recreate !== "never";

/** Containers that stay and get another name: the one they have is free then. */
export const renamedIds = (draft: Draft, decisions: Iterable<Decision>): ReadonlyArray<string> =>
  Array.from(decisions).flatMap((decision) =>
    decision.slots.flatMap((slot) =>
      slot._tag === "Stay" &&
      mayRename(draft, decision) &&
      isMisnamed(slot.container, finalNameOf(draft.desired.project, decision.desired, slot.number))
        ? [slot.container.id]
        : [],
    ),
  );

/** Who has, and keeps, the name that a container of the slot is going to get. */
const takenBy = (finalName: string, slot: SlotPlan, world: NameWorld): ObservedContainer | undefined => {
  if (isMade(slot)) {
    const naming = nameFor(world, finalName);
    return naming._tag === "Taken" ? naming.by : undefined;
  }
  if (slot._tag !== "Stay" || !world.going.has(slot.container.id)) return undefined;
  const holder = world.holders.get(finalName);
  return holder === undefined || world.going.has(holder.id) ? undefined : holder;
};

/** Names that others have and keep: found before anything is touched. */
export const nameProblems = (
  draft: Draft,
  decisions: Iterable<Decision>,
  world: NameWorld,
): ReadonlyArray<Diagnostic> => {
  const problems: Array<Diagnostic> = [];
  for (const decision of decisions) {
    for (const slot of decision.slots) {
      const wanted = finalNameOf(draft.desired.project, decision.desired, slot.number);
      const holder = takenBy(wanted, slot, world);
      if (holder === undefined) continue;
      const { name } = decision.desired;
      const text = `the container name "${wanted}" of service "${name}" is taken by ${describe(holder, draft.desired.project.name)}`;
      const path = decision.desired.service.container_name === undefined ? [] : ["container_name"];
      const hint = `rename or remove it: docker rm ${holder.name}`;
      problems.push(fault("name-taken", text, { path: ["services", name, ...path] }, hint));
    }
  }
  return problems;
};
