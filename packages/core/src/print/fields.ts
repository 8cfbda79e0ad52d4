// The fields of the Compose model in the order in which docker compose 2.40.3 writes them, with how each is written
// and read. Config hashes, `config` and the decoder are all driven by these tables.
// Source: Go struct order of compose-go 2.9.1, observed in `docker compose config` and its hashes.

/**
 * When a field is written. `nonZero`: not when absent, false, 0, "", or empty. `set`: whenever it is there.
 * `always`: even when absent. `inline`: as `always` in JSON, as `nonZero` in YAML (a struct held by value).
 */
export type Presence = "nonZero" | "set" | "always" | "inline";

/**
 * How a list of texts may be written in a file. `strict`: a list of texts or whole numbers; `oneOrMany`: also a single
 * text; `printed`: any scalars, each as it prints.
 */
export type ListForm = "strict" | "oneOrMany" | "printed";

/**
 * How a map of texts may be written. `labels` and `mapping`: a map or a list of `k=v`; `options`: a map only;
 * `strict`: a map of texts or whole numbers; `environment`: as mapping, with null for a key without a value.
 */
export type MapForm = "labels" | "mapping" | "options" | "strict" | "environment";

/** The width that bounds a whole number. */
export type Width = "int" | "uint" | "uint16" | "uint32";

export type Kind =
  | { readonly _tag: "Text" }
  | { readonly _tag: "Flag" }
  | { readonly _tag: "Integer"; readonly width: Width }
  | { readonly _tag: "Float32" }
  | { readonly _tag: "Bytes" }
  | { readonly _tag: "Duration" }
  | { readonly _tag: "FileMode" }
  | { readonly _tag: "DeviceCount" }
  | { readonly _tag: "Command" }
  | { readonly _tag: "HealthTest" }
  | { readonly _tag: "Texts"; readonly form: ListForm }
  | { readonly _tag: "TextMap"; readonly form: MapForm }
  | { readonly _tag: "MultiOptions" }
  | { readonly _tag: "Hosts" }
  | { readonly _tag: "Ulimit" }
  | { readonly _tag: "EnvFile" }
  | { readonly _tag: "Ssh" }
  | { readonly _tag: "Struct"; readonly fields: Fields }
  | { readonly _tag: "List"; readonly of: Kind }
  /** `nullable`: a key without a body is kept as null. */
  | { readonly _tag: "MapOf"; readonly of: Kind; readonly nullable: boolean };

export interface Field {
  readonly name: string;
  /** The key in JSON, where it is not the name. */
  readonly jsonKey: string;
  readonly kind: Kind;
  readonly presence: Presence;
}
export type Fields = ReadonlyArray<Field>;

const field = (name: string, kind: Kind, presence: Presence = "nonZero"): Field => ({
  name,
  jsonKey: name,
  kind,
  presence,
});
const capital = (name: string, kind: Kind): Field => ({
  name,
  jsonKey: `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
  kind,
  presence: "always",
});

const text: Kind = { _tag: "Text" };
const flag: Kind = { _tag: "Flag" };
const int: Kind = { _tag: "Integer", width: "int" };
const uint: Kind = { _tag: "Integer", width: "uint" };
const uint16: Kind = { _tag: "Integer", width: "uint16" };
const uint32: Kind = { _tag: "Integer", width: "uint32" };
const float32: Kind = { _tag: "Float32" };
const bytes: Kind = { _tag: "Bytes" };
const duration: Kind = { _tag: "Duration" };
const command: Kind = { _tag: "Command" };
const texts: Kind = { _tag: "Texts", form: "strict" };
const oneOrMany: Kind = { _tag: "Texts", form: "oneOrMany" };
const labels: Kind = { _tag: "TextMap", form: "labels" };
const mapping: Kind = { _tag: "TextMap", form: "mapping" };
const options: Kind = { _tag: "TextMap", form: "options" };
const strictMap: Kind = { _tag: "TextMap", form: "strict" };
const environment: Kind = { _tag: "TextMap", form: "environment" };
const hosts: Kind = { _tag: "Hosts" };
const struct = (fields: Fields): Kind => ({ _tag: "Struct", fields });
const list = (of: Kind): Kind => ({ _tag: "List", of });
const mapOf = (of: Kind, nullable = false): Kind => ({ _tag: "MapOf", of, nullable });

const fileReference: Fields = [
  field("source", text),
  field("target", text),
  field("uid", text),
  field("gid", text),
  field("mode", { _tag: "FileMode" }, "set"),
];

const build: Fields = [
  field("context", text),
  field("dockerfile", text),
  field("dockerfile_inline", text),
  field("entitlements", texts),
  field("args", environment),
  field("provenance", text),
  field("sbom", text),
  field("ssh", { _tag: "Ssh" }),
  field("labels", labels),
  field("cache_from", oneOrMany),
  field("cache_to", oneOrMany),
  field("no_cache", flag),
  field("additional_contexts", mapping),
  field("pull", flag),
  field("extra_hosts", hosts),
  field("isolation", text),
  field("network", text),
  field("target", text),
  field("secrets", list(struct(fileReference))),
  field("shm_size", bytes),
  field("tags", oneOrMany),
  field("ulimits", mapOf({ _tag: "Ulimit" })),
  field("platforms", oneOrMany),
  field("privileged", flag),
];

const hook: Fields = [
  field("command", command, "always"),
  field("image", text),
  field("user", text),
  field("privileged", flag),
  field("working_dir", text),
  field("environment", environment),
  field("per_replica", flag),
];

const watchRule: Fields = [
  field("path", text, "always"),
  field("action", text, "always"),
  field("target", text),
  field("exec", struct(hook), "inline"),
  field("include", oneOrMany),
  field("ignore", oneOrMany),
  field("initial_sync", flag),
];

const throttle = list(struct([capital("path", text), capital("rate", bytes)]));
const blkio: Fields = [
  field("weight", uint16),
  field("weight_device", list(struct([capital("path", text), capital("weight", uint16)]))),
  field("device_read_bps", throttle),
  field("device_read_iops", throttle),
  field("device_write_bps", throttle),
  field("device_write_iops", throttle),
];

const deviceRequest: Fields = [
  field("capabilities", texts),
  field("driver", text),
  field("count", { _tag: "DeviceCount" }),
  field("device_ids", texts),
  field("options", mapping),
];

const discrete: Fields = [field("kind", text, "always"), field("value", int, "always")];
const resource: Fields = [
  field("cpus", float32),
  field("memory", bytes),
  field("pids", int),
  field("devices", list(struct(deviceRequest))),
  field("generic_resources", list(struct([field("discrete_resource_spec", struct(discrete), "set")]))),
];

const updateConfig: Fields = [
  field("parallelism", uint, "set"),
  field("delay", duration),
  field("failure_action", text),
  field("monitor", duration),
  field("max_failure_ratio", float32),
  field("order", text),
];

const deploy: Fields = [
  field("mode", text),
  field("replicas", int, "set"),
  field("labels", labels),
  field("update_config", struct(updateConfig), "set"),
  field("rollback_config", struct(updateConfig), "set"),
  field(
    "resources",
    struct([field("limits", struct(resource), "set"), field("reservations", struct(resource), "set")]),
    "inline",
  ),
  field(
    "restart_policy",
    struct([
      field("condition", text),
      field("delay", duration, "set"),
      field("max_attempts", uint, "set"),
      field("window", duration, "set"),
    ]),
    "set",
  ),
  field(
    "placement",
    struct([
      field("constraints", texts),
      field("preferences", list(struct([field("spread", text)]))),
      field("max_replicas_per_node", uint),
    ]),
    "inline",
  ),
  field("endpoint_mode", text),
];

const healthcheck: Fields = [
  field("test", { _tag: "HealthTest" }),
  field("timeout", duration, "set"),
  field("interval", duration, "set"),
  field("retries", uint, "set"),
  field("start_period", duration, "set"),
  field("start_interval", duration, "set"),
  field("disable", flag),
];

const port: Fields = [
  field("name", text),
  field("mode", text),
  field("host_ip", text),
  field("target", uint32),
  field("published", text),
  field("protocol", text),
  field("app_protocol", text),
];

const bind: Fields = [
  field("selinux", text),
  field("propagation", text),
  field("create_host_path", flag),
  field("recursive", text),
];

const mount: Fields = [
  field("type", text),
  field("source", text),
  field("target", text),
  field("read_only", flag),
  field("consistency", text),
  field("bind", struct(bind), "set"),
  field("volume", struct([field("labels", mapping), field("nocopy", flag), field("subpath", text)]), "set"),
  field("tmpfs", struct([field("size", bytes), field("mode", uint32)]), "set"),
  field("image", struct([field("subpath", text)]), "set"),
];

const attachment: Fields = [
  field("aliases", texts),
  field("driver_opts", options),
  field("gw_priority", int),
  field("interface_name", text),
  field("ipv4_address", text),
  field("ipv6_address", text),
  field("link_local_ips", texts),
  field("mac_address", text),
  field("priority", int),
];

const dependency: Fields = [field("condition", text), field("restart", flag), field("required", flag, "always")];

export const serviceFields: Fields = [
  field("profiles", texts),
  field("annotations", mapping),
  field("attach", flag, "set"),
  field("build", struct(build), "set"),
  field("develop", struct([field("watch", list(struct(watchRule)))]), "set"),
  field("blkio_config", struct(blkio), "set"),
  field("cap_add", texts),
  field("cap_drop", texts),
  field("cgroup_parent", text),
  field("cgroup", text),
  field("cpu_count", int),
  field("cpu_percent", float32),
  field("cpu_period", int),
  field("cpu_quota", int),
  field("cpu_rt_period", int),
  field("cpu_rt_runtime", int),
  field("cpus", float32),
  field("cpuset", text),
  field("cpu_shares", int),
  field("command", command, "always"),
  field("configs", list(struct(fileReference))),
  field("container_name", text),
  field("credential_spec", struct([field("config", text), field("file", text), field("registry", text)]), "set"),
  field("depends_on", mapOf(struct(dependency))),
  field("deploy", struct(deploy), "set"),
  field("device_cgroup_rules", texts),
  field("devices", list(struct([field("source", text), field("target", text), field("permissions", text)]))),
  field("dns", oneOrMany),
  field("dns_opt", texts),
  field("dns_search", oneOrMany),
  field("dockerfile", text),
  field("domainname", text),
  field("entrypoint", command, "always"),
  field("provider", struct([field("type", text), field("options", { _tag: "MultiOptions" })]), "set"),
  field("environment", environment),
  field("env_file", list({ _tag: "EnvFile" })),
  field("expose", { _tag: "Texts", form: "printed" }),
  field("extends", struct([field("file", text), field("service", text)]), "set"),
  field("external_links", texts),
  field("extra_hosts", hosts),
  field("group_add", texts),
  field("gpus", list(struct(deviceRequest))),
  field("hostname", text),
  field("healthcheck", struct(healthcheck), "set"),
  field("image", text),
  field("init", flag, "set"),
  field("ipc", text),
  field("isolation", text),
  field("labels", labels),
  field("label_file", oneOrMany),
  field("links", texts),
  field("logging", struct([field("driver", text), field("options", options)]), "set"),
  field("log_driver", text),
  field("log_opt", strictMap),
  field("mem_limit", bytes),
  field("mem_reservation", bytes),
  field("memswap_limit", bytes),
  field("mem_swappiness", bytes),
  field("mac_address", text),
  field("models", mapOf(struct([field("endpoint_var", text), field("model_var", text)]), true)),
  field("net", text),
  field("network_mode", text),
  field("networks", mapOf(struct(attachment), true)),
  field("oom_kill_disable", flag),
  field("oom_score_adj", int),
  field("pid", text),
  field("pids_limit", int),
  field("platform", text),
  field("ports", list(struct(port))),
  field("privileged", flag),
  field("pull_policy", text),
  field("read_only", flag),
  field("restart", text),
  field("runtime", text),
  field("scale", int, "set"),
  field("secrets", list(struct(fileReference))),
  field("security_opt", texts),
  field("shm_size", bytes),
  field("stdin_open", flag),
  field("stop_grace_period", duration, "set"),
  field("stop_signal", text),
  field("storage_opt", strictMap),
  field("sysctls", mapping),
  field("tmpfs", oneOrMany),
  field("tty", flag),
  field("ulimits", mapOf({ _tag: "Ulimit" })),
  field("use_api_socket", flag),
  field("user", text),
  field("userns_mode", text),
  field("uts", text),
  field("volume_driver", text),
  field("volumes", list(struct(mount))),
  field("volumes_from", texts),
  field("working_dir", text),
  field("pre_start", list(struct(hook))),
  field("post_start", list(struct(hook))),
  field("pre_stop", list(struct(hook))),
];

const pool: Fields = [
  field("subnet", text),
  field("gateway", text),
  field("ip_range", text),
  field("aux_addresses", mapping),
];

export const networkFields: Fields = [
  field("name", text),
  field("driver", text),
  field("driver_opts", options),
  field(
    "ipam",
    struct([field("driver", text), field("config", list(struct(pool))), field("options", options)]),
    "inline",
  ),
  field("external", flag),
  field("internal", flag),
  field("attachable", flag),
  field("labels", labels),
  field("enable_ipv4", flag, "set"),
  field("enable_ipv6", flag, "set"),
];

export const volumeFields: Fields = [
  field("name", text),
  field("driver", text),
  field("driver_opts", options),
  field("external", flag),
  field("labels", labels),
];

export const fileObjectFields: Fields = [
  field("name", text),
  field("file", text),
  field("environment", text),
  field("content", text),
  field("external", flag),
  field("labels", labels),
  field("driver", text),
  field("driver_opts", strictMap),
  field("template_driver", text),
];

export const modelFields: Fields = [
  field("name", text),
  field("model", text),
  field("context_size", int),
  field("runtime_flags", texts),
];
