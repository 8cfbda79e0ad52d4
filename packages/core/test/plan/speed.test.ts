// What a very large plan costs.
import * as Result from "effect/Result";
import { expect, it } from "vitest";
import { desire } from "../../src/desired/desire.ts";
import { makePlan } from "../../src/plan/makePlan.ts";
import { empty } from "./applyModel.ts";
import { up } from "./planning.ts";
import { policy, project, type ServiceText } from "./projects.ts";

const large = (count: number) =>
  project({
    services: Object.fromEntries(
      Array.from({ length: count }, (_, index): [string, ServiceText] => [
        `s${index}`,
        {
          image: `image${index % 50}:1`,
          depends_on: [1, 7, 100].flatMap((back) => (index >= back ? [`s${index - back}`] : [])),
        },
      ]),
    ),
  });

/** Milliseconds of processor time: a machine under load takes longer by the clock. */
const cost = (count: number): number => {
  const whole = large(count);
  const before = process.cpuUsage();
  const made = makePlan(up, Result.getOrThrow(desire(whole)), empty, policy);
  expect(Result.isSuccess(made)).toBe(true);
  return process.cpuUsage(before).user / 1000;
};

it("10,000 services with 30,000 edges are planned in about a second of processor time", { timeout: 120_000 }, () => {
  cost(1_000);
  expect(cost(10_000)).toBeLessThan(5_000);
});
