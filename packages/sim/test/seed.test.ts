// A world made from what an engine was seen to hold plans and fares as that engine would.
import { desire } from "@composure/core/desired/desire";
import { observeQuery } from "@composure/core/observed/query";
import { makePlan } from "@composure/core/plan/makePlan";
import { renderSteps } from "@composure/core/plan/render";
import type { Plan } from "@composure/core/plan/Plan";
import { assert, describe, it } from "@effect/vitest";
import * as Result from "effect/Result";
import { killContainer } from "../src/containers.ts";
import { advanceTo } from "../src/life.ts";
import { observe } from "../src/observe.ts";
import { worldFromObserved } from "../src/seed.ts";
import { plainPolicy, simulate } from "../src/simulate.ts";
import { deploy, drawScenario, freshWorld, read } from "./scenario.ts";

const up = { _tag: "Up", services: [] } as const;

const planned = (result: ReturnType<typeof makePlan>): Plan => {
  if (Result.isFailure(result)) throw new Error(result.failure.map(({ message }) => message).join());
  return result.success;
};

describe("a world from an observation", { timeout: 240_000 }, () => {
  it("gives the plan that the engine gives, for generated projects and edits", () => {
    for (let seed = 0; seed < 12; seed += 1) {
      const scenario = drawScenario(seed);
      const world = freshWorld(scenario);
      deploy(world, read(scenario.first));
      const { desired } = read(scenario.second);
      const policy = { ...plainPolicy, ...scenario.policy, now: Math.floor(world.now / 1000) };
      const query = observeQuery(up, desired, policy);
      const observed = observe(world, query, "there");
      const there = planned(makePlan(up, desired, observed, policy));
      const here = planned(makePlan(up, desired, observe(worldFromObserved(observed, desired), query, "there"), policy));
      assert.strictEqual(renderSteps(here), renderSteps(there), `seed ${seed}`);
    }
  });

  it("knows healthchecks and grace periods of what runs from the record, not from the new file", () => {
    const file = (interval: string, grace: string) => ({
      "compose.yaml": { services: { web: { image: "web", stop_grace_period: grace, environment: { PRICE: "5$" }, healthcheck: { test: ["CMD", "probe"], interval } } } },
    });
    const sim = simulate({ files: file("2s", "7s") });
    sim.up();
    const desired = desire(read({ name: "project", services: { web: { image: "web" } } }).project);
    const known = Result.isSuccess(desired) ? desired.success : undefined;
    const query = observeQuery(up, known ?? "project", plainPolicy);
    const world = worldFromObserved(observe(sim.world, query, "there"), known);
    const [container] = Object.values(world.containers);
    assert.deepStrictEqual(container?.spec.service.healthcheck?.interval, 2_000_000_000);
    assert.deepStrictEqual(container?.spec.service.stop_grace_period, 7_000_000_000);
    assert.deepStrictEqual(container?.spec.service.environment, { PRICE: "5$" });
  });

  it("keeps broken what is broken", () => {
    const sim = simulate({
      files: { "compose.yaml": { services: { sick: { image: "a", healthcheck: { test: ["CMD", "probe"], interval: "1s" } }, loops: { image: "b", restart: "always" } } } },
      engine: { behaviours: { sick: { healthyAt: 0 }, loops: { exits: { after: 10, code: 3 } } } },
    });
    sim.up();
    advanceTo(sim.world, sim.world.now + 3500);
    const query = { project: "project", images: [], imageDetails: [], volumes: true, foreign: true };
    const world = worldFromObserved(observe(sim.world, query, "there"));
    const states = Object.values(world.containers).map(({ id, spec, state }) => [spec.service.name, state, Object.keys(world.behaviours[id] ?? {})]);
    assert.sameDeepMembers(states, [["sick", "running", ["healthyAt"]], ["loops", "restarting", ["exits"]]]);
  });

  it("does not take what another project's file says for the image's own", () => {
    const other = simulate({ files: { "compose.yaml": { name: "other", services: { web: { image: "shared", volumes: ["/cache"], healthcheck: { test: ["CMD", "probe"] } } } } } });
    other.up();
    const world = worldFromObserved(observe(other.world, { project: "project", images: ["shared"], imageDetails: [], volumes: true, foreign: true }, "there"));
    const [image] = Object.values(world.images);
    assert.deepStrictEqual([image?.volumes, image?.healthcheck], [[], undefined]);
    const own = worldFromObserved(observe(other.world, { project: "other", images: ["shared"], imageDetails: [], volumes: true, foreign: true }, "there"));
    assert.deepStrictEqual(Object.values(own.images).map(({ volumes }) => volumes), [[]], "the file says so, not the image");
  });

  it("lets what shares a process namespace end with its owner", () => {
    const sim = simulate({ files: { "compose.yaml": { services: { pod: { image: "a" }, guest: { image: "b", pid: "service:pod" } } } } });
    sim.up();
    const world = worldFromObserved(observe(sim.world, { project: "project", images: [], imageDetails: [], volumes: true, foreign: true }, "there"));
    for (const one of [sim.world, world]) {
      const pod = Object.values(one.containers).find(({ name }) => name === "project-pod-1");
      killContainer(one, pod?.id ?? "", "KILL");
      const guest = Object.values(one.containers).find(({ name }) => name === "project-guest-1");
      assert.deepStrictEqual([guest?.state, guest?.exitCode], ["exited", 137]);
    }
  });
});
