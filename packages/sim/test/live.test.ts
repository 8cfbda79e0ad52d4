// The simulated engine through its port, in ordinary (test) time.
import { Engine } from "@composure/engine/Engine";
import { assert, layer as withLayer, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Stream from "effect/Stream";
import * as TestClock from "effect/testing/TestClock";
import { layer, makeWorld } from "../src/index.ts";
import { loadImage } from "../src/images.ts";
import { endpoint, spec } from "./samples.ts";

const world = () => {
  const made = makeWorld();
  loadImage(made, "nginx");
  return made;
};
const quiet = () => Effect.void;

withLayer(layer(world()))("one project's life", (it) => {
  it.effect("create, start, list, stop, remove", () =>
    Effect.gen(function* () {
      const engine = yield* Engine;
      yield* engine.pullImage({ _tag: "PullImage", image: "redis:7", services: ["db"], tolerateFailure: false }, quiet);
      yield* engine.createNetwork({ _tag: "CreateNetwork", name: "p_default", network: {}, labels: {} });
      yield* engine.createVolume({ _tag: "CreateVolume", name: "p_data", volume: {}, labels: {} });
      const { id } = yield* engine.createContainer(
        "p-db-1",
        spec({ name: "db", image: "redis:7" }, { endpoints: [endpoint("p_default")], mounts: [{ _tag: "Volume", name: "p_data", target: "/data", readOnly: false, inherited: false }] }),
      );
      yield* engine.startContainer(id);
      const query = { project: "p", images: ["redis:7"], imageDetails: [], volumes: true, foreign: true };
      const seen = yield* engine.observe(query);
      assert.deepStrictEqual(seen.containers.map(({ name, state, status }) => ({ name, state, status })), [{ name: "p-db-1", state: "running", status: "Up Less than a second" }]);
      assert.strictEqual(seen.containers[0]?.endpoints[0]?.ipv4, "172.18.0.2");
      const inUse = yield* Effect.flip(engine.removeVolume("p_data"));
      assert.include(JSON.stringify(inUse.reason), "volume is in use");
      const active = yield* Effect.flip(engine.removeNetwork("p_default"));
      assert.strictEqual(active.reason._tag, "Conflict");
      yield* engine.stopContainer(id);
      yield* engine.removeContainer(id, { force: false, volumes: false });
      yield* engine.removeNetwork("p_default");
      yield* engine.removeVolume("p_data");
      assert.deepStrictEqual((yield* engine.observe(query)).containers, []);
    }),
  );
});

it.effect("health follows the clock, and the event stream tells it", () =>
  Effect.gen(function* () {
    const engine = yield* Engine;
    const events = yield* engine.containerEvents("p");
    const actions = yield* Effect.forkChild(Stream.runCollect(Stream.take(Stream.map(events, (event) => event.action), 3)));
    const { id } = yield* engine.createContainer("p-web-1", spec({ name: "web", healthcheck: { test: ["CMD", "true"], interval: 5_000_000_000 } }));
    yield* engine.startContainer(id);
    yield* TestClock.adjust("4 seconds");
    assert.strictEqual((yield* engine.inspectContainer(id)).health, "starting");
    yield* TestClock.adjust("1 second");
    assert.deepStrictEqual([...(yield* Fiber.join(actions))], ["create", "start", "health_status: healthy"]);
  }).pipe(Effect.scoped, Effect.provide(layer(world()))),
);

it.effect("a container that ends is waited for, and a slow stop becomes a kill", () =>
  Effect.gen(function* () {
    const engine = yield* Engine;
    const job = yield* engine.createContainer("p-job-1", spec({ name: "job", command: ["sh", "-c", "echo hi; sleep 3; exit 4"] }));
    yield* engine.startContainer(job.id);
    const code = yield* Effect.forkChild(engine.waitContainer(job.id));
    yield* TestClock.adjust("3 seconds");
    assert.strictEqual(yield* Fiber.join(code), 4);
    const slow = yield* engine.createContainer("p-slow-1", spec({ name: "slow", command: ["sh", "-c", "trap '' TERM; sleep infinity"] }));
    yield* engine.startContainer(slow.id);
    const stopping = yield* Effect.forkChild(engine.stopContainer(slow.id, 2));
    yield* TestClock.adjust("1 second");
    assert.strictEqual((yield* engine.inspectContainer(slow.id)).state, "running");
    yield* TestClock.adjust("1 second");
    yield* Fiber.join(stopping);
    assert.strictEqual((yield* engine.inspectContainer(slow.id)).exitCode, 137);
  }).pipe(Effect.provide(layer(world()))),
);
