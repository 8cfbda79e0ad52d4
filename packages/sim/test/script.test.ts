// What a stop does to commands that are known: as measured with busybox, as the first process, on a real engine.
import { assert, describe, it } from "@effect/vitest";
import { takesStop } from "../src/script.ts";
import { rehearse } from "../src/rehearse.ts";
import { serviceOf, subjectOf } from "./subject.ts";

const sh = (script: string): ReadonlyArray<string> => ["sh", "-c", script];

describe("the first process of a container that is asked to end", () => {
  it.each<readonly [ReadonlyArray<string>, number | "ignored"]>([
    [["sleep", "600"], "ignored"],
    [["tail", "-f", "/dev/null"], "ignored"],
    [["cat"], "ignored"],
    [["bash"], "ignored"],
    [sh("sleep 600"), "ignored"],
    [sh("sleep infinity"), "ignored"],
    [sh("sleep 600; echo x"), "ignored"],
    [sh("exec sleep 600"), "ignored"],
    [sh("exec tail -f /dev/null"), "ignored"],
    [sh("while true; do sleep 1; done"), "ignored"],
    [sh("trap : TERM; sleep 600"), "ignored"],
    [sh("trap 'exit 3' TERM; trap - TERM; sleep 600 & wait"), "ignored"],
    [sh("trap '' TERM; sleep 600"), "ignored"],
    [sh("trap '' TERM; exec server"), "ignored"],
    [sh("trap 'exit 3' TERM; sleep 600 & wait"), 3],
    [sh("trap 'exit 3' SIGTERM; sleep infinity & wait $!"), 3],
    [sh("trap 'exit 9' TERM; while :; do sleep 0.1; done"), 9],
    [["server"], 0],
    [sh("sleep 5; exec server"), 0],
    [sh("until nc -z db 5432; do sleep 1; done; exec server"), 0],
    [["sh", "entrypoint.sh"], 0],
    [[], 0],
  ])("%j: %s", (argv, expected) => {
    assert.strictEqual(takesStop({}, argv), expected);
  });
  it("hears with an init, in another process namespace, and is killed by its own stop signal", () => {
    assert.strictEqual(takesStop({ init: true }, ["sleep", "600"]), 143);
    assert.strictEqual(takesStop({ init: true }, sh("sleep 600; echo x")), 143);
    assert.strictEqual(takesStop({ init: true }, sh("trap '' TERM; sleep 600")), "ignored");
    assert.strictEqual(takesStop({ pid: "host" }, ["sleep", "600"]), 143);
    assert.strictEqual(takesStop({ stop_signal: "SIGKILL" }, ["sleep", "600"]), 137);
  });
});

describe("a simulated replacement of a service that hears nothing", () => {
  const file = (v: string) => ({ name: "p", services: { web: { image: "web", command: ["sleep", "infinity"], stop_grace_period: "3s", ports: ["8080:80"], environment: { V: v } } } });
  const away = (...assumptions: ReadonlyArray<string>): number => serviceOf(rehearse(subjectOf(file("1"), file("2"), assumptions)), "web").unavailable;
  it("waits for the grace period, unless told otherwise", () => {
    assert.strictEqual(away() - away("web: stop 300ms"), 2700);
    assert.strictEqual(away(), away("web: stop never"));
  });
});
