// Lifecycle hooks: commands in a running container, and ephemeral containers before the first start.
import type { BoundContainerSpec, Operation } from "@composure/core/plan/Operation";
import type { Hook } from "@composure/core/model/Service";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Stream from "effect/Stream";
import type { EngineApi, OutputChunk } from "./Engine.ts";
import { EngineError, HookFailed } from "./EngineError.ts";
import { lastLines } from "./culprit.ts";

type RunHook = Extract<Operation, { readonly _tag: "RunHook" }>;
type RunHookContainer = Extract<Operation, { readonly _tag: "RunHookContainer" }>;
export type OnOutput = (stream: OutputChunk["stream"], text: string) => Effect.Effect<void>;

const outputLimit = 2048;

const environmentOf = (hook: Hook): ReadonlyArray<string> =>
  Object.entries(hook.environment ?? {})
    .map(([key, value]) => (value === null ? key : `${key}=${value}`))
    .toSorted();

const failed = (operation: RunHook | RunHookContainer, exitCode: number, output: string): EngineError =>
  new EngineError({
    call: "runHook",
    subject: operation.service,
    reason: new HookFailed({
      service: operation.service,
      phase: `${operation._tag === "RunHook" ? operation.phase : "pre_start"}[${operation.index}]`,
      exitCode,
      output: lastLines(output).join("\n").slice(-outputLimit),
    }),
  });

/** A character may be cut in two by the stream: each stream has its own decoder. */
const decoding = (onOutput: OnOutput): ((chunk: OutputChunk) => Effect.Effect<string>) => {
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  return ({ stream, bytes }) => {
    const text = decoders[stream].decode(bytes, { stream: true });
    return text === "" ? Effect.succeed("") : Effect.as(onOutput(stream, text), text);
  };
};

/** `post_start` and `pre_stop`. A container that has stopped by itself needs no `pre_stop`. */
export const runHook = (engine: EngineApi, operation: RunHook, id: string, onOutput: OnOutput): Effect.Effect<void, EngineError> => {
  const { hook } = operation;
  const decode = decoding(onOutput);
  const command = {
    argv: hook.command ?? [],
    environment: environmentOf(hook),
    privileged: hook.privileged === true,
    ...(hook.user === undefined ? {} : { user: hook.user }),
    ...(hook.working_dir === undefined ? {} : { workingDir: hook.working_dir }),
  };
  const run = engine.exec(id, command, (chunk) => Effect.asVoid(decode(chunk))).pipe(
    Effect.flatMap(({ exitCode, output }) => (exitCode === 0 ? Effect.void : Effect.fail(failed(operation, exitCode, output)))),
  );
  if (operation.phase === "post_start") return run;
  return run.pipe(
    Effect.catchReason("EngineError", "NotFound", () => Effect.void),
    Effect.catchReason("EngineError", "Conflict", () => Effect.void),
  );
};

/** Text of both streams, kept to tell the last of it. */
interface Heard {
  stdout: string;
  stderr: string;
}

const listen = (engine: EngineApi, id: string, heard: Heard, onOutput: OnOutput): Effect.Effect<void> => {
  const decode = decoding((stream, text) => {
    heard[stream] = (heard[stream] + text).slice(-4 * outputLimit);
    return onOutput(stream, text);
  });
  return engine.logs(id, { follow: true, timestamps: false }).pipe(
    Stream.runForEach((chunk) => Effect.asVoid(decode(chunk))),
    // A log driver that cannot be read costs the output, not the hook.
    Effect.ignore,
  );
};

const createFresh = (engine: EngineApi, name: string, spec: BoundContainerSpec): Effect.Effect<string, EngineError> => {
  const create = Effect.map(engine.createContainer(name, spec), ({ id }) => id);
  // One that failed in an earlier run was kept for looking at it; its time is over.
  return Effect.catchReason(create, "EngineError", "NameTaken", ({ by }) => Effect.andThen(engine.removeContainer(by, { force: true, volumes: true }), create));
};

/** `pre_start`: create, start, wait, remove. One that fails is kept. An interruption removes it, whatever it was doing. */
export const runHookContainer = (
  engine: EngineApi,
  operation: RunHookContainer,
  name: string,
  spec: BoundContainerSpec,
  onOutput: OnOutput,
): Effect.Effect<void, EngineError> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const id = yield* createFresh(engine, name, spec);
      const remove = engine.removeContainer(id, { force: true, volumes: true });
      const heard: Heard = { stdout: "", stderr: "" };
      const run = Effect.gen(function* () {
        yield* engine.startContainer(id);
        const listening = yield* Effect.forkChild(listen(engine, id, heard, onOutput));
        const exitCode = yield* engine.waitContainer(id);
        yield* Effect.timeoutOrElse(Fiber.join(listening), { duration: "5 seconds", orElse: () => Effect.void });
        return exitCode;
      });
      const exitCode = yield* restore(run).pipe(Effect.onInterrupt(() => Effect.ignore(remove)));
      if (exitCode !== 0) return yield* failed(operation, exitCode, heard.stderr === "" ? heard.stdout : heard.stderr);
      yield* remove;
    }),
  );
