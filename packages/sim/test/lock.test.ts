// The deploy lock, in every order in which the calls of several deployers can reach the engine.
import { heirVolume, type Lock, lockLabels, lockVolume, lockTerm } from "@composure/core/lock/lock";
import { Engine } from "@composure/engine/Engine";
import { breakLock, keepLock, readLock, type Seeker, takeLock } from "@composure/engine/lock";
import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import { type Choice, exhaustive, inOrder, seeded } from "../src/Choice.ts";
import { faultAtChange, type Fault } from "../src/faults.ts";
import { type KernelOptions, makeKernel } from "../src/Kernel.ts";
import { makeEngine } from "../src/SimEngine.ts";
import { makeWorld, type World } from "../src/World.ts";

/** Of a process that is gone. */
const left = (token: string, more: Partial<Lock> = {}): Lock => ({
  project: "shop",
  owner: `${token}@here:1`,
  reason: "up",
  token,
  since: 1,
  expires: 1 + lockTerm,
  machine: "here",
  process: `dead${token}`,
  ...more,
});

const lay = (world: World, name: string, lock: Lock): void => {
  world.volumes[name] = { name, driver: "local", labels: lockLabels(lock), anonymous: false, createdAt: 0 };
};

const seeker = (world: World, token: string): Seeker => ({
  project: "shop",
  owner: `${token}@here:2`,
  reason: "up",
  token,
  machine: "here",
  process: `live${token}`,
  now: () => world.now / 1000,
  alive: ({ machine, process }) => (machine === "here" ? !process.startsWith("dead") : undefined),
});

const lockNames = (world: World): ReadonlyArray<string> => Object.keys(world.volumes).toSorted();

const go = <A>(world: World, program: Effect.Effect<A, unknown, Engine>, options: Partial<KernelOptions> = {}) => {
  const kernel = makeKernel(world, { choice: inOrder, ...options });
  return { kernel, run: kernel.run(Effect.provideService(program, Engine, makeEngine(kernel.driver))) };
};

/** Tries until it has the lock, is alone for one call, gives it back. */
const deployer = (world: World, token: string, inside: Set<string>) =>
  Effect.gen(function* () {
    const engine = yield* Engine;
    const me = seeker(world, token);
    for (let attempts = 0; attempts < 3; attempts += 1) {
      const taking = yield* takeLock(engine, me);
      if (taking._tag === "HeldBy") {
        yield* Effect.sleep("1 second");
        continue;
      }
      return yield* Effect.scoped(
        Effect.gen(function* () {
          const kept = yield* keepLock(engine, taking.lock, me.now);
          inside.add(token);
          assert.strictEqual(inside.size, 1, `${[...inside].join(" and ")} at once`);
          yield* engine.createVolume({ _tag: "CreateVolume", name: `work-${token}`, volume: {}, labels: {} });
          assert.deepStrictEqual([...inside], [token]);
          inside.delete(token);
          yield* kept.giveBack;
          return true;
        }),
      );
    }
    return false;
  });

const scenes: ReadonlyArray<readonly [name: string, lay: (world: World) => void]> = [
  ["nobody holds it", () => {}],
  ["a dead one holds it", (world) => lay(world, lockVolume("shop"), left("x"))],
  ["one ran out", (world) => lay(world, lockVolume("shop"), left("x", { machine: "elsewhere" }))],
  [
    "a dead one holds it, and another died while clearing it away",
    (world) => {
      lay(world, lockVolume("shop"), left("x"));
      lay(world, heirVolume(lockVolume("shop"), "x"), left("y"));
    },
  ],
  ["a volume of that name that says nothing", (world) => void (world.volumes[lockVolume("shop")] = { name: lockVolume("shop"), driver: "local", labels: {}, anonymous: false, createdAt: 0 })],
];

describe("several deployers", () => {
  for (const [name, prepare] of scenes) {
    const attempt = (choice: Choice, what: string): void => {
      const world = makeWorld({ now: 1_000_000 });
      prepare(world);
      const inside = new Set<string>();
      const both = Effect.all([deployer(world, "a", inside), deployer(world, "b", inside)], { concurrency: "unbounded" });
      const { run } = go(world, both, { choice });
      assert.isTrue(run._tag === "Finished" && run.exit._tag === "Success", `${JSON.stringify(run)} on ${what}`);
      assert.deepStrictEqual(lockNames(world), ["work-a", "work-b"], `on ${what}`);
    };
    it(`${name}: never two at once, and each gets its turn`, { timeout: 120_000 }, () => {
      // Where there are more orders than these, the drawn ones reach beyond the first branches.
      const paths = exhaustive();
      let runs = 0;
      do attempt(paths.choice, `path ${paths.path().join()}`);
      while (++runs < 250 && paths.next());
      for (let seed = 0; seed < 250; seed += 1) attempt(seeded(seed), `seed ${seed}`);
    });
  }

  const crashes: ReadonlyArray<Fault> = [{ _tag: "Crash", effect: false }, { _tag: "Crash", effect: true }];
  for (const [name, prepare] of scenes) {
    it(`${name}: after a death at any call the next one gets through`, () => {
      for (const fault of crashes) {
        for (let at = 0, struck = true; struck; at += 1) {
          const world = makeWorld({ now: 1_000_000 });
          prepare(world);
          struck = go(world, deployer(world, "dead", new Set()), { faults: faultAtChange(at, fault) }).run._tag === "Crashed";
          // Its labels say so, as those of a process that is gone do.
          for (const volume of Object.values(world.volumes)) {
            const process = volume.labels["composure.lock.process"];
            if (process === "livedead") Object.assign(volume, { labels: { ...volume.labels, "composure.lock.process": "dead" } });
          }
          const { run } = go(world, deployer(world, "next", new Set()));
          assert.isTrue(run._tag === "Finished" && run.exit._tag === "Success", `${JSON.stringify(fault)} at ${at}: ${JSON.stringify(run)}`);
          assert.notInclude(lockNames(world), lockVolume("shop"));
        }
      }
    });
  }

  it("three of them, in drawn orders", { timeout: 60_000 }, () => {
    for (let seed = 0; seed < 150; seed += 1) {
      const world = makeWorld({ now: 1_000_000 });
      lay(world, lockVolume("shop"), left("x"));
      const inside = new Set<string>();
      const all = Effect.all(["a", "b", "c"].map((token) => deployer(world, token, inside)), { concurrency: "unbounded" });
      const { run } = go(world, all, { choice: seeded(seed), shuffleFibers: true });
      assert.isTrue(run._tag === "Finished" && run.exit._tag === "Success", `seed ${seed}: ${JSON.stringify(run)}`);
      assert.deepStrictEqual(lockNames(world).filter((volume) => volume.startsWith("composure-lock")), [], `seed ${seed}`);
    }
  });
});

describe("a lock", () => {
  it("costs one request to take and one to give back", () => {
    const world = makeWorld();
    const { kernel } = go(world, deployer(world, "a", new Set()));
    assert.deepStrictEqual(kernel.trace.map(({ method }) => method), ["createVolume", "createVolume", "removeVolume"]);
  });

  it("of another machine is respected until it runs out; a long run prolongs its own", () => {
    const world = makeWorld({ now: 1_000_000 });
    const long = Effect.gen(function* () {
      const engine = yield* Engine;
      const holder = { ...seeker(world, "a"), machine: "elsewhere" };
      const taking = yield* takeLock(engine, holder);
      assert.strictEqual(taking._tag, "Held");
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* keepLock(engine, taking.lock, holder.now);
          yield* Effect.sleep(`${lockTerm * 3} seconds`);
          assert.strictEqual((yield* takeLock(engine, seeker(world, "b")))._tag, "HeldBy");
          assert.isAbove((yield* readLock(engine, "shop"))?.expires ?? 0, world.now / 1000);
        }),
      );
      // Given back.
      assert.isUndefined(yield* readLock(engine, "shop"));
      yield* takeLock(engine, holder);
      yield* Effect.sleep(`${lockTerm - 1} seconds`);
      assert.strictEqual((yield* takeLock(engine, seeker(world, "b")))._tag, "HeldBy");
      yield* Effect.sleep("2 seconds");
      assert.strictEqual((yield* takeLock(engine, seeker(world, "b")))._tag, "Held");
    });
    const { run } = go(world, long);
    assert.isTrue(run._tag === "Finished" && run.exit._tag === "Success", JSON.stringify(run));
    assert.deepStrictEqual(lockNames(world), [lockVolume("shop")]);
  });

  it("is not taken away from whoever came after one that slept through its term", () => {
    const world = makeWorld({ now: 1_000_000 });
    const sleeper = Effect.gen(function* () {
      const engine = yield* Engine;
      const holder = { ...seeker(world, "a"), machine: "elsewhere" };
      const taking = yield* takeLock(engine, holder);
      yield* Effect.scoped(
        Effect.gen(function* () {
          const kept = yield* keepLock(engine, taking.lock, () => world.now / 1000);
          // No turn of its own came while it slept.
          world.now += (lockTerm + 1) * 1000;
          assert.strictEqual((yield* takeLock(engine, seeker(world, "b")))._tag, "Held");
          yield* kept.giveBack;
        }),
      );
      return (yield* readLock(engine, "shop"))?.token;
    });
    const { run } = go(world, sleeper);
    assert.deepStrictEqual(run._tag === "Finished" && run.exit._tag === "Success" ? run.exit.value : run, "b");
  });

  it("is broken with everything that belongs to it", () => {
    const world = makeWorld();
    lay(world, lockVolume("shop"), left("x"));
    lay(world, heirVolume(lockVolume("shop"), "x"), left("y"));
    lay(world, lockVolume("forum"), { ...left("z"), project: "forum" });
    const { run } = go(world, Effect.flatMap(Engine, (engine) => breakLock(engine, "shop")));
    assert.strictEqual(run._tag === "Finished" && run.exit._tag === "Success" ? run.exit.value?.owner : "", "x@here:1");
    assert.deepStrictEqual(lockNames(world), [lockVolume("forum")]);
  });
});
