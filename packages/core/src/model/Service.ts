// The Compose service model after loading: canonical long forms, absolute paths, interpolated values.
// Field names are the specification's own (snake_case), so that paths in errors, hashes and files agree.
// Source: Compose Specification, 05-services.md; the JSON order that hashes and `config` need is in print/fields.ts.
import type { Build } from "./Build.ts";
import type { Deploy, DeviceRequest } from "./Deploy.ts";

/** Nanoseconds, as the engine API counts durations. */
export type Nanoseconds = number;
/** Bytes; -1 means "unlimited" where the engine allows it. */
export type Bytes = number;
/** Key to value; `null` is a key without a value (docker passes `KEY` through, the engine then unsets it). */
export type EnvironmentMap = Readonly<Record<string, string | null>>;
export type StringMap = Readonly<Record<string, string>>;
/** Values under `x-*` keys, kept as they were written. */
export type Extensions = Readonly<Record<string, unknown>>;

export type DependencyCondition = "service_started" | "service_healthy" | "service_completed_successfully";

export interface Dependency {
  readonly condition: DependencyCondition;
  /** The dependent restarts after this dependency was replaced. */
  readonly restart?: boolean;
  readonly required: boolean;
}

export interface Healthcheck {
  readonly test?: ReadonlyArray<string>;
  readonly timeout?: Nanoseconds;
  readonly interval?: Nanoseconds;
  readonly retries?: number;
  readonly start_period?: Nanoseconds;
  readonly start_interval?: Nanoseconds;
  readonly disable?: boolean;
}

export interface PortConfig {
  readonly name?: string;
  readonly mode?: string;
  readonly host_ip?: string;
  readonly target: number;
  /** "8080", a range "8080-8090", or absent for an ephemeral port. */
  readonly published?: string;
  readonly protocol?: string;
  readonly app_protocol?: string;
}

export interface BindOptions {
  readonly selinux?: string;
  readonly propagation?: string;
  /** True in short syntax: the engine makes a missing host folder. */
  readonly create_host_path?: boolean;
  readonly recursive?: string;
}

export interface ServiceVolume {
  readonly type: "volume" | "bind" | "tmpfs" | "npipe" | "cluster" | "image";
  /** The top-level key for `volume`, an absolute path for `bind`; absent for anonymous volumes. */
  readonly source?: string;
  readonly target: string;
  readonly read_only?: boolean;
  readonly consistency?: string;
  readonly bind?: BindOptions;
  readonly volume?: { readonly labels?: StringMap; readonly nocopy?: boolean; readonly subpath?: string };
  readonly tmpfs?: { readonly size?: Bytes; readonly mode?: number };
  readonly image?: { readonly subpath?: string };
}

export interface ServiceNetwork {
  readonly aliases?: ReadonlyArray<string>;
  readonly driver_opts?: StringMap;
  readonly gw_priority?: number;
  readonly interface_name?: string;
  readonly ipv4_address?: string;
  readonly ipv6_address?: string;
  readonly link_local_ips?: ReadonlyArray<string>;
  readonly mac_address?: string;
  readonly priority?: number;
}

/** A service's use of a top-level config or secret. `mode` is the number (0o440), not its octal text. */
export interface FileReference {
  readonly source: string;
  readonly target?: string;
  readonly uid?: string;
  readonly gid?: string;
  readonly mode?: number;
}

export interface Ulimit {
  /** Set when the file gives one number for both. */
  readonly single?: number;
  readonly soft?: number;
  readonly hard?: number;
}

export interface Device {
  readonly source: string;
  readonly target?: string;
  readonly permissions?: string;
}

export interface WeightDevice {
  readonly path: string;
  readonly weight: number;
}
export interface ThrottleDevice {
  readonly path: string;
  readonly rate: Bytes;
}
export interface BlkioConfig {
  readonly weight?: number;
  readonly weight_device?: ReadonlyArray<WeightDevice>;
  readonly device_read_bps?: ReadonlyArray<ThrottleDevice>;
  readonly device_read_iops?: ReadonlyArray<ThrottleDevice>;
  readonly device_write_bps?: ReadonlyArray<ThrottleDevice>;
  readonly device_write_iops?: ReadonlyArray<ThrottleDevice>;
}

export interface Hook {
  readonly command?: ReadonlyArray<string>;
  readonly image?: string;
  readonly user?: string;
  readonly privileged?: boolean;
  readonly working_dir?: string;
  readonly environment?: EnvironmentMap;
  readonly per_replica?: boolean;
}

export interface WatchRule {
  readonly path: string;
  readonly action: "sync" | "rebuild" | "restart" | "sync+restart" | "sync+exec";
  readonly target?: string;
  readonly exec?: Hook;
  readonly include?: ReadonlyArray<string>;
  readonly ignore?: ReadonlyArray<string>;
  readonly initial_sync?: boolean;
}

export interface EnvFile {
  readonly path: string;
  readonly required: boolean;
  readonly format?: string;
}

/** One service. Absent means "not set"; empty lists and maps that the file wrote are kept. */
export interface Service {
  readonly name: string;
  readonly profiles?: ReadonlyArray<string>;
  readonly annotations?: StringMap;
  readonly attach?: boolean;
  readonly build?: Build;
  readonly develop?: { readonly watch?: ReadonlyArray<WatchRule> };
  readonly blkio_config?: BlkioConfig;
  readonly cap_add?: ReadonlyArray<string>;
  readonly cap_drop?: ReadonlyArray<string>;
  readonly cgroup_parent?: string;
  readonly cgroup?: string;
  readonly cpu_count?: number;
  readonly cpu_percent?: number;
  readonly cpu_period?: number;
  readonly cpu_quota?: number;
  readonly cpu_rt_period?: number;
  readonly cpu_rt_runtime?: number;
  readonly cpus?: number;
  readonly cpuset?: string;
  readonly cpu_shares?: number;
  /** `null` and absent mean the image's own; `[]` clears it. */
  readonly command?: ReadonlyArray<string> | null;
  readonly configs?: ReadonlyArray<FileReference>;
  readonly container_name?: string;
  readonly credential_spec?: { readonly config?: string; readonly file?: string; readonly registry?: string };
  readonly depends_on?: Readonly<Record<string, Dependency>>;
  readonly deploy?: Deploy;
  readonly device_cgroup_rules?: ReadonlyArray<string>;
  readonly devices?: ReadonlyArray<Device>;
  readonly dns?: ReadonlyArray<string>;
  readonly dns_opt?: ReadonlyArray<string>;
  readonly dns_search?: ReadonlyArray<string>;
  readonly dockerfile?: string;
  readonly domainname?: string;
  readonly entrypoint?: ReadonlyArray<string> | null;
  readonly provider?: { readonly type: string; readonly options?: Readonly<Record<string, ReadonlyArray<string>>> };
  readonly environment?: EnvironmentMap;
  readonly env_file?: ReadonlyArray<EnvFile>;
  readonly expose?: ReadonlyArray<string>;
  /** Only left over when the extended service has no body at all. */
  readonly extends?: { readonly file?: string; readonly service?: string };
  readonly external_links?: ReadonlyArray<string>;
  readonly extra_hosts?: Readonly<Record<string, ReadonlyArray<string>>>;
  readonly group_add?: ReadonlyArray<string>;
  readonly gpus?: ReadonlyArray<DeviceRequest>;
  readonly hostname?: string;
  readonly healthcheck?: Healthcheck;
  readonly image?: string;
  readonly init?: boolean;
  readonly ipc?: string;
  readonly isolation?: string;
  readonly labels?: StringMap;
  readonly label_file?: ReadonlyArray<string>;
  readonly links?: ReadonlyArray<string>;
  readonly logging?: { readonly driver?: string; readonly options?: StringMap };
  readonly log_driver?: string;
  readonly log_opt?: StringMap;
  readonly mem_limit?: Bytes;
  readonly mem_reservation?: Bytes;
  readonly memswap_limit?: Bytes;
  readonly mem_swappiness?: Bytes;
  readonly mac_address?: string;
  readonly models?: Readonly<Record<string, { readonly endpoint_var?: string; readonly model_var?: string } | null>>;
  readonly net?: string;
  readonly network_mode?: string;
  readonly networks?: Readonly<Record<string, ServiceNetwork | null>>;
  readonly oom_kill_disable?: boolean;
  readonly oom_score_adj?: number;
  readonly pid?: string;
  readonly pids_limit?: number;
  readonly platform?: string;
  readonly ports?: ReadonlyArray<PortConfig>;
  readonly privileged?: boolean;
  readonly pull_policy?: string;
  readonly read_only?: boolean;
  readonly restart?: string;
  readonly runtime?: string;
  readonly scale?: number;
  readonly secrets?: ReadonlyArray<FileReference>;
  readonly security_opt?: ReadonlyArray<string>;
  readonly shm_size?: Bytes;
  readonly stdin_open?: boolean;
  readonly stop_grace_period?: Nanoseconds;
  readonly stop_signal?: string;
  readonly storage_opt?: StringMap;
  readonly sysctls?: StringMap;
  readonly tmpfs?: ReadonlyArray<string>;
  readonly tty?: boolean;
  readonly ulimits?: Readonly<Record<string, Ulimit>>;
  readonly use_api_socket?: boolean;
  readonly user?: string;
  readonly userns_mode?: string;
  readonly uts?: string;
  readonly volume_driver?: string;
  readonly volumes?: ReadonlyArray<ServiceVolume>;
  readonly volumes_from?: ReadonlyArray<string>;
  readonly working_dir?: string;
  readonly pre_start?: ReadonlyArray<Hook>;
  readonly post_start?: ReadonlyArray<Hook>;
  readonly pre_stop?: ReadonlyArray<Hook>;
  readonly extensions?: Extensions;
}
