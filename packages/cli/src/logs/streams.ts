// Containers' output as lines: one container followed to its end, or several merged by time.
import { Engine, type LogsRequest, type OutputChunk } from "@composure/engine/Engine";
import type { EngineError } from "@composure/engine/EngineError";
import * as Effect from "effect/Effect";
import * as Queue from "effect/Queue";
import * as Stream from "effect/Stream";
import { lineSplitter, stamp } from "./lines.ts";

export interface LogLine {
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}

/** Lines as they come, the unterminated last one of each stream at the end. */
export const linesOf = (chunks: Stream.Stream<OutputChunk, EngineError>, stamped: boolean): Stream.Stream<ReadonlyArray<LogLine>, EngineError> =>
  Stream.suspend(() => {
    const splitters = { stdout: lineSplitter(stamped), stderr: lineSplitter(stamped) };
    const tag = (stream: LogLine["stream"], texts: ReadonlyArray<string>) => texts.map((text): LogLine => ({ stream, text }));
    return chunks.pipe(
      Stream.map(({ stream, bytes }) => {
        // Messages come one after another: when one stream speaks, the other has finished what it said.
        const other = stream === "stdout" ? "stderr" : "stdout";
        return [...tag(other, splitters[other].settle()), ...tag(stream, splitters[stream].push(bytes))];
      }),
      Stream.concat(Stream.suspend(() => Stream.succeed([...tag("stdout", splitters.stdout.end()), ...tag("stderr", splitters.stderr.end())]))),
      Stream.filter((lines) => lines.length > 0),
    );
  });

/** A container whose log driver cannot be read is attached to instead: what it says from now on. */
const isUnreadable = (error: EngineError): boolean =>
  (error.reason._tag === "Rejected" || error.reason._tag === "Conflict" || error.reason._tag === "Unsupported") &&
  /does not support reading|logging driver|log driver/i.test("detail" in error.reason ? error.reason.detail : error.reason.feature);

export const containerLines = (id: string, request: LogsRequest): Stream.Stream<ReadonlyArray<LogLine>, EngineError, Engine> =>
  Stream.unwrap(
    Effect.map(Engine, (engine) =>
      linesOf(
        engine
          .logs(id, request)
          .pipe(
            Stream.catch((error) =>
              request.follow && isUnreadable(error) ? Stream.unwrap(engine.attachOutput(id)) : Stream.fail(error),
            ),
          ),
        request.timestamps,
      ),
    ),
  );

/** A line asked for with timestamps, taken apart. */
export const splitStamp = (text: string): { readonly time: string; readonly text: string } => {
  const found = stamp.exec(text);
  return found === null ? { time: "", text } : { time: found[1] as string, text: text.slice(found[0].length) };
};

/** RFC 3339 with any number of digits, comparable as text. */
const sortable = (time: string): string => {
  const [whole = "", fraction = ""] = time.replace(/Z$/, "").split(".");
  return `${whole}.${fraction.padEnd(9, "0")}`;
};

export interface NamedLine extends LogLine {
  readonly name: string;
  readonly time: string;
}

interface Head {
  readonly queue: Queue.Dequeue<NamedLine, import("effect/Cause").Done>;
  line: NamedLine | undefined;
}

/**
 * The lines of several containers in the order of their times. Every stream is in order itself, so only one line of
 * each needs to be held. `sources` must ask for timestamps.
 */
export const mergeByTime = <E, R, A, E2>(
  sources: ReadonlyArray<{ readonly name: string; readonly lines: Stream.Stream<ReadonlyArray<LogLine>, E, R> }>,
  write: (line: NamedLine) => Effect.Effect<A, E2>,
  failed: (name: string, error: E) => Effect.Effect<void>,
) =>
  Effect.scoped(
    Effect.gen(function* () {
      const heads: Array<Head> = [];
      for (const { name, lines } of sources) {
        const queue = yield* Queue.bounded<NamedLine, import("effect/Cause").Done>(1024);
        const feed = lines.pipe(
          Stream.runForEach((batch) => Effect.forEach(batch, (line) => Queue.offer(queue, { ...line, name, ...splitStamp(line.text) }), { discard: true })),
          Effect.catch((error) => failed(name, error)),
          Effect.ensuring(Queue.end(queue)),
        );
        yield* Effect.forkScoped(feed);
        heads.push({ queue, line: undefined });
      }
      let open: Array<Head> = heads;
      while (open.length > 0) {
        for (const head of open) head.line ??= yield* Queue.take(head.queue).pipe(Effect.orElseSucceed(() => undefined));
        open = open.filter((head) => head.line !== undefined);
        const first = open.reduce<Head | undefined>((best, head) => (best === undefined || sortable(head.line!.time) < sortable(best.line!.time) ? head : best), undefined);
        if (first === undefined) break;
        yield* write(first.line as NamedLine);
        first.line = undefined;
      }
    }),
  );
