// Limits and restart policy as fields of HostConfig: in the body of a create, in that of an update, and in an inspect's answer.
// Source: Resources and RestartPolicy of the engine API 1.41 to 1.51.
import type { Settings } from "@composure/core/desired/settings";
import { defined } from "./drop.ts";

type Fields = Readonly<Record<string, unknown>>;

export const restartFields = (restart: Settings["restart"]): Fields | undefined =>
  restart === undefined ? undefined : { Name: restart.name, MaximumRetryCount: restart.maximumRetries };

export const limitFields = (settings: Settings): Fields => ({
  Memory: settings.memory,
  MemoryReservation: settings.memoryReservation,
  MemorySwap: settings.memorySwap,
  NanoCpus: settings.nanoCpus,
  CpuShares: settings.cpuShares,
  CpuPeriod: settings.cpuPeriod,
  CpuQuota: settings.cpuQuota,
  CpuRealtimePeriod: settings.cpuRealtimePeriod,
  CpuRealtimeRuntime: settings.cpuRealtimeRuntime,
  CpusetCpus: settings.cpuset,
  PidsLimit: settings.pidsLimit,
  BlkioWeight: settings.blkioWeight,
});

/** The body of POST /containers/{id}/update. */
export const updateBody = (settings: Settings): Fields =>
  defined({ ...limitFields(settings), RestartPolicy: restartFields(settings.restart) });

const set = <K extends keyof Settings>(key: K, value: unknown): Pick<Settings, K> | object =>
  value === undefined || value === null || value === 0 || value === "" ? {} : { [key]: value };

/** From the HostConfig of an inspect; what is not limited is absent. */
export const readSettings = (host: Fields): Settings => {
  const policy = (host["RestartPolicy"] ?? {}) as { readonly Name?: string; readonly MaximumRetryCount?: number };
  return {
    ...(policy.Name === undefined || policy.Name === ""
      ? {}
      : { restart: { name: policy.Name, maximumRetries: policy.MaximumRetryCount ?? 0 } }),
    ...set("memory", host["Memory"]),
    ...set("memoryReservation", host["MemoryReservation"]),
    ...set("memorySwap", host["MemorySwap"]),
    ...set("nanoCpus", host["NanoCpus"]),
    ...set("cpuShares", host["CpuShares"]),
    ...set("cpuPeriod", host["CpuPeriod"]),
    ...set("cpuQuota", host["CpuQuota"]),
    ...set("cpuRealtimePeriod", host["CpuRealtimePeriod"]),
    ...set("cpuRealtimeRuntime", host["CpuRealtimeRuntime"]),
    ...set("cpuset", host["CpusetCpus"]),
    ...set("pidsLimit", host["PidsLimit"]),
    ...set("blkioWeight", host["BlkioWeight"]),
  };
};
