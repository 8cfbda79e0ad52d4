// Limits, devices and restart policy of a service, with the overrides of its deploy section, as HostConfig fields.
import { settingsOf } from "@composure/core/desired/settings";
import type { DeviceRequest } from "@composure/core/model/Deploy";
import type { BlkioConfig, Device, Service, Ulimit } from "@composure/core/model/Service";
import { defined, filled } from "./drop.ts";
import { limitFields, restartFields } from "./settings.ts";

type Fields = Readonly<Record<string, unknown>>;

/** 0 is how a file says "not set" for these. */
const positive = (value: number | undefined): number | undefined => (value === 0 ? undefined : value);

const blkio = (config: BlkioConfig | undefined): Fields => {
  const rates = (devices: BlkioConfig["device_read_bps"]) =>
    filled(devices?.map(({ path, rate }) => ({ Path: path, Rate: rate })));
  return {
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

export const resources = (service: Service): Fields => {
  const settings = settingsOf(service);
  return {
    ...limitFields(settings),
    RestartPolicy: restartFields(settings.restart),
    MemorySwappiness: service.mem_swappiness,
    CpuCount: positive(service.cpu_count),
    CpuPercent:
      service.cpu_percent === undefined ? undefined : positive(Math.trunc(Math.fround(service.cpu_percent) * 100)),
    OomKillDisable: service.oom_kill_disable,
    Ulimits: ulimits(service.ulimits),
    ...blkio(service.blkio_config),
    Devices: devices(service),
    DeviceCgroupRules: filled(service.device_cgroup_rules as Array<string> | undefined),
    DeviceRequests: deviceRequests(service),
  };
};
