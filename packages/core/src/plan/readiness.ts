// What a service's containers wait for before they start.
import type { DesiredService, Edge } from "../desired/Desired.ts";
import type { DependencyCondition } from "../model/Service.ts";
import { serviceAddress } from "./Address.ts";
import { type Assembly, type Readiness, type Seat, seatsOf, serviceGuard } from "./Assembly.ts";
import type { Decision } from "./decide.ts";
import type { StepId, WaitCondition } from "./Operation.ts";
import type { Guard } from "./Plan.ts";
import type { Reason } from "./Reason.ts";
import { isRenewed } from "./slots.ts";

const nothing: Readiness = { needs: [], after: [] };

/** Whether what was observed already is what the condition asks for. */
const isSatisfied = (seat: Seat, condition: WaitCondition): boolean => {
  if (seat.slot._tag !== "Stay" || seat.ups.length > 0) return false;
  const { action, container } = seat.slot;
  switch (condition) {
    case "completed_successfully":
      return action._tag === "Done";
    case "healthy":
      return action._tag === "Keep" && container.state === "running" && container.health === "healthy";
    case "running_or_healthy":
    case "ready_or_done":
      return (
        action._tag === "Keep" &&
        container.state === "running" &&
        (container.health === "healthy" || container.health === "none")
      );
    case "running":
      return action._tag === "Keep" && container.state === "running";
    case "exited":
      return container.state === "exited";
  }
};

const waitConditions: Readonly<Record<DependencyCondition, WaitCondition>> = {
  service_started: "running",
  service_healthy: "healthy",
  service_completed_successfully: "completed_successfully",
};

export interface Waiting {
  readonly service: string;
  readonly condition: WaitCondition;
  readonly required: boolean;
  /** The service that waits. */
  readonly by?: string;
  readonly reason?: Reason;
  readonly guard?: Guard | undefined;
}

/** --wait-timeout bounds every wait of the run. */
export const waitTimeout = ({ draft: { policy } }: Assembly): number | undefined =>
  policy.wait ? policy.waitTimeout : undefined;

/** A shared step that waits for all containers of a service; undefined when they already are as asked. */
export const waitForService = (
  assembly: Assembly,
  { service, condition, required, by, reason, guard }: Waiting,
): StepId | undefined => {
  const seats = seatsOf(assembly, service);
  if (seats.every((seat) => isSatisfied(seat, condition))) return undefined;
  return assembly.draft.builder.waitFor({
    address: serviceAddress(service),
    service,
    condition,
    containers: seats.map(({ ref }) => ref),
    required,
    needs: seats.flatMap(({ ups }) => ups),
    ...(by === undefined ? {} : { by }),
    ...(reason === undefined ? {} : { reason }),
    timeout: waitTimeout(assembly),
    guard,
  });
};

const edgeReadiness = (assembly: Assembly, decision: Decision, edge: Edge, guard: Guard | undefined): Readiness => {
  const seats = seatsOf(assembly, edge.service);
  const steps =
    edge.condition === "service_started"
      ? seats.flatMap(({ ups }) => ups)
      : [
          waitForService(assembly, {
            service: edge.service,
            condition: waitConditions[edge.condition],
            required: edge.required,
            by: decision.desired.name,
            guard,
          }),
        ];
  const known = steps.filter((step) => step !== undefined);
  // A dependency that is not required is waited for, but its failure stops nobody.
  return edge.required ? { needs: known, after: [] } : { needs: [], after: known };
};

/** Asked for only when something of the service starts, so that a settled project waits for nothing. */
export const readinessOf = (assembly: Assembly, decision: Decision): Readiness => {
  if (!assembly.starts) return nothing;
  const { name } = decision.desired;
  const known = assembly.readiness.get(name);
  if (known !== undefined) return known;
  // A dependency that surely changes may restart what an image check would leave alone.
  const sure = decision.desired.edges.some(
    ({ service }) => assembly.decisions.get(service)?.slots.some(isRenewed) === true,
  );
  const guard = sure ? undefined : serviceGuard(decision);
  const each = decision.desired.edges.map((edge) => edgeReadiness(assembly, decision, edge, guard));
  const readiness = { needs: each.flatMap(({ needs }) => needs), after: each.flatMap(({ after }) => after) };
  assembly.readiness.set(name, readiness);
  return readiness;
};

/** The services that some service waits for with this condition. */
export const awaitedWith = (
  services: ReadonlyArray<DesiredService>,
  wanted: DependencyCondition,
): ReadonlySet<string> =>
  new Set(
    services.flatMap(({ edges }) => edges.flatMap(({ condition, service }) => (condition === wanted ? [service] : []))),
  );
