// A loaded Compose project: what `load` returns and everything else starts from.
import type { Bytes, Extensions, Service, StringMap } from "./Service.ts";

/** `Bytes` is re-exported for callers that only need sizes. */
export type { Bytes };

export interface Network {
  /** The real name on the engine. */
  readonly name?: string;
  readonly driver?: string;
  readonly driver_opts?: StringMap;
  readonly ipam?: {
    readonly driver?: string;
    readonly config?: ReadonlyArray<{
      readonly subnet?: string;
      readonly gateway?: string;
      readonly ip_range?: string;
      readonly aux_addresses?: StringMap;
    }>;
    readonly options?: StringMap;
  };
  readonly external?: boolean;
  readonly internal?: boolean;
  readonly attachable?: boolean;
  readonly labels?: StringMap;
  readonly enable_ipv4?: boolean;
  readonly enable_ipv6?: boolean;
  readonly extensions?: Extensions;
}

export interface Volume {
  readonly name?: string;
  readonly driver?: string;
  readonly driver_opts?: StringMap;
  readonly external?: boolean;
  readonly labels?: StringMap;
  readonly extensions?: Extensions;
}

/** A top-level config or secret. `content` is also set when `environment` named the value's variable. */
export interface FileObject {
  readonly name?: string;
  readonly file?: string;
  readonly environment?: string;
  readonly content?: string;
  readonly external?: boolean;
  readonly labels?: StringMap;
  readonly driver?: string;
  readonly driver_opts?: StringMap;
  readonly template_driver?: string;
  readonly extensions?: Extensions;
}

export interface Model {
  readonly name?: string;
  readonly model?: string;
  readonly context_size?: number;
  readonly runtime_flags?: ReadonlyArray<string>;
  readonly extensions?: Extensions;
}

export interface Project {
  readonly name: string;
  /** Absolute. */
  readonly working_dir: string;
  /** Absolute paths of the files that made the project, in order; "-" is standard input. */
  readonly config_files: ReadonlyArray<string>;
  /** The files given with --env-file, absolute; empty when only the default `.env` was read. */
  readonly env_files: ReadonlyArray<string>;
  /** The environment that interpolation used. */
  readonly environment: StringMap;
  readonly profiles: ReadonlyArray<string>;
  readonly services: Readonly<Record<string, Service>>;
  /** Services that no active profile selects: known by name, never created. */
  readonly disabled_services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, Network>>;
  readonly volumes: Readonly<Record<string, Volume>>;
  readonly secrets: Readonly<Record<string, FileObject>>;
  readonly configs: Readonly<Record<string, FileObject>>;
  readonly models: Readonly<Record<string, Model>>;
  /** `--compatibility`: container names use `_` instead of `-`. */
  readonly compatibility: boolean;
  readonly extensions: Extensions;
}
