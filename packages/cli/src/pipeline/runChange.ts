// The road of every command that changes the engine: plan, show or ask, execute, report.
import { Engine } from "@composure/engine/Engine";
import type { EngineReason } from "@composure/engine/EngineError";
import type { Outcome } from "@composure/engine/Event";
import type { Plan } from "@composure/core/plan/Plan";
import * as Effect from "effect/Effect";
import { lockFor } from "../lock/deployLock.ts";
import { openScreen } from "../screen/live.ts";
import type { Session } from "../session.ts";
import type { Change } from "./Change.ts";
import { executePlan } from "./execute.ts";
import type { Failure } from "./Failure.ts";
import { planChange, type Planned } from "./planning.ts";
import { exitCodeOf, renderReport, reportData } from "./report.ts";
import { review } from "./review.ts";

const stop = (code: number) => ({ _tag: "Stop", code }) as const;
const go = (planned: Planned, change: Change) => ({ _tag: "Go", planned, change }) as const;

export const heading = (change: Change, engine: { readonly kind: string; readonly target: string }): string =>
  `${change.title} ${change.name} on ${engine.kind === "docker" ? `docker engine ${engine.target}` : engine.target}`;

export const showPlan = (change: Change, planned: Planned, session: Session, format = "text"): Effect.Effect<void, never, Engine> =>
  Effect.gen(function* () {
    const engine = yield* Engine;
    const { host, inks } = session;
    const columns = host.stdout.isTTY ? host.stdout.size().columns : 120;
    // Drawings and documents are loaded only when a plan is shown.
    const { formatPlan } = yield* Effect.promise(() => import("../output/planFormats.ts"));
    const text = formatPlan(planned.plan, format, { heading: heading(change, engine), paint: inks.stdout, columns, cwd: host.cwd });
    yield* Effect.promise(async () => host.stdout.write(text));
  });

/** Plans and settles what must be settled before: `Go` with the plan to run, or the command's end. */
export const prepare = (change: Change, session: Session) =>
  Effect.gen(function* () {
    const planned = yield* planChange(change);
    if (session.globals.dryRun) {
      yield* showPlan(change, planned, session);
      return stop(0);
    }
    const verdict = yield* Effect.promise(() => review(planned.plan, change.yes, session));
    switch (verdict._tag) {
      case "Go":
        return go(planned, change);
      case "Declined":
        return stop(0);
      case "Replan": {
        const allowed = { ...change, policy: { ...change.policy, allowDestroy: [...change.policy.allowDestroy, ...verdict.allowDestroy] } };
        return go(yield* planChange(allowed), allowed);
      }
      default:
        return yield* Effect.fail<Failure>(verdict);
    }
  });

/**
 * As `prepare`, and nobody else changes the project until the lock is given back or the scope closes. What was planned
 * before a wait, or long ago, is planned again; consent to destroy data stays given.
 */
export const prepareAlone = (change: Change, session: Session) =>
  Effect.gen(function* () {
    const prepared = yield* prepare(change, session);
    if (prepared._tag === "Stop") return prepared;
    const lock = yield* lockFor(prepared.planned, prepared.change, session);
    if (!lock.late) return { ...prepared, lock };
    const again = yield* prepare(prepared.change, session);
    return again._tag === "Stop" ? again : { ...again, lock };
  });

/** Services whose image no registry gave, but whose files say how it is built; after `pull` only. */
const toBeBuilt = (outcome: Outcome, { intent, source }: Pick<Change, "intent" | "source">): string => {
  if (intent._tag !== "Pull" || source._tag !== "FromFiles") return "";
  const { services } = source.loaded.project;
  const names = outcome.steps.flatMap(({ step: { operation }, outcome: ended }) =>
    operation._tag === "PullImage" && ended._tag === "Done" && ended.result.id === undefined ? operation.services.filter((name) => services[name]?.build !== undefined) : [],
  );
  return names.length === 0 ? "" : `WARNING: Some service image(s) must be built from source by running:\n    composure build ${names.join(" ")}\n`;
};

export const reportOutcome = (plan: Plan, outcome: Outcome, change: Pick<Change, "title" | "intent" | "source">, session: Session): Effect.Effect<void> =>
  Effect.promise(async () => {
    const { host, settings, inks } = session;
    const text = renderReport(plan, outcome, change.title, settings.progress === "json" ? (_, plain) => plain : inks.stderr) + toBeBuilt(outcome, change);
    if (text === "") return;
    const failed = exitCodeOf(outcome) !== 0;
    await host.stderr.write(settings.progress === "json" ? `${JSON.stringify({ ...(failed ? { error: true } : {}), message: text.trimEnd(), report: reportData(plan, outcome) })}\n` : text);
  });

/** Before API 1.44 two requests at once can make a network twice; planning again takes the unused one away. */
const isMadeTwice = (reason: EngineReason): boolean =>
  (reason._tag === "Rejected" || reason._tag === "Conflict") && /^network \S+ is ambiguous \(\d+ matches found on name\)/.test(reason.detail);

/** Somebody else made a container, or a network, of this name meanwhile: a new reading of the engine tells what is left to do. */
const wasOvertaken = (outcome: Outcome): boolean =>
  !outcome.interrupted &&
  outcome.steps.some(({ outcome: ended }) => ended._tag === "Failed" && (ended.error.reason._tag === "NameTaken" || isMadeTwice(ended.error.reason)));

/** Another run of the same project can overtake this one once or twice, not for ever. */
const mostAttempts = 5;

const runOnce = (plan: Plan, change: Change, session: Session, mayTryAgain: boolean): Effect.Effect<number | "overtaken", never, Engine> =>
  Effect.uninterruptible(
    Effect.gen(function* () {
      const screen = openScreen(session.host, session.settings, change.title);
      if (plan.steps.length === 0) {
        screen.emit({ _tag: "PlanStarted", plan });
        screen.close();
        return 0;
      }
      const outcome = yield* executePlan(plan, change, session, screen);
      if (mayTryAgain && wasOvertaken(outcome)) return "overtaken";
      yield* reportOutcome(plan, outcome, change, session);
      return exitCodeOf(outcome);
    }),
  );

/** Executes a plan that is settled, and reports; the outcome tells the ids of what was made. */
export const carryOut = (plan: Plan, change: Change, session: Session): Effect.Effect<Outcome, never, Engine> =>
  Effect.uninterruptible(
    Effect.tap(executePlan(plan, change, session, openScreen(session.host, session.settings, change.title)), (outcome) => reportOutcome(plan, outcome, change, session)),
  );

/** Executes a plan that is settled, and reports. Interruption ends it in good order, telling what was done and what is left. */
export const runPlanned = (plan: Plan, change: Change, session: Session): Effect.Effect<number, never, Engine> =>
  Effect.map(runOnce(plan, change, session, false), (code) => (code === "overtaken" ? 1 : code));

const attempt = (change: Change, session: Session, number: number): Effect.Effect<number, Failure, Engine> =>
  Effect.gen(function* () {
    const alone = Effect.gen(function* () {
      const prepared = yield* prepareAlone(change, session);
      return prepared._tag === "Stop" ? prepared.code : yield* runOnce(prepared.planned.plan, change, session, number < mostAttempts);
    });
    const ended = yield* Effect.scoped(alone);
    if (ended !== "overtaken") return ended;
    yield* Effect.promise(async () => session.host.stderr.write("another run has changed this project meanwhile: planning again\n"));
    return yield* attempt(change, session, number + 1);
  });

export const runChange = (change: Change, session: Session): Effect.Effect<number, Failure, Engine> => attempt(change, session, 1);
