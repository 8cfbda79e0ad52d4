// A change that fails: what served before still serves, the exit code says so, and the culprit is named.
import { expect, test } from "vitest";
import { fates, look } from "../src/snapshot.ts";
import { betterThanPeer, onEngine } from "./gate.ts";
import { staged } from "./killed/killing.ts";
import { succeeded } from "./scenarios/lifecycle.ts";

interface Case {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  readonly args?: ReadonlyArray<string>;
  /** What is said of it, on stderr. */
  readonly told: ReadonlyArray<RegExp>;
  /** What becomes of each container. */
  readonly fates: Readonly<Record<string, string>>;
}

const pair = (a: string, b: string): string => `services:
  a:
    image: composure/test-idle
${a}  b:
    image: composure/test-idle
    depends_on: [a]
${b}`;

const probed = (command: string): string => `    healthcheck: {test: ["CMD", "sh", "-c", "${command}"], interval: 200ms, retries: 3, timeout: 2s}\n`;
const marked = (text: string): string => `    environment: {MARKER: ${text}}\n`;
const port = '    ports: ["127.0.0.1:${WEB_PORT}:80"]\n';

const cases: ReadonlyArray<Case> = [
  {
    name: "a command that does not exist, in the one that the other depends on",
    before: pair("", marked("one")),
    after: pair("    command: [no-such-command]\n", marked("two")),
    told: [/a-1/, /no-such-command/],
    fates: { "a-1": "untouched", "b-1": "untouched" },
  },
  {
    name: "the same, where a host port forbids to start the new one first",
    before: pair(port, marked("one")),
    after: pair(`${port}    command: [no-such-command]\n`, marked("two")),
    told: [/a-1/, /no-such-command/, /kept serving: container \S+-a-1/],
    fates: { "a-1": "restarted", "b-1": "untouched" },
  },
  {
    name: "an image that nobody has",
    before: pair("", marked("one")),
    after: pair("", marked("two")).replace("image: composure/test-idle", "image: 127.0.0.1:1/nobody/has-this:1"),
    told: [/nobody\/has-this/],
    fates: { "a-1": "untouched", "b-1": "untouched" },
  },
  {
    name: "a version that never becomes healthy",
    before: pair(probed("true"), ""),
    after: pair(probed("echo the disk is full; exit 1"), ""),
    told: [/a-1 is unhealthy/, /the disk is full/],
    fates: { "a-1": "untouched", "b-1": "untouched" },
  },
  {
    name: "a version that crashes again and again",
    before: pair(probed("true"), ""),
    after: pair(`${probed("true").replace("200ms", "60s")}    restart: always\n    command: ["sh", "-c", "echo no licence; exit 7"]\n`, ""),
    told: [/a-1 keeps restarting \(last exit code 7\)/, /no licence/],
    fates: { "a-1": "untouched", "b-1": "untouched" },
  },
];

onEngine("a change that fails", (ground) => {
  const { at } = staged(ground, "failing");
  for (const { name, before, after, args = ["up", "-d"], told, fates: expected } of cases) {
    betterThanPeer(name, async () => {
      await at().write("compose.yaml", before);
      succeeded(await at().run(ground.subject, ["up", "-d", "--wait"]));
      const serving = await look(at());
      await at().write("compose.yaml", after);
      const failed = await at().run(ground.subject, args);
      expect(failed.code, failed.output).toBe(1);
      for (const words of told) expect(failed.stderr).toMatch(words);
      const left = await look(at());
      expect(fates(serving, left), failed.output).toEqual(expected);
      for (const [container, { state }] of left) expect(state, `${container}: ${failed.output}`).toBe("running");
      // The way out is a file that works: the next one begins where this one left off.
    });
  }

  betterThanPeer("a host port that another container has: the service goes on where it was", async () => {
    await at().write("compose.yaml", pair("", marked("one")));
    succeeded(await at().run(ground.subject, ["up", "-d"]));
    const serving = await look(at());
    await at().write("other.yaml", `name: ${at().project}-other\nservices:\n  holder:\n    image: composure/test-web:1\n${port}`);
    const other = ["-f", "other.yaml", "-p", `${at().project}-other`];
    try {
      succeeded(await at().run(ground.subject, [...other, "up", "-d"]));
      await at().write("compose.yaml", pair(port, marked("one")));
      const failed = await at().run(ground.subject, ["up", "-d"]);
      expect(failed.code, failed.output).toBe(1);
      expect(failed.stderr).toMatch(new RegExp(`port.*${at().env["WEB_PORT"]}|${at().env["WEB_PORT"]}.*port`));
      const left = await look(at());
      expect([...left].map(([name, { state }]) => `${name} ${state}`), failed.output).toEqual(["a-1 running", "b-1 running"]);
      expect(left.get("a-1")?.row.id, failed.output).toBe(serving.get("a-1")?.row.id);
    } finally {
      succeeded(await at().run(ground.subject, [...other, "down"]));
    }
  });
});

onEngine("up --wait", (ground) => {
  const { at } = staged(ground, "waiting");
  test("a job that ended well is done; with --wait-timeout the one that is late is named", async () => {
    await at().write("compose.yaml", `services:\n  job: {image: composure/test-idle, command: ["true"]}\n  web: {image: composure/test-idle, depends_on: {job: {condition: service_completed_successfully}}}\n`);
    if (ground.subject.name !== "peer") succeeded(await at().run(ground.subject, ["up", "--wait"]));
    await at().write("compose.yaml", `services:\n  slow:\n    image: composure/test-idle\n    healthcheck: {test: ["CMD", "false"], interval: 60s}\n`);
    const late = await at().run(ground.subject, ["up", "--wait", "--wait-timeout", "2", "--remove-orphans"]);
    expect(late.code, late.output).toBe(1);
    if (ground.subject.name !== "peer") expect(late.stderr).toMatch(/slow-1 was not ready in time/);
  });
});
