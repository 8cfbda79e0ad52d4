// Every fault that can be written does what its line in the table says, and what cannot be written is pointed at.
import { assert, describe, it } from "@effect/vitest";
import * as Result from "effect/Result";
import { rehearse } from "../src/rehearse.ts";
import { parseTrouble, type Trouble, troubleForms } from "../src/Trouble.ts";
import { parseAssumption } from "../src/Assumptions.ts";
import { knownOf, serviceOf, shop, subjectOf, withFaults } from "./subject.ts";

const changed = subjectOf(shop("1"), shop("2"));
const fresh = subjectOf(undefined, shop("1"));
const stepOf = (operation: string, address: string): number => changed.plan.steps.find((step) => step.operation._tag === operation && step.address === address && step.guard === undefined)?.id ?? 0;
const reasons = (run: ReturnType<typeof rehearse>): ReadonlyArray<string> => run.attempts.flatMap(({ report }) => (report?.failures ?? []).map(({ error }) => error.reason._tag));
const phases = (run: ReturnType<typeof rehearse>, service: string): ReadonlySet<string> => new Set(run.timeline.lanes.filter((lane) => lane.service === service).flatMap(({ spans }) => spans.map(({ phase }) => phase)));

describe("faults of a service", { timeout: 240_000 }, () => {
  it("without any, all goes well", () => {
    const run = rehearse(changed);
    assert.deepStrictEqual([run.exitCode, reasons(run), run.missed], [0, [], []]);
    assert.deepStrictEqual([serviceOf(run, "db").ending, serviceOf(run, "web").ending], ["serving", "serving"]);
  });
  it("unhealthy: the successor fails, the old one comes back and is not hit", () => {
    const run = withFaults(changed, "db: unhealthy");
    assert.deepStrictEqual(reasons(run), ["WaitFailed"]);
    assert.isTrue(phases(run, "db").has("unhealthy"));
    assert.deepStrictEqual([serviceOf(run, "db").after, serviceOf(run, "web").lowest], [1, 2]);
  });
  it("exits, with a code and at a time", () => {
    assert.isTrue(phases(withFaults(changed, "web: exits 3 after 2s"), "web").has("failed"));
    assert.strictEqual(serviceOf(withFaults(changed, "web: exits"), "web").ending, "down");
    assert.deepStrictEqual(reasons(withFaults(changed, "db: exits after 200ms")), ["WaitFailed"]);
    assert.isFalse(phases(withFaults(changed, "web: exits 0"), "web").has("failed"));
  });
  it("cannot start", () => {
    const run = withFaults(changed, "web: cannot start");
    assert.deepStrictEqual(reasons(run), ["Rejected"]);
    assert.strictEqual(serviceOf(run, "web").after, 2, "both old replicas still serve");
  });
  it("slow start and slow stop cost their time", () => {
    const usual = serviceOf(rehearse(changed), "db").unavailable;
    assert.strictEqual(serviceOf(withFaults(changed, "db: slow start 2s"), "db").unavailable - usual, 1000);
    assert.strictEqual(serviceOf(withFaults(changed, "db: slow stop 5s"), "db").unavailable - usual, 4700);
    assert.strictEqual(serviceOf(withFaults(changed, "db: ignores stop"), "db").unavailable - usual, 9700, "killed after the grace period of 10 seconds");
    assert.deepStrictEqual(reasons(withFaults(changed, "db: slow start 1m")), ["WaitFailed"], "three probes, a second apart, do not last that long");
  });
  it("port taken", () => {
    const file = { name: "p", services: { web: { image: "web", ports: ["8080:80"] } } };
    assert.deepStrictEqual(reasons(withFaults(subjectOf(undefined, file), "web: port taken")), ["PortTaken"]);
  });
  it("hook fails", () => {
    const file = { name: "p", services: { web: { image: "web", post_start: [{ command: ["warm", "up"] }] } } };
    assert.deepStrictEqual(reasons(withFaults(subjectOf(undefined, file), "web: hook fails 3")), ["HookFailed"]);
  });
  it("calls that are refused, lost or without an answer", () => {
    for (const verb of ["create", "start", "stop", "remove", "rename"]) {
      const refused = withFaults(changed, `db: ${verb} refused`);
      assert.deepStrictEqual([reasons(refused), refused.missed], [["Rejected"], []], verb);
      assert.deepStrictEqual(reasons(withFaults(changed, `db: ${verb} lost`)), ["Unavailable"], verb);
      assert.isAtLeast(withFaults(changed, `db: ${verb} hangs`).timeline.ended, 600_000, verb);
    }
  });
});

describe("faults of pulls and builds", { timeout: 240_000 }, () => {
  const pulls: ReadonlyArray<readonly [string, string]> = [["429", "Rejected"], ["missing", "NotFound"], ["unauthorized", "Unauthorized"], ["unreachable", "Rejected"], ["fails", "Rejected"], ["hangs", "Unavailable"]];
  it.each(pulls)("pull %s", (form, reason) => {
    for (const of of [" db", " db:1"]) assert.deepStrictEqual(reasons(withFaults(fresh, `pull${of}: ${form}`)), [reason]);
    assert.deepStrictEqual(reasons(withFaults(fresh, `pull: ${form}`)), [reason, reason]);
  });
  it("image missing is a pull that finds nothing, slow takes its time", () => {
    assert.deepStrictEqual(reasons(withFaults(fresh, "web: image missing")), ["NotFound"]);
    assert.strictEqual(withFaults(fresh, "pull db: slow 1m").timeline.ended - rehearse(fresh).timeline.ended, 60_000);
  });
  it("build", () => {
    const file = { name: "p", services: { web: { image: "web", build: { context: "." } } } };
    assert.deepStrictEqual(reasons(withFaults(subjectOf(undefined, file), "build web: fails")), ["Rejected"]);
    assert.deepStrictEqual(reasons(withFaults(subjectOf(undefined, file), "build: hangs")), ["Unavailable"]);
  });
});

describe("faults at a step", { timeout: 240_000 }, () => {
  const start = stepOf("StartContainer", "service:db:1");
  it("kill: the client dies right after it, and the next run goes on", () => {
    const run = withFaults(changed, `kill@${start}`);
    assert.deepStrictEqual(run.attempts.map(({ how }) => how), ["Crashed", "Finished"]);
    assert.strictEqual((run.attempts[1]?.from ?? 0) - (run.attempts[0]?.to ?? 0), 10_000);
    assert.deepStrictEqual([run.exitCode, serviceOf(run, "db").ending], [0, "serving"]);
    assert.deepStrictEqual(run.timeline.marks.map(({ what }) => what), ["killed", "next attempt", "end"]);
  });
  it("kill after a wait, and at a step that never runs", () => {
    assert.strictEqual(withFaults(changed, `kill@${stepOf("WaitFor", "service:db:1")}`).attempts[0]?.how, "Crashed");
    const never = changed.plan.steps.find(({ guard }) => guard?._tag === "Failed" || guard?._tag === "AnyOf")?.id ?? 0;
    const run = withFaults(changed, `kill@${never}`);
    assert.deepStrictEqual([run.attempts.length, run.missed.length], [1, 1]);
  });
  it("interrupt: what is under way ends, the next run goes on", () => {
    const run = withFaults(changed, `interrupt@${start}`);
    assert.deepStrictEqual(run.attempts.map(({ report }) => report?.exitCode), [130, 0]);
  });
  it("engine restart", () => {
    const file = { name: "p", services: { web: { image: "web", restart: "always", environment: { V: "1" } } } };
    const subject = subjectOf(file, { ...file, services: { web: { ...file.services.web, environment: { V: "2" } } } }, ["web: ready 1s"]);
    const run = withFaults(subject, "engine restart@1");
    assert.include(run.timeline.marks.map(({ what }) => what), "engine restart");
    assert.strictEqual(serviceOf(run, "web").outages[0]?.from, 50, "what ran went down with the engine at once");
    assert.notStrictEqual(serviceOf(rehearse(subject), "web").outages[0]?.from, 50);
  });
  it("lost answer, refused, hang, slow", () => {
    assert.deepStrictEqual(reasons(withFaults(changed, `lost answer@${start}`)), ["Unavailable"]);
    assert.deepStrictEqual(reasons(withFaults(changed, `lost-answer@${start}`)), ["Unavailable"]);
    assert.deepStrictEqual(reasons(withFaults(changed, `refused@${start}`)), ["Rejected"]);
    assert.deepStrictEqual(reasons(withFaults(changed, `hang@${start}`)), ["Unavailable"]);
    assert.strictEqual(withFaults(changed, `slow@${start} 30s`).timeline.ended - rehearse(changed).timeline.ended, 30_000);
  });
});

describe("the grammar", () => {
  const known = knownOf(changed);
  const parsed = (text: string): Trouble | string => {
    const result = parseTrouble(text, known);
    if (Result.isSuccess(result)) return result.success;
    const { span, message } = result.failure;
    return `${span?.column}: ${message}`;
  };
  it("knows every form that the table lists", () => {
    for (const { form } of troubleForms) {
      const text = form.replace("@N", "@1").replace("pull [SERVICE|IMAGE]", "pull web:1").replace("build [SERVICE]", "build").replace("SERVICE", "web").replace("<duration>", "5s").replace("<number>", "7");
      assert.isObject(parsed(text), text);
    }
  });
  it.each([
    ["", "1: a fault is missing"],
    ["web", '4: "web" is incomplete: ":" or "@" is missing'],
    ["web:", '5: this is incomplete: one of the forms below is missing'],
    ["wep: unhealthy", "1: no such service: wep, did you mean web?"],
    ["web: unhelthy", '6: "unhelthy" is not understood: did you mean "unhealthy"?'],
    ["web: exits after", '17: "exits after" is incomplete: a duration ("10s", "1m30s") is missing'],
    ["web: exits 3 after soon", '20: "soon" is not understood after "exits 3 after": expected a duration ("10s", "1m30s")'],
    ["web: slow strt 5s", '11: "strt" is not understood after "slow": did you mean "start"?'],
    ["web db: unhealthy", '5: "db" is one word too many before the colon'],
    ["pull dbb: 429", "6: no such service or image: dbb, did you mean db?"],
    ["pull db: 4290", '10: "4290" is not understood: did you mean "429"?'],
    ["kill@", "6: the number of a step must follow the @"],
    ["kill@x", "6: the number of a step must follow the @"],
    ["kill@99", `6: there is no step 99: the plan has steps 1 to ${known.steps}`],
    ["kil@3", '1: "kil" is not understood: did you mean "kill"?'],
    [`refused@${[...known.waits][0]}`, `9: step ${[...known.waits][0]} is a wait: the engine is asked for nothing that could be refused, lost or late`],
  ])("%s", (text, message) => {
    assert.strictEqual(parsed(text), message);
  });
  it("of assumptions points, too", () => {
    const wrong = (text: string): string => {
      const result = parseAssumption(text, ["web", "web:1"]);
      return Result.isFailure(result) ? `${result.failure.span?.column}: ${result.failure.message}` : "fine";
    };
    assert.strictEqual(wrong("web: ready 20s, stop 5s, same image"), "fine");
    assert.strictEqual(wrong("web:1: pull 1m"), "fine");
    assert.strictEqual(wrong("pull 1m, build 2m"), "fine");
    assert.strictEqual(wrong("web: ready 20s, stop soon"), '22: "soon" is not understood after "stop": expected a duration ("10s", "1m30s") or never');
    assert.strictEqual(wrong("wep: ready 20s"), "1: no such service or image: wep, did you mean web?");
    assert.strictEqual(wrong("ready"), '6: "ready" is incomplete: a duration ("10s", "1m30s") is missing');
  });
});
