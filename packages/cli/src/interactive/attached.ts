// A container's own process, connected with ours until it ends: its exit code.
import { type Channel, Engine } from "@composure/engine/Engine";
import type { EngineError } from "@composure/engine/EngineError";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import type { SignalDesk } from "../engine/run.ts";
import type { Host, Signal } from "../host/Host.ts";
import { pump } from "./pump.ts";

/** The exit code that the engine tells when the container ends. Connected when the effect returns. */
export const endOf = (project: string, id: string): Effect.Effect<Deferred.Deferred<number>, EngineError, Engine | Scope.Scope> =>
  Effect.gen(function* () {
    const engine = yield* Engine;
    const ended = yield* Deferred.make<number>();
    const events = yield* engine.containerEvents(project);
    const listening = events.pipe(
      Stream.filter((event) => event.id === id && event.action === "die"),
      Stream.runForEach((event) => Deferred.succeed(ended, Number(event.attributes["exitCode"] ?? 0))),
    );
    yield* Effect.forkScoped(Effect.ignore(listening));
    return ended;
  });

/** Signals that reach us go to the process; the third one ends us. */
export const forwardSignals = (signals: SignalDesk, host: Host, id: string): Effect.Effect<void, never, Engine> =>
  Effect.gen(function* () {
    const engine = yield* Engine;
    let heard = 0;
    signals.listener = (signal: Signal) => {
      heard++;
      if (heard > 2) host.exit(130);
      Effect.runFork(Effect.ignore(engine.killContainer(id, signal)));
    };
  });

export interface Conversation {
  readonly id: string;
  readonly channel: Channel;
  readonly ended: Deferred.Deferred<number>;
  readonly stdin: boolean;
  readonly tty: boolean;
  readonly detachKeys?: string;
}

/** What docker says when the keys that let go of a terminal were pressed. */
export const tellDetached = (host: Host): Effect.Effect<void> => Effect.promise(async () => host.stderr.write("read escape sequence\n"));

/** Until the process ends: its exit code. "detached": its terminal was let go, and it goes on. */
export const converse = ({ id, channel, ended, stdin, tty, ...keys }: Conversation, host: Host): Effect.Effect<number | "detached", EngineError, Engine | Scope.Scope> =>
  Effect.gen(function* () {
    const engine = yield* Engine;
    const how = yield* pump(channel, host, { stdin, tty, ...keys, resize: (size) => engine.resizeContainer(id, size) });
    if (how === "detached") return how;
    // The news of an end follows the last output at once.
    const told = yield* Effect.timeoutOption(Deferred.await(ended), tty ? "500 millis" : "2 seconds");
    if (told._tag === "Some") return told.value;
    const { state, exitCode } = yield* engine.inspectContainer(id);
    if (state !== "running" && state !== "paused") return exitCode;
    return tty ? "detached" : yield* engine.waitContainer(id);
  });
