// Limits, devices and restart policy of a service, with the overrides of its deploy section, as HostConfig fields.
import type { DeviceRequest } from "@composure/core/model/Deploy";
import type { BlkioConfig, Device, Service, Ulimit } from "@composure/core/model/Service";
import { defined, filled } from "./drop.ts";

type Fields = Readonly<Record<string, unknown>>;

/** docker compose reckons in 32-bit floats; the same file must ask for the same share. */
const nanoCpus = (cpus: number | undefined): number | undefined =>
  cpus === undefined || cpus === 0 ? undefined : Math.trunc(Math.fround(Math.fround(cpus) * 1e9));

/** 0 is how a file says "not set" for these. */
const positive = (value: number | undefined): number | undefined => (value === 0 ? undefined : value);

const blkio = (config: BlkioConfig | undefined): Fields => {
  const rates = (devices: BlkioConfig["device_read_bps"]) =>
    filled(devices?.map(({ path, rate }) => ({ Path: path, Rate: rate })));
  return {
    BlkioWeight: positive(config?.weight),
    BlkioWeightDevice: filled(config?.weight_device?.map(({ path, weight }) => ({ Path: path, Weight: weight }))),
    BlkioDeviceReadBps: rates(config?.device_read_bps),
    BlkioDeviceReadIOps: rates(config?.device_read_iops),
    BlkioDeviceWriteBps: rates(config?.device_write_bps),
    BlkioDeviceWriteIOps: rates(config?.device_write_iops),
  };
};

const ulimits = (limits: Readonly<Record<string, Ulimit>> | undefined) =>
  filled(
    Object.entries(limits ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, limit]) => ({
        Name: name,
        Soft: limit.single ?? limit.soft ?? 0,
        Hard: limit.single ?? limit.hard ?? 0,
      })),
  );

/** A device that the Container Device Interface names, as in "vendor.com/class=name". */
const isCdi = (device: Device): boolean =>
  (device.target === undefined || device.target === device.source) &&
  /^[a-zA-Z][\w.-]*\/[a-zA-Z][\w-]*=[\w][\w.:-]*$/.test(device.source);

const request = (device: DeviceRequest, ...more: ReadonlyArray<string>) =>
  defined({
    Driver: device.driver,
    // Asking for certain devices and for a number of them exclude each other; neither means all.
    Count: device.count ?? (device.device_ids === undefined ? -1 : undefined),
    DeviceIDs: device.device_ids,
    Capabilities: [[...new Set([...(device.capabilities ?? []), ...more])]],
    Options: device.options,
  });

const deviceRequests = (service: Service) => {
  const cdi = (service.devices ?? []).filter(isCdi).map((device) => ({ Driver: "cdi", DeviceIDs: [device.source] }));
  const reserved = (service.deploy?.resources?.reservations?.devices ?? []).map((device) => request(device));
  const gpus = (service.gpus ?? []).map((device) => request(device, "gpu"));
  return filled([...cdi, ...reserved, ...gpus]);
};

const devices = (service: Service) =>
  filled(
    (service.devices ?? [])
      .filter((device) => !isCdi(device))
      .map((device) => ({
        PathOnHost: device.source,
        PathInContainer: device.target ?? device.source,
        CgroupPermissions: device.permissions ?? "rwm",
      })),
  );

const CONDITIONS: Readonly<Record<string, string>> = { none: "no", any: "always" };

export const restartPolicy = (service: Service): Fields | undefined => {
  const deployed = service.deploy?.restart_policy;
  if (deployed !== undefined) {
    const condition = deployed.condition ?? "";
    return { Name: CONDITIONS[condition] ?? condition, MaximumRetryCount: deployed.max_attempts ?? 0 };
  }
  if (service.restart === undefined || service.restart === "") return undefined;
  const [name = "", count] = service.restart.split(":");
  return { Name: name, MaximumRetryCount: count === undefined ? 0 : Number(count) };
};

export const resources = (service: Service): Fields => {
  const limits = service.deploy?.resources?.limits;
  return {
    Memory: positive(limits?.memory) ?? positive(service.mem_limit),
    MemoryReservation: positive(service.deploy?.resources?.reservations?.memory) ?? positive(service.mem_reservation),
    MemorySwap: positive(service.memswap_limit),
    MemorySwappiness: service.mem_swappiness,
    NanoCpus: nanoCpus(limits?.cpus) ?? nanoCpus(service.cpus),
    CpuShares: positive(service.cpu_shares),
    CpuPeriod: positive(service.cpu_period),
    CpuQuota: positive(service.cpu_quota),
    CpuRealtimePeriod: positive(service.cpu_rt_period),
    CpuRealtimeRuntime: positive(service.cpu_rt_runtime),
    CpuCount: positive(service.cpu_count),
    CpuPercent:
      service.cpu_percent === undefined ? undefined : positive(Math.trunc(Math.fround(service.cpu_percent) * 100)),
    CpusetCpus: service.cpuset,
    PidsLimit: positive(limits?.pids) ?? positive(service.pids_limit),
    OomKillDisable: service.oom_kill_disable,
    Ulimits: ulimits(service.ulimits),
    ...blkio(service.blkio_config),
    Devices: devices(service),
    DeviceCgroupRules: filled(service.device_cgroup_rules as Array<string> | undefined),
    DeviceRequests: deviceRequests(service),
  };
};
