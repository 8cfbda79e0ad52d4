// Limits and restart policy of a container: what the engine can change while it lives (POST /containers/{id}/update, API 1.41).
import type { Service } from "../model/Service.ts";

/** Values as the engine takes them; absent means that nothing is asked for. Memory in bytes. */
export interface Settings {
  readonly restart?: { readonly name: string; readonly maximumRetries: number };
  readonly memory?: number;
  readonly memoryReservation?: number;
  /** Memory and swap together; -1 means without limit. */
  readonly memorySwap?: number;
  /** Billionths of a processor. */
  readonly nanoCpus?: number;
  readonly cpuShares?: number;
  /** Microseconds, as the three that follow. */
  readonly cpuPeriod?: number;
  readonly cpuQuota?: number;
  readonly cpuRealtimePeriod?: number;
  readonly cpuRealtimeRuntime?: number;
  /** "0-3" or "0,2". */
  readonly cpuset?: string;
  readonly pidsLimit?: number;
  readonly blkioWeight?: number;
}

/** docker compose reckons in 32-bit floats; the same file must ask for the same share. */
const nanoCpus = (cpus: number | undefined): number | undefined =>
  cpus === undefined || cpus === 0 ? undefined : Math.trunc(Math.fround(Math.fround(cpus) * 1e9));

/** 0 is how a file says "not set" for these. */
const positive = (value: number | undefined): number | undefined => (value === 0 ? undefined : value);

const conditions: Readonly<Record<string, string>> = { none: "no", any: "always" };

const restartOf = ({ deploy, restart }: Service): Settings["restart"] => {
  const deployed = deploy?.restart_policy;
  if (deployed !== undefined) {
    const condition = deployed.condition ?? "";
    return { name: conditions[condition] ?? condition, maximumRetries: deployed.max_attempts ?? 0 };
  }
  if (restart === undefined || restart === "") return undefined;
  const [name = "", count] = restart.split(":");
  return { name, maximumRetries: count === undefined ? 0 : Number(count) };
};

const given = <A extends object>(fields: { readonly [K in keyof A]: A[K] | undefined }): A =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as A;

/** The service's own values, overridden by those of its deploy section, as docker compose maps them. */
export const settingsOf = (service: Service): Settings => {
  const { limits, reservations } = service.deploy?.resources ?? {};
  return given<Settings>({
    restart: restartOf(service),
    memory: positive(limits?.memory) ?? positive(service.mem_limit),
    memoryReservation: positive(reservations?.memory) ?? positive(service.mem_reservation),
    memorySwap: positive(service.memswap_limit),
    nanoCpus: nanoCpus(limits?.cpus) ?? nanoCpus(service.cpus),
    cpuShares: positive(service.cpu_shares),
    cpuPeriod: positive(service.cpu_period),
    cpuQuota: positive(service.cpu_quota),
    cpuRealtimePeriod: positive(service.cpu_rt_period),
    cpuRealtimeRuntime: positive(service.cpu_rt_runtime),
    cpuset: service.cpuset === "" ? undefined : service.cpuset,
    pidsLimit: positive(limits?.pids) ?? positive(service.pids_limit),
    blkioWeight: positive(service.blkio_config?.weight),
  });
};
