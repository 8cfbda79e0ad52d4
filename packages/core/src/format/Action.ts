// What a plan comes to: one action for each container, network, volume and image.
import type { Address } from "../plan/Address.ts";
import type { StepId } from "../plan/Operation.ts";
import type { Plan } from "../plan/Plan.ts";
import type { FieldChange, Reason } from "../plan/Reason.ts";
import type { Downtime } from "./downtime.ts";

export type ActionKind =
  | "create"
  | "replace"
  | "restart"
  | "start"
  | "stop"
  | "pause"
  | "unpause"
  | "update"
  | "remove"
  | "destroy"
  | "pull"
  | "build"
  | "push"
  | "keep";

/** `plugin`: what a provider or docker's model runner looks after. */
export type ResourceKind = "container" | "network" | "volume" | "image" | "plugin";

export interface Action {
  readonly address: Address;
  readonly kind: ResourceKind;
  /** Only for containers of a service. */
  readonly service?: string;
  /** The thing's name when all is done. */
  readonly name: string;
  readonly action: ActionKind;
  /** Only for replacements of running containers. */
  readonly order?: "start-first" | "stop-first";
  readonly reason: Reason;
  readonly fields: ReadonlyArray<FieldChange>;
  readonly downtime: Downtime;
  /** It happens only under this condition. */
  readonly when?: string;
  /** If it fails, what was there before comes back. */
  readonly restorable: boolean;
  readonly steps: ReadonlyArray<StepId>;
}

export interface ServiceSummary {
  readonly service: string;
  readonly actions: ReadonlyArray<Action>;
  /** Of the service as a whole: other replicas may serve meanwhile. */
  readonly downtime: Downtime;
}

export interface Summary {
  readonly project: string;
  readonly changed: boolean;
  /** Only kinds that occur, and `destroy`. */
  readonly counts: Readonly<Partial<Record<ActionKind, number>>>;
  /** "Plan: 1 create, 2 replace, 1 restart, 0 destroy." */
  readonly headline: string;
  /** By name. */
  readonly services: ReadonlyArray<ServiceSummary>;
  /** Images, networks, volumes, and containers of no service, in that order, each in plan order. */
  readonly resources: ReadonlyArray<Action>;
  readonly unchanged: Plan["untouched"];
}
