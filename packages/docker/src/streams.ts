// Response bodies as Effect streams: container output, and lines of JSON.
import type { OutputChunk } from "@composure/engine/Engine";
import { EngineError, Rejected } from "@composure/engine/EngineError";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import type { Caller } from "./call.ts";
import { compareVersions } from "./call.ts";
import { demultiplexer, formatOf } from "./frames.ts";

type Body = NodeJS.ReadableStream & { readonly headers?: Readonly<Record<string, string | undefined>> };

async function* demultiplexed(body: Body, engineTells: boolean): AsyncGenerator<OutputChunk> {
  const frames = demultiplexer(formatOf(body.headers?.["content-type"], engineTells));
  for await (const bytes of body) yield* frames.push(bytes as Buffer);
  yield* frames.end();
}

/** Stdout and stderr of a container or of an exec. A hijacked connection (attach, exec) always says "raw", whatever it carries. */
export const outputOf = (
  caller: Caller,
  call: "logs" | "attachOutput" | "exec",
  subject: string,
  body: Body,
): Stream.Stream<OutputChunk, EngineError> =>
  Stream.unwrap(
    Effect.map(caller.apiVersion, (version) => {
      const engineTells = call === "logs" && compareVersions(version, "1.42") >= 0;
      return Stream.fromAsyncIterable(demultiplexed(body, engineTells), (error) => caller.fail(call, subject, error));
    }),
  );

/** A JSON document per line; the last one may lack its newline, and an empty line means nothing. */
export async function* jsonLines(body: NodeJS.ReadableStream): AsyncGenerator<unknown> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const bytes of body) {
    const lines = (rest + decoder.decode(bytes as Buffer, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") yield JSON.parse(line);
  }
  if (rest.trim() !== "") yield JSON.parse(rest);
}

/** The lines of a body, as `A` promises the engine writes them. */
export const linesOf = <A>(
  caller: Caller,
  call: string,
  subject: string,
  body: NodeJS.ReadableStream,
): Stream.Stream<A, EngineError> =>
  Stream.fromAsyncIterable(jsonLines(body) as AsyncGenerator<A>, (error) =>
    error instanceof SyntaxError
      ? new EngineError({
          call,
          subject,
          reason: new Rejected({ status: 0, detail: `the engine's answer is not JSON: ${error.message}` }),
        })
      : caller.fail(call, subject, error),
  );
