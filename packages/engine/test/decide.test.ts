// What becomes of a step, case by case.
import { replicaAddress } from "@composure/core/plan/Address";
import type { Guard, Step } from "@composure/core/plan/Plan";
import { assert, describe, it } from "@effect/vitest";
import { decide, watchedSteps } from "../src/decide.ts";
import { EngineError, NotFound } from "../src/EngineError.ts";
import type { StepOutcome } from "../src/Event.ts";

const outcomes = {
  done: { _tag: "Done", result: {} },
  made: { _tag: "Done", result: { id: "sha256:new" } },
  failed: { _tag: "Failed", error: new EngineError({ call: "c", subject: "s", reason: new NotFound({ what: "x" }) }) },
  skipped: { _tag: "Skipped", cause: { _tag: "NeedFailed", step: 9 } },
  interrupted: { _tag: "Skipped", cause: { _tag: "Interrupted" } },
  unneeded: { _tag: "NotNeeded" },
} as const satisfies Record<string, StepOutcome>;
type Ended = keyof typeof outcomes;

const verdict = (needs: ReadonlyArray<number>, guard: Guard | undefined, ended: Readonly<Record<number, Ended>>, interrupted = false): string => {
  const step: Step = {
    id: 10,
    address: replicaAddress("web", 1),
    operation: { _tag: "RemoveImage", image: "x" },
    reason: { _tag: "Missing" },
    needs,
    ...(guard === undefined ? {} : { guard }),
  };
  const decision = decide(step, new Map(Object.entries(ended).map(([id, name]) => [Number(id), outcomes[name]])), interrupted);
  if (decision._tag !== "Skip") return decision._tag;
  return decision.cause._tag === "Interrupted" ? "Interrupted" : `after ${decision.cause.step}`;
};

const changed: Guard = { _tag: "ImageChanged", step: 1, from: "sha256:old" };
const unchanged: Guard = { _tag: "ImageUnchanged", step: 1, from: "sha256:old" };
const back: Guard = { _tag: "Failed", step: 2 };

describe("a plain step", () => {
  it.each([
    [[], {}, "Run"],
    [[1], { 1: "done" }, "Run"],
    [[1, 2], { 1: "done", 2: "unneeded" }, "Run"],
    [[1, 2], { 1: "done", 2: "failed" }, "after 2"],
    [[1, 2], { 1: "skipped", 2: "done" }, "after 9"],
    [[1, 2], { 1: "interrupted", 2: "failed" }, "after 2"],
    [[1], { 1: "interrupted" }, "Interrupted"],
  ] as const)("needs %j, with %j: %s", (needs, ended, expected) => assert.strictEqual(verdict(needs, undefined, ended), expected));
  it("does not begin after an interruption", () => assert.strictEqual(verdict([1], undefined, { 1: "done" }, true), "Interrupted"));
});

describe("a guard on an image", () => {
  it.each([
    [changed, "made", "Run"],
    [changed, "done", "NotNeeded"],
    [changed, "unneeded", "NotNeeded"],
    [changed, "failed", "after 1"],
    [changed, "skipped", "after 9"],
    [unchanged, "made", "NotNeeded"],
    [unchanged, "done", "Run"],
    [{ _tag: "AnyOf", guards: [changed, unchanged] }, "made", "Run"],
    [{ _tag: "AllOf", guards: [changed, unchanged] }, "made", "NotNeeded"],
  ] as const)("%j after %s: %s", (guard, ended, expected) => assert.strictEqual(verdict([], guard, { 1: ended }), expected));
});

describe("the way back: undoes step 1 when step 2 does not come about", () => {
  it.each([
    ["done", "done", "NotNeeded"],
    ["done", "failed", "Run"],
    ["done", "skipped", "Run"],
    ["done", "interrupted", "Run"],
    ["failed", "skipped", "NotNeeded"],
    ["unneeded", "skipped", "NotNeeded"],
    ["interrupted", "interrupted", "NotNeeded"],
    ["done", "unneeded", "NotNeeded"],
  ] as const)("1 %s, 2 %s: %s", (first, second, expected) => {
    assert.strictEqual(verdict([1, 2], back, { 1: first, 2: second }), expected);
    assert.strictEqual(verdict([1, 2], back, { 1: first, 2: second }, true), expected);
  });
  it("a step to undo may be one whose failure counts, too", () => {
    const either: Guard = { _tag: "AnyOf", guards: [{ _tag: "Failed", step: 1 }, back] };
    assert.strictEqual(verdict([1], either, { 1: "done", 2: "interrupted" }), "Run");
    assert.strictEqual(verdict([1], either, { 1: "failed", 2: "skipped" }), "Run");
    assert.strictEqual(verdict([1], either, { 1: "interrupted", 2: "interrupted" }), "NotNeeded");
    assert.strictEqual(verdict([1], either, { 1: "done", 2: "done" }), "NotNeeded");
  });
  it("without anything named to undo, only a failure counts", () => {
    assert.strictEqual(verdict([2], back, { 2: "failed" }), "Run");
    assert.strictEqual(verdict([2], back, { 2: "skipped" }), "NotNeeded");
  });
  it("looks at its guard's steps as well as at its needs", () => {
    const step: Step = { id: 5, address: replicaAddress("web", 1), operation: { _tag: "RemoveImage", image: "x" }, reason: { _tag: "Missing" }, needs: [1], after: [3], guard: { _tag: "AnyOf", guards: [back, changed] } };
    assert.deepStrictEqual([...watchedSteps(step)].toSorted(), [1, 2, 3]);
  });
});
