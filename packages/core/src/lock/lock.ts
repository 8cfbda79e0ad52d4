// One deployer at a time: whoever changes a project first puts up a labelled volume on the engine, then looks who else
// did. Writing before looking makes it safe: of two, at least the later one sees the other. Names are never shared, so
// that clearing away a lock that ran out cannot hit anyone else's. Readers never lock.
import { byBytes } from "../hash/canonicalJson.ts";
import type { StringMap } from "../model/Service.ts";
import type { Observed, ObservedVolume } from "../observed/Observed.ts";

export interface Lock {
  readonly project: string;
  /** Who, for people: "ana@laptop". */
  readonly owner: string;
  /** What for: "up web". */
  readonly reason: string;
  /** Random text of the holder's: letters and digits. */
  readonly token: string;
  /** Unix seconds by the engine's clock. */
  readonly since: number;
  readonly expires: number;
}

export interface LockRequest {
  readonly project: string;
  readonly owner: string;
  readonly reason: string;
  readonly token: string;
  /** Seconds after which others may go on without asking. */
  readonly ttl: number;
}

/** What to do to get the lock. */
export type Attempt =
  /** Create its volume, read again, ask `outcomeOf`. */
  { readonly _tag: "Create"; readonly lock: Lock } | { readonly _tag: "HeldBy"; readonly lock: Lock };

export type Outcome =
  /** `expired` are volumes of locks that ran out, and earlier ones of one's own: to be removed. */
  | { readonly _tag: "Held"; readonly lock: Lock; readonly expired: ReadonlyArray<string> }
  /** First in line, but somebody else is still there: read and ask again, or give up and remove one's own. */
  | { readonly _tag: "Wait"; readonly behind: Lock }
  /** Remove one's own volume; ask again later. */
  | { readonly _tag: "Lost"; readonly to: Lock }
  /** One's own is not there any more: somebody broke it. */
  | { readonly _tag: "Gone" };

const prefix = "composure.lock";

export const lockLabel = {
  project: prefix,
  owner: `${prefix}.owner`,
  reason: `${prefix}.reason`,
  token: `${prefix}.token`,
  since: `${prefix}.since`,
  expires: `${prefix}.expires`,
} as const;

/** A prolonged lock is a volume of its own. */
export const lockName = (lock: Pick<Lock, "project" | "token" | "expires">): string =>
  `composure-lock.${lock.project}.${lock.token}.${lock.expires}`;

/** None of docker compose's labels: to it, this is no volume of the project. */
export const lockLabels = (lock: Lock): StringMap => ({
  [lockLabel.project]: lock.project,
  [lockLabel.owner]: lock.owner,
  [lockLabel.reason]: lock.reason,
  [lockLabel.token]: lock.token,
  [lockLabel.since]: String(lock.since),
  [lockLabel.expires]: String(lock.expires),
});

/** Labels are anyone's to write: what cannot be read counts as a lock that ran out long ago. */
const seconds = (text: string | undefined): number =>
  text !== undefined && /^\d{1,12}$/.test(text) ? Number(text) : 0;

const lockOf = ({ labels }: ObservedVolume): Lock | undefined => {
  const project = labels[lockLabel.project];
  return project === undefined
    ? undefined
    : {
        project,
        owner: labels[lockLabel.owner] ?? "unknown",
        reason: labels[lockLabel.reason] ?? "unknown",
        token: labels[lockLabel.token] ?? "",
        since: seconds(labels[lockLabel.since]),
        expires: seconds(labels[lockLabel.expires]),
      };
};

interface Held {
  readonly name: string;
  readonly lock: Lock;
}
type Volumes = Pick<Observed, "volumes">;

/** Everyone must agree on it. */
const byTurn = (a: Held, b: Held): number =>
  a.lock.since - b.lock.since || byBytes(a.lock.token, b.lock.token) || a.lock.expires - b.lock.expires;

const locksOf = (observed: Volumes, project: string): ReadonlyArray<Held> =>
  observed.volumes
    .flatMap((volume): ReadonlyArray<Held> => {
      const lock = lockOf(volume);
      return lock?.project === project ? [{ name: volume.name, lock }] : [];
    })
    .sort(byTurn);

/** `now` in unix seconds by the engine's clock (`Observed.readAt`). */
export const isExpired = (lock: Lock, now: number): boolean => lock.expires <= now;

/** The lock that counts; if all ran out, the one that did so last. `observed` must have been read with volumes. */
export const readLock = (observed: Volumes, project: string, now: number): Lock | undefined => {
  const locks = locksOf(observed, project).map(({ lock }) => lock);
  return locks.find((lock) => !isExpired(lock, now)) ?? locks.toSorted((a, b) => a.expires - b.expires).at(-1);
};

/** Projects with a lock, for `lock status`. */
export const lockedProjects = (observed: Volumes): ReadonlyArray<string> =>
  Array.from(new Set(observed.volumes.flatMap(({ labels }) => labels[lockLabel.project] ?? []))).sort(byBytes);

/** A holder that asks with its own token prolongs its lock. */
export const attemptLock = (observed: Volumes, request: LockRequest, now: number): Attempt => {
  const { project, owner, reason, token, ttl } = request;
  const other = locksOf(observed, project).find(({ lock }) => lock.token !== token && !isExpired(lock, now));
  if (other !== undefined) return { _tag: "HeldBy", lock: other.lock };
  return { _tag: "Create", lock: { project, owner, reason, token, since: now, expires: now + ttl } };
};

/** Told from what was read after the volume of `wanted` was created. */
export const outcomeOf = (observed: Volumes, wanted: Lock, now: number): Outcome => {
  const all = locksOf(observed, wanted.project);
  const mine = all.find(({ name }) => name === lockName(wanted));
  if (mine === undefined) return { _tag: "Gone" };
  const other = all.find(({ lock }) => lock.token !== wanted.token && !isExpired(lock, now));
  if (other !== undefined)
    return byTurn(mine, other) < 0 ? { _tag: "Wait", behind: other.lock } : { _tag: "Lost", to: other.lock };
  return { _tag: "Held", lock: mine.lock, expired: all.filter((each) => each !== mine).map(({ name }) => name) };
};

/** The volumes to remove: of one's own lock when done, of everyone's when somebody breaks it. */
export const lockVolumes = (observed: Volumes, project: string, token?: string): ReadonlyArray<string> =>
  locksOf(observed, project)
    .filter(({ lock }) => token === undefined || lock.token === token)
    .map(({ name }) => name);

/** For the one who has to wait. */
export const lockText = (lock: Lock, now: number): string => {
  const left = lock.expires - now;
  return `${lock.project} is locked by ${lock.owner} (${lock.reason}) for ${Math.max(0, now - lock.since)} s; ${left > 0 ? `it runs out in ${left} s` : "it has run out"}`;
};
