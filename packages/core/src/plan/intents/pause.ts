// `pause` and `unpause`.
import { numberOf } from "../../observed/match.ts";
import type { ContainerState, ObservedContainer } from "../../observed/Observed.ts";
import { replicaAddress } from "../Address.ts";
import { type Draft, existing } from "../Draft.ts";
import type { ContainerRef, Operation } from "../Operation.ts";
import { groupsOf, isNamed } from "./selection.ts";

/** What is in that state already is asked for again too: the engine says so, as it does to docker compose. */
const inState = (
  draft: Draft,
  states: ReadonlyArray<ContainerState>,
  intent: string,
  operation: (container: ContainerRef) => Operation,
): void => {
  const { builder } = draft;
  const found = groupsOf(draft, (service) => isNamed(draft, service)).flatMap(({ name, containers }) =>
    containers
      .filter((container: ObservedContainer) => states.includes(container.state))
      .map((container) => ({ name, container })),
  );
  for (const { name, container } of found) {
    builder.add({
      address: replicaAddress(name, numberOf(container)),
      operation: operation(existing(container)),
      reason: { _tag: "Requested", intent },
    });
  }
  if (found.length === 0) builder.notice({ _tag: "NothingToDo", what: `no ${states[0]} container to ${intent}` });
};

export const planPause = (draft: Draft): void =>
  inState(draft, ["running", "paused"], "pause", (container) => ({ _tag: "PauseContainer", container }));

export const planUnpause = (draft: Draft): void =>
  inState(draft, ["paused"], "unpause", (container) => ({ _tag: "UnpauseContainer", container }));
