// What containers say and do on a real engine: logs, attached output, exec, files, events.
import type { InjectedFile } from "@composure/core/desired/Desired";
import type { ContainerEvent, EngineApi, LogsRequest } from "@composure/engine/Engine";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Stream from "effect/Stream";
import { expect, test } from "vitest";
import { collected, HEALTHY, launch, onEngine, refusal, sh, specOf, using } from "./engine.ts";

const all: LogsRequest = { follow: false, timestamps: false };
const read = (engine: EngineApi, id: string, request: LogsRequest) =>
  Effect.map(Stream.runCollect(engine.logs(id, request)), (chunks) => ({
    stdout: Buffer.concat(chunks.filter((chunk) => chunk.stream === "stdout").map((chunk) => chunk.bytes)).toString(
      "utf8",
    ),
    stderr: Buffer.concat(chunks.filter((chunk) => chunk.stream === "stderr").map((chunk) => chunk.bytes)).toString(
      "utf8",
    ),
  }));

onEngine("logs", (project) => {
  test("both streams, the last line without a newline", () =>
    using((engine) =>
      Effect.gen(function* () {
        const id = yield* launch(
          engine,
          `${project}-logs`,
          specOf(project, sh("echo one; echo two >&2; printf three")),
        );
        yield* engine.waitContainer(id);
        expect(yield* read(engine, id, all)).toEqual({ stdout: "one\nthree", stderr: "two\n" });
        expect((yield* read(engine, id, { ...all, tail: 0 })).stdout).toBe("");
        expect((yield* read(engine, id, { ...all, timestamps: true })).stdout).toMatch(
          /^\d{4}-\d\d-\d\dT[\d:.]+Z one\n/,
        );
        expect((yield* read(engine, id, { ...all, since: String(Math.floor(Date.now() / 1000) + 60) })).stdout).toBe(
          "",
        );
      }),
    ));

  test("a terminal's output, and output that looks like JSON", () =>
    using((engine) =>
      Effect.gen(function* () {
        const id = yield* launch(engine, `${project}-tty`, specOf(project, { ...sh(`printf '{"a":1}'`), tty: true }));
        yield* engine.waitContainer(id);
        expect(yield* read(engine, id, all)).toEqual({ stdout: '{"a":1}', stderr: "" });
      }),
    ));

  test("followed to the end, and broken off in the middle", () =>
    using((engine) =>
      Effect.gen(function* () {
        const id = yield* launch(
          engine,
          `${project}-follow`,
          specOf(project, sh("echo ready; trap 'echo bye; exit 0' USR1; while :; do sleep 0.05; done")),
        );
        const first = yield* Stream.runCollect(Stream.take(engine.logs(id, { ...all, follow: true }), 1));
        expect(Buffer.from(first[0]!.bytes).toString()).toBe("ready\n");
        const rest = yield* Effect.forkChild(read(engine, id, { ...all, follow: true }), { startImmediately: true });
        yield* engine.killContainer(id, "SIGUSR1");
        expect((yield* Fiber.join(rest)).stdout).toBe("ready\nbye\n");
      }),
    ));

  test("megabytes come through whole", () =>
    using((engine) =>
      Effect.gen(function* () {
        const id = yield* launch(
          engine,
          `${project}-much`,
          specOf(
            project,
            sh(
              'i=0; while [ $i -lt 40000 ]; do echo "line $i of output that is long enough to fill some frames"; i=$((i+1)); done',
            ),
          ),
        );
        yield* engine.waitContainer(id);
        const { stdout } = yield* read(engine, id, all);
        const lines = stdout.split("\n");
        expect(lines.length).toBe(40_001);
        expect(lines[39_999]).toBe("line 39999 of output that is long enough to fill some frames");
      }),
    ));

  test("no such container", async () => {
    expect(await refusal((engine) => Stream.runDrain(engine.logs("no-such-container", all)))).toMatchObject({
      _tag: "NotFound",
    });
  });
});

onEngine("attached output", (project) => {
  test("from the first byte, when attached before the start; also without a readable log", () =>
    using((engine) =>
      Effect.gen(function* () {
        const { id } = yield* engine.createContainer(
          `${project}-att`,
          specOf(project, { ...sh("echo out; echo err >&2; printf end"), logging: { driver: "none" } }),
        );
        const output = yield* engine.attachOutput(id);
        const chunks = yield* Effect.forkChild(Stream.runCollect(output), { startImmediately: true });
        yield* engine.startContainer(id);
        const seen = (yield* Fiber.join(chunks))
          .map((chunk) => `${chunk.stream}:${Buffer.from(chunk.bytes).toString()}`)
          .sort();
        expect(seen.filter((text) => text.startsWith("stderr"))).toEqual(["stderr:err\n"]);
        expect(
          seen
            .filter((text) => text.startsWith("stdout"))
            .map((text) => text.slice(7))
            .join("").length,
        ).toBe("out\nend".length);
      }),
    ));
});

onEngine("exec", (project) => {
  const command = { environment: [], privileged: false };
  test("exit code, output as it comes, environment, user and folder", () =>
    using((engine) =>
      Effect.gen(function* () {
        const id = yield* launch(engine, `${project}-exec`, specOf(project, {}));
        let said = "";
        const script = "echo $A; id -u; pwd; echo oops >&2; exit 3";
        const result = yield* engine.exec(
          id,
          { ...command, argv: ["sh", "-c", script], environment: ["A=b c"], user: "1000", workingDir: "/tmp" },
          collected((text) => (said += text)),
        );
        expect(result.exitCode).toBe(3);
        expect(said.split("\n").sort().join("\n").trim()).toBe("/tmp\n1000\nb c\noops");
        expect(result.output.length).toBe(said.length);
        const long = yield* engine.exec(
          id,
          { ...command, argv: ["sh", "-c", "i=0; while [ $i -lt 3000 ]; do echo $i; i=$((i+1)); done"] },
          () => Effect.void,
        );
        expect(long).toMatchObject({ exitCode: 0 });
        expect(long.output.length).toBe(2048);
        expect(long.output.endsWith("2999\n")).toBe(true);
        expect(
          (yield* engine.exec(id, { ...command, argv: ["no-such-program"] }, () => Effect.void)).exitCode,
        ).toBeGreaterThan(0);
      }),
    ));

  test("in a container that does not run", async () => {
    const reason = await refusal((engine) =>
      Effect.flatMap(engine.createContainer(`${project}-still`, specOf(project, {})), ({ id }) =>
        engine.exec(id, { ...command, argv: ["true"] }, () => Effect.void),
      ),
    );
    expect(reason).toMatchObject({ _tag: "Conflict" });
  });
});

onEngine("injected files", (project) => {
  const file = (target: string, more: Partial<InjectedFile> = {}): InjectedFile => ({
    kind: "config",
    key: "k",
    target,
    uid: "",
    gid: "",
    mode: 0o444,
    ...more,
  });
  test("owner, mode and content, before and after the start", () =>
    using((engine) =>
      Effect.gen(function* () {
        const { id } = yield* engine.createContainer(`${project}-files`, specOf(project, {}));
        yield* engine.injectFiles(
          id,
          [
            file("/deep/er/conf"),
            file("/run/secrets/s", { kind: "secret", key: "s", uid: "1000", gid: "7", mode: 0o400 }),
          ],
          ({ key }) => `content of ${key} é`,
        );
        yield* engine.startContainer(id);
        yield* engine.injectFiles(id, [file("/late", { mode: 0o755 })], () => "");
        const argv = [
          "sh",
          "-c",
          "cat /deep/er/conf /run/secrets/s; stat -c ' %a %u:%g' /deep/er/conf /run/secrets/s /late",
        ];
        const { output } = yield* engine.exec(id, { argv, environment: [], privileged: false }, () => Effect.void);
        expect(output).toBe("content of k écontent of s é 444 0:0\n 400 1000:7\n 755 0:0\n");
      }),
    ));

  test("names instead of numbers, and a read-only container, are refused", async () => {
    const inject = (service: object, one: InjectedFile, name: string) =>
      refusal((engine) =>
        Effect.flatMap(engine.createContainer(`${project}-${name}`, specOf(project, service)), ({ id }) =>
          engine.injectFiles(id, [one], () => "x"),
        ),
      );
    expect(await inject({}, file("/a", { uid: "app" }), "names")).toMatchObject({
      _tag: "Rejected",
      detail: expect.stringContaining("numbers"),
    });
    expect(await inject({ read_only: true }, file("/a"), "ro")).toMatchObject({
      _tag: "Rejected",
      detail: expect.stringMatching(/read-only/),
    });
  });
});

onEngine("events", (project) => {
  const until = (actions: ReadonlyArray<string>) => {
    const missing = new Set(actions);
    return (event: ContainerEvent): boolean => {
      missing.delete(event.action);
      return missing.size === 0;
    };
  };

  test("everything after the connection, in order, of this project only", () =>
    using((engine) =>
      Effect.gen(function* () {
        const events = yield* engine.containerEvents(project);
        const stranger = yield* engine.createContainer(`${project}-stranger`, specOf(`${project}x`, {}));
        const { id } = yield* engine.createContainer(`${project}-ev`, specOf(project, sh("exit 3")));
        yield* engine.startContainer(id);
        yield* engine.waitContainer(id);
        yield* engine.removeContainer(id, { force: false, volumes: true });
        yield* engine.removeContainer(stranger.id, { force: false, volumes: true });
        const seen = yield* Stream.runCollect(Stream.takeUntil(events, until(["destroy"])));
        expect(seen.map((event) => event.action).filter((action) => !["attach", "resize"].includes(action))).toEqual([
          "create",
          "start",
          "die",
          "destroy",
        ]);
        expect(new Set(seen.map((event) => event.id))).toEqual(new Set([id]));
        expect(seen.find((event) => event.action === "die")).toMatchObject({
          name: `${project}-ev`,
          attributes: { exitCode: "3" },
        });
        expect(seen.every((event) => event.time > 1_600_000_000_000_000_000n)).toBe(true);
      }),
    ));

  test("health", () =>
    using((engine) =>
      Effect.gen(function* () {
        const events = yield* engine.containerEvents(project);
        const id = yield* launch(engine, `${project}-health`, specOf(project, { image: HEALTHY }));
        yield* Stream.runDrain(Stream.takeUntil(events, until(["health_status: healthy"])));
        const observed = yield* engine.observe({
          project,
          images: [],
          imageDetails: [],
          volumes: false,
          foreign: false,
        });
        expect(observed.containers.find((container) => container.id === id)?.health).toBe("healthy");
        expect(yield* engine.inspectContainer(id)).toMatchObject({ health: "healthy", lastProbe: "" });
      }),
    ));
});
