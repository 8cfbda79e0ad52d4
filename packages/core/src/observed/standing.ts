// Where a container stands to the configuration of its service: as wanted, to be updated while it lives, or to be replaced.
import { carriesHash } from "../desired/configHash.ts";
import type { DesiredService } from "../desired/Desired.ts";
import { labelOf } from "../desired/labels.ts";
import { type Settings, settingsOf } from "../desired/settings.ts";
import { classifyChange, classifyChanges } from "../explain/classify.ts";
import { diffConfig } from "../explain/diff.ts";
import { diffLive } from "../explain/live.ts";
import { explainsHash } from "../explain/proof.ts";
import { decodeRecord, recordLabel } from "../explain/record.ts";
import type { Service } from "../model/Service.ts";
import type { FieldChange, Reason } from "../plan/Reason.ts";
import type { ObservedContainer } from "./Observed.ts";

/** An update of a container that stays. */
export interface Tuning {
  readonly settings: Settings;
  readonly reason: Reason;
}

export type Standing =
  | { readonly _tag: "AsWanted" }
  | ({ readonly _tag: "Tune" } & Tuning)
  | { readonly _tag: "Replace"; readonly reason: Reason };

export interface StandingInput {
  readonly container: ObservedContainer;
  readonly desired: DesiredService;
  readonly idOf: (service: string) => string | undefined;
  readonly imageIdOf: (reference: string) => string | undefined;
}

type Key = keyof Settings;

/** The fields of the file behind each setting; the first one names it when neither is written. */
const paths: { readonly [K in Key]-?: readonly [string, ...ReadonlyArray<string>] } = {
  restart: [
    "restart",
    "deploy.restart_policy.condition",
    "deploy.restart_policy.max_attempts",
    "deploy.restart_policy",
  ],
  memory: ["mem_limit", "deploy.resources.limits.memory"],
  memoryReservation: ["mem_reservation", "deploy.resources.reservations.memory"],
  memorySwap: ["memswap_limit"],
  nanoCpus: ["cpus", "deploy.resources.limits.cpus"],
  cpuShares: ["cpu_shares"],
  cpuPeriod: ["cpu_period"],
  cpuQuota: ["cpu_quota"],
  cpuRealtimePeriod: ["cpu_rt_period"],
  cpuRealtimeRuntime: ["cpu_rt_runtime"],
  cpuset: ["cpuset"],
  pidsLimit: ["pids_limit", "deploy.resources.limits.pids"],
  blkioWeight: ["blkio_config.weight"],
};
const keys = Object.keys(paths).sort() as ReadonlyArray<Key>;

const noRestart: NonNullable<Settings["restart"]> = { name: "no", maximumRetries: 0 };

/** A limit of memory brings one of memory and swap with it: twice as much when the file says nothing, as at a create. */
const withSwap = (settings: Settings, wanted: Settings): Settings =>
  settings.memory === undefined && settings.memorySwap === undefined
    ? settings
    : {
        ...settings,
        ...(wanted.memory === undefined
          ? {}
          : { memory: wanted.memory, memorySwap: wanted.memorySwap ?? 2 * wanted.memory }),
      };

const pick = (wanted: Settings, chosen: ReadonlyArray<Key>): Settings => {
  const picked: Settings = Object.fromEntries(
    chosen.flatMap((key) => (wanted[key] === undefined ? [] : [[key, wanted[key]]])),
  );
  return withSwap(chosen.includes("restart") ? { ...picked, restart: wanted.restart ?? noRestart } : picked, wanted);
};

/** By the container's own record; without one (docker compose made it) by what the engine's list tells. */
const replaceFor = ({ container, desired }: StandingInput, fields: ReadonlyArray<FieldChange>): Standing => ({
  _tag: "Replace",
  reason:
    container.labels[recordLabel] === undefined
      ? { _tag: "ConfigChanged", fields: diffLive(container, desired), from: "live" }
      : { _tag: "ConfigChanged", fields },
});

const restartText = ({ name, maximumRetries } = noRestart): string =>
  maximumRetries === 0 ? name : `${name}:${maximumRetries}`;

/** As the file would write it. */
const textOf = (key: Key, settings: Settings): string | null => {
  const value = settings[key];
  if (value === undefined) return null;
  if (typeof value === "object") return restartText(value);
  return key === "nanoCpus" ? String(Number(value) / 1e9) : String(value);
};

const isWritten = (service: unknown, path: string): boolean =>
  path.split(".").reduce((at: unknown, key) => (at as Record<string, unknown> | undefined)?.[key], service) !==
  undefined;

const fieldOf = (key: Key, service: Service): string =>
  paths[key].find((path) => isWritten(service, path)) ?? paths[key][0];

const isSame = (key: Key, live: Settings, wanted: Settings): boolean => {
  switch (key) {
    case "restart":
      return restartText(live.restart) === restartText(wanted.restart);
    case "memorySwap":
      // -1: the engine's kernel does not count swap. Without a word in the file it follows the memory.
      return wanted.memorySwap === undefined || live.memorySwap === -1 || live.memorySwap === wanted.memorySwap;
    case "pidsLimit":
      return (live.pidsLimit ?? 0) <= 0 ? wanted.pidsLimit === undefined : live.pidsLimit === wanted.pidsLimit;
    default:
      return live[key] === wanted[key];
  }
};

/** An updated container: what it has is compared with what it should have, whatever its labels say. */
const byLiveSettings = (input: StandingInput, live: Settings): Standing => {
  const { desired } = input;
  const wanted = settingsOf(desired.service);
  const changed = keys.filter((key) => !isSame(key, live, wanted));
  if (changed.length === 0) return { _tag: "AsWanted" };
  const fields = changed
    .map((key): FieldChange => ({
      path: fieldOf(key, desired.service),
      before: textOf(key, live),
      after: textOf(key, wanted),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const reason: Reason = { _tag: "ConfigChanged", fields };
  // The engine can change a limit but not take it away.
  return changed.some((key) => key !== "restart" && wanted[key] === undefined)
    ? { _tag: "Replace", reason }
    : { _tag: "Tune", settings: pick(wanted, changed), reason };
};

const isUpdate = (change: FieldChange): boolean => classifyChange(change).effect === "Update";

/** The settings that changed fields stand for. `deploy` may have changed as a whole. */
const settingsBehind = (fields: ReadonlyArray<FieldChange>): ReadonlyArray<Key> =>
  keys.filter((key) => paths[key].some((path) => fields.some((field) => field.path === path)));

/** docker compose leaves the access mode of volumes_from out of the hash; the record has it. */
const accessChanges = ({ container, desired }: StandingInput): ReadonlyArray<FieldChange> =>
  desired.service.volumes_from === undefined
    ? []
    : diffConfig(container.labels[recordLabel], desired.service).filter(({ path }) => path.startsWith("volumes_from"));

export const standingOf = (input: StandingInput): Standing => {
  const { container, desired, idOf, imageIdOf } = input;
  const { settings: live, labels } = container;
  const hash = labels[labelOf.configHash] ?? "";
  if (carriesHash(hash, desired.service, idOf, imageIdOf)) {
    const access = accessChanges(input);
    if (access.length > 0) return replaceFor(input, access);
    return live === undefined ? { _tag: "AsWanted" } : byLiveSettings(input, live);
  }
  const fields = diffConfig(labels[recordLabel], desired.service);
  const effect = classifyChanges(fields);
  const record = decodeRecord(labels[recordLabel]);
  if (effect === "Recreate" || !explainsHash(hash, record, desired.service, idOf)) return replaceFor(input, fields);
  if (live !== undefined) return byLiveSettings(input, live);
  const updates = fields.filter(isUpdate);
  if (updates.length === 0) return { _tag: "AsWanted" };
  const settings = pick(settingsOf(desired.service), settingsBehind(updates));
  return { _tag: "Tune", settings, reason: { _tag: "ConfigChanged", fields: updates } };
};
