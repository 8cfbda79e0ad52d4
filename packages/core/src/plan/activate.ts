// Brings one container to life: files, networks, hooks, start.
import type { DesiredService } from "../desired/Desired.ts";
import type { ObservedContainer } from "../observed/Observed.ts";
import { replicaAddress, serviceAddress } from "./Address.ts";
import { type Assembly, desiredOf, type Readiness, type Seat, seatsOf } from "./Assembly.ts";
import { hookSpec } from "./containers.ts";
import { postStart } from "./hooks.ts";
import { isLive } from "../observed/match.ts";
import type { ContainerRef, EndpointSpec, StepId, WaitCondition } from "./Operation.ts";
import { slotClashes } from "./ports.ts";
import type { Guard } from "./Plan.ts";
import type { Reason } from "./Reason.ts";

export interface Context {
  readonly reason: Reason;
  readonly group?: string | undefined;
  readonly guard?: Guard | undefined;
}

/** Where a network is made or freed of a twin, nobody starts on it before. */
const networkSteps = (assembly: Assembly, desired: DesiredService): ReadonlyArray<StepId> =>
  desired.endpoints.flatMap(({ network }) => assembly.networks.get(network) ?? []);

/** What is ready before the start: the container, its networks, its files. */
export const prepare = (
  assembly: Assembly,
  seat: Seat,
  container: ContainerRef,
  joins: ReadonlyArray<EndpointSpec>,
  context: Context,
): ReadonlyArray<StepId> => {
  const { builder } = assembly.draft;
  const desired = desiredOf(assembly, seat);
  const address = replicaAddress(seat.service, seat.number);
  const made =
    container._tag === "CreatedBy"
      ? [container.step]
      : [...builder.rewiringsOf(container.id), ...networkSteps(assembly, desired)];
  const connects = joins.map((endpoint) =>
    builder.add({
      ...context,
      address,
      operation: { _tag: "ConnectNetwork", endpoint, container },
      needs: [...made, assembly.networks.get(endpoint.network)],
    }),
  );
  const files =
    desired.files.length === 0 || !assembly.starts
      ? []
      : [
          builder.add({
            ...context,
            address,
            operation: { _tag: "InjectFiles", container, files: desired.files },
            needs: made,
          }),
        ];
  return [...made, ...connects, ...files];
};

/** Its containers run on while the plan does: hooks that prepare a first start are not for now. */
const keepsRunning = (seat: Seat): boolean =>
  seat.slot._tag === "Stay"
    ? seat.slot.action._tag !== "Start"
    : seat.slot._tag === "Resume" && isLive(seat.slot.successor);

/** The service's pre_start hooks, once, beside the first container that starts; gives the last step. */
export const preStart = (
  assembly: Assembly,
  seat: Seat,
  container: ContainerRef,
  needs: ReadonlyArray<StepId>,
  readiness: Readiness,
  context: Context,
): StepId | undefined => {
  const { builder } = assembly.draft;
  const desired = desiredOf(assembly, seat);
  const key = `${desired.name}\n${JSON.stringify(context.guard ?? null)}`;
  if (assembly.preStart.has(key)) return assembly.preStart.get(key);
  const hooks = seatsOf(assembly, desired.name).some(keepsRunning) ? [] : (desired.service.pre_start ?? []);
  let last: StepId | undefined;
  for (const [index, hook] of hooks.entries()) {
    const image = hook.image === undefined ? undefined : assembly.images.ensureReference(hook.image, desired.name);
    last = builder.add({
      ...context,
      address: serviceAddress(desired.name),
      operation: {
        _tag: "RunHookContainer",
        container,
        service: desired.name,
        index,
        hook,
        spec: hookSpec(assembly, desired, hook, container),
      },
      needs: [...(last === undefined ? [...needs, ...readiness.needs] : [last]), image],
      after: last === undefined ? readiness.after : [],
    });
  }
  assembly.preStart.set(key, last);
  return last;
};

/** Steps of the plan that end those who hold the ports it is going to take. */
export const portNeeds = (assembly: Assembly, seat: Seat): ReadonlyArray<StepId | undefined> => {
  const decision = assembly.decisions.get(seat.service);
  if (decision === undefined) return [];
  return slotClashes(decision, seat.slot, assembly.ports).map(({ holder }) => assembly.draft.builder.stopOf(holder.id));
};

export interface Start extends Context {
  readonly container: ContainerRef;
  /** Prepared, and whatever else must come first. */
  readonly needs: ReadonlyArray<StepId | undefined>;
  readonly readiness: Readiness;
}

/** Start and post_start hooks; gives all steps, the last one being the one to wait for. */
export const start = (
  assembly: Assembly,
  seat: Seat,
  { container, needs, readiness, ...context }: Start,
): ReadonlyArray<StepId> => {
  const { builder } = assembly.draft;
  const address = replicaAddress(seat.service, seat.number);
  const started = builder.add({
    ...context,
    address,
    operation: { _tag: "StartContainer", container },
    needs: [...needs, ...readiness.needs, ...portNeeds(assembly, seat)],
    after: readiness.after,
  });
  return [
    started,
    ...postStart(builder, desiredOf(assembly, seat), container, { ...context, address, needs: [started] }),
  ];
};

/**
 * What a successor's health is waited by: undefined when it shows no healthcheck, or when it is a job that ends. Only a
 * service that others want healthy is sure not to be a job.
 */
export const healthCondition = (
  assembly: Assembly,
  desired: DesiredService,
  old: ObservedContainer,
): WaitCondition | undefined => {
  const { healthcheck } = desired.service;
  if (healthcheck?.disable === true || healthcheck?.test?.[0] === "NONE" || assembly.jobs.has(desired.name))
    return undefined;
  if (assembly.wantedHealthy.has(desired.name)) return "healthy";
  const image = assembly.images.find(desired.image, desired.platform);
  // The predecessor's healthcheck may have come from an image that the new one does not share.
  const mayTell = healthcheck?.test !== undefined || image?.details?.hasHealthcheck === true || old.health !== "none";
  return mayTell ? "ready_or_done" : undefined;
};
