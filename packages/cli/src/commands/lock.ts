// lock: who changes this project right now; and the end of a lock whose holder is dead.
import { type Lock, lockText, standingOf } from "@composure/core/lock/lock";
import { Engine } from "@composure/engine/Engine";
import { breakLock, readLock } from "@composure/engine/lock";
import * as Effect from "effect/Effect";
import type { lockSpec } from "../argv/specs/lock.ts";
import { isAlive } from "../lock/holder.ts";
import { engineFailed, refuse, type Failure } from "../pipeline/Failure.ts";
import { print, runReading } from "../pipeline/reading.ts";
import type { Session } from "../session.ts";
import type { Run } from "./index.ts";

type Shown = (Lock & { readonly standing: "valid" | "expired" | "dead" }) | undefined;

const judged = (lock: Lock | undefined, now: number): Shown =>
  lock === undefined ? undefined : { ...lock, standing: standingOf(lock, { now, alive: isAlive(lock) })._tag.toLowerCase() as "valid" | "expired" | "dead" };

const remarks = {
  valid: "",
  expired: "; its holder has not been heard of since, and the next run goes on without asking",
  dead: "; its holder is dead, and the next run goes on without asking",
} as const;

const statusText = (project: string, lock: Shown, now: number): string =>
  lock === undefined ? `${project} is not locked\n` : `${lockText(lock, now)}${remarks[lock.standing]}\n`;

/** The token is the holder's own business. */
const asJson = (project: string, lock: Shown): string => {
  if (lock === undefined) return `${JSON.stringify({ project, locked: false })}\n`;
  const { owner, reason, since, expires, standing } = lock;
  return `${JSON.stringify({ project, locked: true, owner, reason, since, expires, standing })}\n`;
};

const brokenText = (project: string, lock: Shown): string => {
  if (lock === undefined) return `${project} is not locked\n`;
  const alive = lock.standing === "valid" ? "; if that run still goes on, both may disturb each other" : "";
  return `broke the lock of ${lock.owner} (${lock.reason}) on ${project}${alive}\n`;
};

const deed = (action: string, format: string, name: string, { host }: Session): Effect.Effect<string, Failure, Engine> =>
  Effect.gen(function* () {
    const engine = yield* Engine;
    const now = host.now() / 1000;
    const found = yield* Effect.mapError((action === "break" ? breakLock : readLock)(engine, name), engineFailed);
    const lock = judged(found, now);
    if (format === "json") return asJson(name, lock);
    return action === "break" ? brokenText(name, lock) : statusText(name, lock, now);
  });

export const run: Run<typeof lockSpec> = ({ globals, options, operands: [action = "status"] }, host) =>
  runReading(globals, host, (project, session) =>
    Effect.gen(function* () {
      if (action !== "status" && action !== "break") return yield* Effect.fail(refuse(`unknown action "${action}"`, "composure lock status shows the lock, composure lock break removes it"));
      if (options.format !== "text" && options.format !== "json") return yield* Effect.fail(refuse(`unknown format "${options.format}"`, "use text or json"));
      yield* print(host, yield* deed(action, options.format, project.name, session));
      return 0;
    }),
  );
