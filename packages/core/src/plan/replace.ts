// The replacement of one container: the old one serves until the new one can, and comes back when the new one fails.
import type { DesiredService } from "../desired/Desired.ts";
import { isLive } from "../observed/match.ts";
import type { ObservedContainer } from "../observed/Observed.ts";
import { replicaAddress } from "./Address.ts";
import { type Context, healthCondition, prepare, preStart, start } from "./activate.ts";
import { type Assembly, desiredOf, type Readiness, type Seat, seatsOf } from "./Assembly.ts";
import { type Draft, existing } from "./Draft.ts";
import { allOf, anyFailed } from "./guards.ts";
import type { HookContext } from "./hooks.ts";
import type { ContainerRef, EndpointSpec, MountSpec, StepId } from "./Operation.ts";
import { portClaims, publishedPorts } from "./ports.ts";
import { waitTimeout } from "./readiness.ts";
import type { Reason } from "./Reason.ts";
import { endsByRemoval, removeContainer, stopContainer } from "./retire.ts";

interface Obstacle {
  /** An explicit `order: start-first` overrules it: it is about data, not about what the engine refuses. */
  readonly soft?: true;
  readonly applies: (desired: DesiredService, mounts: ReadonlyArray<MountSpec>) => boolean;
  readonly because: string;
}

const isWritable = (mount: MountSpec): boolean => (mount._tag === "Volume" || mount._tag === "Bind") && !mount.readOnly;

/** What two containers of one replica cannot have at the same time; the first that applies is told. */
const obstacles: ReadonlyArray<Obstacle> = [
  {
    because: "it publishes a fixed host port",
    applies: ({ service }) => portClaims(publishedPorts(service)).length > 0,
  },
  {
    because: "its range of host ports has no room for one more",
    applies: ({ service, replicas }) =>
      publishedPorts(service).some(({ published }) => rangeSize(published) <= replicas),
  },
  { because: "it has a container_name", applies: ({ service }) => service.container_name !== undefined },
  {
    because: "it has a fixed address",
    applies: ({ service, endpoints }) =>
      service.mac_address !== undefined ||
      endpoints.some(
        ({ settings }) =>
          settings?.ipv4_address !== undefined ||
          settings?.ipv6_address !== undefined ||
          settings?.mac_address !== undefined,
      ),
  },
  {
    because: "it shares a network namespace",
    applies: ({ service }) => /^(host$|service:|container:)/.test(service.network_mode ?? ""),
  },
  {
    soft: true,
    because: "its anonymous volumes move to the new container",
    applies: (_, mounts) => mounts.some((mount) => mount._tag === "Volume" && mount.inherited && isWritable(mount)),
  },
  {
    // Replicas share their volumes anyway: one more for a moment is nothing new.
    soft: true,
    because: "it writes to a volume or a host folder",
    applies: ({ replicas }, mounts) => replicas <= 1 && mounts.some(isWritable),
  },
];

/** How many ports "8000-8010" offers; without a range there is always room. */
const rangeSize = (published: string | undefined): number => {
  const [first, last] = (published ?? "").split("-").map(Number);
  return first === undefined || last === undefined ? Number.POSITIVE_INFINITY : last - first + 1;
};

/** Why the old container must stop before the new one starts; undefined when both can run side by side. */
export const stopFirstBecause = (
  assembly: Assembly,
  desired: DesiredService,
  mounts: ReadonlyArray<MountSpec>,
): string | undefined => {
  if (assembly.draft.policy.order === "stop-first") return "it was asked for";
  if (assembly.jobs.has(desired.name)) return "it is a job, and two must not run at once";
  const order = desired.service.deploy?.update_config?.order;
  if (order === "stop-first") return "deploy.update_config.order says so";
  return obstacles.find(
    (obstacle) => !(order === "start-first" && obstacle.soft === true) && obstacle.applies(desired, mounts),
  )?.because;
};

/** A replacement as it stands when its steps are added. */
export interface Change {
  readonly old: ObservedContainer;
  readonly container: ContainerRef;
  readonly joins: ReadonlyArray<EndpointSpec>;
  /** It runs already: an interrupted replacement is taken up again. */
  readonly isUp: boolean;
  /** An earlier replacement of the same container broke off. */
  readonly interrupted: boolean;
  /** It is not to be started: a job that has ended. */
  readonly isDone: boolean;
  readonly because: string | undefined;
  readonly context: Context;
  /** Steps of the replica before it. */
  readonly chain: ReadonlyArray<StepId>;
  readonly readiness: Readiness;
  /** The final name is taken until the step that frees it. */
  readonly rename: { readonly heldBy: ObservedContainer } | undefined;
}

interface Risen {
  /** Everything that can fail before the new container serves. */
  readonly attempts: ReadonlyArray<StepId>;
  /** After these it runs, and after `proven` it is known to serve. */
  readonly ups: ReadonlyArray<StepId>;
  readonly proven: ReadonlyArray<StepId>;
  readonly stop: StepId | undefined;
  readonly started: StepId | undefined;
}

const replacedBy = (container: ContainerRef): Reason =>
  container._tag === "CreatedBy"
    ? { _tag: "ReplacedBy", step: container.step }
    : { _tag: "Adopted", predecessor: null };

const endContext = (seat: Seat, change: Change) => ({
  ...change.context,
  address: replicaAddress(seat.service, seat.number),
  isReplaced: true,
  reason: change.container._tag === "CreatedBy" ? replacedBy(change.container) : change.context.reason,
});

const healthCheck = (
  assembly: Assembly,
  seat: Seat,
  change: Change,
  needs: ReadonlyArray<StepId | undefined>,
): StepId | undefined => {
  // Where nothing was serving there is nothing to protect, and a job may end before its first probe.
  const serves = isLive(change.old) || change.isUp;
  const condition =
    change.isDone || !serves ? undefined : healthCondition(assembly, desiredOf(assembly, seat), change.old);
  if (condition === undefined) return undefined;
  return assembly.draft.builder.waitFor({
    address: replicaAddress(seat.service, seat.number),
    service: seat.service,
    condition,
    containers: [change.container],
    required: true,
    needs,
    reason:
      change.context.reason._tag === "Adopted"
        ? change.context.reason
        : { _tag: "Replaces", predecessor: change.old.name },
    group: change.context.group,
    guard: change.context.guard,
    timeout: waitTimeout(assembly),
  });
};

/** Everything up to the point where the new container serves. */
const rise = (assembly: Assembly, seat: Seat, change: Change): Risen => {
  const { draft } = assembly;
  const desired = desiredOf(assembly, seat);
  const { container, context, readiness, chain } = change;
  if (change.isDone) return { attempts: [], ups: [], proven: chain, stop: undefined, started: undefined };
  if (change.isUp) {
    const wait = healthCheck(assembly, seat, change, chain);
    const waits = wait === undefined ? [] : [wait];
    return {
      attempts: waits,
      ups: [],
      proven: wait === undefined ? chain : waits,
      stop: undefined,
      started: undefined,
    };
  }
  const early = draft.builder.stopOf(change.old.id);
  const ready = prepare(assembly, seat, container, change.joins, context);
  const gate = [...ready, ...chain];
  const stop =
    early ??
    (change.because === undefined
      ? undefined
      : stopContainer(draft, desired, change.old, {
          ...endContext(seat, change),
          needs: [...gate, ...readiness.needs],
        }));
  const hook = preStart(assembly, seat, container, stop === undefined ? gate : [...gate, stop], readiness, context);
  const needs = [...gate, stop, hook];
  const reason =
    context.reason._tag === "Adopted" ? context.reason : ({ _tag: "Replaces", predecessor: change.old.name } as const);
  const steps = start(assembly, seat, { container, needs, readiness, ...context, reason });
  const wait = healthCheck(assembly, seat, change, steps.slice(-1));
  const made = container._tag === "CreatedBy" ? container.step : undefined;
  const attempts = [...ready.filter((step) => step !== made), stop, hook, ...steps, wait].filter(
    (step) => step !== undefined,
  );
  const ups = steps.slice(-1);
  return { attempts, ups, proven: wait === undefined ? ups : [wait], stop, started: steps[0] };
};

/**
 * When the new one fails it goes, and the old one serves again. What a step on the way back needs is what it undoes:
 * once that is done, a run that breaks off takes the way back too.
 */
const wayBack = (assembly: Assembly, seat: Seat, change: Change, { attempts, stop, started }: Risen): void => {
  const { builder } = assembly.draft;
  const { container, old, context } = change;
  const failed = anyFailed(attempts);
  const guard = failed === undefined ? undefined : allOf([context.guard, failed]);
  if (guard === undefined) return;
  const address = replicaAddress(seat.service, seat.number);
  const shared = {
    address,
    reason: { _tag: "Restores", step: started ?? attempts.at(-1) ?? 0 } as const,
    group: context.group,
    guard,
  };
  const removed = builder.add({
    ...shared,
    operation: { _tag: "RemoveContainer", container, force: true, volumes: false },
    needs: container._tag === "CreatedBy" ? [container.step] : [],
  });
  // The predecessor of an interrupted replacement was serving before, if it has ever run.
  const mustReturn = isLive(old) ? stop !== undefined : change.interrupted && old.state === "exited";
  if (!mustReturn) return;
  const back = builder.add({
    ...shared,
    operation: { _tag: "StartContainer", container: existing(old) },
    needs: [stop],
    after: [removed],
  });
  restartChildren(assembly, seat, { ...shared, needs: [back] });
};

/** Containers in the old one's network namespace lost it when it stopped. */
const restartChildren = (
  assembly: Assembly,
  seat: Seat,
  shared: Omit<Parameters<Assembly["draft"]["builder"]["add"]>[0], "operation">,
): void => {
  for (const child of assembly.children.get(seat.service) ?? []) {
    for (const { slot, number } of seatsOf(assembly, child)) {
      if (slot._tag !== "Swap" || !isLive(slot.old)) continue;
      assembly.draft.builder.add({
        ...shared,
        address: replicaAddress(child, number),
        operation: { _tag: "RestartContainer", container: existing(slot.old) },
      });
    }
  }
};

/** A stop may have come before what the end waits for. */
const retire = (draft: Draft, desired: DesiredService, old: ObservedContainer, context: HookContext): StepId => {
  if (endsByRemoval(draft, desired, old)) return removeContainer(draft, old, context);
  const { needs } = context;
  const stop = stopContainer(draft, desired, old, context);
  const stopsLast = stop !== undefined && needs.every((need) => need === undefined || need < stop);
  return removeContainer(draft, old, { ...context, needs: stopsLast ? [stop] : needs });
};

/** The end of the old container, and the new one's final name. Gives the last step. */
const finish = (assembly: Assembly, seat: Seat, change: Change, needs: ReadonlyArray<StepId | undefined>): StepId => {
  const { draft } = assembly;
  const desired = desiredOf(assembly, seat);
  const context = endContext(seat, change);
  const remove = retire(draft, desired, change.old, { ...context, needs });
  if (change.rename === undefined) return remove;
  const { heldBy } = change.rename;
  const reason =
    change.context.reason._tag === "Adopted"
      ? change.context.reason
      : ({ _tag: "Replaces", predecessor: change.old.name } as const);
  if (heldBy.id !== change.old.id) {
    assembly.renames.push({
      seat,
      container: change.container,
      heldBy: heldBy.id,
      needs: [remove],
      ...change.context,
      reason,
    });
    return remove;
  }
  return draft.builder.add({
    ...change.context,
    address: context.address,
    reason,
    operation: { _tag: "RenameContainer", container: change.container, name: seat.finalName },
    needs: [remove],
  });
};

export interface Replaced {
  /** After these the new container serves. */
  readonly ups: ReadonlyArray<StepId>;
  /** What the next replica waits for. */
  readonly chain: ReadonlyArray<StepId>;
  /** Ends the old container later, when containers in its namespace have moved. */
  readonly finish?: (moved: ReadonlyArray<StepId>) => void;
}

export const replaceContainer = (
  assembly: Assembly,
  seat: Seat,
  change: Change,
  options: { readonly defer: boolean },
): Replaced => {
  const risen = rise(assembly, seat, change);
  const { ups, proven } = risen;
  if (options.defer && risen.stop === undefined && isLive(change.old)) {
    wayBack(assembly, seat, change, risen);
    return { ups, chain: proven, finish: (moved) => void finish(assembly, seat, change, [...proven, ...moved]) };
  }
  const done = finish(assembly, seat, change, proven);
  wayBack(assembly, seat, change, risen);
  // A successor proven by its health serves: the next replica need not wait for the end of the old one, unless that
  // has its port. Without a healthcheck the time that ending takes is all there is.
  const isProven = proven.some((step) => !ups.includes(step));
  const sharesRange = publishedPorts(desiredOf(assembly, seat).service).some(
    ({ published }) => published?.includes("-") === true,
  );
  return { ups, chain: isProven && !sharesRange ? proven : [done] };
};
