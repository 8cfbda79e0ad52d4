// How many replicas of each service should serve when a plan is done, from what runs and what the plan does.
import type { Desired } from "@composure/core/desired/Desired";
import { labelOf } from "@composure/core/desired/labels";
import type { ContainerRef, OperationTag } from "@composure/core/plan/Operation";
import type { Plan } from "@composure/core/plan/Plan";
import { isLive, type World } from "./World.ts";

/** Whether a container runs after an operation on it. */
const runsAfter: Readonly<Partial<Record<OperationTag, boolean>>> = {
  StopContainer: false,
  KillContainer: false,
  PauseContainer: false,
  RemoveContainer: false,
  StartContainer: true,
  RestartContainer: true,
  UnpauseContainer: true,
};

/** For `up` what the file says; for the others what is left running, or was started. */
export const wantedReplicas = (world: World, plan: Plan, desired: Desired): ReadonlyMap<string, number> => {
  const up = new Map<string, string>();
  for (const container of Object.values(world.containers)) {
    const { id, spec, state } = container;
    const service = spec.labels[labelOf.service];
    const isReplica = spec.labels[labelOf.project] === plan.project.name && spec.labels[labelOf.oneOff] !== "True" && spec.labels[labelOf.configHash] !== undefined;
    if (isReplica && service !== undefined && isLive(container) && state !== "paused") up.set(id, service);
  }
  const set = (container: ContainerRef, runs: boolean): void => {
    if (container._tag !== "Existing") return;
    if (!runs) up.delete(container.id);
    else up.set(container.id, world.containers[container.id]?.spec.labels[labelOf.service] ?? "");
  };
  for (const { operation, guard } of plan.steps) {
    const runs = runsAfter[operation._tag];
    if (runs !== undefined && "container" in operation && guard === undefined) set(operation.container, runs);
  }
  const wanted = new Map<string, number>([...up.values()].map((service) => [service, 0]));
  for (const service of up.values()) wanted.set(service, (wanted.get(service) ?? 0) + 1);
  if (plan.intent._tag === "Up") for (const { name, replicas } of desired.services) wanted.set(name, replicas);
  return wanted;
};
