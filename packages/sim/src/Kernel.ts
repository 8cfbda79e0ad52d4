// A scheduler, a clock and a queue of engine calls in one: one sequence of draws is one interleaving of a program.
import type { EngineError } from "@composure/engine/EngineError";
import * as Clock from "effect/Clock";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import type * as Exit from "effect/Exit";
import type * as Fiber from "effect/Fiber";
import type { Scheduler } from "effect/Scheduler";
import type { Choice } from "./Choice.ts";
import { type CallLabel, type Driver, engineError, makeWatchers, toEffect, untilWith, type Watchers, watchWith } from "./Driver.ts";
import { brokenDaemon, callLimit, type Fault, type Faults, lostAnswer, noAnswer, noFaults, restartEngine } from "./faults.ts";
import { fireNext, nextDue } from "./life.ts";
import type { Answer } from "./refusals.ts";
import type { Millis, World } from "./World.ts";

export interface KernelOptions {
  readonly choice: Choice;
  readonly faults?: Faults;
  /** How long a call is under way before its turn can come, in milliseconds. */
  readonly latency?: (label: CallLabel, choice: Choice) => Millis;
  /** Also draw which fiber goes on first, not only which call acts first. */
  readonly shuffleFibers?: boolean;
  /** Streams tell what happened only when their turn comes, so that an event may arrive after the answer of a later call. */
  readonly eventLag?: boolean;
  /** Called after every change of the world, with what changed it. */
  readonly observe?: (world: World, label: CallLabel | null) => void;
  /** What becomes of requests under way when the client dies; drawn for each by default. */
  readonly abandoned?: "lost" | "arrive";
  /** Turns after which a run counts as endless. */
  readonly limit?: number;
}

/** How a run ended. */
export type Run<A, E> =
  | { readonly _tag: "Finished"; readonly exit: Exit.Exit<A, E> }
  | { readonly _tag: "Crashed" }
  /** Nothing can happen any more, yet the program waits. */
  | { readonly _tag: "Stuck" }
  | { readonly _tag: "Endless" };

export interface Kernel {
  readonly driver: Driver;
  /** Calls in the order in which they acted. */
  readonly trace: Array<CallLabel>;
  /** `uninterruptible` as in `Effect.runFork`: a program that minds interruptions by itself may end well after one. */
  /** The client dies here; what it has sent may still arrive. */
  readonly crash: () => void;
  /** The user interrupts the program. */
  readonly interrupt: () => void;
  /** Something else changes the world, outside any call. */
  readonly disturb: (change: (world: World) => void) => void;
  readonly run: <A, E>(program: Effect.Effect<A, E>, options?: { readonly uninterruptible?: boolean }) => Run<A, E>;
}

interface Pending {
  /** A request that changes something reaches the daemon even when its sender is gone. */
  readonly changes: boolean;
  readonly turn: () => void;
}

interface State {
  readonly world: World;
  readonly options: KernelOptions;
  readonly watchers: Watchers;
  /** Fibers that can go on. */
  readonly tasks: Array<() => void>;
  /** Calls whose turn can come. */
  readonly calls: Array<Pending>;
  /** Things of the program that wait for the clock, sorted. */
  readonly sleepers: Array<{ readonly due: Millis; readonly wake: () => void }>;
  readonly trace: Array<CallLabel>;
  made: number;
  crashed: boolean;
  interrupt: () => void;
}

const sleepUntil = (state: State, due: Millis, wake: () => void): (() => void) => {
  const sleeper = { due, wake };
  const at = state.sleepers.findIndex((other) => other.due > due);
  if (at < 0) state.sleepers.push(sleeper);
  else state.sleepers.splice(at, 0, sleeper);
  return () => {
    const now = state.sleepers.indexOf(sleeper);
    if (now >= 0) state.sleepers.splice(now, 1);
  };
};

const kernelClock = (state: State): Clock.Clock => {
  const millis = () => state.world.now;
  const nanos = () => BigInt(Math.round(state.world.now)) * 1_000_000n;
  return {
    currentTimeMillisUnsafe: millis,
    currentTimeMillis: Effect.sync(millis),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep: (duration) =>
      Effect.callback<void>((resume) => {
        const cancel = sleepUntil(state, state.world.now + Duration.toMillis(duration), () => resume(Effect.void));
        return Effect.sync(cancel);
      }),
  };
};

const kernelScheduler = (state: State): Scheduler => ({
  executionMode: "sync",
  shouldYield: () => false,
  makeDispatcher: () => ({
    scheduleTask: (task) => void state.tasks.push(task),
    flush: () => undefined,
  }),
});

const changed = (state: State, label: CallLabel | null): void => {
  state.options.observe?.(state.world, label);
  state.watchers.changed();
};

/** A call's turn: what its fault, if any, makes of it. Gives nothing when no answer comes now. */
const take = <A>(state: State, label: CallLabel, transition: (world: World) => Answer<A>, fault: Fault | undefined): Effect.Effect<A, EngineError> | undefined => {
  const act = (): Effect.Effect<A, EngineError> => {
    const given = transition(state.world);
    changed(state, label);
    return toEffect(label, given);
  };
  const fail = (reason: Parameters<typeof engineError>[1]): Effect.Effect<A, EngineError> => Effect.fail(engineError(label, reason));
  switch (fault?._tag) {
    case undefined:
    case "Slow":
    case "Hang":
      return act();
    case "FailBefore":
      return fail(fault.reason ?? brokenDaemon);
    case "FailAfter":
      act();
      return fail(fault.reason ?? lostAnswer);
    case "Crash":
      if (fault.effect) act();
      state.crashed = true;
      return undefined;
    case "Interrupt":
      state.interrupt();
      return act();
    case "EngineRestart":
      restartEngine(state.world);
      changed(state, null);
      return fail(lostAnswer);
    case "Interference":
      fault.change(state.world);
      changed(state, null);
      return act();
  }
};

const delayOf = (state: State, label: CallLabel, fault: Fault | undefined): Millis =>
  (state.options.latency?.(label, state.options.choice) ?? 0) + (fault?._tag === "Slow" ? fault.millis : 0);

const callWith =
  (state: State): Driver["call"] =>
  <A>(label: CallLabel, transition: (world: World) => Answer<A>) =>
    Effect.callback<A, EngineError>((resume) => {
      // The rest of what a dying client does before its fiber stands still.
      if (state.crashed) return;
      const fault = (state.options.faults ?? noFaults)(state.made, label);
      state.made += 1;
      let given: (() => void) | undefined;
      const turn = (): void => {
        state.trace.push(label);
        const result = take(state, label, transition, fault);
        if (result === undefined) return;
        if (fault?._tag === "Hang") given = sleepUntil(state, state.world.now + callLimit, () => resume(Effect.fail(engineError(label, noAnswer))));
        else resume(result);
      };
      const pending: Pending = { changes: label.changes, turn };
      const delay = delayOf(state, label, fault);
      const cancel = delay > 0 ? sleepUntil(state, state.world.now + delay, () => void state.calls.push(pending)) : undefined;
      if (delay === 0) state.calls.push(pending);
      // A request that was sent cannot be called back: the daemon acts on it even if nobody waits any more.
      return Effect.sync(() => {
        if (label.changes) return;
        cancel?.();
        given?.();
        const at = state.calls.indexOf(pending);
        if (at >= 0) state.calls.splice(at, 1);
      });
    });

const pick = <A>(from: Array<A>, at: number): A | undefined => from.splice(at, 1)[0];

const runFibers = (state: State): void => {
  const { choice, shuffleFibers } = state.options;
  while (state.tasks.length > 0 && !state.crashed) pick(state.tasks, shuffleFibers === true ? choice(state.tasks.length) : 0)?.();
};

/** The daemon's own doings take their turn among the calls once they are due. */
const takeTurn = (state: State): void => {
  const due = (nextDue(state.world) ?? Infinity) <= state.world.now;
  const drawn = state.options.choice(state.calls.length + (due ? 1 : 0));
  if (drawn < state.calls.length) pick(state.calls, drawn)?.turn();
  else {
    fireNext(state.world);
    changed(state, null);
  }
};

/** Time passes only when nobody can do anything. */
const passTime = (state: State): boolean => {
  const next = Math.min(nextDue(state.world) ?? Infinity, state.sleepers[0]?.due ?? Infinity);
  if (next === Infinity) return false;
  state.world.now = Math.max(state.world.now, next);
  while ((state.sleepers[0]?.due ?? Infinity) <= state.world.now) state.sleepers.shift()?.wake();
  return true;
};

/** Requests under way when the client is gone: each may still reach the daemon, or not. */
const abandon = (state: State): void => {
  state.crashed = false;
  const { abandoned, choice } = state.options;
  const arrives = (): boolean => (abandoned === undefined ? choice(2) === 1 : abandoned === "arrive");
  for (const { changes, turn } of state.calls.splice(0)) if (changes && arrives()) turn();
};

const drive = <A, E>(state: State, fiber: Fiber.Fiber<A, E>): Run<A, E> => {
  const limit = state.options.limit ?? 100_000;
  for (let turn = 0; turn < limit; turn += 1) {
    runFibers(state);
    if (state.crashed) return { _tag: "Crashed" };
    const exit = fiber.pollUnsafe();
    if (exit !== undefined) return { _tag: "Finished", exit };
    const due = (nextDue(state.world) ?? Infinity) <= state.world.now;
    if (state.calls.length > 0 || due) takeTurn(state);
    else if (!passTime(state)) return { _tag: "Stuck" };
    if (state.crashed) return { _tag: "Crashed" };
  }
  return { _tag: "Endless" };
};

/** A delivery that is under way takes along what happens until its turn comes. */
const laggingWatch = (state: State): Driver["watch"] => (notice) => {
  let under = false;
  return watchWith(state.watchers, state.world)((world) => {
    if (under) return;
    under = true;
    const turn = (): void => {
      under = false;
      notice(world);
    };
    state.calls.push({ changes: false, turn });
  });
};

/** One kernel is one run over one world. Whatever runs in it must not use promises, real timers or node. */
export const makeKernel = (world: World, options: KernelOptions): Kernel => {
  const watchers = makeWatchers();
  const state: State = { world, options, watchers, tasks: [], calls: [], sleepers: [], trace: [], made: 0, crashed: false, interrupt: () => undefined };
  return {
    driver: { world, call: callWith(state), until: untilWith(watchers, world), watch: options.eventLag === true ? laggingWatch(state) : watchWith(watchers, world) },
    trace: state.trace,
    crash: () => {
      state.crashed = true;
    },
    interrupt: () => state.interrupt(),
    disturb: (change) => {
      change(world);
      changed(state, null);
    },
    run: (program, { uninterruptible = false } = {}) => {
      const fiber = Effect.runFork(Effect.provideService(program, Clock.Clock, kernelClock(state)), { scheduler: kernelScheduler(state), uninterruptible });
      state.interrupt = () => fiber.interruptUnsafe();
      const ended = drive(state, fiber);
      abandon(state);
      return ended;
    },
  };
};
