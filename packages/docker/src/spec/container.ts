// A container as the engine takes it: from a bound specification to the body of POST /containers/create.
// Source: engine API 1.41 to 1.51; which service field goes where is docker compose's own mapping.
import type { EnvironmentMap, Healthcheck, Service, StringMap } from "@composure/core/model/Service";
import type { BoundContainerSpec, EndpointSpec } from "@composure/core/plan/Operation";
import { Unsupported } from "@composure/engine/EngineError";
import * as Result from "effect/Result";
import { defined, filled } from "./drop.ts";
import { encodeMounts } from "./mounts.ts";
import { endpointBody } from "./network.ts";
import { exposedPorts, portBindings } from "./ports.ts";
import { resources } from "./resources.ts";
import { security } from "./security.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What the body depends on besides the specification. */
export interface Surroundings {
  /** Whether the engine speaks this API version or a newer one. */
  readonly speaks: (version: string) => boolean;
  /** Seccomp profiles: JSON text by the name that `security_opt` gives. */
  readonly profiles: Readonly<Record<string, string>>;
}

/** Sorted, so that the same service always makes the same body. A key without value goes as the bare key. */
const environment = (proxies: StringMap, own: EnvironmentMap | undefined): ReadonlyArray<string> =>
  Object.entries({ ...proxies, ...own })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => (value === null ? key : `${key}=${value}`));

const healthcheck = (check: Healthcheck | undefined): Fields | undefined => {
  if (check === undefined) return undefined;
  if (check.disable === true) return { Test: ["NONE"] };
  return defined({
    Test: check.test,
    Interval: check.interval,
    Timeout: check.timeout,
    Retries: check.retries,
    StartPeriod: check.start_period,
    StartInterval: check.start_interval,
  });
};

const tmpfs = (entries: ReadonlyArray<string>): Record<string, string> =>
  Object.fromEntries(
    entries.map((entry) => {
      const colon = entry.indexOf(":");
      return colon < 0 ? [entry, ""] : [entry.slice(0, colon), entry.slice(colon + 1)];
    }),
  );

const extraHosts = (hosts: Service["extra_hosts"]): ReadonlyArray<string> =>
  Object.entries(hosts ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([host, addresses]) => addresses.map((address) => `${host}:${address}`));

/** The text of `ipc` and `pid` unless it names a service, which only a bound reference can stand for. */
const ownMode = (bound: string | undefined, text: string | undefined): string | undefined =>
  bound ?? (text === undefined || text.startsWith("service:") ? undefined : text);

const networkMode = (spec: BoundContainerSpec): string => spec.networkMode ?? spec.endpoints[0]?.network ?? "none";

const hostConfig = (spec: BoundContainerSpec, around: Surroundings): Fields => {
  const { service } = spec;
  const mounts = encodeMounts(spec.mounts, around.speaks("1.42"));
  const secure = security(service.security_opt ?? [], around.profiles);
  const open = secure.openSystemPaths ? [] : undefined;
  return defined({
    NetworkMode: networkMode(spec),
    Binds: filled(mounts.Binds as Array<string>),
    Mounts: filled(mounts.Mounts as Array<Fields>),
    Tmpfs: filled(tmpfs(service.tmpfs ?? [])),
    VolumesFrom: filled(spec.volumesFrom as Array<string>),
    VolumeDriver: service.volume_driver,
    PortBindings: filled(portBindings(service.ports ?? [])),
    Links: filled(spec.links as Array<string>),
    Dns: filled(service.dns as Array<string> | undefined),
    DnsSearch: filled(service.dns_search as Array<string> | undefined),
    DnsOptions: filled(service.dns_opt as Array<string> | undefined),
    ExtraHosts: filled(extraHosts(service.extra_hosts) as Array<string>),
    AutoRemove: spec.interactive.autoRemove ? true : undefined,
    LogConfig:
      service.logging === undefined
        ? undefined
        : { Type: service.logging.driver ?? "", Config: service.logging.options ?? {} },
    Init: service.init,
    Privileged: service.privileged,
    ReadonlyRootfs: service.read_only,
    CapAdd: filled(service.cap_add as Array<string> | undefined),
    CapDrop: filled(service.cap_drop as Array<string> | undefined),
    GroupAdd: filled(service.group_add as Array<string> | undefined),
    SecurityOpt: filled(secure.options as Array<string>),
    MaskedPaths: open,
    ReadonlyPaths: open,
    IpcMode: ownMode(spec.ipcMode, service.ipc),
    PidMode: ownMode(spec.pidMode, service.pid),
    UTSMode: service.uts,
    UsernsMode: service.userns_mode,
    CgroupnsMode: service.cgroup,
    CgroupParent: service.cgroup_parent,
    Sysctls: filled(service.sysctls),
    StorageOpt: filled(service.storage_opt),
    ShmSize: service.shm_size,
    OomScoreAdj: service.oom_score_adj,
    Runtime: service.runtime,
    Isolation: service.isolation,
    Annotations: filled(service.annotations),
    ...resources(service),
    ...(spec.interactive.autoRemove ? { RestartPolicy: undefined } : {}),
  });
};

/** What the engine is too old for; it would ignore most of these without a word. */
const missingFeature = (spec: BoundContainerSpec, speaks: Surroundings["speaks"]): Unsupported | undefined => {
  const wants: ReadonlyArray<readonly [boolean, string, string]> = [
    [spec.service.healthcheck?.start_interval !== undefined, "healthcheck.start_interval", "1.44"],
    [
      spec.mounts.some(
        (mount) => mount._tag === "Bind" && (mount.recursive === "writable" || mount.recursive === "readonly"),
      ),
      "bind.recursive",
      "1.44",
    ],
    [spec.mounts.some((mount) => mount._tag === "Volume" && mount.subpath !== undefined), "volume.subpath", "1.45"],
    [spec.mounts.some((mount) => mount._tag === "Image"), "volumes of type image", "1.48"],
    [
      spec.endpoints.some((endpoint) => endpoint.settings?.interface_name !== undefined),
      "networks.interface_name",
      "1.49",
    ],
  ];
  const missing = wants.find(([wanted, , version]) => wanted && !speaks(version));
  return missing === undefined
    ? undefined
    : new Unsupported({ feature: missing[1], needs: `engine API ${missing[2]} or newer` });
};

/** Endpoints of the network that the container is created in, and of those that it joins afterwards. */
const splitEndpoints = (spec: BoundContainerSpec, { speaks }: Surroundings) => {
  const mode = networkMode(spec);
  const joins = spec.networkMode === undefined || spec.endpoints.some((endpoint) => endpoint.network === mode);
  const all = joins ? spec.endpoints : [];
  if (speaks("1.44")) return { first: all, later: [] };
  return {
    first: all.filter((endpoint) => endpoint.network === mode),
    later: all.filter((endpoint) => endpoint.network !== mode),
  };
};

/** The networks that an engine before API 1.44 must be asked for one by one, before the container starts. */
export const laterEndpoints = (spec: BoundContainerSpec, around: Surroundings): ReadonlyArray<EndpointSpec> =>
  splitEndpoints(spec, around).later;

const networking = (spec: BoundContainerSpec, around: Surroundings): Fields | undefined => {
  const { first } = splitEndpoints(spec, around);
  return filled({
    EndpointsConfig: Object.fromEntries(first.map((endpoint) => [endpoint.network, endpointBody(endpoint)])),
  });
};

export const containerBody = (spec: BoundContainerSpec, around: Surroundings): Result.Result<Fields, Unsupported> => {
  const missing = missingFeature(spec, around.speaks);
  if (missing !== undefined) return Result.fail(missing);
  const { service } = spec;
  const stopAfter = service.stop_grace_period;
  return Result.succeed(
    defined({
      Image: spec.image,
      Hostname: service.hostname,
      Domainname: service.domainname,
      User: service.user,
      WorkingDir: service.working_dir,
      Cmd: service.command ?? undefined,
      Entrypoint: service.entrypoint ?? undefined,
      Env: filled(environment(spec.proxyEnvironment, service.environment) as Array<string>),
      Labels: spec.labels,
      Healthcheck: healthcheck(service.healthcheck),
      StopSignal: service.stop_signal,
      StopTimeout: stopAfter === undefined ? undefined : Math.trunc(stopAfter / 1e9),
      Tty: service.tty,
      OpenStdin: service.stdin_open === true || spec.interactive.stdin ? true : undefined,
      StdinOnce: spec.interactive.stdin ? true : undefined,
      AttachStdin: spec.interactive.stdin ? true : undefined,
      AttachStdout: true,
      AttachStderr: true,
      NetworkDisabled: service.network_mode === "disabled" ? true : undefined,
      MacAddress: around.speaks("1.44") ? undefined : spec.endpoints[0]?.macAddress,
      ExposedPorts: filled(exposedPorts(service.ports ?? [], service.expose ?? [])),
      HostConfig: hostConfig(spec, around),
      NetworkingConfig: networking(spec, around),
    }),
  );
};
