// Hooks over the simulated engine: commands in containers, and containers of their own before the first start.
import type { Operation } from "@composure/core/plan/Operation";
import type { Hook } from "@composure/core/model/Service";
import { assert, describe, it } from "@effect/vitest";
import { faultOn } from "../src/faults.ts";
import { loadImage, makeWorld, type World, type WorldOptions } from "../src/index.ts";
import { create, made, planOf, type Ran, runPlan, specOf, start, states, stop, words } from "./plans.ts";

const world = (options: WorldOptions = {}): World => {
  const fresh = makeWorld(options);
  loadImage(fresh, "nginx");
  return fresh;
};
const hook = (phase: "post_start" | "pre_stop", command: ReadonlyArray<string>, more: Partial<Hook> = {}): Operation => ({
  _tag: "RunHook",
  container: made(1, "web"),
  service: "web",
  phase,
  index: 0,
  hook: { command, ...more },
});
const before = (command: ReadonlyArray<string>): Operation => ({
  _tag: "RunHookContainer",
  container: made(1, "web"),
  service: "web",
  index: 0,
  hook: { command },
  spec: { ...specOf("web", { command }), labels: { "com.docker.compose.project": "p", "com.docker.compose.hook": "pre_start" } },
});
const reasonOf = (ran: Ran, step: number) => {
  const outcome = ran.outcome?.steps[step - 1]?.outcome;
  return outcome?._tag === "Failed" ? { ...outcome.error.reason } : outcome;
};
const printed = (ran: Ran): string => ran.events.map((event) => (event._tag === "HookOutput" ? `${event.stream}: ${event.text}` : "")).join("");

describe("a command in a running container", () => {
  const plan = (command: ReadonlyArray<string>) => planOf([create("web")], [start(made(1, "web")), { needs: [1] }], [hook("post_start", command), { needs: [2] }]);
  it("prints as it runs", () => {
    const ran = runPlan(world(), plan(["echo", "hello"]));
    assert.strictEqual(words(ran), "Done Done Done");
    assert.strictEqual(printed(ran), "stdout: hello\n");
  });
  it("that fails, fails the step with its last words", () =>
    assert.deepInclude(reasonOf(runPlan(world(), plan(["sh", "-c", "echo no; exit 4"])), 3), { _tag: "HookFailed", service: "web", phase: "post_start[0]", exitCode: 4, output: "no" }));
  it("pre_stop is as good as done when the container has stopped by itself", () => {
    const both = planOf([create("web")], [start(made(1, "web")), { needs: [1] }], [stop(made(1, "web")), { needs: [2] }], [hook("pre_stop", ["true"]), { needs: [3] }], [hook("post_start", ["true"]), { needs: [3] }]);
    assert.strictEqual(words(runPlan(world(), both)), "Done Done Done Done Failed(Conflict)");
  });
});

describe("a container before the first start", () => {
  const plan = (command: ReadonlyArray<string>) => planOf([create("web")], [before(command), { needs: [1] }], [start(made(1, "web")), { needs: [2] }]);
  it("runs, prints, and is removed", () => {
    const sim = world();
    const ran = runPlan(sim, plan(["sh", "-c", "echo migrating; sleep 3; echo done >&2"]));
    assert.strictEqual(words(ran), "Done Done Done");
    assert.strictEqual(printed(ran), "stdout: migrating\nstderr: done\n");
    assert.deepStrictEqual(states(sim), ["p-web-1 running"]);
  });
  it("that fails is kept, and keeps the service from starting", () => {
    const sim = world();
    const ran = runPlan(sim, plan(["sh", "-c", "echo a; echo b >&2; exit 5"]));
    assert.deepInclude(reasonOf(ran, 2), { _tag: "HookFailed", phase: "pre_start[0]", exitCode: 5, output: "b" });
    assert.deepStrictEqual(states(sim), ["p-web-1 created", "p-web-pre_start-0 exited"]);
  });
  it("takes the place of one that failed in an earlier run", () => {
    const sim = world();
    runPlan(sim, plan(["false"]));
    const again = planOf([create("other")], [{ ...before(["true"]), container: made(1, "other") } as Operation, { needs: [1] }]);
    assert.strictEqual(words(runPlan(sim, again)), "Done Done");
    assert.deepStrictEqual(states(sim), ["p-other-1 created", "p-web-1 created"]);
  });
  it("is removed when the user interrupts", () => {
    const sim = world();
    const ran = runPlan(sim, plan(["sleep", "100"]), { faults: faultOn("startContainer", "p-web-pre_start-0", { _tag: "Interrupt" }) });
    assert.strictEqual(words(ran), "Done Skipped Skipped");
    assert.deepStrictEqual(states(sim), ["p-web-1 created"]);
  });
});
