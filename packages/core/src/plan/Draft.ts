// A plan in the making: the inputs, what was found out about them, and the builder that collects the steps.
import type { Desired, DesiredService } from "../desired/Desired.ts";
import { decodeRecord, recordLabel } from "../explain/record.ts";
import type { Matched } from "../observed/match.ts";
import type { Observed, ObservedContainer } from "../observed/Observed.ts";
import type { Intent } from "../policy/Intent.ts";
import type { Policy } from "../policy/Policy.ts";
import { durationText } from "../print/numbers.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import { Builder } from "./Builder.ts";
import type { ContainerRef } from "./Operation.ts";
import { match } from "../observed/match.ts";

export interface Draft {
  readonly intent: Intent;
  readonly desired: Desired;
  readonly observed: Observed;
  readonly policy: Policy;
  readonly matched: Matched;
  readonly builder: Builder;
  /** Errors found on the way; a plan is given only when there are none. */
  readonly diagnostics: Array<Diagnostic>;
}

export const newDraft = (intent: Intent, desired: Desired, observed: Observed, policy: Policy): Draft => ({
  intent,
  desired,
  observed,
  policy,
  matched: match(desired, observed),
  builder: new Builder(),
  diagnostics: [],
});

export const existing = (container: { readonly id: string; readonly name: string }): ContainerRef => ({
  _tag: "Existing",
  id: container.id,
  name: container.name,
});

/**
 * A stop's own timeout: the policy's, or the file's where the container was made with another; else the container's own
 * setting counts.
 */
export const timeoutOf = (
  { policy }: Pick<Draft, "policy">,
  desired: DesiredService | undefined,
  container: ObservedContainer,
): { readonly timeout?: number } => {
  if (policy.stopTimeout !== undefined) return { timeout: policy.stopTimeout };
  const wanted = desired?.service.stop_grace_period;
  const record = wanted === undefined ? undefined : decodeRecord(container.labels[recordLabel]);
  if (wanted === undefined || typeof record !== "object" || record === null) return {};
  const { stop_grace_period: before } = record as { readonly stop_grace_period?: unknown };
  return before === durationText(wanted) ? {} : { timeout: Math.trunc(wanted / 1e9) };
};

export const serviceMap = (services: ReadonlyArray<DesiredService>): ReadonlyMap<string, DesiredService> =>
  new Map(services.map((service) => [service.name, service]));
