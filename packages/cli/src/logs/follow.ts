// Follows containers through their ends, restarts and successors, until none is left to come.
import { Engine, type ContainerEvent, type LogsRequest } from "@composure/engine/Engine";
import type { EngineError } from "@composure/engine/EngineError";
import type { ObservedContainer } from "@composure/core/observed/Observed";
import type { StringMap } from "@composure/core/model/Service";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Stream from "effect/Stream";
import { engineFailed, type Failure } from "../pipeline/Failure.ts";
import { logName } from "./names.ts";
import { containerLines, type LogLine } from "./streams.ts";

/** "1732345678.123456789": what `since` takes. */
export const eventTime = (nanoseconds: bigint): string => `${nanoseconds / 1_000_000_000n}.${String(nanoseconds % 1_000_000_000n).padStart(9, "0")}`;

export interface FollowRequest {
  readonly project: string;
  readonly request: LogsRequest;
  readonly wanted: (container: { readonly labels: StringMap }) => boolean;
  /** Lists the containers that are there at the beginning. */
  readonly containers: Effect.Effect<ReadonlyArray<ObservedContainer>, Failure>;
  readonly write: (name: string, lines: ReadonlyArray<LogLine>) => Effect.Effect<void>;
  readonly complain: (name: string, error: EngineError) => Effect.Effect<void>;
}

const isAlive = (state: ObservedContainer["state"]): boolean => state === "running" || state === "paused" || state === "restarting";

export const followAll = (asked: FollowRequest): Effect.Effect<void, Failure, Engine> =>
  Effect.scoped(
    Effect.gen(function* () {
      const engine = yield* Engine;
      // Connected before the list is read: what starts in between is in both, and opened once.
      const events = yield* engine.containerEvents(asked.project).pipe(Effect.mapError(engineFailed));
      const open = new Map<string, Fiber.Fiber<void>>();
      const alive = new Set<string>();
      const ended = new Map<string, string>();
      const finished = yield* Deferred.make<void>();
      const settle = Effect.suspend(() => (alive.size === 0 && open.size === 0 ? Deferred.succeed(finished, undefined) : Effect.void));

      const follow = (id: string, name: string, request: LogsRequest) =>
        Effect.gen(function* () {
          const read = containerLines(id, request).pipe(
            Stream.runForEach((lines) => asked.write(name, lines)),
            Effect.catch((error) => (error.reason._tag === "NotFound" ? Effect.void : asked.complain(name, error))),
            Effect.ensuring(Effect.sync(() => void open.delete(id))),
            Effect.andThen(settle),
          );
          const fiber = yield* Effect.forkScoped(Effect.provideService(read, Engine, engine));
          if (fiber.pollUnsafe() === undefined) open.set(id, fiber as Fiber.Fiber<void>);
        });

      const hear = (event: ContainerEvent) =>
        Effect.gen(function* () {
          if (!asked.wanted({ labels: event.attributes })) return;
          if (event.action === "start") {
            alive.add(event.id);
            const before = open.get(event.id);
            if (before !== undefined) yield* Fiber.await(before);
            const since = ended.get(event.id);
            const { tail: _, ...request } = asked.request;
            yield* follow(event.id, logName({ name: event.name, labels: event.attributes }, asked.project), { ...request, ...(since === undefined ? {} : { since }) });
          } else if (event.action === "die") {
            ended.set(event.id, eventTime(event.time));
            const restarting = yield* engine.inspectContainer(event.id).pipe(
              Effect.map((details) => isAlive(details.state)),
              Effect.orElseSucceed(() => false),
            );
            if (!restarting) alive.delete(event.id);
            yield* settle;
          }
        });

      const containers = yield* asked.containers;
      for (const container of containers) {
        if (isAlive(container.state)) alive.add(container.id);
        yield* follow(container.id, logName(container, asked.project), asked.request);
      }
      const listening = events.pipe(Stream.runForEach(hear), Effect.mapError(engineFailed));
      yield* settle;
      yield* Effect.raceFirst(listening, Deferred.await(finished));
    }),
  );
