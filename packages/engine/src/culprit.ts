// Why a wait ended badly, told with the container's own last words.
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import type { EngineApi, OutputChunk } from "./Engine.ts";
import { EngineError, WaitFailed } from "./EngineError.ts";

const lines = 20;
/** Seconds that a log may take before the report goes out without it. */
const patience = "5 seconds";

/** The last non-empty lines of a container's output. */
export const lastLines = (text: string): ReadonlyArray<string> =>
  text
    .split(/\r?\n/)
    .filter((line) => line !== "")
    .slice(-lines);

export const textOf = (chunks: Iterable<OutputChunk>): string => {
  const decoder = new TextDecoder();
  let text = "";
  for (const { bytes } of chunks) text += decoder.decode(bytes, { stream: true });
  return text + decoder.decode();
};

const lastOutput = (engine: EngineApi, id: string): Effect.Effect<ReadonlyArray<string>> =>
  engine.logs(id, { follow: false, tail: lines, timestamps: false }).pipe(
    Stream.runCollect,
    Effect.map((chunks) => lastLines(textOf(chunks))),
    Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.succeed([]) }),
    Effect.orElseSucceed(() => []),
  );

/** Asks the engine for what explains the failure; what it does not tell is left out. */
export const describe = (
  engine: EngineApi,
  container: { readonly id: string; readonly name: string },
  why: WaitFailed["why"],
  exitCode: number | undefined,
): Effect.Effect<EngineError> =>
  Effect.gen(function* () {
    const details = yield* Effect.orElseSucceed(engine.inspectContainer(container.id), () => undefined);
    const log = details === undefined ? [] : yield* lastOutput(engine, container.id);
    const code = details === undefined || details.state === "running" || details.state === "created" ? exitCode : details.exitCode;
    return new EngineError({
      call: "waitFor",
      subject: container.name,
      reason: new WaitFailed({
        container: container.name,
        why,
        log,
        ...(code === undefined ? {} : { exitCode: code }),
        ...(details?.lastProbe === undefined || details.lastProbe === "" ? {} : { probe: details.lastProbe.trimEnd() }),
      }),
    });
  });
