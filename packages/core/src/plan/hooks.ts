// What goes with starts and stops: lifecycle hooks, and the way back from a restart.
import type { DesiredService } from "../desired/Desired.ts";
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
}

const hookSteps = (
  builder: Builder,
  desired: DesiredService,
  phase: "post_start" | "pre_stop",
  container: ContainerRef,
  context: HookContext,
): ReadonlyArray<StepId> => {
  const steps: Array<StepId> = [];
  for (const [index, hook] of (desired.service[phase] ?? []).entries()) {
    const previous = steps.at(-1);
    const operation = { _tag: "RunHook", container, service: desired.name, phase, index, hook } as const;
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
): ReadonlyArray<StepId> => hookSteps(builder, desired, "post_start", container, context);

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

/** Only a running container can run them; the last step is what the stop waits for. */
export const preStop = (
  builder: Builder,
  desired: DesiredService | undefined,
  container: ObservedContainer,
  context: HookContext,
): ReadonlyArray<StepId> =>
  desired === undefined || container.state !== "running"
    ? []
    : hookSteps(builder, desired, "pre_stop", existing(container), context);
