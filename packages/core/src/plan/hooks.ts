// What goes with starts and stops: lifecycle hooks, and the way back from a restart.
import type { DesiredService } from "../desired/Desired.ts";
import { classifyChanges } from "../explain/classify.ts";
import { diffConfig } from "../explain/diff.ts";
import { decodeRecord, recordLabel } from "../explain/record.ts";
import type { Hook } from "../model/Service.ts";
import { serviceOf } from "../observed/match.ts";
import type { ObservedContainer } from "../observed/Observed.ts";
import type { Address } from "./Address.ts";
import type { Builder } from "./Builder.ts";
import { existing } from "./Draft.ts";
import { allOf } from "./guards.ts";
import type { ContainerRef, StepId } from "./Operation.ts";
import type { Guard } from "./Plan.ts";
import type { Reason } from "./Reason.ts";

export interface HookContext {
  readonly address: Address;
  readonly reason: Reason;
  readonly needs: ReadonlyArray<StepId | undefined>;
  readonly group?: string | undefined;
  readonly guard?: Guard | undefined;
  /** The container gives way to a new one: only the hooks it was made with are sure to work in it. */
  readonly isReplaced?: boolean;
}

const hookSteps = (
  builder: Builder,
  service: string,
  phase: "post_start" | "pre_stop",
  hooks: ReadonlyArray<Hook>,
  container: ContainerRef,
  context: HookContext,
): ReadonlyArray<StepId> => {
  const steps: Array<StepId> = [];
  for (const [index, hook] of hooks.entries()) {
    const previous = steps.at(-1);
    const operation = { _tag: "RunHook", container, service, phase, index, hook } as const;
    steps.push(builder.add({ ...context, operation, needs: previous === undefined ? context.needs : [previous] }));
  }
  return steps;
};

/** In order, each after the one before. */
export const postStart = (
  builder: Builder,
  desired: DesiredService,
  container: ContainerRef,
  context: HookContext,
): ReadonlyArray<StepId> =>
  hookSteps(builder, desired.name, "post_start", desired.service.post_start ?? [], container, context);

/** A restart that fails may have stopped the container already: it is started again. */
export const startAgain = (
  builder: Builder,
  container: ContainerRef,
  restart: StepId,
  context: Omit<HookContext, "needs" | "reason">,
): void => {
  const { address, group, guard } = context;
  builder.add({
    address,
    group,
    operation: { _tag: "StartContainer", container },
    reason: { _tag: "Restores", step: restart },
    guard: allOf([guard, { _tag: "Failed", step: restart }]),
  });
};

const isHook = (value: unknown): value is Hook =>
  typeof value === "object" && value !== null && Array.isArray((value as { readonly command?: unknown }).command);

/**
 * The hooks a container was made with: a hook that the file has gained since may need what only the new image holds.
 * The file's are right for one that stays although they changed, and all that is known of one without a record (docker
 * compose made it).
 */
export const preStopHooks = (
  desired: DesiredService | undefined,
  container: ObservedContainer,
  isReplaced = false,
): ReadonlyArray<Hook> => {
  const label = container.labels[recordLabel];
  const record = decodeRecord(label);
  if (typeof record !== "object" || record === null) return desired?.service.pre_stop ?? [];
  const staysAsItIs =
    desired !== undefined && !isReplaced && classifyChanges(diffConfig(label, desired.service)) !== "Recreate";
  if (staysAsItIs) return desired.service.pre_stop ?? [];
  const hooks = (record as { readonly pre_stop?: unknown }).pre_stop;
  return Array.isArray(hooks) ? hooks.filter(isHook) : [];
};

/** Only a running container can run them; the last step is what the stop waits for. */
export const preStop = (
  builder: Builder,
  desired: DesiredService | undefined,
  container: ObservedContainer,
  context: HookContext,
): ReadonlyArray<StepId> => {
  if (container.state !== "running") return [];
  const service = desired?.name ?? serviceOf(container);
  return hookSteps(
    builder,
    service,
    "pre_stop",
    preStopHooks(desired, container, context.isReplaced === true),
    existing(container),
    context,
  );
};
