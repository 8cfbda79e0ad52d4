// Assertions about a simulation: what each function tells, when it must hold, and where a text stops making sense.
import { assert, describe, it } from "@effect/vitest";
import * as Result from "effect/Result";
import { parseAssertion } from "../src/assertion/parse.ts";
import { violationText } from "../src/assertion/evaluate.ts";
import { functionNames, signature } from "../src/assertion/Expression.ts";
import { rehearse } from "../src/rehearse.ts";
import { serviceOf, shop, subjectOf, violated, withFaults } from "./subject.ts";

const changed = subjectOf(shop("1"), shop("2"));
const run = rehearse(changed);
const unhealthy = withFaults(changed, "db: unhealthy");
const db = serviceOf(run, "db");

const holds = (text: string, of = run): boolean => violated(changed, text, of) === undefined;

describe("functions", () => {
  it("healthy and running count at every moment", () => {
    assert.isTrue(holds("running(web) >= 2"));
    assert.isFalse(holds("running(web) > 2"));
    assert.isFalse(holds("healthy(db) >= 1"));
    assert.isTrue(holds("healthy(db) <= 1 and healthy(web) <= 3"));
  });
  it("lowest, replicas, downtime, ready are about the run", () => {
    assert.isTrue(holds(`lowest(web) == ${serviceOf(run, "web").lowest}`));
    assert.isTrue(holds("replicas(web) == 2 and replicas(db) == 1"));
    assert.isTrue(holds(`downtime(db) == ${db.unavailable}ms`));
    assert.isFalse(holds(`downtime(db) < ${db.unavailable}ms`));
    assert.isTrue(holds(`ready(db) == ${db.outages[0]?.to}ms`));
    assert.isFalse(holds("ready(db) < 24h", withFaults(changed, "db: exits 1 after 30s")));
  });
  it("duration, exitcode and failed are about the command", () => {
    assert.isTrue(holds(`duration() == ${run.timeline.ended}ms and exitcode() == 0 and failed() == 0`));
    assert.isTrue(holds("exitcode() == 1 and failed() == 1", unhealthy));
  });
  it("always, finally and ever choose the moments", () => {
    assert.isFalse(holds("always(healthy(web) == 2)"));
    assert.isTrue(holds("finally(healthy(web) == 2)"));
    assert.isTrue(holds("ever(healthy(db) == 0)"));
    assert.isFalse(holds("ever(healthy(db) == 2)"));
    assert.isTrue(holds("not always(healthy(db) == 1) and not (healthy(db) > 1)"));
  });
  it("and, or, not, sums and parentheses mean what they look like", () => {
    assert.isTrue(holds("healthy(db) + healthy(web) >= 0"));
    assert.isTrue(holds("1 + 2 - 3 == 0 && 2s - 500ms == 1.5s"));
    assert.isTrue(holds("1 == 2 or 1 == 1 and 2 == 2"));
    assert.isFalse(holds("(1 == 2 or 1 == 1) and 2 == 3"));
    assert.isTrue(holds("!(1 == 2) || 1 == 2"));
    assert.isTrue(holds("healthy(web) >= replicas(web) - 2"));
    assert.isTrue(holds("1 != 2 and 1 < 2 and 2 > 1 and 1 <= 1 and not 2 <= 1"));
  });
});

describe("a violation", () => {
  it("tells when, why, and what was under way", () => {
    const found = violated(changed, "healthy(db) >= 1", run);
    assert.deepStrictEqual([found?.at, found?.until, found?.because], [db.outages[0]?.from, db.outages[0]?.to, "healthy(db) is 0"]);
    assert.match(found?.during ?? "", /^#\d+ stop shop-db-1$/);
    assert.match(found === undefined ? "" : violationText(found), /^healthy\(db\) >= 1 does not hold from 205ms to 1\.8s: healthy\(db\) is 0 \(#\d+ stop shop-db-1\)$/);
  });
  it("of the run as a whole is about no moment", () => {
    const found = violated(changed, "downtime(db) < 1s", run);
    assert.deepInclude(found, { at: null, because: `downtime(db) is 1.6s`, during: null });
    assert.include(violated(changed, "ready(web) < 1h", withFaults(changed, "web: exits"))?.because ?? "", "ready(web) is never");
  });
  it("from the beginning on says what to ask instead", () => {
    const fresh = subjectOf(undefined, shop("1"));
    const found = violated(fresh, "healthy(web) >= 1", rehearse(fresh));
    assert.strictEqual(found?.at, 0);
    assert.include(found === undefined ? "" : violationText(found), "finally(");
  });
});

describe("the grammar", () => {
  it.each([
    ["", "1: expected a function, a number or a duration, found the end"],
    ["healthy", '8: "(" is missing after healthy, found the end'],
    ["healthy(", "9: the name of a service is missing in healthy()"],
    ["healthy(web", '12: ")" is missing at the end of healthy(, found the end'],
    ["healthy(wbe) > 1", "9: no such service: wbe, did you mean web?"],
    ["helthy(web) > 1", "1: there is no function helthy(), did you mean healthy()?"],
    ["healthy(web)", "1: healthy(web) is a number, not something that holds or not"],
    ["healthy(web) >= 1 and", "22: expected a function, a number or a duration, found the end"],
    ["healthy(web) and 1 == 1", "1: healthy(web) is a number, not something that holds or not"],
    ["1 == 1 or downtime(web)", "11: downtime(web) is a duration, not something that holds or not"],
    ["(1 == 1", '8: ")" is missing to close the parenthesis, found the end'],
    ["1 == 1)", '7: ")" is not understood here'],
    ["healthy(web) = 1", '14: "=" does not compare: write "=="'],
    ["downtime(web) < 5", "15: a duration cannot be compared with a number; a duration needs a unit, as in 5s"],
    ["downtime(web) + 1 < 5s", "1: a duration and a number cannot be added or subtracted"],
    ["downtime(web) < 5x", '17: "5x" is neither a number nor a duration'],
    ["(1 == 1) == (2 == 2)", "10: true or false cannot be compared with true or false"],
    ["healthy(web) >= 1 foo", '19: "foo" is not understood here'],
    ["finally(healthy(web))", "9: healthy(web) is a number, not something that holds or not"],
    [`${"(".repeat(150)}1 == 1${")".repeat(150)}`, "101: this is nested too deeply"],
  ])("%s", (text, message) => {
    const result = parseAssertion(text, ["db", "web"]);
    assert.strictEqual(Result.isFailure(result) ? `${result.failure.span?.column}: ${result.failure.message}` : "parsed", message);
  });
  it("parses every function that it lists", () => {
    for (const name of functionNames) {
      const call = signature(name).replace("SERVICE", "web").replace("ASSERTION", "1 == 1");
      assert.isTrue(Result.isSuccess(parseAssertion(["always", "finally", "ever"].includes(name) ? call : `${call} == ${call}`, ["web"])), call);
    }
  });
});
