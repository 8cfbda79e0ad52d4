// Connects a process in a container with ours: keys or a pipe go in, output comes out, the terminal follows its size.
import type { Channel, TerminalSize } from "@composure/engine/Engine";
import type { EngineError } from "@composure/engine/EngineError";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as Queue from "effect/Queue";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import type { Host } from "../host/Host.ts";
import { escapeReader, type EscapeReader, parseKeys, usualKeys } from "./escape.ts";

export interface PumpOptions {
  readonly stdin: boolean;
  /** Both ends are terminals. */
  readonly tty: boolean;
  readonly resize: (size: TerminalSize) => Effect.Effect<void, EngineError>;
  /** On a terminal: "ctrl-x,x"; absent means ctrl-p,ctrl-q. */
  readonly detachKeys?: string;
}

const readerOf = ({ tty, detachKeys }: PumpOptions): EscapeReader | undefined => {
  const keys = tty ? (parseKeys(detachKeys ?? usualKeys) ?? parseKeys(usualKeys)) : undefined;
  return keys === undefined ? undefined : escapeReader(keys);
};

const input = (channel: Channel, host: Host, escapes: EscapeReader | undefined, letGo: Deferred.Deferred<"detached">): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    const typed = yield* Queue.unbounded<Uint8Array | undefined>();
    yield* Effect.acquireRelease(
      Effect.sync(() => host.stdin.onBytes((bytes) => void Queue.offerUnsafe(typed, bytes))),
      (stop) => Effect.sync(stop),
    );
    const carry = Effect.gen(function* () {
      for (;;) {
        const bytes = yield* Queue.take(typed);
        if (bytes === undefined) return yield* channel.endInput;
        const read = escapes?.read(bytes);
        yield* channel.write(read?.pass ?? bytes);
        if (read?.escaped === true) yield* Deferred.succeed(letGo, "detached");
      }
    });
    yield* Effect.forkScoped(carry);
  });

const terminal = (host: Host, resize: PumpOptions["resize"]): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    const changes = yield* Queue.sliding<void>(1);
    yield* Effect.acquireRelease(
      Effect.sync(() => {
        host.stdin.setRaw(true);
        return host.stdout.onResize(() => void Queue.offerUnsafe(changes, undefined));
      }),
      (stop) =>
        Effect.sync(() => {
          stop();
          host.stdin.setRaw(false);
        }),
    );
    yield* Effect.forkScoped(Effect.forever(Effect.andThen(Queue.take(changes), Effect.suspend(() => Effect.ignore(resize(host.stdout.size()))))));
  });

/** Until the process has said its last, or its terminal is let go. */
export const pump = (channel: Channel, host: Host, options: PumpOptions): Effect.Effect<"ended" | "detached", EngineError, Scope.Scope> =>
  Effect.gen(function* () {
    if (options.tty) yield* terminal(host, options.resize);
    const letGo = yield* Deferred.make<"detached">();
    if (options.stdin) yield* input(channel, host, readerOf(options), letGo);
    const output = channel.output.pipe(
      Stream.runForEach(({ stream, bytes }) => Effect.promise(async () => (stream === "stderr" ? host.stderr : host.stdout).write(bytes))),
      Effect.as("ended" as const),
    );
    return yield* Effect.raceFirst(output, Deferred.await(letGo));
  });
