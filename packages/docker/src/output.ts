// What a container says and does as it runs: logs, attached output, exec, and the event stream of a project.
import type { ContainerEvent, EngineApi, OutputChunk } from "@composure/engine/Engine";
import { EngineError, Unavailable } from "@composure/engine/EngineError";
import * as Effect from "effect/Effect";
import * as Schedule from "effect/Schedule";
import * as Stream from "effect/Stream";
import { type Caller, wire } from "./call.ts";
import { segment } from "./containers.ts";
import { execBody } from "./execBody.ts";
import { PROJECT_LABEL } from "./observe.ts";
import { linesOf, outputOf } from "./streams.ts";

type OutputCalls = Pick<EngineApi, "logs" | "attachOutput" | "exec" | "containerEvents">;

const logs =
  (caller: Caller): OutputCalls["logs"] =>
  (id, request) =>
    Stream.unwrap(
      Effect.map(
        caller.stream("logs", id, (docker, signal) => {
          const query = {
            follow: request.follow ? 1 : 0,
            stdout: 1,
            stderr: 1,
            timestamps: request.timestamps ? 1 : 0,
            tail: request.tail === undefined ? "all" : String(request.tail),
            ...(request.since === undefined ? {} : { since: request.since }),
            ...(request.until === undefined ? {} : { until: request.until }),
          };
          // `follow` beside the query tells dockerode to hand over a stream; else it would read all of it, and parse what looks like JSON.
          return docker.getContainer(segment(id)).logs({ ...wire(query, {}, signal), follow: true });
        }),
        (body) => outputOf(caller, "logs", id, body),
      ),
    );

const attachOutput =
  (caller: Caller): OutputCalls["attachOutput"] =>
  (id) =>
    Effect.map(
      caller.stream("attachOutput", id, (docker, signal) =>
        docker.getContainer(segment(id)).attach(wire({ stream: 1, stdout: 1, stderr: 1, logs: 0 }, {}, signal)),
      ),
      (body) => outputOf(caller, "attachOutput", id, body),
    );

/** Bytes of output that an exec result keeps. */
const KEPT = 2048;

const keepLast = (kept: Buffer, chunk: OutputChunk): Buffer => {
  const joined = Buffer.concat([kept, chunk.bytes]);
  return joined.length <= KEPT ? joined : joined.subarray(joined.length - KEPT);
};

const exec =
  (caller: Caller): OutputCalls["exec"] =>
  (id, command, onOutput) =>
    Effect.scoped(
      Effect.gen(function* () {
        const body = execBody(command, { stdin: false, stdout: true, tty: false });
        const created = yield* caller.long("exec", id, (docker, signal) =>
          docker.getContainer(segment(id)).exec(wire({}, body, signal)),
        );
        const output = yield* caller.stream("exec", id, (_docker, signal) =>
          created.start(wire({}, { Detach: false, Tty: false }, signal)),
        );
        const kept = yield* outputOf(caller, "exec", id, output).pipe(
          Stream.runFoldEffect(
            () => Buffer.alloc(0) as Buffer,
            (last, chunk) => Effect.as(onOutput(chunk), keepLast(last, chunk)),
          ),
        );
        // The output may end a moment before the engine has noted the exit code.
        const ended = yield* caller
          .read("exec", id, (_docker, signal) => created.inspect(wire({}, {}, signal)))
          .pipe(Effect.repeat({ while: (info) => info.Running, schedule: Schedule.spaced("20 millis") }));
        return { exitCode: ended.ExitCode ?? 0, output: kept.toString("utf8") };
      }),
    );

interface WireEvent {
  readonly Action?: string;
  readonly timeNano?: number;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Readonly<Record<string, string>> | null };
}

/** A double holds the engine's nanoseconds to about a quarter of a microsecond, which orders events well enough. */
const toEvent = (event: WireEvent): ContainerEvent => {
  const attributes = event.Actor?.Attributes ?? {};
  return {
    action: event.Action ?? "",
    id: event.Actor?.ID ?? "",
    name: attributes["name"] ?? "",
    time: BigInt(event.timeNano ?? 0),
    attributes,
  };
};

/** Seconds between our clock and the engine's within which they count as one clock. */
const SAME_CLOCK = 2;

/**
 * The engine answers before it has subscribed. On one machine, with one clock, `since` closes that gap; an engine
 * elsewhere is further away than the gap is wide.
 */
const since = (caller: Caller): object => {
  const { skew } = caller.connection.headers;
  const shared = caller.transport.local && skew !== undefined && Math.abs(skew) < SAME_CLOCK;
  return shared ? { since: (Date.now() / 1000).toFixed(3) } : {};
};

const containerEvents =
  (caller: Caller): OutputCalls["containerEvents"] =>
  (project, span = {}) =>
    Effect.gen(function* () {
      const filters = { type: ["container"], label: [`${PROJECT_LABEL}=${project}`] };
      const body = yield* Effect.andThen(
        caller.apiVersion,
        caller.stream("containerEvents", project, (docker, signal) =>
          docker.getEvents(wire({ filters, ...since(caller), ...span }, {}, signal)),
        ),
      );
      // Without `until` the stream has no end of its own: when it ends, the engine went away.
      const lost = new EngineError({
        call: "containerEvents",
        subject: project,
        reason: new Unavailable({
          cause: "lost",
          target: caller.transport.name,
          detail: "the engine ended its event stream",
        }),
      });
      const told = Stream.map(linesOf<WireEvent>(caller, "containerEvents", project, body), toEvent);
      return span.until === undefined ? Stream.concat(told, Stream.fail(lost)) : told;
    });

export const outputCalls = (caller: Caller): OutputCalls => ({
  logs: logs(caller),
  attachOutput: attachOutput(caller),
  exec: exec(caller),
  containerEvents: containerEvents(caller),
});
