// Takes up what an interrupted run left behind: names to heal, leftovers to clear away.
import type { DesiredService } from "../desired/Desired.ts";
import { isLive } from "../observed/match.ts";
import type { ObservedContainer } from "../observed/Observed.ts";
import { containerAddress, replicaAddress } from "./Address.ts";
import type { Assembly, Seat } from "./Assembly.ts";
import { type Draft, existing } from "./Draft.ts";
import { type NameWorld, needsRename } from "./nameClaims.ts";
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

/** A container that stays under a temporary name gets its final one, once that is free. */
export const healName = (
  assembly: Assembly,
  seat: Seat,
  container: ObservedContainer,
  names: NameWorld,
  guard?: Guard,
): void => {
  if (!needsRename(container, seat.finalName)) return;
  const { builder } = assembly.draft;
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

/** Last of all, when everyone who goes has steps that say so. */
export const addRenames = (assembly: Assembly): void => {
  const { builder } = assembly.draft;
  for (const { seat, container, heldBy, needs, reason, group, guard } of assembly.renames) {
    builder.add({
      address: replicaAddress(seat.service, seat.number),
      operation: { _tag: "RenameContainer", container, name: seat.finalName },
      reason,
      needs: [...needs, heldBy === undefined ? undefined : builder.removalOf(heldBy)],
      group,
      guard,
    });
  }
};
