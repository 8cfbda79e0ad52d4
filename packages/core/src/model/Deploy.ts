// Deployment settings of a service. Source: Compose Deploy Specification.
import type { Bytes, Extensions, Nanoseconds, StringMap } from "./Service.ts";

export interface DeviceRequest {
  readonly capabilities?: ReadonlyArray<string>;
  readonly driver?: string;
  /** -1 means all. */
  readonly count?: number;
  readonly device_ids?: ReadonlyArray<string>;
  readonly options?: StringMap;
}

export interface Resource {
  /** A 32-bit float, as docker compose keeps it. */
  readonly cpus?: number;
  readonly memory?: Bytes;
  readonly pids?: number;
  readonly devices?: ReadonlyArray<DeviceRequest>;
  readonly generic_resources?: ReadonlyArray<{
    readonly discrete_resource_spec?: { readonly kind: string; readonly value: number };
  }>;
}

export interface UpdateConfig {
  readonly parallelism?: number;
  readonly delay?: Nanoseconds;
  readonly failure_action?: string;
  readonly monitor?: Nanoseconds;
  readonly max_failure_ratio?: number;
  readonly order?: string;
}

export interface Deploy {
  readonly mode?: string;
  readonly replicas?: number;
  readonly labels?: StringMap;
  readonly update_config?: UpdateConfig;
  readonly rollback_config?: UpdateConfig;
  readonly resources?: { readonly limits?: Resource; readonly reservations?: Resource };
  readonly restart_policy?: {
    readonly condition?: string;
    readonly delay?: Nanoseconds;
    readonly max_attempts?: number;
    readonly window?: Nanoseconds;
  };
  readonly placement?: {
    readonly constraints?: ReadonlyArray<string>;
    readonly preferences?: ReadonlyArray<{ readonly spread?: string }>;
    readonly max_replicas_per_node?: number;
  };
  readonly endpoint_mode?: string;
  readonly extensions?: Extensions;
}
