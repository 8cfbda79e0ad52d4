// WaitFor over the simulated engine: by events, in virtual time, with the culprit described.
import { assert, describe, it } from "@effect/vitest";
import type { WaitCondition } from "@composure/core/plan/Operation";
import type { Service } from "@composure/core/model/Service";
import { exhaustive, seeded } from "../src/Choice.ts";
import { faultOn, restartEngine } from "../src/faults.ts";
import { removeContainer } from "../src/containers.ts";
import { advanceTo } from "../src/life.ts";
import { loadImage, makeWorld, type World, type WorldOptions } from "../src/index.ts";
import { create, existing, made, planOf, type Ran, runPlan, start, waitFor, words } from "./plans.ts";

const second = 1_000_000_000;
const world = (options: WorldOptions = {}): World => {
  const fresh = makeWorld(options);
  loadImage(fresh, "nginx");
  loadImage(fresh, "checked");
  return fresh;
};
const probed = { healthcheck: { test: ["CMD", "probe"], interval: 5 * second, retries: 2 } };

const planFor = (service: Partial<Service>, condition: WaitCondition, more: Parameters<typeof waitFor>[3] = {}) =>
  planOf([create("db", service)], [start(made(1, "db")), { needs: [1] }], [waitFor("db", [made(1, "db")], condition, more), { needs: [2] }]);

const reasonOf = (ran: Ran) => {
  const outcome = ran.outcome?.steps[2]?.outcome;
  return outcome?._tag === "Failed" && outcome.error.reason._tag === "WaitFailed" ? { ...outcome.error.reason } : outcome;
};
const calls = (ran: Ran, method: string): number => ran.trace.filter((call) => call.startsWith(method)).length;

describe("a dependency that gets there", () => {
  it("is known healthy by an event, without a single question", () => {
    const sim = world();
    const before = sim.now;
    const ran = runPlan(sim, planFor(probed, "healthy"));
    assert.strictEqual(words(ran), "Done Done Done");
    assert.strictEqual(sim.now - before, 5000);
    assert.deepStrictEqual(ran.trace, ["containerEvents p", "createContainer p-db-1", "startContainer p-db-1"]);
  });
  it("may need several probes", () => {
    const sim = world({ behaviours: { db: { healthyAt: 2 } } });
    const before = sim.now;
    assert.strictEqual(words(runPlan(sim, planFor(probed, "healthy"))), "Done Done Done");
    assert.strictEqual(sim.now - before, 10_000);
  });
  it("has its healthcheck from the image: one inspect tells", () => {
    const sim = world({ images: { checked: { healthcheck: { test: ["CMD", "probe"] } } } });
    const ran = runPlan(sim, planFor({ image: "checked" }, "healthy"));
    assert.strictEqual(words(ran), "Done Done Done");
    assert.strictEqual(calls(ran, "inspectContainer"), 1);
  });
  it("completes", () => {
    assert.strictEqual(words(runPlan(world(), planFor({ command: ["sleep", "3"] }, "completed_successfully"))), "Done Done Done");
    assert.strictEqual(words(runPlan(world(), planFor({ command: ["sh", "-c", "exit 3"] }, "exited"))), "Done Done Done");
  });
  it("completes although its policy restarts it", () =>
    assert.strictEqual(words(runPlan(world(), planFor({ command: ["sleep", "3"], restart: "always" }, "completed_successfully"))), "Done Done Done"));
  it("comes up after a few crashes under a restart policy", () => {
    const sim = world();
    sim.behaviours["db"] = { exits: { after: 1000, code: 1 } };
    const ran = runPlan(sim, planFor({ restart: "on-failure", ...probed }, "healthy"), {
      observe: (now) => {
        if (Object.values(now.containers)[0]?.restartCount === 3) now.behaviours["db"] = {};
      },
    });
    assert.strictEqual(words(ran), "Done Done Done");
  });
  it("has done its work, where that is as good", () => {
    assert.strictEqual(words(runPlan(world(), planFor({ ...probed, command: ["true"] }, "ready_or_done"))), "Done Done Done");
    assert.strictEqual(words(runPlan(world(), planFor(probed, "ready_or_done"))), "Done Done Done");
    assert.strictEqual(words(runPlan(world(), planFor({ ...probed, command: ["false"] }, "ready_or_done"))), "Done Done Failed(WaitFailed)");
    assert.strictEqual(words(runPlan(world(), planFor({ ...probed, command: ["true"], restart: "always" }, "ready_or_done"))), "Done Done Failed(WaitFailed)");
  });
  it("runs without a healthcheck, for those who only need that", () => {
    assert.strictEqual(words(runPlan(world(), planFor({}, "running"))), "Done Done Done");
    assert.strictEqual(words(runPlan(world(), planFor({}, "running_or_healthy"))), "Done Done Done");
    assert.strictEqual(words(runPlan(world(), planFor(probed, "running_or_healthy"))), "Done Done Done");
    assert.strictEqual(words(runPlan(world(), planFor({ healthcheck: { disable: true } }, "running_or_healthy"))), "Done Done Done");
  });
});

describe("a dependency that does not get there", () => {
  it("is unhealthy: its last probe and its last words are told", () => {
    const sim = world({ behaviours: { db: { healthyAt: 0, prints: Array.from({ length: 22 }, (_, at) => `line ${at}`) } } });
    assert.deepInclude(reasonOf(runPlan(sim, planFor(probed, "healthy"))), {
      container: "p-db-1",
      why: "unhealthy",
      probe: "probe 2 failed",
      log: Array.from({ length: 20 }, (_, at) => `line ${at + 2}`),
    });
  });
  it("exits: its exit code and its last words are told", () => {
    const ran = runPlan(world(), planFor({ ...probed, command: ["sh", "-c", "echo no disk >&2; exit 3"] }, "healthy"));
    assert.deepInclude(reasonOf(ran), { why: "exited", exitCode: 3, log: ["no disk"] });
  });
  it("fails to complete", () => assert.deepInclude(reasonOf(runPlan(world(), planFor({ command: ["sh", "-c", "exit 3"] }, "completed_successfully"))), { why: "exited", exitCode: 3 }));
  it("has no healthcheck", () => {
    assert.deepInclude(reasonOf(runPlan(world(), planFor({}, "healthy"))), { why: "no-healthcheck" });
    assert.deepInclude(reasonOf(runPlan(world(), planFor({ healthcheck: { disable: true } }, "healthy"))), { why: "no-healthcheck" });
  });
  it("restarts again and again", () => {
    const ran = runPlan(world(), planFor({ ...probed, command: ["sh", "-c", "sleep 1; exit 7"], restart: "always" }, "healthy"));
    assert.deepInclude(reasonOf(ran), { why: "restarting", exitCode: 7 });
  });
  it("gives up restarting", () => {
    const ran = runPlan(world(), planFor({ ...probed, command: ["sh", "-c", "exit 7"], restart: "on-failure:2" }, "healthy"));
    assert.deepInclude(reasonOf(ran), { why: "exited", exitCode: 7 });
  });
  it("takes too long", () => {
    const sim = world({ behaviours: { db: { healthyAt: 9 } } });
    const before = sim.now;
    const slow = { healthcheck: { ...probed.healthcheck, retries: 20 } };
    assert.deepInclude(reasonOf(runPlan(sim, planFor(slow, "healthy", { timeout: 12 }))), { why: "timeout", container: "p-db-1" });
    assert.strictEqual(sim.now - before, 12_000);
  });
  it("is removed by somebody else", () => {
    const sim = world();
    const plan = planFor(probed, "healthy");
    const [other] = planOf([create("other")]).steps;
    const ran = runPlan(sim, { ...plan, steps: other === undefined ? plan.steps : [...plan.steps, { ...other, id: 4 }] }, {
      latency: (label) => (label.subject === "p-other-1" ? 1000 : 0),
      faults: faultOn("createContainer", "p-other-1", { _tag: "Interference", change: (now) => void removeContainer(now, "p-db-1", { force: true, volumes: false }) }),
    });
    assert.deepInclude(reasonOf(ran), { why: "missing" });
  });
  it("is not required: a warning", () => {
    const ran = runPlan(world(), planFor({}, "healthy", { required: false }));
    assert.strictEqual(words(ran), "Done Done Done");
    assert.deepStrictEqual(ran.outcome?.steps[2]?.outcome, { _tag: "Done", result: { warnings: ['optional dependency "db" failed to start: container p-db-1: no-healthcheck'] } });
  });
});

describe("containers that were there before", () => {
  const before = (service: Partial<Service>, options: WorldOptions = {}): World => {
    const sim = world(options);
    runPlan(sim, planOf([create("db", service)], [start(made(1, "db")), { needs: [1] }], [create("cache", probed)], [start(made(3, "cache")), { needs: [3] }]));
    advanceTo(sim, sim.now);
    return sim;
  };
  it("are learnt from one list call for all waits", () => {
    const sim = before(probed);
    const plan = planOf([waitFor("db", [existing(sim, "p-db-1")], "healthy")], [waitFor("cache", [existing(sim, "p-cache-1")], "healthy")]);
    const ran = runPlan(sim, plan);
    assert.strictEqual(words(ran), "Done Done");
    assert.strictEqual(calls(ran, "listContainers"), 1);
    assert.strictEqual(calls(ran, "inspectContainer"), 0);
  });
  it("that had exited fail the wait after one inspect", () => {
    const sim = before({ command: ["sh", "-c", "exit 2"] });
    const ran = runPlan(sim, planOf([waitFor("cache", [existing(sim, "p-cache-1")], "healthy")], [waitFor("db", [existing(sim, "p-db-1")], "running")]));
    assert.strictEqual(words(ran), "Done Failed(WaitFailed)");
  });
  it("that are started by the plan are judged by what comes after the start, in every order of events", () => {
    const paths = exhaustive();
    let runs = 0;
    do {
      const sim = before({ command: ["sh", "-c", "exit 2"] });
      sim.behaviours["db"] = { healthyAt: 1 };
      const db = existing(sim, "p-db-1");
      const plan = planOf([waitFor("cache", [existing(sim, "p-cache-1")], "healthy")], [start(db), { needs: [1] }], [waitFor("db", [db], "running"), { needs: [2] }]);
      const ran = runPlan(sim, plan, { choice: paths.choice, eventLag: true });
      assert.strictEqual(words(ran), "Done Done Done", JSON.stringify(paths.path()));
      runs += 1;
    } while (paths.next());
    assert.isAbove(runs, 1);
  });
  it("that are renamed while they are waited for are still looked at", () => {
    const paths = exhaustive();
    do {
      const sim = before({ command: ["true"] });
      const db = existing(sim, "p-db-1");
      const plan = planOf([{ _tag: "RenameContainer", container: db, name: "p-db-2" }], [waitFor("db", [db], "completed_successfully")]);
      const ran = runPlan(sim, plan, { choice: paths.choice, eventLag: true });
      assert.strictEqual(ran.how, "Finished", JSON.stringify(paths.path()));
      assert.strictEqual(words(ran), "Done Done");
    } while (paths.next());
  });
  it("that are not there at all are missing", () => {
    const ran = runPlan(world(), planOf([waitFor("db", [{ _tag: "Existing", id: "f00", name: "p-db-1" }], "healthy")]));
    assert.strictEqual(words(ran), "Failed(WaitFailed)");
  });
});

describe("the stream of events", () => {
  it("may tell late: the outcome is the same in every interleaving", () => {
    const paths = exhaustive();
    do {
      const ran = runPlan(world(), planFor(probed, "healthy"), { choice: paths.choice, eventLag: true });
      assert.strictEqual(words(ran), "Done Done Done");
    } while (paths.next());
  });
  it("may tell late, also for what goes wrong", () => {
    for (let seed = 0; seed < 300; seed += 1) {
      const ran = runPlan(world(), planFor({ ...probed, command: ["sh", "-c", "exit 3"] }, "healthy"), { choice: seeded(seed), eventLag: true, shuffleFibers: true });
      assert.deepInclude(reasonOf(ran), { why: "exited", exitCode: 3 }, `seed ${seed}`);
    }
  });
  it("is opened anew when the engine restarts, and nothing is taken for granted", () => {
    const sim = world();
    let restarted = false;
    const ran = runPlan(sim, planFor({ ...probed, restart: "always" }, "healthy"), {
      observe: (now, label) => {
        if (label?.method !== "startContainer" || restarted) return;
        restarted = true;
        restartEngine(now);
      },
    });
    assert.strictEqual(words(ran), "Done Done Done");
    assert.strictEqual(calls(ran, "containerEvents"), 2);
  });
  it("cannot be opened: the waits fail, the rest of the plan goes on", () => {
    const ran = runPlan(world(), planFor(probed, "healthy"), { faults: faultOn("containerEvents", "p", { _tag: "FailBefore" }) });
    assert.strictEqual(words(ran), "Done Done Failed(Rejected)");
  });
});
