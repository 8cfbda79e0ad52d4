// Takes up what an interrupted run left behind: names to heal, leftovers to clear away.
import type { DesiredService } from "../desired/Desired.ts";
import { temporaryName } from "../desired/names.ts";
import { isLive } from "../observed/match.ts";
import type { ObservedContainer } from "../observed/Observed.ts";
import { containerAddress, replicaAddress } from "./Address.ts";
import type { Assembly, LateRename, Seat } from "./Assembly.ts";
import { type Draft, existing } from "./Draft.ts";
import { isMisnamed, mayRename, type NameWorld, needsRename } from "./nameClaims.ts";
import type { StepId } from "./Operation.ts";
import type { Guard } from "./Plan.ts";
import { endContainer } from "./retire.ts";

/** Half-made and duplicate containers go before anything new is made. */
export const clearLeftovers = (
  draft: Draft,
  desired: DesiredService,
  leftovers: ReadonlyArray<ObservedContainer>,
): void => {
  for (const container of leftovers) {
    const reason = { _tag: "Leftover", of: desired.name } as const;
    endContainer(draft, desired, container, { address: containerAddress(container.name), reason, needs: [] });
  }
  if (leftovers.length > 0) {
    const found = leftovers.map(({ name }) => name).join(", ");
    draft.builder.notice({
      _tag: "Resumed",
      service: desired.name,
      found: `left over from an interrupted run: ${found}`,
    });
  }
};

/** Ephemeral containers of pre_start hooks that failed in an earlier run. */
export const clearHooks = (draft: Draft, services: ReadonlySet<string>): void => {
  for (const container of draft.matched.hooks) {
    const service = container.labels["com.docker.compose.service"] ?? "";
    if (!services.has(service) || isLive(container)) continue;
    endContainer(draft, undefined, container, {
      address: containerAddress(container.name),
      reason: { _tag: "Leftover", of: service },
      needs: [],
    });
  }
};

const isRenamed = ({ draft, decisions }: Assembly, seat: Seat, container: ObservedContainer): boolean => {
  const decision = decisions.get(seat.service);
  return decision !== undefined && mayRename(draft, decision) && isMisnamed(container, seat.finalName);
};

/** A container that stays under another name, a temporary one for example, gets its final one, once that is free. */
export const healName = (
  assembly: Assembly,
  seat: Seat,
  container: ObservedContainer,
  names: NameWorld,
  guard?: Guard,
): void => {
  const { builder } = assembly.draft;
  if (isRenamed(assembly, seat, container)) {
    const fields = [{ path: "container_name", before: container.name, after: seat.finalName }];
    assembly.renames.push({
      seat,
      container: existing(container),
      heldBy: names.holders.get(seat.finalName)?.id,
      needs: [],
      reason: { _tag: "ConfigChanged", fields },
      group: `update:${seat.service}:${seat.number}`,
      guard,
    });
    return;
  }
  if (!needsRename(container, seat.finalName)) return;
  const holder = names.holders.get(seat.finalName);
  if (holder !== undefined && !names.going.has(holder.id)) {
    builder.notice({
      _tag: "Warning",
      message: `${container.name} cannot be called ${seat.finalName}: another container has that name`,
    });
    return;
  }
  builder.notice({
    _tag: "Resumed",
    service: seat.service,
    found: `${container.name} under the name of an interrupted replacement`,
  });
  assembly.renames.push({
    seat,
    container: existing(container),
    heldBy: holder?.id,
    needs: [],
    reason: { _tag: "Adopted", predecessor: null },
    group: `adopt:${seat.service}:${seat.number}`,
    guard,
  });
};

const idOf = ({ container }: LateRename): string => (container._tag === "Existing" ? container.id : "");

/** Last of all, when everyone who goes has steps that say so. Names may pass from one to the next, in a circle too. */
export const addRenames = (assembly: Assembly): void => {
  const { builder } = assembly.draft;
  const byId = new Map(assembly.renames.filter((rename) => idOf(rename) !== "").map((each) => [idOf(each), each]));
  const steps = new Map<LateRename, StepId>();
  const open = new Set<LateRename>();
  const rename = (of: LateRename, name: string, needs: ReadonlyArray<StepId | undefined>): StepId =>
    builder.add({
      address: replicaAddress(of.seat.service, of.seat.number),
      operation: { _tag: "RenameContainer", container: of.container, name },
      reason: of.reason,
      needs,
      group: of.group,
      guard: of.guard,
    });
  const freeing = (holder: LateRename): StepId => {
    if (!open.has(holder)) return add(holder);
    const aside = rename(holder, temporaryName(idOf(holder), holder.seat.finalName), holder.needs);
    steps.set(holder, aside);
    return aside;
  };
  const add = (of: LateRename): StepId => {
    const done = steps.get(of);
    if (done !== undefined) return done;
    open.add(of);
    const removal = of.heldBy === undefined ? undefined : builder.removalOf(of.heldBy);
    const holder = removal === undefined && of.heldBy !== undefined ? byId.get(of.heldBy) : undefined;
    const freed = holder === undefined ? removal : freeing(holder);
    const aside = steps.get(of);
    const step = rename(of, of.seat.finalName, [...of.needs, freed, aside]);
    steps.set(of, step);
    return step;
  };
  for (const of of assembly.renames) add(of);
};
