// Anonymous volumes of containers that go for good.
import { isLive } from "../observed/match.ts";
import type { ObservedContainer } from "../observed/Observed.ts";
import { volumeAddress } from "./Address.ts";
import type { Draft } from "./Draft.ts";
import { isAnonymousName } from "./inherit.ts";
import type { StepId } from "./Operation.ts";
import type { Reason } from "./Reason.ts";
import { byteOrder } from "./sorting.ts";
import { mountsVolume } from "./volumes.ts";

export interface Leaving {
  readonly container: ObservedContainer;
  readonly remove: StepId;
}

/**
 * Named one by one, because the engine takes a volume that passed from one container to the next for a named one and
 * would leave it behind. Volumes that someone else mounts stay.
 */
export const removeAnonymous = (draft: Draft, leaving: ReadonlyArray<Leaving>, reason: Reason): void => {
  const { observed, desired, builder } = draft;
  const ids = new Set(leaving.map(({ container }) => container.id));
  const others = [...observed.containers, ...observed.foreign].filter(({ id }) => !ids.has(id));
  const kept = new Set(desired.volumes.map(({ name }) => name));
  const users = new Map<string, Array<StepId>>();
  for (const { container, remove } of leaving) {
    for (const { type, name } of container.mounts) {
      if (type !== "volume" || name === undefined || !isAnonymousName(name) || kept.has(name)) continue;
      users.set(name, [...(users.get(name) ?? []), remove]);
    }
  }
  for (const name of byteOrder(users.keys())) {
    if (others.some(mountsVolume(name))) continue;
    builder.add({
      address: volumeAddress(name),
      operation: { _tag: "RemoveVolume", name },
      reason,
      needs: users.get(name) ?? [],
    });
  }
};

export const isStopped = (container: ObservedContainer): boolean =>
  !isLive(container) && container.state !== "removing";
