// One deployer at a time: a labelled volume on the engine says who changes a project. Creating a volume tells whose it is,
// so that one request takes the lock and one gives it back. What stands in its way is judged here. Readers never lock.
import { byBytes } from "../hash/canonicalJson.ts";
import type { StringMap } from "../model/Service.ts";
import type { Operation } from "../plan/Operation.ts";
import type { Plan } from "../plan/Plan.ts";
import type { Intent } from "../policy/Intent.ts";

export interface Lock {
  readonly project: string;
  /** Who, for people: "ana@laptop:4242". */
  readonly owner: string;
  /** What for: "up web". */
  readonly reason: string;
  /** Random text of the holder's: letters and digits. */
  readonly token: string;
  /** Unix seconds by the engine's clock. */
  readonly since: number;
  readonly expires: number;
  /** Where the holder runs and which process it is, comparable by whoever runs there too; "" when it does not say. */
  readonly machine: string;
  readonly process: string;
}

/** What can be known of a lock from outside. */
export interface Bystander {
  /** Unix seconds by the engine's clock. */
  readonly now: number;
  /** Whether the holder's process lives; undefined for one on another machine. */
  readonly alive: boolean | undefined;
}

export type Standing =
  | { readonly _tag: "Valid" }
  /** Its time is over, and nobody prolonged it. */
  | { readonly _tag: "Expired" }
  /** Its holder ran on this machine and does not any more. */
  | { readonly _tag: "Dead" };

/** Seconds for which a lock holds without being prolonged: what a deployer on a machine that lost its power costs others. */
export const lockTerm = 120;

const prefix = "composure.lock";

export const lockLabel = {
  project: prefix,
  owner: `${prefix}.owner`,
  reason: `${prefix}.reason`,
  token: `${prefix}.token`,
  since: `${prefix}.since`,
  expires: `${prefix}.expires`,
  machine: `${prefix}.machine`,
  process: `${prefix}.process`,
} as const;

/** Whoever creates it holds the lock. */
export const lockVolume = (project: string): string => `composure-lock.${project}`;

/** Whoever creates this one may clear the lock with that token away; of several who found it invalid, one. */
export const heirVolume = (volume: string, token: string): string => `${volume}.after.${token}`;

/** Labels of a volume never change: a longer term is a volume of its own. */
export const prolongedVolume = (lock: Pick<Lock, "project" | "token" | "expires">): string => `${lockVolume(lock.project)}.until.${lock.expires}.${lock.token}`;

/** None of docker compose's labels: to it, this is no volume of the project. */
export const lockLabels = (lock: Lock): StringMap => ({
  [lockLabel.project]: lock.project,
  [lockLabel.owner]: lock.owner,
  [lockLabel.reason]: lock.reason,
  [lockLabel.token]: lock.token,
  [lockLabel.since]: String(lock.since),
  [lockLabel.expires]: String(lock.expires),
  [lockLabel.machine]: lock.machine,
  [lockLabel.process]: lock.process,
});

/** Labels are anyone's to write: what cannot be read counts as a lock that ran out long ago. */
const seconds = (text: string | undefined): number => (text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : 0);

const tokenOf = (text: string | undefined): string => (text !== undefined && /^[0-9a-zA-Z]{1,64}$/.test(text) ? text : "0");

/** The lock that a volume of that name stands for, also when somebody made it without our labels. */
export const lockOf = (project: string, labels: StringMap): Lock => ({
  project,
  owner: labels[lockLabel.owner] ?? "unknown",
  reason: labels[lockLabel.reason] ?? "unknown",
  token: tokenOf(labels[lockLabel.token]),
  since: seconds(labels[lockLabel.since]),
  expires: seconds(labels[lockLabel.expires]),
  machine: labels[lockLabel.machine] ?? "",
  process: labels[lockLabel.process] ?? "",
});

interface Volume {
  readonly name: string;
  readonly labels: StringMap;
}

/** Everything on the engine that belongs to locks of the project, by name. */
export const lockVolumes = (volumes: ReadonlyArray<Volume>, project: string): ReadonlyArray<string> =>
  volumes.filter(({ labels, name }) => labels[lockLabel.project] === project || name === lockVolume(project)).map(({ name }) => name).sort(byBytes);

/** The lock that counts, with the longest term that its holder asked for. */
export const currentLock = (volumes: ReadonlyArray<Volume>, project: string): Lock | undefined => {
  const main = volumes.find(({ name }) => name === lockVolume(project));
  return main === undefined ? undefined : prolongedBy(lockOf(project, main.labels), volumes);
};

export const prolongedBy = (lock: Lock, volumes: ReadonlyArray<Volume>): Lock => {
  const terms = volumes.map(({ labels }) => lockOf(lock.project, labels)).filter(({ token }) => token === lock.token);
  return { ...lock, expires: Math.max(lock.expires, ...terms.map(({ expires }) => expires)) };
};

/** A process that is known to live may be slow, and one that is known to be gone will not come back. */
export const standingOf = (lock: Lock, { now, alive }: Bystander): Standing => {
  if (alive === false) return { _tag: "Dead" };
  if (alive === true) return { _tag: "Valid" };
  return lock.expires <= now ? { _tag: "Expired" } : { _tag: "Valid" };
};

/** Images belong to the engine and are replaced in one piece. Signals and pauses are for emergencies, and make or remove nothing. */
const free: ReadonlySet<Intent["_tag"]> = new Set<Intent["_tag"]>(["Kill", "Pause", "Unpause", "Pull", "Push", "Build"]);

/** The same of steps in any plan; waiting changes nothing. */
const harmless: ReadonlySet<Operation["_tag"]> = new Set<Operation["_tag"]>(["WaitFor", "PullImage", "BuildImage"]);

/** Whether the plan must be alone. The container of `run` is nobody else's; what else `run` brings up is. */
export const needsLock = ({ intent, steps }: Pick<Plan, "intent" | "steps">): boolean => {
  if (free.has(intent._tag)) return false;
  const own = intent._tag === "Run" ? `container:${intent.name}` : undefined;
  return steps.some(({ operation, address }) => !harmless.has(operation._tag) && address !== own);
};

/** "12 s", "3 min", "2 h". */
export const spanText = (length: number): string => {
  if (length < 120) return `${Math.max(0, Math.round(length))} s`;
  return length < 7200 ? `${Math.round(length / 60)} min` : `${Math.round(length / 3600)} h`;
};

/** "shop is being changed by ana@laptop:4242 (up web) since 14:03:09 UTC, for 12 s". */
export const lockText = (lock: Lock, now: number): string =>
  lock.since === 0
    ? `${lock.project} is being changed by ${lock.owner} (${lock.reason})`
    : `${lock.project} is being changed by ${lock.owner} (${lock.reason}) since ${new Date(lock.since * 1000).toISOString().slice(11, 19)} UTC, for ${spanText(now - lock.since)}`;
