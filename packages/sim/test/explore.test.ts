// Many simulations of one change: crash points, interleavings and all orders converge, and what does not is told.
import { assert, describe, it } from "@effect/vitest";
import { exploreAll, exploreCrashPoints, exploreInterleavings, seededOptions } from "../src/explore.ts";
import { rehearse } from "../src/rehearse.ts";
import { assertionOf, shop, subjectOf } from "./subject.ts";

const changed = subjectOf(shop("1"), shop("2"));

describe("crash points", { timeout: 240_000 }, () => {
  const found = exploreCrashPoints(changed, { assertions: [assertionOf(changed, "downtime(db) < 5s"), assertionOf(changed, "finally(healthy(web) == 2)")] });
  it("all converge, and the longest downtime has a name", () => {
    assert.deepStrictEqual(found.strays, []);
    assert.deepStrictEqual([found.total, found.converged, found.runs], [16, 16, 32]);
    assert.strictEqual(found.worst[0]?.service, "db");
    assert.match(found.worst[0]?.run ?? "", /^crash after #\d+ stop shop-db-1$/);
    assert.isAtLeast(found.worst[0]?.unavailable ?? 0, 10_000, "nobody comes for ten seconds");
  });
  it("are asserted about, too", () => {
    assert.deepStrictEqual(found.violations.map(({ assertion }) => assertion), ["downtime(db) < 5s"]);
    assert.match(found.violations[0]?.run ?? "", /^crash after #/);
  });
  it("tell what does not converge", () => {
    const file = (v: string) => ({ name: "p", services: { a: { image: "a", environment: { V: v } } } });
    const small = subjectOf(file("1"), file("2"));
    const broken = exploreCrashPoints({ ...small, replan: (world) => ({ ...small.replan(world), steps: [] }) });
    assert.isBelow(broken.converged, broken.total);
    assert.match(broken.strays[0]?.problem ?? "", /^(left over|missing in the end): container /);
  });
});

describe("interleavings", { timeout: 240_000 }, () => {
  it("end alike; a seed is one run, for ever", () => {
    const found = exploreInterleavings(changed, 8);
    assert.deepStrictEqual([found.total, found.converged], [8, 8]);
    assert.isAbove(found.orders, 1);
    assert.isBelow(found.duration.shortest, found.duration.longest);
    const one = () => rehearse(changed, seededOptions(7)).timeline;
    assert.deepStrictEqual(one(), one());
    assert.notDeepEqual(one().steps, rehearse(changed, seededOptions(8)).timeline.steps);
  });
  it("all of them, of a small plan; a large one is refused", () => {
    const a = (v: string) => ({ image: "a", environment: { V: v } });
    const subject = subjectOf({ name: "p", services: { a: a("1") } }, { name: "p", services: { a: a("2"), b: { image: "b" } } });
    const found = exploreAll(subject);
    assert.isAbove(found?.orders ?? 0, 3);
    assert.strictEqual(found?.converged, found?.total);
    assert.strictEqual(exploreAll(subject, { most: 3 }), undefined);
  });
});
