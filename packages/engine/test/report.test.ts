// What a run came to.
import { replicaAddress } from "@composure/core/plan/Address";
import type { Guard, Step } from "@composure/core/plan/Plan";
import { assert, it } from "@effect/vitest";
import { EngineError, NotFound } from "../src/EngineError.ts";
import type { StepOutcome } from "../src/Event.ts";
import { summarise } from "../src/report.ts";

const step = (id: number, guard?: Guard): Step => ({
  id,
  address: replicaAddress("web", id),
  operation: { _tag: "RemoveImage", image: "x" },
  reason: { _tag: "Missing" },
  needs: [],
  ...(guard === undefined ? {} : { guard }),
});
const error = new EngineError({ call: "removeImage", subject: "x", reason: new NotFound({ what: "x" }) });
const done: StepOutcome = { _tag: "Done", result: {} };
const ids = (steps: ReadonlyArray<Step>): ReadonlyArray<number> => steps.map(({ id }) => id);

it("names for every failure what it prevented, and what was put back", () => {
  const report = summarise({
    interrupted: false,
    steps: [
      { step: step(1), outcome: { _tag: "Done", result: { warnings: ["mind the gap"] } } },
      { step: step(2), outcome: { _tag: "Failed", error } },
      { step: step(3), outcome: { _tag: "Skipped", cause: { _tag: "NeedFailed", step: 2 } } },
      { step: step(4, { _tag: "Failed", step: 2 }), outcome: done },
      { step: step(5), outcome: { _tag: "Skipped", cause: { _tag: "NeedFailed", step: 2 } } },
      { step: step(6), outcome: { _tag: "NotNeeded" } },
    ],
  });
  assert.deepStrictEqual(ids(report.done), [1]);
  assert.deepStrictEqual(report.failures.map((failure) => [failure.step.id, ids(failure.prevented)]), [[2, [3, 5]]]);
  assert.deepStrictEqual(ids(report.restored), [4]);
  assert.deepStrictEqual(ids(report.notNeeded), [6]);
  assert.deepStrictEqual(report.warnings.map(({ text }) => text), ["mind the gap"]);
  assert.strictEqual(report.exitCode, 1);
});

it("exit codes: 0 when all went well, 130 after an interruption", () => {
  assert.strictEqual(summarise({ interrupted: false, steps: [{ step: step(1), outcome: done }] }).exitCode, 0);
  const interrupted = summarise({ interrupted: true, steps: [{ step: step(1), outcome: { _tag: "Skipped", cause: { _tag: "Interrupted" } } }] });
  assert.strictEqual(interrupted.exitCode, 130);
  assert.deepStrictEqual(ids(interrupted.broken), [1]);
});
