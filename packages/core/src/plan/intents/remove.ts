// `rm`: stopped containers of the services, all of them with --stop.
import { numberOf } from "../../observed/match.ts";
import type { Intent } from "../../policy/Intent.ts";
import { containerAddress, replicaAddress } from "../Address.ts";
import { isStopped, type Leaving, removeAnonymous } from "../anonymous.ts";
import type { Draft } from "../Draft.ts";
import { removeContainer } from "../retire.ts";
import { namedGroups, stopGroups } from "./stop.ts";

const reason = { _tag: "Requested", intent: "rm" } as const;

export const planRemove = (draft: Draft, intent: Extract<Intent, { readonly _tag: "Remove" }>): void => {
  const { builder } = draft;
  const groups = namedGroups(draft);
  if (intent.stop) stopGroups(draft, groups, reason);
  const leaving = groups.flatMap(({ name, containers }) =>
    containers
      .filter((container) => intent.stop || isStopped(container))
      .map((container): Leaving => {
        const stop = builder.stopOf(container.id);
        const address = replicaAddress(name, numberOf(container));
        return { container, remove: removeContainer(draft, container, { address, reason, needs: [stop] }) };
      }),
  );
  const [first] = leaving;
  if (first === undefined) {
    builder.notice({ _tag: "NothingToDo", what: "no stopped container to remove" });
    return;
  }
  if (intent.volumes) removeAnonymous(draft, leaving, reason);
  builder.confirm({
    address: containerAddress(first.container.name),
    question: `Going to remove ${leaving.map(({ container }) => container.name).join(", ")}. Go on?`,
    destroys: false,
    flag: "--force",
  });
};
