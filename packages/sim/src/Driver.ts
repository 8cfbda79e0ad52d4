// How an engine call gets its turn at the world: at once (live), or when the kernel picks it (simulation).
import { EngineError, type EngineReason, Unavailable } from "@composure/engine/EngineError";
import * as Clock from "effect/Clock";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { advanceTo, nextDue } from "./life.ts";
import type { Answer } from "./refusals.ts";
import type { World } from "./World.ts";

/** Which call, about what, and whether it changes anything. */
export interface CallLabel {
  readonly method: string;
  readonly subject: string;
  readonly changes: boolean;
}

export interface Driver {
  readonly world: World;
  /** Takes effect in one piece when its turn comes. */
  readonly call: <A>(label: CallLabel, transition: (world: World) => Answer<A>) => Effect.Effect<A, EngineError>;
  /** Waits until `look` gives an answer; it looks after every change of the world. */
  readonly until: <A>(label: CallLabel, look: (world: World) => Answer<A> | undefined) => Effect.Effect<A, EngineError>;
  /** Calls `notice` after every change of the world until the scope closes. */
  readonly watch: (notice: (world: World) => void) => Effect.Effect<void, never, Scope.Scope>;
}

/** The watchers of one world. Not part of the world: connections do not survive. */
export interface Watchers {
  readonly add: (notice: () => void) => () => void;
  readonly changed: () => void;
}

export const makeWatchers = (): Watchers => {
  const all = new Set<() => void>();
  return {
    add: (notice) => {
      all.add(notice);
      return () => all.delete(notice);
    },
    changed: () => {
      for (const notice of all) notice();
    },
  };
};

export const engineError = (label: CallLabel, reason: EngineReason): EngineError =>
  new EngineError({ call: label.method, subject: label.subject, reason });

/** The answer as an effect. */
export const toEffect = <A>(label: CallLabel, given: Answer<A>): Effect.Effect<A, EngineError> =>
  given._tag === "Granted" ? Effect.succeed(given.value) : Effect.fail(engineError(label, given.reason));

/** A wait is over when the daemon that it was sent to is gone. */
export const lostConnection = (): EngineReason => new Unavailable({ cause: "lost", target: "sim", detail: "the connection was cut" });

export const watchWith = (watchers: Watchers, world: World): Driver["watch"] => (notice) =>
  Effect.asVoid(
    Effect.acquireRelease(
      Effect.sync(() => watchers.add(() => notice(world))),
      (stop) => Effect.sync(stop),
    ),
  );

export const untilWith = (watchers: Watchers, world: World): Driver["until"] => <A>(label: CallLabel, look: (world: World) => Answer<A> | undefined) =>
  Effect.callback<A, EngineError>((resume) => {
    const { life } = world;
    const stop = watchers.add(() => attempt());
    const attempt = (): void => {
      const given = world.life === life ? look(world) : ({ _tag: "Refused", reason: lostConnection() } as const);
      if (given === undefined) return;
      stop();
      resume(toEffect(label, given));
    };
    attempt();
    return Effect.sync(stop);
  });

export interface LiveOptions {
  /** Seconds of the simulation in one second of the Clock; 1 by default. */
  readonly speed?: number;
}

/**
 * Calls act at once; what the world does by itself follows the Clock of whoever runs it, from where the world stood
 * (or from now, if that is later). The scope ends that.
 */
export const liveDriver = (world: World, { speed = 1 }: LiveOptions = {}): Effect.Effect<Driver, never, Scope.Scope> =>
  Effect.gen(function* () {
    const clock = yield* Clock.Clock;
    const watchers = makeWatchers();
    const began = clock.currentTimeMillisUnsafe();
    const stood = Math.max(world.now, began);
    const catchUp = (): void => advanceTo(world, stood + (clock.currentTimeMillisUnsafe() - began) * speed);
    let wake: (() => void) | undefined;
    const rest = Effect.callback<void>((resume) => {
      wake = () => resume(Effect.void);
    });
    const pump = Effect.gen(function* () {
      const due = nextDue(world);
      yield* due === undefined ? rest : Effect.raceFirst(rest, clock.sleep(Duration.millis(Math.max(1, (due - world.now) / speed))));
      catchUp();
      watchers.changed();
    });
    yield* Effect.forkScoped(Effect.forever(pump));
    const call: Driver["call"] = (label, transition) =>
      Effect.suspend(() => {
        catchUp();
        const given = transition(world);
        watchers.changed();
        wake?.();
        return toEffect(label, given);
      });
    return { world, call, until: untilWith(watchers, world), watch: watchWith(watchers, world) };
  });
