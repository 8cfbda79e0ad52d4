// A plan in the making: the inputs, what was found out about them, and the builder that collects the steps.
import type { Desired, DesiredService } from "../desired/Desired.ts";
import type { Matched } from "../observed/match.ts";
import type { Observed } from "../observed/Observed.ts";
import type { Intent } from "../policy/Intent.ts";
import type { Policy } from "../policy/Policy.ts";
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

/** A stop's own timeout, when the policy has one. */
export const timeoutOf = (policy: Policy): { readonly timeout?: number } =>
  policy.stopTimeout === undefined ? {} : { timeout: policy.stopTimeout };

export const serviceMap = (services: ReadonlyArray<DesiredService>): ReadonlyMap<string, DesiredService> =>
  new Map(services.map((service) => [service.name, service]));
