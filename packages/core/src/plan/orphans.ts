// Containers of services that the file does not have any more.
import { byName, isLive, serviceOf } from "../observed/match.ts";
import type { ObservedContainer } from "../observed/Observed.ts";
import { type Address, containerAddress } from "./Address.ts";
import type { Draft } from "./Draft.ts";
import type { StepId } from "./Operation.ts";
import type { Reason } from "./Reason.ts";
import { endContainer } from "./retire.ts";

/** Ended `run` containers go with the orphans, but are none: nobody is told about them. */
export const strays = (draft: Draft): ReadonlyArray<ObservedContainer> => {
  const ended = draft.matched.oneOffs.filter((container) => !isLive(container));
  return [...draft.matched.orphans, ...ended].sort(byName);
};

export const orphanContext = (
  draft: Draft,
  container: ObservedContainer,
): { readonly address: Address; readonly reason: Reason } => ({
  address: containerAddress(container.name),
  reason: { _tag: draft.matched.orphans.includes(container) ? "Orphan" : "OneOff", service: serviceOf(container) },
});

export const noticeOrphans = (draft: Draft): void => {
  const { matched, policy, builder } = draft;
  if (policy.removeOrphans || policy.ignoreOrphans || matched.orphans.length === 0) return;
  builder.notice({ _tag: "OrphansFound", containers: matched.orphans.map(({ name }) => name) });
};

/** Volumes are kept. `movedFrom`: the steps after which nobody lives in the container's network namespace any more. */
export const removeOrphans = (
  draft: Draft,
  movedFrom: (container: ObservedContainer) => ReadonlyArray<StepId>,
): void => {
  if (!draft.policy.removeOrphans) return;
  for (const container of strays(draft)) {
    endContainer(draft, undefined, container, { ...orphanContext(draft, container), needs: movedFrom(container) });
  }
};
