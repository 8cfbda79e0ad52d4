// The kernel itself: choices, replay, virtual time, deadlocks, crashes, faults.
import { Engine } from "@composure/engine/Engine";
import { assert, describe, it } from "@effect/vitest";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import { exhaustive, inOrder, NotDeterministic, recording, replaying, seeded } from "../src/Choice.ts";
import { faultAt, faultAtChange, type Faults } from "../src/faults.ts";
import { loadImage, makeWorld, type World } from "../src/index.ts";
import { type KernelOptions, makeKernel, type Run } from "../src/Kernel.ts";
import { makeEngine } from "../src/SimEngine.ts";
import { spec } from "./samples.ts";

const run = <A, E>(program: Effect.Effect<A, E, Engine>, options: Partial<KernelOptions> = {}, world: World = makeWorld()): Run<A, E> & { readonly trace: ReadonlyArray<string> } => {
  loadImage(world, "nginx");
  const kernel = makeKernel(world, { choice: inOrder, ...options });
  const ended = kernel.run(Effect.provideService(program, Engine, makeEngine(kernel.driver)));
  return { ...ended, trace: kernel.trace.map(({ subject }) => subject) };
};
const createAll = (...names: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const engine = yield* Engine;
    yield* Effect.forEach(names, (name) => engine.createContainer(name, spec({ name })), { concurrency: "unbounded" });
  });

describe("choices", () => {
  it("all orders of three calls", () => {
    const paths = exhaustive();
    const seen = new Set<string>();
    do seen.add(run(createAll("a1", "b1", "c1"), { choice: paths.choice }).trace.join(" "));
    while (paths.next());
    assert.strictEqual(seen.size, 6);
  });
  it("a recorded run is replayed", () => {
    for (let seed = 0; seed < 30; seed += 1) {
      const tape = recording(seeded(seed));
      const first = run(createAll("a1", "b1", "c1", "d1"), { choice: tape.choice, shuffleFibers: true });
      const second = run(createAll("a1", "b1", "c1", "d1"), { choice: replaying(tape.path), shuffleFibers: true });
      assert.deepStrictEqual(second.trace, first.trace);
    }
  });
  it("seeds reach all orders", () => {
    const seen = new Set(Array.from({ length: 100 }, (_, seed) => run(createAll("a1", "b1", "c1"), { choice: seeded(seed) }).trace.join(" ")));
    assert.strictEqual(seen.size, 6);
  });
  it("a program that is not deterministic is found out", () => {
    const paths = exhaustive();
    let runs = 0;
    const next = () => {
      runs += 1;
      run(createAll(...["a1", "b1", "c1"].slice(0, runs === 2 ? 2 : 3)), { choice: paths.choice });
      return paths.next();
    };
    assert.isTrue(next());
    assert.throws(next, NotDeterministic);
  });
});

describe("time", () => {
  it("passes only when nothing else can happen, and at once", () => {
    const world = makeWorld({ now: 1000 });
    const ended = run(
      Effect.gen(function* () {
        yield* Effect.sleep("1 hour");
        return yield* Clock.currentTimeMillis;
      }),
      {},
      world,
    );
    assert.deepInclude(ended, { _tag: "Finished" });
    assert.strictEqual(world.now, 3_601_000);
  });
  it("latency orders calls by the time they take", () => {
    const slow: Record<string, number> = { a1: 30, b1: 20, c1: 10 };
    assert.deepStrictEqual(run(createAll("a1", "b1", "c1"), { latency: ({ subject }) => slow[subject] ?? 0 }).trace, ["c1", "b1", "a1"]);
  });
  it("a program that waits for what never comes is stuck, not hanging", () => {
    const waiting = Effect.gen(function* () {
      const engine = yield* Engine;
      const { id } = yield* engine.createContainer("a1", spec({ name: "a" }));
      yield* engine.startContainer(id);
      return yield* engine.waitContainer(id);
    });
    assert.strictEqual(run(waiting)._tag, "Stuck");
  });
  it("a program that never rests is endless", () => {
    assert.strictEqual(run(Effect.forever(Effect.sleep("1 second")), { limit: 100 })._tag, "Endless");
  });
});

describe("faults", () => {
  const names = (world: World) => Object.values(world.containers).map(({ name }) => name);
  const after = (faults: Faults) => {
    const world = makeWorld();
    const ended = run(createAll("a1", "b1"), { faults }, world);
    return { how: ended._tag === "Finished" ? ended.exit._tag : ended._tag, names: names(world) };
  };
  it.each([
    [{ _tag: "FailBefore" }, "Failure", []],
    [{ _tag: "FailAfter" }, "Failure", ["a1"]],
    [{ _tag: "Crash", effect: false }, "Crashed", []],
    [{ _tag: "Crash", effect: true }, "Crashed", ["a1"]],
    [{ _tag: "EngineRestart" }, "Failure", []],
  ] as const)("%j", (fault, how, left) => assert.deepStrictEqual(after(faultAt(0, fault)), { how, names: [...left] }));
  it("slow and hanging calls", () => {
    const world = makeWorld();
    const before = world.now;
    assert.strictEqual(run(createAll("a1"), { faults: faultAt(0, { _tag: "Slow", millis: 700 }) }, world)._tag, "Finished");
    assert.strictEqual(world.now - before, 700);
    const ended = run(createAll("b1"), { faults: faultAtChange(0, { _tag: "Hang" }) }, world);
    assert.isTrue(ended._tag === "Finished" && ended.exit._tag === "Failure");
    assert.deepStrictEqual(names(world), ["a1", "b1"], "it happened nevertheless");
  });
});

describe("requests under way when the client dies", () => {
  it("may reach the daemon or not: both are tried", () => {
    const paths = exhaustive();
    const seen = new Set<string>();
    do {
      const world = makeWorld();
      run(createAll("a1", "b1"), { choice: paths.choice, faults: (_, { subject }) => (subject === "a1" ? { _tag: "Crash", effect: true } : undefined) }, world);
      seen.add(Object.values(world.containers).map(({ name }) => name).join(" "));
    } while (paths.next());
    assert.deepStrictEqual([...seen].toSorted(), ["a1", "a1 b1", "b1 a1"]);
  });
});
