// The executor over the simulated engine: order, guards, failures, interruption, the way back, the parallel limit.
import { assert, describe, it } from "@effect/vitest";
import type { Operation } from "@composure/core/plan/Operation";
import { exhaustive, seeded } from "../src/Choice.ts";
import { faultOn, noAnswer } from "../src/faults.ts";
import { loadImage, makeWorld, type World, type WorldOptions } from "../src/index.ts";
import { create, existing, made, planOf, pull, remove, runPlan, start, states, stop, waitFor, words } from "./plans.ts";

const world = (options: WorldOptions = {}): World => {
  const fresh = makeWorld(options);
  loadImage(fresh, "nginx");
  return fresh;
};

const webOnDb = planOf([create("db")], [start(made(1, "db")), { needs: [1] }], [create("web")], [start(made(3, "web")), { needs: [2, 3] }]);

describe("order", () => {
  it("runs a step when its needs are done, and tells what happened", () => {
    const sim = world();
    const ran = runPlan(sim, webOnDb);
    assert.deepStrictEqual(ran.trace, ["createContainer p-db-1", "createContainer p-web-1", "startContainer p-db-1", "startContainer p-web-1"]);
    assert.strictEqual(words(ran), "Done Done Done Done");
    assert.deepStrictEqual(
      ran.events.map(({ _tag }) => _tag),
      ["PlanStarted", "StepStarted", "StepStarted", "StepDone", "StepStarted", "StepDone", "StepDone", "StepStarted", "StepDone", "PlanFinished"],
    );
  });

  it("needs hold in every interleaving, and independent steps really are independent", () => {
    const paths = exhaustive();
    let runs = 0;
    do {
      const sim = world();
      const { trace, outcome } = runPlan(sim, webOnDb, { choice: paths.choice });
      assert.isBelow(trace.indexOf("startContainer p-db-1"), trace.indexOf("startContainer p-web-1"));
      assert.isTrue(outcome?.steps.every((step) => step.outcome._tag === "Done"));
      runs += 1;
    } while (paths.next());
    // create web may come first, second or third among (create db, start db).
    assert.strictEqual(runs, 3);
  });

  it("counts the interleavings of two chains: nothing is held up that need not be", () => {
    const chains = planOf(...["a", "b"].flatMap((name, at) => [[create(name)] as const, [start(made(at * 3 + 1, name)), { needs: [at * 3 + 1] }] as const, [stop(made(at * 3 + 1, name)), { needs: [at * 3 + 2] }] as const]));
    const paths = exhaustive();
    let runs = 0;
    do {
      runPlan(world(), chains, { choice: paths.choice });
      runs += 1;
    } while (paths.next());
    assert.strictEqual(runs, 20);
  });

  it("the same seed gives the same run", () => {
    const run = (seed: number) => runPlan(world(), webOnDb, { choice: seeded(seed), shuffleFibers: true, eventLag: true }).trace;
    for (let seed = 0; seed < 20; seed += 1) assert.deepStrictEqual(run(seed), run(seed));
    assert.isAbove(new Set(Array.from({ length: 50 }, (_, seed) => run(seed).join())).size, 1);
  });

  it("`after` waits for the end of a step, however it ends", () => {
    const plan = planOf([create("a", { image: "nope" })], [create("b"), { after: [1] }]);
    const ran = runPlan(world(), plan);
    assert.strictEqual(words(ran), "Failed(NotFound) Done");
    assert.deepStrictEqual(ran.trace, ["createContainer p-a-1", "createContainer p-b-1"]);
  });
});

describe("guards", () => {
  const replaceIf = (from: string) =>
    planOf(
      [pull("redis")],
      [create("b", { image: "redis" }), { needs: [1], guard: { _tag: "ImageChanged", step: 1, from } }],
      [start(made(2, "b")), { needs: [2], guard: { _tag: "ImageChanged", step: 1, from } }],
      [create("c"), { needs: [1, 3], guard: { _tag: "ImageUnchanged", step: 1, from } }],
    );

  it("an image that changed", () => assert.strictEqual(words(runPlan(world(), replaceIf("sha256:old"))), "Done Done Done NotNeeded"));
  it("an image that did not change", () => {
    const id = loadImage(world(), "redis").id;
    assert.strictEqual(words(runPlan(world(), replaceIf(id))), "Done NotNeeded NotNeeded Done");
  });
  it("an image whose pull failed tells nothing", () => {
    const sim = world({ failing: { redis: "unreachable" } });
    assert.strictEqual(words(runPlan(sim, replaceIf("sha256:old"))), "Failed(Rejected) Skipped(1) Skipped(1) Skipped(1)");
  });
  it("an image whose pull may fail stays what it was", () => {
    const sim = world({ failing: { redis: "unreachable" } });
    const plan = planOf([pull("redis", true)], [create("b"), { needs: [1], guard: { _tag: "ImageChanged", step: 1, from: "sha256:old" } }]);
    assert.strictEqual(words(runPlan(sim, plan)), "Done NotNeeded");
  });
  it("a reference to a step that was not needed goes to what stays", () => {
    const sim = world();
    runPlan(sim, planOf([create("a")]));
    const stays = existing(sim, "p-a-1");
    const plan = planOf(
      [pull("nginx")],
      [create("b"), { needs: [1], guard: { _tag: "ImageChanged", step: 1, from: loadImage(sim, "nginx").id } }],
      [start({ _tag: "CreatedBy", step: 2, name: "p-b-1", ...(stays._tag === "Existing" ? { orElse: { id: stays.id, name: stays.name } } : {}) }), { needs: [2] }],
    );
    assert.strictEqual(words(runPlan(sim, plan)), "Done NotNeeded Done");
    assert.deepStrictEqual(states(sim), ["p-a-1 running"]);
  });
});

describe("failures", () => {
  it("stay in their branch, and name the first step that failed", () => {
    const plan = planOf(
      [create("a", { image: "nope" })],
      [start(made(1, "a")), { needs: [1] }],
      [remove(made(1, "a")), { needs: [2] }],
      [create("b")],
      [start(made(4, "b")), { needs: [4] }],
    );
    assert.strictEqual(words(runPlan(world(), plan)), "Failed(NotFound) Skipped(1) Skipped(1) Done Done");
  });

  it("never release dependents, in any interleaving and at any call", () => {
    for (const method of ["createContainer", "startContainer"]) {
      for (const name of ["p-db-1", "p-web-1"]) {
        const paths = exhaustive();
        do {
          const ran = runPlan(world(), webOnDb, { choice: paths.choice, faults: faultOn(method, name, { _tag: "FailBefore" }) });
          const failed = ran.outcome?.steps.findIndex(({ outcome }) => outcome._tag === "Failed") ?? -1;
          assert.isAtLeast(failed, 0);
          for (const { step, outcome } of ran.outcome?.steps ?? []) {
            if (step.needs.includes(failed + 1)) assert.deepStrictEqual(outcome, { _tag: "Skipped", cause: { _tag: "NeedFailed", step: failed + 1 } });
          }
        } while (paths.next());
      }
    }
  });

  it("what is gone, stopped or there already is as good as done", () => {
    const sim = world();
    const gone = { _tag: "Existing", id: "0123456789ab", name: "gone" } as const;
    const plan = planOf(
      [remove(gone)],
      [stop(gone)],
      [{ _tag: "KillContainer", container: gone, signal: "KILL" }],
      [{ _tag: "RemoveNetwork", id: "n", name: "n" }],
      [{ _tag: "RemoveVolume", name: "v" }],
      [{ _tag: "CreateNetwork", name: "bridge", network: {}, labels: {} }],
      [{ _tag: "RemoveImage", image: "none" }],
    );
    assert.strictEqual(words(runPlan(sim, plan)), "Done Done Done Done Done Done Done");
  });

  it("a call that hangs ends with the client's limit", () => {
    const sim = world();
    const before = sim.now;
    const ran = runPlan(sim, webOnDb, { faults: faultOn("startContainer", "p-db-1", { _tag: "Hang" }) });
    assert.strictEqual(words(ran), "Done Failed(Unavailable) Done Skipped(2)");
    assert.isAtLeast(sim.now - before, 600_000);
    assert.deepStrictEqual(noAnswer._tag, "Unavailable");
  });
});

/** The old container is stopped first, then the new one starts in its place; should that fail the old one comes back. */
const stopFirst = (sim: World) => {
  const old = existing(sim, "p-a-1");
  return planOf(
    [create("b", { ports: [{ target: 80, published: "8080" }] })],
    [stop(old), { needs: [1] }],
    [start(made(1, "b")), { needs: [1, 2] }],
    [remove(old), { needs: [3] }],
    [start(old), { needs: [2, 3], guard: { _tag: "Failed", step: 3 } }],
    [remove(made(1, "b")), { needs: [1, 5], guard: { _tag: "Failed", step: 3 } }],
  );
};

const serving = (): World => {
  const sim = world();
  runPlan(sim, planOf([create("a", { ports: [{ target: 80, published: "8080" }] })], [start(made(1, "a")), { needs: [1] }]));
  return sim;
};

describe("the way back", () => {
  it("is not needed when all goes well", () => {
    const sim = serving();
    assert.strictEqual(words(runPlan(sim, stopFirst(sim))), "Done Done Done Done NotNeeded NotNeeded");
    assert.deepStrictEqual(states(sim), ["p-b-1 running"]);
  });
  it("puts the old container back when the new one does not start", () => {
    const sim = serving();
    sim.foreignPorts.push("8080/tcp");
    const ran = runPlan(sim, stopFirst(sim));
    assert.strictEqual(words(ran), "Done Done Failed(PortTaken) Skipped(3) Failed(PortTaken) Skipped(5)");
    const other = serving();
    assert.strictEqual(words(runPlan(other, stopFirst(other), { faults: faultOn("startContainer", "p-b-1", { _tag: "FailBefore" }) })), "Done Done Failed(Rejected) Skipped(3) Done Done");
    assert.deepStrictEqual(states(other), ["p-a-1 running"]);
  });
  it("has nothing to do when nothing was taken away", () => {
    const sim = serving();
    const ran = runPlan(sim, stopFirst(sim), { faults: faultOn("createContainer", "p-b-1", { _tag: "FailBefore" }) });
    assert.strictEqual(words(ran), "Failed(Rejected) Skipped(1) Skipped(1) Skipped(1) NotNeeded NotNeeded");
    assert.deepStrictEqual(states(sim), ["p-a-1 running"]);
  });
});

describe("interruption", () => {
  it("lets the running call finish, and begins no other", () => {
    const sim = world();
    const ran = runPlan(sim, webOnDb, { faults: faultOn("createContainer", "p-db-1", { _tag: "Interrupt" }) });
    assert.strictEqual(ran.how, "Finished");
    assert.isTrue(ran.outcome?.interrupted);
    assert.strictEqual(words(ran), "Done Skipped Done Skipped");
    assert.deepStrictEqual(states(sim), ["p-db-1 created", "p-web-1 created"]);
  });
  it("leaves nothing down that served, wherever it comes", () => {
    for (const method of ["createContainer p-b-1", "stopContainer p-a-1", "startContainer p-b-1", "removeContainer p-a-1"]) {
      const [call = "", subject = ""] = method.split(" ");
      const sim = serving();
      const ran = runPlan(sim, stopFirst(sim), { faults: faultOn(call, subject, { _tag: "Interrupt" }) });
      assert.strictEqual(ran.how, "Finished", method);
      assert.isTrue(states(sim).some((state) => state.endsWith(" running")), `${method}: ${states(sim).join()}`);
    }
  });
  it("breaks off waits", () => {
    const sim = world();
    const plan = planOf([create("db", { healthcheck: { test: ["CMD", "false"] } })], [start(made(1, "db")), { needs: [1] }], [waitFor("db", [made(1, "db")], "healthy"), { needs: [2] }], [create("web")], [start(made(4, "web")), { needs: [3, 4] }]);
    const ran = runPlan(sim, plan, { faults: faultOn("startContainer", "p-db-1", { _tag: "Interrupt" }) });
    assert.strictEqual(words(ran), "Done Done Skipped Done Skipped");
  });
});

describe("the parallel limit", () => {
  const many = planOf(...["a", "b", "c", "d", "e", "f"].map((name) => [create(name)] as const));
  const most = (parallel: number | undefined, plan = many, sim = world()): number => {
    let running = 0;
    let highest = 0;
    const ran = runPlan(sim, plan, {
      latency: () => {
        running += 1;
        highest = Math.max(highest, running);
        return 10;
      },
      observe: () => {
        running -= 1;
      },
      ...(parallel === undefined ? {} : { parallel }),
    });
    assert.isTrue(ran.outcome?.steps.every((step) => step.outcome._tag === "Done"));
    return highest;
  };
  it("bounds the calls under way", () => {
    assert.strictEqual(most(2), 2);
    assert.strictEqual(most(undefined), 6);
  });
  it("bounds calls of every kind together: pulls, builds, creates, starts, stops, removals", () => {
    const mixed = (parallel: number | undefined): number => {
      const sim = world();
      runPlan(sim, planOf([create("new")], [create("old")], [start(made(2, "old")), { needs: [2] }], [create("gone")]));
      const build: Operation = { _tag: "BuildImage", image: "app", service: "app", build: { context: "/p" }, labels: {}, pull: false, noCache: false };
      const plan = planOf([pull("redis")], [build], [create("a")], [start(existing(sim, "p-new-1"))], [stop(existing(sim, "p-old-1"))], [remove(existing(sim, "p-gone-1"))]);
      return most(parallel, plan, sim);
    };
    assert.strictEqual(mixed(1), 1);
    assert.strictEqual(mixed(3), 3);
    assert.strictEqual(mixed(undefined), 6);
  });
  it("is not held by those who wait", () => {
    const sim = world();
    const plan = planOf(
      [create("db", { healthcheck: { test: ["CMD", "true"] } })],
      [start(made(1, "db")), { needs: [1] }],
      [waitFor("db", [made(1, "db")], "healthy"), { needs: [2] }],
      [create("web"), { needs: [2] }],
      [start(made(4, "web")), { needs: [4] }],
    );
    const ran = runPlan(sim, plan, { parallel: 1 });
    assert.strictEqual(words(ran), "Done Done Done Done Done");
    assert.isBelow(ran.events.findIndex((event) => event._tag === "StepDone" && event.step.id === 5), ran.events.findIndex((event) => event._tag === "StepDone" && event.step.id === 3));
  });
});
