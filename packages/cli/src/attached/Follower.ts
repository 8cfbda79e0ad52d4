// Watches the containers of an attached `up`: who runs, what they print, how they end.
import { type ContainerEvent, Engine, type EngineApi } from "@composure/engine/Engine";
import type { EngineError } from "@composure/engine/EngineError";
import type { ObservedContainer } from "@composure/core/observed/Observed";
import type { StringMap } from "@composure/core/model/Service";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import { eventTime } from "../logs/follow.ts";
import { logName } from "../logs/names.ts";
import { containerLines, linesOf, type LogLine } from "../logs/streams.ts";

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
  /** Those that were there before: their earlier output is no news. */
  readonly before: ReadonlyMap<string, ObservedContainer>;
  /** Unix seconds: what is older is no news either. */
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
  /** The stream was opened before the start and needs no other. */
  ahead: boolean;
}

const label = (labels: StringMap, key: string): string => labels[`com.docker.compose.${key}`] ?? "";
const isAlive = (state: ObservedContainer["state"]): boolean => state === "running" || state === "paused" || state === "restarting";

export class Follower {
  private readonly options: FollowerOptions;
  private readonly entries = new Map<string, Entry>();
  /** Ends that are being told. */
  private dying = 0;
  /** While the engine's list is on its way, the ends that it may not know of yet. */
  private diedMeanwhile: Set<string> | undefined;

  constructor(options: FollowerOptions) {
    this.options = options;
  }

  private entryOf(id: string, name: string, labels: StringMap): Entry {
    const known = this.entries.get(id);
    if (known !== undefined) return known;
    const entry: Entry = {
      id,
      name: logName({ name, labels }, this.options.project),
      service: label(labels, "service"),
      running: false,
      expected: false,
      diedAt: undefined,
      stream: undefined,
      ahead: false,
    };
    this.entries.set(id, entry);
    return entry;
  }

  private read(entry: Entry, lines: Stream.Stream<ReadonlyArray<LogLine>, EngineError, Engine>) {
    const { options } = this;
    const earlier = entry.stream;
    const reading = lines.pipe(
      Stream.runForEach((some) => options.write(entry.name, some)),
      Effect.catch((error) => (error.reason._tag === "NotFound" ? Effect.void : options.complain(entry.name, error))),
      Effect.provideService(Engine, options.engine),
    );
    return Effect.map(Effect.forkScoped(earlier === undefined ? reading : Effect.andThen(Fiber.await(earlier), reading)), (fiber) => {
      entry.stream = fiber;
    });
  }

  private open(entry: Entry, from: { readonly since?: string; readonly tail?: number }) {
    if (!this.options.streamed(entry.service)) return Effect.void;
    return this.read(entry, containerLines(entry.id, { follow: true, timestamps: false, ...from }));
  }

  /** Connects to a container that was there before, just before it is started: nothing old is shown, nothing new is lost. */
  attachAhead(id: string): Effect.Effect<void, never, Scope.Scope> {
    const container = this.options.before.get(id);
    if (container === undefined || isAlive(container.state) || !this.options.streamed(label(container.labels, "service"))) return Effect.void;
    const entry = this.entryOf(id, container.name, container.labels);
    return this.options.engine.attachOutput(id).pipe(
      Effect.flatMap((chunks) => {
        entry.ahead = true;
        return this.read(entry, linesOf(chunks, false));
      }),
      // Its logs will do.
      Effect.catch(() => Effect.void),
    );
  }

  private started(entry: Entry) {
    entry.expected = false;
    if (entry.running) return Effect.void;
    entry.running = true;
    const ahead = entry.ahead && entry.stream?.pollUnsafe() === undefined;
    entry.ahead = false;
    if (ahead) return Effect.void;
    const since = entry.diedAt ?? (this.options.before.has(entry.id) ? String(this.options.since) : undefined);
    return this.open(entry, since === undefined ? {} : { since });
  }

  private died(entry: Entry, code: number) {
    const { options } = this;
    return Effect.gen({ self: this }, function* () {
      const { stream } = entry;
      const back = yield* options.engine.inspectContainer(entry.id).pipe(
        Effect.map((details) => isAlive(details.state)),
        Effect.orElseSucceed(() => false),
      );
      // Its last lines come before the news of its end.
      if (stream !== undefined) yield* Fiber.await(stream).pipe(Effect.timeoutOption("3 seconds"));
      if (!back && !entry.running) entry.expected = false;
      if (options.leaving.has(entry.id)) return;
      // Whoever does not want its output does not want this line either, as with docker compose.
      if (options.streamed(entry.service)) yield* options.status(entry.name, `exited with code ${code}${back ? " (restarting)" : ""}`);
      if (!back) yield* options.ended({ service: entry.service, name: entry.name, code });
    }).pipe(
      Effect.ensuring(
        Effect.sync(() => {
          this.dying--;
        }),
      ),
    );
  }

  hear(event: ContainerEvent): Effect.Effect<void, never, Scope.Scope> {
    const labels = event.attributes;
    if (label(labels, "oneoff") === "True" || label(labels, "hook") !== "" || !this.options.watched(label(labels, "service"))) return Effect.void;
    const entry = this.entryOf(event.id, event.name, labels);
    switch (event.action) {
      case "start":
        return this.started(entry);
      case "die":
        entry.running = false;
        entry.expected = true;
        entry.diedAt = eventTime(event.time);
        this.diedMeanwhile?.add(event.id);
        this.dying++;
        return Effect.asVoid(Effect.forkScoped(this.died(entry, Number(labels["exitCode"] ?? 0))));
      case "destroy":
        entry.running = false;
        entry.expected = false;
        return this.options.gone;
      default:
        return Effect.void;
    }
  }

  /** Follows a container that runs already, from now on. */
  join(container: ObservedContainer): Effect.Effect<void, never, Scope.Scope> {
    const entry = this.entryOf(container.id, container.name, container.labels);
    if (entry.running) return Effect.void;
    entry.running = true;
    return this.open(entry, { tail: 0 });
  }

  /** Compares with what the engine lists, so that an event that came too early or not at all is made up for. */
  get settle(): Effect.Effect<void, EngineError, Scope.Scope> {
    const { engine, project, watched } = this.options;
    return Effect.gen({ self: this }, function* () {
      const died = new Set<string>();
      this.diedMeanwhile = died;
      const found = yield* engine.listContainers({ labels: [`com.docker.compose.project=${project}`, "com.docker.compose.config-hash"], all: true });
      this.diedMeanwhile = undefined;
      for (const container of found) {
        if (label(container.labels, "oneoff") === "True" || !watched(label(container.labels, "service")) || died.has(container.id)) continue;
        if (isAlive(container.state)) yield* this.started(this.entryOf(container.id, container.name, container.labels));
      }
    });
  }

  anyAlive(among: (service: string) => boolean = () => true): boolean {
    return [...this.entries.values()].some(({ running, expected, id, service }) => (running || expected) && among(service) && !this.options.leaving.has(id));
  }

  /** Something of these services lives, or an end has not been told. */
  isBusy(among: (service: string) => boolean): boolean {
    return this.dying > 0 || this.anyAlive(among);
  }

  /** Waits until the streams of ended containers have told their last line, at most `seconds`. */
  drain(seconds: number): Effect.Effect<void> {
    const streams = [...this.entries.values()].flatMap(({ stream, running }) => (running ? [] : (stream ?? [])));
    return Effect.asVoid(Effect.timeoutOption(Effect.forEach(streams, Fiber.await, { concurrency: "unbounded", discard: true }), `${seconds} seconds`));
  }
}
