// What the labels of a lock's volume mean, whom a lock binds, and which plans need one.
import { assert, describe, it } from "@effect/vitest";
import { currentLock, heirVolume, type Lock, lockLabels, lockOf, lockText, lockVolume, lockVolumes, needsLock, prolongedVolume, standingOf } from "../../src/lock/lock.ts";
import type { Operation } from "../../src/plan/Operation.ts";
import type { Intent } from "../../src/policy/Intent.ts";

const lock: Lock = { project: "shop", owner: "ana@laptop:42", reason: "up web", token: "t1", since: 1000, expires: 1090, machine: "laptop/1", process: "42.7" };

describe("labels", () => {
  it("give back what they were made from, and none is docker compose's", () => {
    assert.deepStrictEqual(lockOf("shop", lockLabels(lock)), lock);
    assert.deepStrictEqual(Object.keys(lockLabels(lock)).filter((key) => !key.startsWith("composure.lock")), []);
  });
  it("that nobody of us wrote are a lock of old", () => {
    assert.deepStrictEqual(lockOf("shop", {}), { project: "shop", owner: "unknown", reason: "unknown", token: "0", since: 0, expires: 0, machine: "", process: "" });
    const hostile = lockOf("shop", { "composure.lock.token": "../x", "composure.lock.expires": "1e99", "composure.lock.since": "-1" });
    assert.deepStrictEqual([hostile.token, hostile.expires, hostile.since], ["0", 0, 0]);
  });
  it("names are such that engines take them", () => {
    for (const name of [lockVolume("shop"), heirVolume(lockVolume("shop"), "t1"), prolongedVolume(lock)]) assert.match(name, /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/);
  });
});

describe("a lock", () => {
  it.each([
    [1089, undefined, "Valid"],
    [1090, undefined, "Expired"],
    [1001, false, "Dead"],
    [9999, true, "Valid"],
  ] as const)("at %i, its process alive: %s", (now, alive, expected) => assert.strictEqual(standingOf(lock, { now, alive })._tag, expected));

  const volume = (name: string, of: Lock) => ({ name, labels: lockLabels(of) });
  const longer = { ...lock, expires: 1200 };
  const world = [
    volume(lockVolume("shop"), lock),
    volume(prolongedVolume(longer), longer),
    volume(heirVolume(lockVolume("shop"), "t1"), { ...lock, token: "t2", expires: 5000 }),
    volume(lockVolume("forum"), { ...lock, project: "forum" }),
  ];
  it("holds as long as its holder asked for last", () => {
    assert.deepStrictEqual(currentLock(world, "shop"), longer);
    assert.isUndefined(currentLock(world, "blog"));
    assert.deepStrictEqual(lockVolumes(world, "shop"), ["composure-lock.shop", "composure-lock.shop.after.t1", "composure-lock.shop.until.1200.t1"]);
  });
  it("is told with who, what for, since when", () => {
    assert.strictEqual(lockText(lock, 1012), "shop is being changed by ana@laptop:42 (up web) since 00:16:40 UTC, for 12 s");
    assert.strictEqual(lockText({ ...lock, since: 0 }, 1012), "shop is being changed by ana@laptop:42 (up web)");
    assert.include(lockText(lock, 1000 + 600), "for 10 min");
  });
});

describe("who must be alone", () => {
  const plan = (intent: Intent, ...steps: ReadonlyArray<readonly [string, Operation]>) => ({
    intent,
    steps: steps.map(([address, operation], id) => ({ id, address, operation, reason: { _tag: "Requested" as const, by: "test" }, needs: [] })) as never,
  });
  const up: Intent = { _tag: "Up", services: [] };
  const pull: Operation = { _tag: "PullImage", image: "a", services: ["a"], tolerateFailure: false };
  const wait = { _tag: "WaitFor", service: "a", containers: [], condition: "running", required: true } as unknown as Operation;
  const stop: Operation = { _tag: "StopContainer", container: { _tag: "Existing", id: "x", name: "x" } };
  const network: Operation = { _tag: "RemoveNetwork", id: "n" } as Operation;
  const run: Intent = { _tag: "Run", services: ["a"], name: "shop-a-run-1", slug: "1", start: true, stdin: false, autoRemove: false, aliases: false };
  it.each([
    ["an up with nothing to do", plan(up), false],
    ["an up that only waits", plan(up, ["service:a:1", wait]), false],
    ["a pull", plan({ _tag: "Pull", services: [] }, ["image:a", pull]), false],
    ["an up that changes", plan(up, ["image:a", pull], ["service:a:1", stop]), true],
    ["stop", plan({ _tag: "Stop", services: [] }, ["service:a:1", stop]), true],
    ["kill", plan({ _tag: "Kill", services: [], signal: "SIGKILL" }, ["service:a:1", stop]), false],
    ["run, its own container", plan(run, ["container:shop-a-run-1", stop]), false],
    ["run, with a dependency", plan(run, ["service:db:1", stop], ["container:shop-a-run-1", stop]), true],
    ["down of networks alone", plan({ _tag: "Down", services: [], volumes: false, images: "none" }, ["network:n", network]), true],
  ] as const)("%s: %s", (_, asked, expected) => assert.strictEqual(needsLock(asked), expected));
});
