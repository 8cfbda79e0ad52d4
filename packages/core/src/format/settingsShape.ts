// The shape of limits and restart policy, in plans and in snapshots.
import type { Settings } from "../desired/settings.ts";
import { named, number, optional, struct, text, whole } from "./shape.ts";

export const settingsShape = named("settings", "What the engine can change of a container while it lives.", () =>
  struct<Settings>({
    restart: optional(struct<NonNullable<Settings["restart"]>>({ name: text, maximumRetries: whole })),
    memory: optional(number),
    memoryReservation: optional(number),
    memorySwap: optional(number),
    nanoCpus: optional(number),
    cpuShares: optional(whole),
    cpuPeriod: optional(whole),
    cpuQuota: optional(whole),
    cpuRealtimePeriod: optional(whole),
    cpuRealtimeRuntime: optional(whole),
    cpuset: optional(text),
    pidsLimit: optional(whole),
    blkioWeight: optional(whole),
  }),
);
