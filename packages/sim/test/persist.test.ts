// A world survives being written to a file.
import { assert, it } from "@effect/vitest";
import * as Result from "effect/Result";
import { createContainer, startContainer } from "../src/containers.ts";
import { decodeWorld, encodeWorld, loadImage, makeWorld } from "../src/index.ts";
import { createNetwork } from "../src/networks.ts";
import { endpoint, spec } from "./samples.ts";

it("comes back as it was, with the last of its events", () => {
  const world = makeWorld();
  loadImage(world, "nginx");
  createNetwork(world, "n", {}, {});
  createContainer(world, "a1", spec({ name: "a", healthcheck: { test: ["CMD", "true"] } }, { endpoints: [endpoint("n")] }));
  startContainer(world, "a1");
  const back = Result.getOrThrow(decodeWorld(encodeWorld(world), world.now));
  assert.isNotEmpty(back.events);
  assert.deepStrictEqual(back, world);
  const many = { ...world, events: Array.from({ length: 300 }, (_, sequence) => ({ ...back.events[0]!, sequence })) };
  assert.deepStrictEqual(Result.getOrThrow(decodeWorld(encodeWorld(many), world.now)).events.map(({ sequence }) => sequence), Array.from({ length: 256 }, (_, at) => at + 44));
});

it("lets the time in between pass", () => {
  const world = makeWorld();
  loadImage(world, "nginx");
  createContainer(world, "a1", spec({ name: "a", command: ["sleep", "5"] }));
  startContainer(world, "a1");
  const back = Result.getOrThrow(decodeWorld(encodeWorld(world), world.now + 10_000));
  assert.deepStrictEqual(Object.values(back.containers).map(({ state, finishedAt }) => ({ state, finishedAt })), [{ state: "exited", finishedAt: world.now + 5000 }]);
});

it("refuses other files", () => {
  assert.isTrue(Result.isFailure(decodeWorld("{}", 0)));
  assert.isTrue(Result.isFailure(decodeWorld("not json", 0)));
});
