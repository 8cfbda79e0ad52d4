// Attached ups of every kind beside the peer: which lines are shown, when it ends, with which code, and what is left.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Checkout, checkOut } from "../src/checkout.ts";
import { look, states } from "../src/snapshot.ts";
import type { Subject } from "../src/subject.ts";
import { onEngineWithPeer } from "./gate.ts";
import { succeeded } from "./scenarios/lifecycle.ts";

const file = `services:
  server:
    image: composure/test-idle
    command: ["sh", "-c", "echo server speaks; exec idle"]
  quiet:
    image: composure/test-idle
    attach: false
    command: ["sh", "-c", "echo quiet speaks; exec idle"]
  job:
    image: composure/test-idle
    # It ends when it is told that everybody has spoken.
    command: ["sh", "-c", "echo job speaks; while [ ! -e /tmp/go ]; do sleep 0.05; done; echo job ends; exit 5"]
    depends_on: [server, quiet]
  well:
    image: composure/test-idle
    profiles: [well]
    command: ["sh", "-c", "echo all is well"]
`;

interface Case {
  readonly args: ReadonlyArray<string>;
  /** Lines to wait for before the job may end. */
  readonly wait: ReadonlyArray<RegExp>;
  readonly goes: boolean;
}

const cases: ReadonlyArray<Case> = [
  { args: ["up", "--abort-on-container-exit"], wait: [/job speaks/, /server speaks/], goes: true },
  { args: ["up", "--exit-code-from", "job"], wait: [/job speaks/, /server speaks/], goes: true },
  { args: ["up", "--exit-code-from", "server"], wait: [/job speaks/, /server speaks/], goes: true },
  { args: ["up", "--abort-on-container-failure"], wait: [/job speaks/, /server speaks/], goes: true },
  { args: ["up", "--abort-on-container-exit", "--no-attach", "server"], wait: [/job speaks/], goes: true },
  { args: ["up", "--abort-on-container-exit", "--attach", "job"], wait: [/job speaks/], goes: true },
  { args: ["up", "--abort-on-container-exit", "--no-log-prefix"], wait: [/^job speaks/, /^server speaks/], goes: true },
  { args: ["up", "job"], wait: [/job speaks/], goes: true },
  { args: ["up", "--abort-on-container-exit", "--attach-dependencies", "job"], wait: [/job speaks/, /server speaks/], goes: true },
  { args: ["up", "well"], wait: [], goes: false },
];

interface Outcome {
  readonly code: number | null;
  /** Lines of containers, without prefix widths, sorted: their order between containers is nobody's. */
  readonly lines: ReadonlyArray<string>;
  readonly states: ReadonlyArray<string>;
  readonly said: string;
}

const attend = async (checkout: Checkout, tool: Subject, { args, wait, goes }: Case): Promise<Outcome> => {
  succeeded(await checkout.run(tool, ["--profile", "*", "down", "-v", "-t", "1"]));
  const up = checkout.start(tool, args);
  await Promise.all(wait.map((pattern) => up.line(pattern.source.startsWith("^") ? pattern : new RegExp(`\\| ?${pattern.source}`))));
  if (goes) await checkout.client.exec(`${checkout.project}-job-1`, ["touch", "/tmp/go"]);
  const { code, output } = await up.done;
  // eslint-disable-next-line no-control-regex
  const plain = output.replace(/\u001b\[[0-9;]*[A-Za-z]|\r/g, "").split("\n");
  const lines = plain.filter((line) => /speaks|ends|is well|exited with/.test(line)).map((line) => line.replace(/ +\| ?/, " | ").trim());
  return { code, lines: lines.sort(), states: states(await look(checkout)), said: output };
};

onEngineWithPeer("attached", ({ client, subject, peer }) => {
  const open: Array<Checkout> = [];
  beforeAll(async () => {
    for (const purpose of ["attached-ours", "attached-theirs"]) {
      const checkout = await checkOut({ client, purpose });
      open.push(checkout);
      await checkout.write("compose.yaml", file);
    }
  });
  afterAll(async () => {
    for (const checkout of open) await checkout.dispose();
  });

  for (const one of cases) {
    test(one.args.join(" "), async () => {
      const [ours, theirs] = open;
      if (ours === undefined || theirs === undefined) throw new Error("the checkouts could not be made");
      const [own, other] = await Promise.all([attend(ours, subject, one), attend(theirs, peer, one)]);
      const story = `ours said:\n${own.said}\ntheirs:\n${other.said}`;
      expect(own.code, story).toBe(other.code);
      expect(own.lines, story).toEqual(other.lines);
      expect(own.states, story).toEqual(other.states);
    });
  }
});
