// The deploy lock around a plan that changes something: taken, waited for in line, and given back.
import { randomBytes } from "node:crypto";
import { parseDuration } from "@composure/core/decode/duration";
import { type Lock, lockText, lockVolume, needsLock, spanText } from "@composure/core/lock/lock";
import { Engine } from "@composure/engine/Engine";
import type { EngineError } from "@composure/engine/EngineError";
import { type HeldLock, keepLock, type Seeker, takeLock, type Taking } from "@composure/engine/lock";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import type * as Scope from "effect/Scope";
import { describeError } from "../output/engineError.ts";
import type { Change } from "../pipeline/Change.ts";
import { engineFailed, refuse, type Failure } from "../pipeline/Failure.ts";
import type { Planned } from "../pipeline/planning.ts";
import type { Session } from "../session.ts";
import { isAlive, machine, ownerName, processIdentity } from "./holder.ts";

/** Seconds to wait in line when nothing else is said: longer than most deployments, shorter than a night. */
const defaultPatience = 300;
/** Seconds for which what was read of the engine is taken for true when the lock comes at once. */
const freshness = 2;
/** Milliseconds between two looks at a lock that somebody else holds. */
const looks = { first: 100, longest: 1000 };

export interface DeployLock extends HeldLock {
  /** Time has passed since the engine was read, or somebody else was at work: the plan must be made again. */
  readonly late: boolean;
}

const unlocked: DeployLock = { giveBack: Effect.void, late: false };

/** Seconds. */
export const patienceOf = ({ globals, host }: Session): number | Failure => {
  const text = globals.lockTimeout ?? (host.env["COMPOSURE_LOCK_TIMEOUT"] || undefined);
  if (text === undefined) return defaultPatience;
  const parsed = /^\d+$/.test(text) ? Result.succeed(Number(text) * 1e9) : parseDuration(text);
  if (Result.isSuccess(parsed) && parsed.success >= 0) return parsed.success / 1e9;
  return refuse(`--lock-timeout takes a duration such as 30s or 5m, not "${text}"`);
};

/** What was asked for, in few words: "up web". */
const reasonOf = ({ title, intent }: Pick<Change, "title" | "intent">): string => [title, ...intent.services].join(" ").slice(0, 120);

/** `ahead`: how far the engine's clock is ahead of ours, in seconds. */
export const seekerOf = (project: string, reason: string, { host }: Session, ahead: number): Seeker => ({
  project,
  owner: ownerName(host.env),
  reason,
  token: randomBytes(8).toString("hex"),
  machine: machine(),
  process: processIdentity(),
  now: () => host.now() / 1000 + ahead,
  alive: isAlive,
});

const say = ({ host, settings, inks }: Session, text: string): Effect.Effect<void> =>
  Effect.promise(async () => {
    if (settings.progress === "quiet") return;
    await host.stderr.write(settings.progress === "json" ? `${JSON.stringify({ id: "lock", status: "Waiting", text })}\n` : `${inks.stderr("yellow", "waiting")}: ${text}\n`);
  });

const tooLong = (lock: Lock, seeker: Seeker, patience: number): Failure =>
  refuse(
    `${lockText(lock, seeker.now())}`,
    `${patience === 0 ? "wait for it with --lock-timeout 5m" : `waited ${spanText(patience)} for it, as --lock-timeout says`}. Look with composure lock status; if that run is dead, composure lock break`,
  );

/** Looks again and again until the lock is had. Between two looks it can be interrupted. */
const inLine = (seeker: Seeker, session: Session, patience: number): Effect.Effect<{ readonly lock: Lock; readonly waited: boolean }, Failure | EngineError, Engine> =>
  Effect.gen(function* () {
    const engine = yield* Engine;
    const began = seeker.now();
    let told = "";
    let pause = looks.first;
    for (;;) {
      const taking: Taking = yield* takeLock(engine, seeker);
      if (taking._tag === "Held") return { lock: taking.lock, waited: told !== "" };
      const left = began + patience - seeker.now();
      if (left <= 0) return yield* Effect.fail(tooLong(taking.lock, seeker, patience));
      if (told !== taking.lock.token) {
        told = taking.lock.token;
        yield* say(session, `${lockText(taking.lock, seeker.now())}; waiting up to ${spanText(left)} for its end (composure lock break if it is dead)`);
      }
      yield* Effect.interruptible(Effect.sleep(Math.min(pause, left * 1000)));
      pause = Math.min(looks.longest, pause * 2);
    }
  });

/** An engine that lets us deploy and refuses volumes cannot hold a lock; that is said, and no reason to refuse the work. */
const withoutLock = (session: Session, error: EngineError): Effect.Effect<DeployLock, Failure> => {
  if (error.reason._tag === "Unavailable") return Effect.fail(engineFailed(error));
  const { headline } = describeError(error);
  const warning = `this engine keeps no deploy lock (${headline}): two runs at once may disturb each other`;
  return Effect.as(
    Effect.promise(async () => session.host.stderr.write(session.settings.progress === "json" ? `${JSON.stringify({ id: "lock", status: "Warning", text: warning })}\n` : `${session.inks.stderr("yellow", "warning")}: ${warning}\n`)),
    unlocked,
  );
};

/** Has the lock when it ends, and keeps it until it is given back or the scope closes. A plan that changes nothing takes none. */
export const lockFor = (planned: Pick<Planned, "plan" | "observed" | "readHere">, change: Pick<Change, "name" | "title" | "intent">, session: Session): Effect.Effect<DeployLock, Failure, Engine | Scope.Scope> =>
  Effect.gen(function* () {
    const { plan, observed, readHere } = planned;
    if (!needsLock(plan)) return unlocked;
    const patience = patienceOf(session);
    if (typeof patience !== "number") return yield* Effect.fail(patience);
    const engine = yield* Engine;
    const seeker = seekerOf(change.name, reasonOf(change), session, observed.readAt - Math.trunc(readHere / 1000));
    const keeping = Effect.uninterruptible(
      Effect.gen(function* () {
        const { lock, waited } = yield* inLine(seeker, session, patience);
        const kept = yield* keepLock(engine, lock, seeker.now);
        // What was read while somebody was at work may be half of it.
        const between = observed.volumes.some(({ name }) => name === lockVolume(change.name));
        return { ...kept, late: waited || between || session.host.now() - readHere > freshness * 1000 };
      }),
    );
    return yield* Effect.catch(keeping, (error) => (error._tag === "EngineError" ? withoutLock(session, error) : Effect.fail(error)));
  });
