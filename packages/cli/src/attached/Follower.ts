// Watches the containers of an attached `up`: who runs, what they print, how they end.
import type { ContainerEvent, EngineApi } from "@composure/engine/Engine";
import { Engine } from "@composure/engine/Engine";
import type { EngineError } from "@composure/engine/EngineError";
import type { ObservedContainer } from "@composure/core/observed/Observed";
import type { StringMap } from "@composure/core/model/Service";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import { eventTime } from "../logs/follow.ts";
import { logName } from "../logs/names.ts";
import { containerLines, type LogLine } from "../logs/streams.ts";

/** A container ended and will not come back by itself. */
export interface Ended {
  readonly service: string;
  readonly name: string;
  readonly code: number;
}

export interface FollowerOptions {
  readonly engine: EngineApi;
  readonly project: string;
  /** Whose output is shown, and whose end counts. */
  readonly streamed: (service: string) => boolean;
  readonly watched: (service: string) => boolean;
  /** Containers that the plan itself takes away: their end is no news. */
  readonly leaving: ReadonlySet<string>;
  /** Those that were there before: of their output only what comes after this moment (unix seconds) is new. */
  readonly before: ReadonlySet<string>;
  readonly since: number;
  readonly write: (name: string, lines: ReadonlyArray<LogLine>) => Effect.Effect<void>;
  readonly status: (name: string, text: string) => Effect.Effect<void>;
  readonly complain: (name: string, error: EngineError) => Effect.Effect<void>;
  readonly ended: (end: Ended) => Effect.Effect<void>;
  /** One was removed. */
  readonly gone: Effect.Effect<void>;
}

interface Entry {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  /** Its process runs, and its output is followed. */
  running: boolean;
  /** It has ended, and may come back by itself. */
  expected: boolean;
  diedAt: string | undefined;
  stream: Fiber.Fiber<void> | undefined;
}

export interface Follower {
  readonly hear: (event: ContainerEvent) => Effect.Effect<void, never, Scope.Scope>;
  /** Follows a container that runs already, from now on. */
  readonly join: (container: ObservedContainer) => Effect.Effect<void, never, Scope.Scope>;
  /** Compares with what the engine lists, so that an event that came too early or not at all is made up for. */
  readonly settle: Effect.Effect<void, EngineError, Scope.Scope>;
  readonly anyAlive: () => boolean;
  /** Waits until every stream has told its last line, at most `seconds`. */
  readonly drain: (seconds: number) => Effect.Effect<void>;
}

const label = (labels: StringMap, key: string): string => labels[`com.docker.compose.${key}`] ?? "";
const isAlive = (state: ObservedContainer["state"]): boolean => state === "running" || state === "paused" || state === "restarting";

export const makeFollower = (options: FollowerOptions): Follower => {
  const { engine } = options;
  const entries = new Map<string, Entry>();
  let diedMeanwhile: Set<string> | undefined;

  const entryOf = (id: string, name: string, labels: StringMap): Entry => {
    const known = entries.get(id);
    if (known !== undefined) return known;
    const entry: Entry = { id, name: logName({ name, labels }, options.project), service: label(labels, "service"), running: false, expected: false, diedAt: undefined, stream: undefined };
    entries.set(id, entry);
    return entry;
  };

  const open = (entry: Entry, from: { readonly since?: string; readonly tail?: number }) =>
    Effect.gen(function* () {
      if (!options.streamed(entry.service)) return;
      const earlier = entry.stream;
      const read = containerLines(entry.id, { follow: true, timestamps: false, ...from }).pipe(
        Stream.runForEach((lines) => options.write(entry.name, lines)),
        Effect.catch((error) => (error.reason._tag === "NotFound" ? Effect.void : options.complain(entry.name, error))),
        Effect.provideService(Engine, engine),
      );
      entry.stream = yield* Effect.forkScoped(earlier === undefined ? read : Effect.andThen(Fiber.await(earlier), read));
    });

  /** Where new output begins: after its last end, or after our own beginning if it is older than that. */
  const from = (entry: Entry): { readonly since?: string } => {
    if (entry.diedAt !== undefined) return { since: entry.diedAt };
    return options.before.has(entry.id) ? { since: String(options.since) } : {};
  };

  const started = (entry: Entry) =>
    Effect.suspend(() => {
      entry.expected = false;
      if (entry.running) return Effect.void;
      entry.running = true;
      return open(entry, from(entry));
    });

  const died = (entry: Entry, code: number) =>
    Effect.gen(function* () {
      const stream = entry.stream;
      const back = yield* engine.inspectContainer(entry.id).pipe(
        Effect.map((details) => isAlive(details.state)),
        Effect.orElseSucceed(() => false),
      );
      // Its last lines come before the news of its end.
      if (stream !== undefined) yield* Fiber.await(stream).pipe(Effect.timeoutOption("3 seconds"));
      if (!back && !entry.running) entry.expected = false;
      if (options.leaving.has(entry.id)) return;
      yield* options.status(entry.name, `exited with code ${code}${back ? " (restarting)" : ""}`);
      if (!back) yield* options.ended({ service: entry.service, name: entry.name, code });
    });

  const hear = (event: ContainerEvent) =>
    Effect.gen(function* () {
      const labels = event.attributes;
      if (label(labels, "oneoff") === "True" || label(labels, "hook") !== "" || !options.watched(label(labels, "service"))) return;
      const entry = entryOf(event.id, event.name, labels);
      if (event.action === "start") yield* started(entry);
      else if (event.action === "destroy") {
        entry.running = false;
        entry.expected = false;
        yield* options.gone;
      } else if (event.action === "die") {
        entry.running = false;
        entry.expected = true;
        entry.diedAt = eventTime(event.time);
        diedMeanwhile?.add(event.id);
        yield* Effect.forkScoped(died(entry, Number(event.attributes["exitCode"] ?? 0)));
      }
    });

  const join = (container: ObservedContainer) =>
    Effect.suspend(() => {
      const entry = entryOf(container.id, container.name, container.labels);
      if (entry.running) return Effect.void;
      entry.running = true;
      return open(entry, { tail: 0 });
    });

  const settle = Effect.gen(function* () {
    const died = new Set<string>();
    diedMeanwhile = died;
    const found = yield* engine.listContainers({ labels: [`com.docker.compose.project=${options.project}`, "com.docker.compose.config-hash"], all: true });
    diedMeanwhile = undefined;
    for (const container of found) {
      const service = label(container.labels, "service");
      if (label(container.labels, "oneoff") === "True" || !options.watched(service) || died.has(container.id)) continue;
      const entry = entryOf(container.id, container.name, container.labels);
      if (isAlive(container.state)) yield* started(entry);
    }
  });

  return {
    hear,
    join,
    settle,
    anyAlive: () => [...entries.values()].some(({ running, expected, id }) => (running || expected) && !options.leaving.has(id)),
    drain: (seconds) =>
      Effect.forEach([...entries.values()], ({ stream }) => (stream === undefined ? Effect.void : Fiber.await(stream)), { concurrency: "unbounded", discard: true }).pipe(
        Effect.timeoutOption(`${seconds} seconds`),
        Effect.asVoid,
      ),
  };
};
