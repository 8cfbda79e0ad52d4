// What holds for every plan that the planner makes.
import { assert, describe, it } from "@effect/vitest";
import { Ajv2020 } from "ajv/dist/2020.js";
import * as Result from "effect/Result";
import { maskSecrets } from "../../src/explain/secrets.ts";
import { planSchema } from "../../src/format/document.ts";
import { planDot } from "../../src/format/dot.ts";
import { decodePlan, encodePlan } from "../../src/format/json.ts";
import { planMarkdown } from "../../src/format/markdown.ts";
import { planMermaid } from "../../src/format/mermaid.ts";
import { planShape } from "../../src/format/planShape.ts";
import { arrange } from "../../src/format/shape.ts";
import { summarise } from "../../src/format/summary.ts";
import { planSvg } from "../../src/format/svg.ts";
import { makePlan } from "../../src/plan/makePlan.ts";
import type { Plan } from "../../src/plan/Plan.ts";
import type { Intent } from "../../src/policy/Intent.ts";
import { preconditions } from "../../src/saved/preconditions.ts";
import { fillSecrets } from "../../src/saved/references.ts";
import { decodeSaved, encodeSaved } from "../../src/saved/savedFile.ts";
import { staleness } from "../../src/saved/staleness.ts";
import { policy } from "../plan/projects.ts";
import { drawFrom, worldOf } from "../snapshot/worlds.ts";

const intents: ReadonlyArray<Intent> = [
  { _tag: "Up", services: [] },
  { _tag: "Up", services: [] },
  { _tag: "Create", services: [] },
  { _tag: "Down", services: [], volumes: true, images: "all" },
  { _tag: "Restart", services: [], withDependents: true },
];

const meta = { createdAt: 1, version: "0", target: "model", salt: "s" };

const worlds = Array.from({ length: 60 }, (_, index) => ({ seed: index + 1000, ...worldOf(index + 1000) })).flatMap(
  (world) => {
    const intent = intents[drawFrom(world.seed)(intents.length)] as Intent;
    const made = makePlan(intent, world.wanted, world.observed, policy);
    return Result.isSuccess(made) ? [{ ...world, plan: made.success }] : [];
  },
);

const success = <A>(result: Result.Result<A, unknown>): A => {
  if (Result.isFailure(result)) throw new Error(JSON.stringify(result.failure));
  return result.success;
};

describe("every plan", { timeout: 240_000 }, () => {
  it("is there to be tested", () => assert.isAbove(worlds.filter(({ plan }) => plan.steps.length > 0).length, 30));

  it("fits the schema and comes back from JSON", () => {
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(planSchema("closed"));
    for (const { plan, seed } of worlds) {
      const text = encodePlan(plan);
      assert.isTrue(validate(JSON.parse(text)), `seed ${seed}: ${JSON.stringify(validate.errors?.[0])}`);
      assert.deepStrictEqual(success(decodePlan(text)), arrange(planShape.node, maskSecrets(plan)) as Plan);
    }
  });

  it("comes back from a saved file with its secrets, and is fresh in its own world", () => {
    for (const { plan, wanted, observed, seed } of worlds) {
      const services = Object.fromEntries(
        [...wanted.services, ...wanted.bystanders].map(({ name, service }) => [name, service]),
      );
      const networks = Object.fromEntries(wanted.networks.map(({ key, network }) => [key, network]));
      const volumes = Object.fromEntries(wanted.volumes.map(({ key, volume }) => [key, volume]));
      const source = {
        project: { services, networks, volumes, configs: {}, secrets: {} },
        proxyEnvironment: {},
        observed,
      };
      const encoded = encodeSaved(plan, preconditions(plan, observed), meta, source);
      const text = success(encoded);
      assert.notMatch(text, /hunter/);
      const saved = success(decodeSaved(text));
      // Only what is executed has its secrets back.
      assert.deepStrictEqual(
        success(fillSecrets(saved, source)).steps.map(({ operation }) => operation),
        (arrange(planShape.node, plan) as Plan).steps.map(({ operation }) => operation),
        `seed ${seed}`,
      );
      assert.deepStrictEqual(staleness(saved, observed), []);
    }
  });

  it("is stale when any container that it touches has changed", () => {
    for (const { plan, observed, seed } of worlds) {
      const facts = preconditions(plan, observed);
      for (const fact of facts) {
        if (fact._tag !== "Container") continue;
        const gone = { ...observed, containers: observed.containers.filter(({ id }) => id !== fact.id) };
        assert.isNotEmpty(staleness({ preconditions: facts }, gone), `seed ${seed}: ${fact.name}`);
      }
    }
  });

  it("has a summary in which every step has its place, and can be drawn", () => {
    for (const { plan, seed } of worlds) {
      const summary = summarise(plan);
      const actions = [...summary.resources, ...summary.services.flatMap((service) => service.actions)];
      const placed = actions.flatMap(({ steps }) => steps);
      assert.strictEqual(new Set(placed).size, placed.length, `seed ${seed}: a step in two actions`);
      const left = plan.steps.filter(({ id }) => !placed.includes(id)).map(({ operation }) => operation._tag);
      assert.isTrue(
        left.every((tag) => tag === "WaitFor"),
        `seed ${seed}: ${left.join()}`,
      );
      for (const text of [planSvg(plan, summary), planDot(plan), planMermaid(plan), planMarkdown(plan)])
        assert.notMatch(text, /hunter|undefined|NaN/, `seed ${seed}`);
    }
  });
});
