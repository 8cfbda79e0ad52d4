// The summary of a plan: what becomes of each thing, and why.
import { assert, describe, it } from "@effect/vitest";
import { processorTime } from "../cost.ts";
import type { Action } from "../../src/format/Action.ts";
import { downtimeText } from "../../src/format/downtime.ts";
import { summarise } from "../../src/format/summary.ts";
import { changeText } from "../../src/format/words.ts";
import { replicaAddress, serviceAddress } from "../../src/plan/Address.ts";
import type { Operation } from "../../src/plan/Operation.ts";
import type { Guard, Plan, Step } from "../../src/plan/Plan.ts";
import { old, shop } from "./shop.ts";

const line = ({ name, action, order, downtime, when, restorable }: Action): string =>
  [name, action, order, downtimeText(downtime), when, restorable ? "restorable" : undefined]
    .filter(Boolean)
    .join(" | ");

type Row = readonly [service: string, operation: Operation, needs: ReadonlyArray<number>, guard?: Guard];
const planOf = (rows: ReadonlyArray<Row>, more: Partial<Plan> = {}): Plan => ({
  ...shop,
  notices: [],
  confirmations: [],
  untouched: [],
  steps: rows.map(([service, operation, needs, guard], index): Step => ({
    id: index + 1,
    address: service.includes(":")
      ? replicaAddress(service.split(":")[0] as string, Number(service.split(":")[1]))
      : serviceAddress(service),
    operation,
    reason: { _tag: "Requested", intent: "restart" },
    needs,
    ...(guard === undefined ? {} : { guard }),
  })),
  ...more,
});
const stop = (name: string): Operation => ({ _tag: "StopContainer", container: old(name) });
const start = (name: string): Operation => ({ _tag: "StartContainer", container: old(name) });
const wait = (service: string): Operation => ({
  _tag: "WaitFor",
  containers: [old(service)],
  service,
  condition: "healthy",
  required: true,
});

describe("summary", () => {
  it("says what becomes of each thing", () => {
    const summary = summarise(shop);
    assert.strictEqual(summary.headline, "Plan: 3 create, 4 replace, 1 restart, 1 remove, 0 destroy; 1 pull, 1 build.");
    assert.deepStrictEqual(summary.resources.map(line), [
      "postgres:16.4 | pull | none",
      "shop-api | build | none",
      "shop_back | create | none",
      "shop_cache | create | none",
      "shop-cron-1 | remove | stays down",
    ]);
    assert.deepStrictEqual(
      summary.services.flatMap(({ actions }) => actions.map(line)),
      [
        "shop-api-1 | replace | start-first | none",
        "shop-api-2 | replace | start-first | none",
        "shop-cache-1 | create | none",
        "shop-db-1 | replace | stop-first | brief: its only replica holds the volume data | restorable",
        "shop-web-1 | replace | stop-first | brief: host port 8080 can be held by one container only | restorable",
        "shop-worker-1 | restart | brief: restarts with db",
      ],
    );
    assert.deepStrictEqual(summary.unchanged, shop.untouched);
  });

  it("takes the most telling reason of a thing's steps", () => {
    const reasons = summarise(shop).services.map(({ actions }) => actions[0]?.reason._tag);
    assert.deepStrictEqual(reasons, [
      "ConfigChanged",
      "Missing",
      "ConfigChanged",
      "ImageChanged",
      "DependencyRecreated",
    ]);
  });

  it("nothing to do is no change", () => {
    const summary = summarise(planOf([]));
    assert.isFalse(summary.changed);
    assert.strictEqual(summary.headline, "Plan: nothing to do.");
    assert.isFalse(summarise(planOf([["web", wait("web"), []]])).changed, "waiting alone changes nothing");
  });

  it("a start that also waits for others is away until they are ready", () => {
    const plan = planOf([
      ["web:1", stop("web-1"), []],
      ["db:1", start("db-1"), [1]],
      ["db", wait("db"), [2]],
      ["web:1", start("web-1"), [1, 3]],
    ]);
    const [, web] = summarise(plan).services;
    assert.deepStrictEqual(web?.actions.map(line), ["web-1 | restart | until db is ready: restarts"]);
  });

  it("a wait that is over before the stop costs nothing", () => {
    const plan = planOf([
      ["db", wait("db"), []],
      ["web:1", stop("web-1"), [1]],
      ["web:1", start("web-1"), [1, 2]],
    ]);
    assert.deepStrictEqual(summarise(plan).services[0]?.downtime, { _tag: "Brief", because: "restarts" });
  });

  it("replicas that take turns, or others that stay, keep a service up", () => {
    const turns = planOf([
      ["web:1", stop("web-1"), []],
      ["web:1", start("web-1"), [1]],
      ["web:2", stop("web-2"), [2]],
      ["web:2", start("web-2"), [3]],
    ]);
    assert.deepStrictEqual(summarise(turns).services[0]?.downtime, {
      _tag: "Reduced",
      because: "its replicas take turns",
    });
    const together = planOf([
      ["web:1", stop("web-1"), []],
      ["web:1", start("web-1"), [1]],
      ["web:2", stop("web-2"), []],
      ["web:2", start("web-2"), [3]],
    ]);
    assert.strictEqual(summarise(together).services[0]?.downtime._tag, "Brief");
    const one = planOf([["web:1", stop("web-1"), []]], {
      untouched: [{ address: replicaAddress("web", 2), name: "web-2", state: "running" }],
    });
    assert.strictEqual(summarise(one).services[0]?.downtime._tag, "Reduced");
    assert.strictEqual(summarise({ ...one, untouched: [] }).services[0]?.downtime._tag, "Down");
  });

  it("the way back is no action of its own", () => {
    const plan = planOf([
      ["web:1", stop("web-1"), []],
      ["web:1", start("web-1"), [1], { _tag: "Failed", step: 1 }],
    ]);
    assert.deepStrictEqual(summarise(plan).services[0]?.actions.map(line), ["web-1 | stop | stays down | restorable"]);
  });

  it("says under which condition something happens", () => {
    const create = shop.steps.find(({ operation }) => operation._tag === "CreateContainer") as Step;
    const plan = {
      ...planOf([]),
      steps: [{ ...create, id: 1, needs: [], guard: { _tag: "ImageChanged" as const, step: 1, from: "sha256:1" } }],
    };
    const summary = summarise(plan);
    assert.strictEqual(summary.services[0]?.actions[0]?.when, "if #1 brings another image");
    assert.include(summary.headline, "only if a pull or build brings a new image.");
  });

  it("says of what a provider or a model may bring that it is variables, not an image", () => {
    const create = shop.steps.find(({ operation }) => operation._tag === "CreateContainer") as Step;
    const variables = { _tag: "ImageChanged" as const, step: 1, from: "", of: "variables" as const };
    const headline = (guard: Guard) =>
      summarise({ ...planOf([]), steps: [{ ...create, id: 1, needs: [], guard }] }).headline;
    assert.include(headline(variables), "1 of these only if a provider or model brings other variables.");
    const image = { _tag: "ImageChanged" as const, step: 1, from: "sha256:1" };
    assert.include(
      headline({ _tag: "AnyOf", guards: [image, variables] }),
      "only if a pull or build brings a new image, or a provider or model brings other variables.",
    );
  });

  it("has words for a change of which only the digest is known", () => {
    assert.strictEqual(changeText({ before: null, after: null }), "other values");
    assert.strictEqual(changeText({ before: null, after: "1" }), "(unset) → 1");
    assert.strictEqual(changeText({ before: "1", after: null }), "1 → (unset)");
  });
});

describe("a large plan", () => {
  it("of ten thousand replaced services is summed up in seconds of processor time", { timeout: 120_000 }, () => {
    const rows = Array.from({ length: 10_000 }, (_, index): ReadonlyArray<Row> => [
      [`s${index}:1`, stop(`s${index}`), index === 0 ? [] : [index * 2]],
      [`s${index}:1`, start(`s${index}`), [index * 2 + 1]],
    ]).flat();
    // Chains of a hundred: each waits for the one before it.
    const plan = planOf(rows.map((row, index) => (index % 200 === 0 ? [row[0], row[1], []] : row)));
    const cost = processorTime(() => assert.strictEqual(summarise(plan).counts.restart, 10_000));
    assert.isBelow(cost, 5_000);
  });
});
