// Two-way connections on a real engine: attach before the start, commands with input, terminals and their size.
import type { Channel, Command, EngineApi } from "@composure/engine/Engine";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Stream from "effect/Stream";
import { expect, test } from "vitest";
import { launch, onEngine, sh, specOf, using } from "./engine.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const command = (...argv: ReadonlyArray<string>): Command => ({ argv, environment: [], privileged: false });
const said = (channel: Channel) =>
  Effect.map(Stream.runCollect(channel.output), (chunks) => {
    const of = (stream: "stdout" | "stderr") =>
      Buffer.concat(chunks.filter((chunk) => chunk.stream === stream).map((chunk) => chunk.bytes)).toString("utf8");
    return { stdout: of("stdout"), stderr: of("stderr") };
  });
const idle = sh("trap 'exit 0' TERM; while :; do sleep 0.05; done");

const make = (engine: EngineApi, name: string, spec: ReturnType<typeof specOf>) =>
  Effect.map(engine.createContainer(name, spec), ({ id }) => id);

onEngine("attach", (project) => {
  test("before the start: the first byte and the input arrive, nothing else does", () =>
    using((engine) =>
      Effect.scoped(
        Effect.gen(function* () {
          const spec = specOf(project, { ...sh("cat; echo end >&2"), stdin_open: true });
          const id = yield* make(engine, `${project}-attach`, { ...spec, interactive: { stdin: true, autoRemove: false } });
          const channel = yield* engine.attach(id, { stdin: true });
          yield* engine.startContainer(id);
          yield* channel.write(bytes("one\ntwo\n"));
          yield* channel.endInput;
          expect(yield* said(channel)).toEqual({ stdout: "one\ntwo\n", stderr: "end\n" });
          yield* engine.removeContainer(id, { force: true, volumes: true });
        }),
      ),
    ));
});

onEngine("openExec", (project) => {
  test("input, both outputs, exit code, environment and folder", () =>
    using((engine) =>
      Effect.scoped(
        Effect.gen(function* () {
          const id = yield* launch(engine, `${project}-exec`, specOf(project, idle));
          const asked = { ...command("sh", "-c", "cat; echo $WHO in $PWD >&2; exit 7"), environment: ["WHO=me"], workingDir: "/tmp" };
          const execution = yield* engine.openExec(id, asked, { stdin: true });
          yield* execution.write(bytes("piped"));
          yield* execution.endInput;
          expect(yield* said(execution)).toEqual({ stdout: "piped", stderr: "me in /tmp\n" });
          expect(yield* execution.exitCode).toBe(7);
        }),
      ),
    ));

  test("a terminal of the given size, which can change", () =>
    using((engine) =>
      Effect.scoped(
        Effect.gen(function* () {
          const id = yield* launch(engine, `${project}-tty`, specOf(project, idle));
          const execution = yield* engine.openExec(id, command("sh", "-c", "read a; stty size; read b; stty size"), {
            stdin: true,
            size: { columns: 71, rows: 19 },
          });
          const lines = yield* Effect.forkScoped(said(execution));
          yield* execution.write(bytes("x\n"));
          yield* execution.resize({ columns: 44, rows: 11 });
          yield* execution.write(bytes("y\n"));
          const { stdout } = yield* Fiber.join(lines);
          expect(stdout).toContain("11 44");
        }),
      ),
    ));

  test("a command that does not exist, and one left alone", () =>
    using((engine) =>
      Effect.scoped(
        Effect.gen(function* () {
          const id = yield* launch(engine, `${project}-exec-2`, specOf(project, idle));
          const missing = yield* Effect.exit(
            Effect.scoped(
              Effect.gen(function* () {
                const execution = yield* engine.openExec(id, command("no-such-command"), { stdin: false });
                yield* said(execution);
                return yield* execution.exitCode;
              }),
            ),
          );
          // Engines differ: some refuse the start, others give 126 or 127.
          expect(missing._tag === "Failure" || ([126, 127] as ReadonlyArray<unknown>).includes(missing.value)).toBe(true);
          yield* engine.execDetached(id, command("sh", "-c", "echo left > /tmp/left"));
          const check = yield* engine.openExec(id, command("sh", "-c", "until [ -s /tmp/left ]; do sleep 0.05; done; cat /tmp/left"), { stdin: false });
          expect((yield* said(check)).stdout).toBe("left\n");
        }),
      ),
    ));
});
