// `up` right after `up` has nothing to do: for every project of the corpora that comes up on the simulated engine. The
// projects under projects/ are held to it on real engines, in scenarios/lifecycle.ts.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plan } from "@composure/core/plan/Plan";
import { renderSteps } from "@composure/core/plan/render";
import { simulate } from "@composure/sim";
import { describe, expect, test } from "vitest";
import type { Case } from "../src/corpus/Case.ts";
import { ownCases } from "../src/corpus/readOwn.ts";
import { listFolderCases, readFolderCase } from "../src/corpus/readFolder.ts";

const root = fileURLToPath(new URL("../../../../shared/corpus/config/cases", import.meta.url));

/** What docker compose printed as the whole model is a file of its own. */
const modelOf = ({ expected }: Case): object | undefined => {
  const { json } = expected;
  const hasServices = typeof json === "object" && json !== null && Object.keys((json as { readonly services?: object }).services ?? {}).length > 0;
  return expected.exit === 0 && hasServices ? json : undefined;
};

/** Plugins of providers and models are asked at every up, as docker compose asks them: only they know whether there is something to do. */
const asked: ReadonlySet<string> = new Set(["RunProvider", "PrepareModel"]);

/** A policy that asks to look for a newer image at every up is obeyed; what would follow only from finding one does not count. */
const changes = (plan: Plan): string =>
  renderSteps({
    ...plan,
    steps: plan.steps.filter(
      ({ reason, guard, operation }) => reason._tag !== "PolicyAsks" && !asked.has(operation._tag) && !JSON.stringify(guard ?? null).includes('"ImageChanged"'),
    ),
  });

/** Undefined when it cannot come up: something external is missing, or the file asks for what one engine has not. */
const secondPlan = (model: object): string | undefined => {
  try {
    const sim = simulate({ files: { "compose.yaml": model } });
    const up = sim.up();
    return up.report?.exitCode === 0 ? changes(sim.plan({ _tag: "Up", services: [] })) : undefined;
  } catch (error) {
    if (error instanceof Error && error.name === "SimulationRefused") return undefined;
    throw error;
  }
};

const upTwice = (cases: Iterable<Case>) => {
  const restless: Array<string> = [];
  const counts = { models: 0, up: 0 };
  for (const each of cases) {
    const model = modelOf(each);
    if (model === undefined) continue;
    counts.models += 1;
    const second = secondPlan(model);
    if (second === undefined) continue;
    counts.up += 1;
    if (second !== "") restless.push(`${each.id}: ${second}`);
  }
  return { restless, counts };
};

describe("up after up", () => {
  test("is empty for every case of this repository that comes up", { timeout: 120_000 }, () => {
    const { restless, counts } = upTwice(Array.from(ownCases().values()).flat());
    console.info(`${counts.up} of ${counts.models} models came up`);
    expect(restless).toEqual([]);
    expect(counts.up).toBeGreaterThan(counts.models / 2);
  });

  if (!existsSync(root)) {
    test.skip("the large corpus is not on this machine (../shared/corpus)");
    return;
  }
  // All of them take minutes: COMPOSURE_CORPUS=all.
  const stride = process.env["COMPOSURE_CORPUS"] === "all" ? 1 : 16;
  test(`is empty for every case of the large corpus that comes up, one in ${stride}`, { timeout: 1_200_000 }, () => {
    const ids = listFolderCases(root).filter((_, index) => index % stride === 0);
    const { restless, counts } = upTwice(ids.map((id) => readFolderCase(root, id)));
    console.info(`${counts.up} of ${counts.models} models came up`);
    expect(restless).toEqual([]);
    expect(counts.up).toBeGreaterThan(counts.models / 2);
  });
});
