// Walks a plan: a step begins as soon as everything it looks at has ended, and a failure stays in its own branch.
import type { InjectedFile } from "@composure/core/desired/Desired";
import type { StepId } from "@composure/core/plan/Operation";
import type { Plan, Step } from "@composure/core/plan/Plan";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type * as Fiber from "effect/Fiber";
import * as Queue from "effect/Queue";
import type * as Scope from "effect/Scope";
import * as Semaphore from "effect/Semaphore";
import { type Decision, decide, isWayBack, watchedSteps } from "./decide.ts";
import { Engine } from "./Engine.ts";
import { EngineError, Rejected } from "./EngineError.ts";
import type { Outcome, StepOutcome, StepResult } from "./Event.ts";
import { Events } from "./Events.ts";
import { type Act, perform, type Stage } from "./perform.ts";
import { openWatch } from "./watch.ts";

export interface ExecuteOptions {
  /** The text of a config or secret that is put into containers. */
  readonly contents: (file: InjectedFile) => string;
  /** How many engine calls may be under way at once; absent means no limit. Waits and hooks never count. */
  readonly parallel?: number;
}

interface Ended {
  readonly step: Step;
  readonly exit: Exit.Exit<StepResult, EngineError>;
}

interface Walk {
  readonly stage: Stage;
  readonly outcomes: Map<StepId, StepOutcome>;
  /** How many of the steps that a step looks at have not ended. */
  readonly open: Map<StepId, number>;
  readonly watchers: ReadonlyMap<StepId, ReadonlyArray<Step>>;
  readonly running: Map<StepId, { readonly step: Step; readonly fiber: Fiber.Fiber<StepResult, EngineError> }>;
  readonly ended: Queue.Queue<Ended>;
  readonly limit: Semaphore.Semaphore | undefined;
  interrupted: boolean;
}

const indexWatchers = (plan: Plan): ReadonlyMap<StepId, ReadonlyArray<Step>> => {
  const watchers = new Map<StepId, Array<Step>>(plan.steps.map(({ id }) => [id, []]));
  for (const step of plan.steps) {
    for (const watched of watchedSteps(step)) {
      const list = watchers.get(watched);
      if (list === undefined) throw new Error(`step ${step.id} looks at step ${watched}, which is not in the plan`);
      list.push(step);
    }
  }
  return watchers;
};

/** An interruption that came before is noticed here: what follows in the same fiber does not begin. */
const unlessInterrupted: Effect.Effect<void> = Effect.interruptible(Effect.void);

/** Runs in a fiber that cannot be interrupted but where it says so: what a change of the engine gave is never lost. */
const runAct = (walk: Walk, step: Step, act: Act): Effect.Effect<StepResult, EngineError> => {
  const started = walk.stage.emit({ _tag: "StepStarted", step });
  const { limit } = walk;
  const limited = (effect: Effect.Effect<StepResult, EngineError>) =>
    limit === undefined
      ? Effect.andThen(unlessInterrupted, effect)
      : Effect.andThen(Effect.interruptible(limit.take(1)), Effect.ensuring(Effect.andThen(unlessInterrupted, effect), limit.release(1)));
  switch (act._tag) {
    case "Call":
      return limited(Effect.andThen(started, act.effect));
    case "Transfer":
      return limited(Effect.andThen(started, Effect.interruptible(act.effect)));
    case "Wait":
      return Effect.andThen(unlessInterrupted, Effect.andThen(started, Effect.interruptible(act.effect)));
  }
};

const begin = (walk: Walk, step: Step): Effect.Effect<void> =>
  Effect.gen(function* () {
    const act = perform(walk.stage, step);
    const fiber = yield* Effect.forkChild(runAct(walk, step, act), { uninterruptible: true });
    walk.running.set(step.id, { step, fiber });
    fiber.addObserver((exit) => Queue.offerUnsafe(walk.ended, { step, exit }));
  });

const settle = (walk: Walk, step: Step, outcome: StepOutcome): ReadonlyArray<Step> => {
  walk.outcomes.set(step.id, outcome);
  const ready: Array<Step> = [];
  for (const watcher of walk.watchers.get(step.id) ?? []) {
    const open = (walk.open.get(watcher.id) ?? 0) - 1;
    walk.open.set(watcher.id, open);
    if (open === 0) ready.push(watcher);
  }
  return ready;
};

const outcomeOf = (step: Step, exit: Exit.Exit<StepResult, EngineError>): StepOutcome => {
  if (Exit.isSuccess(exit)) return { _tag: "Done", result: exit.value };
  const failure = exit.cause.reasons.find(Cause.isFailReason);
  if (failure !== undefined) return { _tag: "Failed", error: failure.error };
  if (Cause.hasInterruptsOnly(exit.cause)) return { _tag: "Skipped", cause: { _tag: "Interrupted" } };
  // A broken invariant in one step must not leave the rest of the plan without an end.
  const reason = new Rejected({ status: 0, detail: Cause.pretty(exit.cause) });
  return { _tag: "Failed", error: new EngineError({ call: step.operation._tag, subject: step.address, reason }) };
};

const tell = (walk: Walk, step: Step, outcome: StepOutcome): Effect.Effect<void> => {
  const { emit } = walk.stage;
  switch (outcome._tag) {
    case "Done":
      return emit({ _tag: "StepDone", step, result: outcome.result });
    case "Failed":
      return emit({ _tag: "StepFailed", step, error: outcome.error });
    case "Skipped":
      return emit({ _tag: "StepSkipped", step, cause: outcome.cause });
    case "NotNeeded":
      return emit({ _tag: "StepNotNeeded", step });
  }
};

const withoutRunning = (decision: Exclude<Decision, { readonly _tag: "Run" }>): StepOutcome =>
  decision._tag === "Skip" ? { _tag: "Skipped", cause: decision.cause } : { _tag: "NotNeeded" };

/** Begins what can begin; what does not run ends at once and may let others begin. */
const proceed = (walk: Walk, ready: ReadonlyArray<Step>): Effect.Effect<void> =>
  Effect.gen(function* () {
    const line = [...ready];
    for (let step = line.shift(); step !== undefined; step = line.shift()) {
      yield* noticeInterrupt(walk, Effect.void);
      const decision = decide(step, walk.outcomes, walk.interrupted);
      if (decision._tag === "Run") {
        yield* begin(walk, step);
        continue;
      }
      const outcome = withoutRunning(decision);
      line.push(...settle(walk, step, outcome));
      yield* tell(walk, step, outcome);
    }
  });

/** Does something that an interruption may break off; the interruption then reaches the steps that can be broken off. */
const noticeInterrupt = <A>(walk: Walk, effect: Effect.Effect<A>): Effect.Effect<A | undefined> =>
  Effect.gen(function* () {
    if (walk.interrupted) return yield* effect;
    const exit = yield* Effect.exit(Effect.interruptible(effect));
    if (Exit.isSuccess(exit)) return exit.value;
    walk.interrupted = true;
    for (const { step, fiber } of walk.running.values()) if (!isWayBack(step)) fiber.interruptUnsafe();
    return undefined;
  });

const walkAll = (walk: Walk): Effect.Effect<Outcome> =>
  Effect.gen(function* () {
    const { plan, emit } = walk.stage;
    yield* proceed(walk, plan.steps.filter(({ id }) => walk.open.get(id) === 0));
    while (walk.running.size > 0) {
      const ended = yield* noticeInterrupt(walk, Queue.take(walk.ended));
      if (ended === undefined) continue;
      const outcome = outcomeOf(ended.step, ended.exit);
      walk.running.delete(ended.step.id);
      const ready = settle(walk, ended.step, outcome);
      yield* tell(walk, ended.step, outcome);
      yield* proceed(walk, ready);
    }
    const steps = plan.steps.map((step) => ({ step, outcome: walk.outcomes.get(step.id) ?? unreached }));
    const result: Outcome = { steps, interrupted: walk.interrupted };
    yield* emit({ _tag: "PlanFinished", outcome: result });
    return result;
  });

/** Only a plan with a circle in it could leave steps over. */
const unreached: StepOutcome = { _tag: "Skipped", cause: { _tag: "Interrupted" } };

const prepare = (plan: Plan, options: ExecuteOptions): Effect.Effect<Walk, never, Engine | Events | Scope.Scope> =>
  Effect.gen(function* () {
    const engine = yield* Engine;
    const { emit } = yield* Events;
    yield* emit({ _tag: "PlanStarted", plan });
    const outcomes = new Map<StepId, StepOutcome>();
    const waits = plan.steps.some(({ operation }) => operation._tag === "WaitFor");
    const watch = waits ? yield* openWatch(engine, plan.project.name) : undefined;
    return {
      stage: { engine, plan, outcomes, watch, contents: options.contents, emit },
      outcomes,
      open: new Map(plan.steps.map((step) => [step.id, watchedSteps(step).length])),
      watchers: indexWatchers(plan),
      running: new Map(),
      ended: yield* Queue.unbounded<Ended>(),
      limit: options.parallel === undefined ? undefined : yield* Semaphore.make(Math.max(1, options.parallel)),
      interrupted: false,
    };
  });

/**
 * Executes a plan. Failures are data in the outcome.
 *
 * Interruption: calls that change the engine finish, pulls, builds, waits and hooks break off, no further step begins,
 * save those that lead back (law 5: nothing that served is left down). The effect ends only after that. Fork it with
 * `{ uninterruptible: true }` to get the outcome of an interrupted run, too: it hears of interruptions nevertheless.
 * Without that such a fiber ends as interrupted, and the outcome is only in the event PlanFinished.
 */
export const execute = (plan: Plan, options: ExecuteOptions): Effect.Effect<Outcome, never, Engine | Events> =>
  Effect.uninterruptible(Effect.scoped(Effect.flatMap(prepare(plan, options), walkAll)));
