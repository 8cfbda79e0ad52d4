// `kill`: a signal to everything that runs, without order.
import { byName, isLive, isOneOff, numberOf, serviceOf } from "../../observed/match.ts";
import type { Intent } from "../../policy/Intent.ts";
import { containerAddress, replicaAddress } from "../Address.ts";
import { type Draft, existing } from "../Draft.ts";
import { isNamed } from "./selection.ts";

export const planKill = (draft: Draft, intent: Extract<Intent, { readonly _tag: "Kill" }>): void => {
  const { builder, matched, policy } = draft;
  const known = [...matched.services.values()].flatMap((slots) => [...slots.values()].flat());
  const all = [...known, ...matched.oneOffs, ...(policy.removeOrphans ? matched.orphans : [])];
  const running = all.filter(
    (container) => isLive(container) && (isNamed(draft, serviceOf(container)) || matched.orphans.includes(container)),
  );
  for (const container of running.sort(byName)) {
    const isReplica = !isOneOff(container) && numberOf(container) > 0;
    builder.add({
      address: isReplica ? replicaAddress(serviceOf(container), numberOf(container)) : containerAddress(container.name),
      operation: { _tag: "KillContainer", container: existing(container), signal: intent.signal },
      reason: { _tag: "Requested", intent: "kill" },
    });
  }
  if (running.length === 0) builder.notice({ _tag: "NothingToDo", what: "no running container to kill" });
};
