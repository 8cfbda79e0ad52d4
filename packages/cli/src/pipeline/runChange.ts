// The road of every command that changes the engine: plan, show or ask, execute, report.
import { Engine } from "@composure/engine/Engine";
import type { Outcome } from "@composure/engine/Event";
import * as Effect from "effect/Effect";
import { renderPlan } from "../output/planView.ts";
import { openScreen } from "../screen/live.ts";
import type { Session } from "../session.ts";
import type { Change } from "./Change.ts";
import { executePlan } from "./execute.ts";
import type { Failure } from "./Failure.ts";
import { planChange, type Planned } from "./planning.ts";
import { exitCodeOf, renderReport } from "./report.ts";
import { review } from "./review.ts";

const stop = (code: number) => ({ _tag: "Stop", code }) as const;
const go = (planned: Planned) => ({ _tag: "Go", planned }) as const;

export const heading = (change: Change, engine: { readonly kind: string; readonly target: string }): string =>
  `${change.title} ${change.name} on ${engine.kind === "docker" ? `docker engine ${engine.target}` : engine.target}`;

export const showPlan = (change: Change, planned: Planned, session: Session): Effect.Effect<void, never, Engine> =>
  Effect.gen(function* () {
    const engine = yield* Engine;
    const { host, inks } = session;
    const columns = host.stdout.isTTY ? host.stdout.size().columns : 120;
    const text = renderPlan(planned.plan, { heading: heading(change, engine), paint: inks.stdout, columns, cwd: host.cwd });
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
        return go(planned);
      case "Declined":
        return stop(0);
      case "Replan": {
        const policy = { ...change.policy, allowDestroy: [...change.policy.allowDestroy, ...verdict.allowDestroy] };
        return go(yield* planChange({ ...change, policy }));
      }
      default:
        return yield* Effect.fail<Failure>(verdict);
    }
  });

export const reportOutcome = (planned: Planned, outcome: Outcome, change: Pick<Change, "title">, session: Session): Effect.Effect<void> =>
  Effect.promise(async () => {
    const { host, settings, inks } = session;
    const text = renderReport(planned.plan, outcome, change.title, settings.progress === "json" ? (_, plain) => plain : inks.stderr);
    if (text === "") return;
    const failed = exitCodeOf(outcome) !== 0;
    await host.stderr.write(settings.progress === "json" ? `${JSON.stringify({ ...(failed ? { error: true } : {}), message: text.trimEnd() })}\n` : text);
  });

/** Somebody else made a container of this name meanwhile: a new reading of the engine tells what is left to do. */
const wasOvertaken = (outcome: Outcome): boolean =>
  !outcome.interrupted && outcome.steps.some(({ outcome: ended }) => ended._tag === "Failed" && ended.error.reason._tag === "NameTaken");

/** Another run of the same project can overtake this one once or twice, not for ever. */
const mostAttempts = 5;

/** Interruption ends the run in good order, with a report of what was done and what is left. */
const attempt = (change: Change, session: Session, number: number): Effect.Effect<number, Failure, Engine> =>
  Effect.gen(function* () {
    const prepared = yield* prepare(change, session);
    if (prepared._tag === "Stop") return prepared.code;
    const { planned } = prepared;
    if (planned.plan.steps.length === 0) return 0;
    const screen = openScreen(session.host, session.settings, change.title);
    const ended = yield* Effect.uninterruptible(
      Effect.gen(function* () {
        const outcome = yield* executePlan(planned.plan, change, session, screen);
        if (number < mostAttempts && wasOvertaken(outcome)) return undefined;
        yield* reportOutcome(planned, outcome, change, session);
        return exitCodeOf(outcome);
      }),
    );
    if (ended !== undefined) return ended;
    yield* Effect.promise(async () => session.host.stderr.write("another run has changed this project meanwhile: planning again\n"));
    return yield* attempt(change, session, number + 1);
  });

export const runChange = (change: Change, session: Session): Effect.Effect<number, Failure, Engine> => attempt(change, session, 1);
