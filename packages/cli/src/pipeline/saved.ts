// Saved plans: to a file with all that they rely on, and back to the engine if that still holds.
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { preconditions } from "@composure/core/saved/preconditions";
import { fillSecrets, type SecretSource } from "@composure/core/saved/references";
import { decodeSaved, encodeSaved } from "@composure/core/saved/savedFile";
import { savedQuery, staleFiles, staleness } from "@composure/core/saved/staleness";
import type { SavedPlan } from "@composure/core/saved/Saved";
import { Engine } from "@composure/engine/Engine";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import { lockFor } from "../lock/deployLock.ts";
import type { Session } from "../session.ts";
import { version } from "../version.ts";
import type { Change } from "./Change.ts";
import { engineFailed, refuse, type Failure } from "./Failure.ts";
import { type Planned, wantedHere } from "./planning.ts";
import { runPlanned } from "./runChange.ts";
import { review } from "./review.ts";

/** A plan that no longer fits the engine. */
export const staleCode = 3;

const sourceOf = (change: Change, observed: Planned["observed"]): SecretSource | undefined =>
  change.source._tag === "FromFiles" ? { project: change.source.loaded.project, proxyEnvironment: change.proxyEnvironment, observed } : undefined;

/** Who saves it, for people; nobody when the environment does not say. */
const savedBy = (env: Readonly<Record<string, string>>): { readonly createdBy?: string } => {
  const user = env["USER"] || env["LOGNAME"];
  return user ? { createdBy: env["HOSTNAME"] ? `${user}@${env["HOSTNAME"]}` : user } : {};
};

export const savePlan = (file: string, { plan, observed }: Planned, change: Change, session: Session): Effect.Effect<void, Failure> =>
  Effect.suspend(() => {
    const { host } = session;
    const source = sourceOf(change, observed);
    if (source === undefined) return Effect.fail(refuse("a plan without files cannot be saved"));
    const meta = { createdAt: Math.trunc(host.now() / 1000), ...savedBy(host.env), version, target: observed.target, salt: randomBytes(16).toString("base64") };
    const text = encodeSaved(plan, preconditions(plan, observed), meta, source);
    if (Result.isFailure(text)) return Effect.fail<Failure>({ _tag: "Invalid", diagnostics: text.failure });
    // Plans tell names and layout; they are for their owner unless given away.
    return Effect.try({
      try: () => writeFileSync(resolve(host.cwd, file), text.success, { mode: 0o600 }),
      catch: (error) => refuse(`cannot write ${file}: ${(error as Error).message}`),
    });
  });

export const readSavedPlan = (file: string, session: Session): SavedPlan | Failure => {
  let text: string;
  try {
    text = readFileSync(resolve(session.host.cwd, file), "utf8");
  } catch (error) {
    return refuse(`cannot read ${file}: ${(error as Error).message}`);
  }
  const saved = decodeSaved(text);
  return Result.isSuccess(saved) ? saved.success : { _tag: "Invalid", diagnostics: saved.failure };
};

/** What of the plan's preconditions does not hold now, on the engine and in the files that containers mount. */
const compare = (saved: SavedPlan, change: Change) =>
  Effect.gen(function* () {
    const engine = yield* Engine;
    const desired = yield* wantedHere(change, engine);
    const observed = yield* Effect.mapError(engine.observe(savedQuery(saved)), engineFailed);
    const files = desired === undefined ? [] : staleFiles(saved, desired);
    return { observed, readHere: yield* Clock.currentTimeMillis, stale: [...staleness(saved, observed), ...files] };
  });

const tellStale = (stale: ReturnType<typeof staleness>, session: Session): Effect.Effect<number> => {
  const lines = stale.map(({ address, was, is }) => `  ${address}: ${was} → ${is}\n`).join("");
  const text = `the plan is stale: what it relies on has changed since it was made\n${lines}  make a new one with composure plan --out\n`;
  return Effect.as(Effect.promise(async () => session.host.stderr.write(text)), staleCode);
};

/** Runs the plan as it was saved, or tells what has changed since. */
export const applySaved = (saved: SavedPlan, change: Change, session: Session): Effect.Effect<number, Failure, Engine> =>
  Effect.gen(function* () {
    const { observed, readHere, stale } = yield* compare(saved, change);
    if (stale.length > 0) return yield* tellStale(stale, session);
    const source = sourceOf(change, observed);
    if (source === undefined) return yield* Effect.fail(refuse("the files that the plan was made from are needed"));
    const filled = fillSecrets(saved, source);
    if (Result.isFailure(filled)) return yield* Effect.fail<Failure>({ _tag: "Invalid", diagnostics: filled.failure });
    const plan = filled.success;
    const verdict = yield* Effect.promise(() => review(plan, change.yes, session));
    if (verdict._tag === "Declined") return 0;
    // What destroys data is not part of a plan that was saved without it.
    if (verdict._tag !== "Go" && verdict._tag !== "Replan") return yield* Effect.fail(verdict);
    const lock = yield* lockFor({ plan, observed, readHere }, change, session);
    const since = lock.late ? (yield* compare(saved, change)).stale : [];
    return since.length > 0 ? yield* tellStale(since, session) : yield* runPlanned(plan, change, session);
  }).pipe(Effect.scoped);
