// Takes, keeps and gives back the deploy lock of a project.
import { currentLock, heirVolume, type Lock, lockLabel, lockLabels, lockOf, lockTerm, lockVolume, lockVolumes, prolongedBy, prolongedVolume, standingOf } from "@composure/core/lock/lock";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import type * as Scope from "effect/Scope";
import * as Semaphore from "effect/Semaphore";
import type { EngineApi } from "./Engine.ts";
import type { EngineError } from "./EngineError.ts";

/** Who wants the lock, and what it can tell of others. */
export interface Seeker {
  readonly project: string;
  readonly owner: string;
  readonly reason: string;
  readonly token: string;
  readonly machine: string;
  readonly process: string;
  /** Unix seconds by the engine's clock. */
  readonly now: () => number;
  /** Whether the process behind a lock lives; undefined where that cannot be seen from here. */
  readonly alive: (lock: Lock) => boolean | undefined;
}

export type Taking = { readonly _tag: "Held"; readonly lock: Lock } | { readonly _tag: "HeldBy"; readonly lock: Lock };

const wanted = ({ project, owner, reason, token, machine, process, now }: Seeker): Lock => {
  const since = Math.trunc(now());
  return { project, owner, reason, token, machine, process, since, expires: since + lockTerm };
};

/** The lock that stands under the name after this: the given one, or the one that was there. */
const put = (engine: EngineApi, volume: string, lock: Lock): Effect.Effect<Lock, EngineError> =>
  Effect.map(engine.createVolume({ _tag: "CreateVolume", name: volume, volume: { driver: "local" }, labels: lockLabels(lock) }), ({ labels }) => lockOf(lock.project, labels));

const drop = (engine: EngineApi, volume: string): Effect.Effect<void, EngineError> =>
  Effect.catchReason(engine.removeVolume(volume), "EngineError", "NotFound", () => Effect.void);

/** Whether it may be cleared away, looking for prolongations only where they matter. */
const isVoid = (engine: EngineApi, seeker: Seeker, lock: Lock): Effect.Effect<boolean, EngineError> =>
  Effect.gen(function* () {
    const bystander = { now: seeker.now(), alive: seeker.alive(lock) };
    const standing = standingOf(lock, bystander);
    if (standing._tag !== "Expired") return standing._tag === "Dead";
    const volumes = yield* engine.listVolumes(`${lockLabel.project}=${lock.project}`);
    return standingOf(prolongedBy(lock, volumes), bystander)._tag !== "Valid";
  });

const held = (lock: Lock): Taking => ({ _tag: "Held", lock });
const heldBy = (lock: Lock): Taking => ({ _tag: "HeldBy", lock });

/** Takes away what prolonged an invalid lock, and what others who died while they cleared one away have left. */
const tidy = (engine: EngineApi, seeker: Seeker): Effect.Effect<void, EngineError> =>
  Effect.gen(function* () {
    const volumes = yield* engine.listVolumes(`${lockLabel.project}=${seeker.project}`);
    for (const { name, labels } of volumes) {
      const lock = lockOf(seeker.project, labels);
      if (name === lockVolume(seeker.project) || lock.token === seeker.token) continue;
      if (standingOf(lock, { now: seeker.now(), alive: seeker.alive(lock) })._tag !== "Valid") yield* drop(engine, name);
    }
  });

/**
 * Clears an invalid lock away and takes its place. Whoever creates the heir's volume may do so; looking again under it
 * makes sure that the invalid lock is the one that is removed, and never a new one of the same name.
 */
const succeed = (engine: EngineApi, seeker: Seeker, volume: string, invalid: Lock): Effect.Effect<Taking, EngineError> =>
  Effect.gen(function* () {
    const heir = heirVolume(volume, invalid.token);
    const right = yield* takeNamed(engine, seeker, heir);
    if (right._tag === "HeldBy") return right;
    const there = yield* put(engine, volume, wanted(seeker));
    if (there.token === invalid.token) {
      yield* drop(engine, volume);
      const mine = yield* put(engine, volume, wanted(seeker));
      yield* tidy(engine, seeker);
      yield* drop(engine, heir);
      return mine.token === seeker.token ? held(mine) : heldBy(mine);
    }
    yield* drop(engine, heir);
    return there.token === seeker.token ? held(there) : heldBy(there);
  });

const takeNamed = (engine: EngineApi, seeker: Seeker, volume: string): Effect.Effect<Taking, EngineError> =>
  Effect.gen(function* () {
    const there = yield* put(engine, volume, wanted(seeker));
    if (there.token === seeker.token) return held(there);
    return (yield* isVoid(engine, seeker, there)) ? yield* succeed(engine, seeker, volume, there) : heldBy(there);
  });

/** One request where nobody holds it. An interruption waits for the answer. */
export const takeLock = (engine: EngineApi, seeker: Seeker): Effect.Effect<Taking, EngineError> =>
  Effect.uninterruptible(takeNamed(engine, seeker, lockVolume(seeker.project)));

/** A lock that is held. */
export interface HeldLock {
  /** Does nothing the second time; a failure leaves a lock whose holder is gone, which hinders nobody here. */
  readonly giveBack: Effect.Effect<void>;
}

/** Prolongs the lock until it is given back, at the latest when the scope closes. */
export const keepLock = (engine: EngineApi, lock: Lock, now: () => number): Effect.Effect<HeldLock, never, Scope.Scope> =>
  Effect.gen(function* () {
    let expires = lock.expires;
    let prolonged: string | undefined;
    let given = false;
    // A term that is being prolonged is given back when that is through.
    const oneByOne = yield* Semaphore.make(1);
    const prolong = Effect.gen(function* () {
      const longer = { ...lock, expires: Math.trunc(now()) + lockTerm };
      const before = prolonged;
      const volume = prolongedVolume(longer);
      if (volume === before) return;
      // From here on it must be removed again, whatever the answer.
      prolonged = volume;
      yield* put(engine, volume, longer);
      expires = longer.expires;
      if (before !== undefined) yield* drop(engine, before);
    });
    const giveBack = Effect.uninterruptible(
      oneByOne.withPermits(1)(
        Effect.suspend(() => {
          if (given) return Effect.void;
          given = true;
          const extra = prolonged === undefined ? Effect.void : Effect.ignore(drop(engine, prolonged));
          return Effect.andThen(Effect.ignore(returnMain(engine, lock, now() >= expires)), extra);
        }),
      ),
    );
    const keep = Effect.uninterruptible(oneByOne.withPermits(1)(Effect.suspend(() => (given ? Effect.void : Effect.ignore(prolong)))));
    yield* Effect.addFinalizer(() => giveBack);
    yield* Effect.forkScoped(
      Effect.forever(Effect.andThen(Effect.sleep(`${(lockTerm * 2) / 3} seconds`), keep)),
    );
    return { giveBack };
  });

/** A holder that slept through its term may have been succeeded: what stands there now may be somebody else's. */
const returnMain = (engine: EngineApi, lock: Lock, overdue: boolean): Effect.Effect<void, EngineError> => {
  const volume = lockVolume(lock.project);
  if (!overdue) return drop(engine, volume);
  return Effect.flatMap(Effect.result(readLock(engine, lock.project)), (found) =>
    Result.isSuccess(found) && found.success?.token === lock.token ? drop(engine, volume) : Effect.void,
  );
};

export const readLock = (engine: EngineApi, project: string): Effect.Effect<Lock | undefined, EngineError> =>
  Effect.map(engine.listVolumes(`${lockLabel.project}=${project}`), (volumes) => currentLock(volumes, project));

/** Removes whatever there is of locks of the project, whoever holds them; gives the one that counted. */
export const breakLock = (engine: EngineApi, project: string): Effect.Effect<Lock | undefined, EngineError> =>
  Effect.gen(function* () {
    const volumes = yield* engine.listVolumes(`${lockLabel.project}=${project}`);
    // The lock itself goes last: until then nobody else begins.
    const names = lockVolumes(volumes, project).toSorted((a, b) => b.length - a.length);
    for (const name of names) yield* drop(engine, name);
    return currentLock(volumes, project);
  });
