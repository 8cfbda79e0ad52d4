// The end of services that a plugin provides: after everything that uses them.
import type { DesiredService } from "../desired/Desired.ts";
import { providerAddress } from "./Address.ts";
import type { Draft } from "./Draft.ts";
import type { StepId } from "./Operation.ts";
import type { Reason } from "./Reason.ts";

/** Plugins are told in reverse order of their dependencies; `needs` are the steps that end what uses them. */
export const endProvided = (
  draft: Draft,
  services: ReadonlyArray<DesiredService>,
  command: "stop" | "down",
  reason: Reason,
  needs: ReadonlyArray<StepId>,
): void => {
  const ended = new Map<string, StepId>();
  for (const { name, service } of services.toReversed()) {
    if (service.provider === undefined) continue;
    const { type, options = {} } = service.provider;
    const users = services.flatMap(({ name: user, edges }) => (edges.some((edge) => edge.service === name) ? [ended.get(user)] : []));
    const step = draft.builder.add({
      address: providerAddress(name),
      operation: { _tag: "RunProvider", service: name, provider: type, command, options },
      reason,
      needs: [...needs, ...users],
    });
    ended.set(name, step);
  }
};
