// Updates of containers that stay: the mark that tells later plans to look closer, the update itself, and the marks' end.
import { markLabels, markName, marksOf } from "../observed/marks.ts";
import type { ObservedContainer } from "../observed/Observed.ts";
import type { Tuning } from "../observed/standing.ts";
import { type Address, replicaAddress, volumeAddress } from "./Address.ts";
import type { Seat } from "./Assembly.ts";
import { type Draft, existing } from "./Draft.ts";
import type { StepId } from "./Operation.ts";
import type { Guard } from "./Plan.ts";
import type { Reason } from "./Reason.ts";

const marksIn = ({ desired, observed }: Draft) => marksOf(desired.project.name, observed.volumes);

/** The mark comes first: an update that nobody knows of could never be taken back. */
export const tune = (
  draft: Draft,
  seat: Seat,
  container: ObservedContainer,
  tuning: Tuning | undefined,
  guard?: Guard,
): ReadonlyArray<StepId> => {
  if (tuning === undefined) return [];
  const { builder, desired } = draft;
  const context = {
    address: replicaAddress(seat.service, seat.number),
    reason: tuning.reason,
    group: `update:${seat.service}:${seat.number}`,
    guard,
  };
  const labels = markLabels(desired.project.name, container.id);
  const name = markName(container.id);
  const isMarked = marksIn(draft).some(({ containerId }) => containerId === container.id);
  const mark = isMarked
    ? undefined
    : builder.add({ ...context, operation: { _tag: "CreateVolume", name, volume: { name }, labels } });
  const operation = { _tag: "UpdateContainer", container: existing(container), settings: tuning.settings } as const;
  return [builder.add({ ...context, operation, needs: [mark] })];
};

/** With a container goes its mark. */
export const removeMarks = (
  draft: Draft,
  { id }: Pick<ObservedContainer, "id">,
  remove: {
    readonly step: StepId;
    readonly address: Address;
    readonly reason: Reason;
    readonly guard?: Guard | undefined;
    readonly group?: string | undefined;
  },
): void => {
  const { step, ...context } = remove;
  for (const { name, containerId } of marksIn(draft)) {
    if (containerId === id) draft.builder.add({ ...context, operation: { _tag: "RemoveVolume", name }, needs: [step] });
  }
};

/** Marks of containers that somebody else has removed. */
export const clearMarks = (draft: Draft): void => {
  const there = new Set(draft.observed.containers.map(({ id }) => id));
  for (const { name, containerId } of marksIn(draft)) {
    if (there.has(containerId)) continue;
    const reason = { _tag: "Leftover", of: draft.desired.project.name } as const;
    draft.builder.add({ address: volumeAddress(name), reason, operation: { _tag: "RemoveVolume", name } });
  }
};
