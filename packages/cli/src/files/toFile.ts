// Bytes of the engine into a file.
import { once } from "node:events";
import { unlink } from "node:fs/promises";
import type { WriteStream } from "node:fs";
import type { EngineError } from "@composure/engine/EngineError";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import { engineFailed, refuse, type Failure } from "../pipeline/Failure.ts";

const cannot = (name: string) => (error: unknown): Failure => refuse(`cannot write ${name}: ${(error as Error).message}`);

/** All of it, or nothing: what could not be finished is taken away again. */
export const toFile = (bytes: Stream.Stream<Uint8Array, EngineError>, open: () => WriteStream, name: string): Effect.Effect<void, Failure> =>
  Effect.suspend(() => {
    const file = open();
    let broken: Error | undefined;
    file.on("error", (error) => {
      broken = error;
    });
    const write = (chunk: Uint8Array) =>
      Effect.tryPromise({
        try: async () => {
          if (broken !== undefined) throw broken;
          if (!file.write(chunk)) await once(file, "drain");
        },
        catch: cannot(name),
      });
    const close = Effect.tryPromise({
      try: async () => {
        if (broken !== undefined) throw broken;
        file.end();
        await once(file, "close");
      },
      catch: cannot(name),
    });
    const discard = Effect.promise(async () => {
      file.destroy();
      await unlink(file.path).catch(() => undefined);
    });
    return Stream.mapError(bytes, engineFailed).pipe(
      Stream.runForEach(write),
      Effect.andThen(close),
      Effect.onError(() => discard),
    );
  });
