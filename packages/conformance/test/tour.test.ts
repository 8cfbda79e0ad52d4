// A tour of the commands beside up and down: the same steps with both tools, compared by exit code, output and what is left on the engine.
import { specs } from "@composure/cli/commands/index";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Checkout, checkOut } from "../src/checkout.ts";
import { look, states } from "../src/snapshot.ts";
import type { Finished, Subject } from "../src/subject.ts";
import { onEngineWithPeer } from "./gate.ts";

interface Step {
  readonly args: ReadonlyArray<string>;
  readonly stdin?: string;
  /** How far standard output must agree; "lines" ignores their order, "keys" compares the names of JSON members. After an "unsettled" step the engine is still at it. */
  readonly output?: "exact" | "lines" | "keys" | "ignored" | "unsettled";
}

const step = (line: string, output: Step["output"] = "exact", stdin?: string): Step => ({
  args: line.split(" ").map((word) => word.replaceAll("_", " ")),
  output,
  ...(stdin === undefined ? {} : { stdin }),
});

/** A command that only the peer has so far joins the tour by itself when it is there. */
const known = new Set([...specs.map(({ name }) => name), "frobnicate"]);

// In a step's words an underscore stands for a space.
const allSteps: ReadonlyArray<Step> = [
  step("ps"),
  step("ps -q"),
  step("ps --services"),
  step("create"),
  step("ps -a --format json", "keys"),
  step("start"),
  step("ps"),
  step("ps --services", "lines"),
  step("ps --status exited"),
  step("ps --format {{.Service}}:{{.State}}"),
  step("ps -a --filter status=running --format {{.Name}}"),
  step("ps db"),
  step("port edge 80"),
  step("port edge 99"),
  step("images", "lines"),
  step("images -q", "lines"),
  step("config --services", "lines"),
  step("config --volumes"),
  step("config --images", "lines"),
  step("config --profiles"),
  step("config --hash *", "lines"),
  step("config --hash web"),
  step("config --environment", "ignored"),
  step("exec -T web sh -c echo_hi;_exit_3"),
  step("exec -T -e A=b -w /tmp -u app web sh -c echo_$A_$PWD_$(id_-u)"),
  step("exec -T --index 2 web true"),
  step("exec -T --index 7 web true"),
  step("exec -T db cat", "exact", "through the pipe\n"),
  step("exec -d db touch /tmp/detached"),
  step("exec -T job true"),
  step("run --rm -T job"),
  step("run --rm -T --no-deps web sh -c echo_$MOOD_$HOME;_exit_4"),
  step("run --rm -T --entrypoint echo db from_elsewhere"),
  step("run --rm -T -e MOOD=grey -v /tmp/tour:/tour web sh -c echo_$MOOD;_ls_-d_/tour"),
  step("run -d -T --name conf-tour-named web idle", "ignored"),
  step("ps -a --format {{.Service}}:{{.State}}"),
  step("cp compose.yaml db:/tmp/copied"),
  step("exec -T db head -1 /tmp/copied"),
  step("cp db:/tmp/copied back.yaml"),
  step("cp web:/no/such/file x"),
  step("pause db"),
  step("ps --format {{.Service}}:{{.State}} db"),
  step("exec -T db true"),
  step("unpause db"),
  step("stop web"),
  step("ps -a --format {{.Service}}:{{.State}}"),
  step("logs --no-color --no-log-prefix web", "lines"),
  step("logs --no-color --tail 1 edge"),
  step("logs --no-log-prefix edge"),
  step("logs --no-color -t edge"),
  step("logs db"),
  step("start web"),
  step("restart db"),
  step("kill -s SIGTERM edge", "unsettled"),
  step("wait edge", "unsettled"),
  step("rm -f edge", "ignored"),
  step("rm -f", "ignored"),
  step("up -d"),
  step("scale web=3"),
  step("scale web=1"),
  step("scale web=2 edge=0"),
  step("up -d --scale web=1"),
  step("up -d --no-recreate"),
  step("up -d --force-recreate db"),
  step("up -d --always-recreate-deps web"),
  step("up -d -V db"),
  step("up -d --no-deps web"),
  step("up --no-start"),
  step("top db", "ignored"),
  step("volumes -q", "lines"),
  step("stop"),
  step("up -d --wait edge db"),
  step("ls -a --filter name=conf-tour --format json", "keys"),
  step("rm -fsv edge", "ignored"),
  step("down --remove-orphans web"),
  step("down -t 1"),
  step("up -d"),
  step("kill", "unsettled"),
  step("down -v --remove-orphans"),
  step("down"),
  step("restart nobody", "ignored"),
  step("version --short", "ignored"),
  step("frobnicate", "ignored"),
];

const steps = allSteps.filter(({ args: [command = ""] }) => known.has(command));

const ago = /\b(Less than a second|About an? (second|minute)|\d+ (seconds?|minutes?|years)) ?(ago)?/g;

const normal = (text: string): string =>
  text
    .replace(/\b[0-9a-f]{64}\b/g, "<id>")
    .replace(/\b[0-9a-f]{12}\b/g, "<id>")
    .replace(ago, "<ago>")
    .replace(/\d{4}-\d\d-\d\d[T ][\d:.]+(Z| [+-]\d{4} \w+)?/g, "<time>")
    .replace(/(?<=:)\d{5}(?=->90\/udp)/g, "<port>")
    .replace(/ +/g, " ")
    .replace(/ $/gm, "");

const keysOf = (text: string): string => {
  const rows = text.trim().split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Record<string, unknown> | ReadonlyArray<unknown>]));
  return JSON.stringify(rows.map((row) => (Array.isArray(row) ? row.map((one) => Object.keys(one as object).sort()) : Object.keys(row).sort())));
};

const shown = (finished: Finished, how: Step["output"]): string => {
  switch (how ?? "exact") {
    case "ignored":
    case "unsettled":
      return "";
    case "keys":
      return finished.code === 0 ? keysOf(finished.stdout) : finished.stdout;
    case "lines":
      return normal(finished.stdout).split("\n").sort().join("\n").trim();
    case "exact":
      return normal(finished.stdout).trimEnd();
  }
};

interface Stop {
  readonly code: number | null;
  readonly stdout: string;
  readonly states: ReadonlyArray<string>;
  readonly said: string;
}

const travel = async (checkout: Checkout, subject: Subject): Promise<ReadonlyArray<Stop>> => {
  const stops: Array<Stop> = [];
  for (const { args, stdin, output } of steps) {
    const finished = await checkout.run(subject, args, stdin === undefined ? {} : { stdin });
    // How long a container lived may differ; what became of it may not.
    const left = states(await look(checkout)).map((one) => normal(one.replace(/-run-[0-9a-f]+/, "-run-<id>")));
    stops.push({ code: finished.code, stdout: shown(finished, output), states: left, said: finished.output });
  }
  return stops;
};

onEngineWithPeer("a tour of the commands", ({ client, subject, peer }) => {
  let theirs: ReadonlyArray<Stop> = [];
  let ours: ReadonlyArray<Stop> = [];
  const open: Array<Checkout> = [];
  beforeAll(async () => {
    const checkout = await checkOut({ client, purpose: "tour", from: "tour" });
    open.push(checkout);
    theirs = await travel(checkout, peer);
    ours = await travel(checkout, subject);
  }, 240_000);
  afterAll(async () => {
    for (const checkout of open) await checkout.dispose();
  });

  for (const [at, { args, output }] of steps.entries()) {
    test(`${at + 1}. ${args.join(" ")}`, () => {
      const [own, other] = [ours[at], theirs[at]];
      const story = `ours said:\n${own?.said}\ntheirs:\n${other?.said}`;
      if (output === "unsettled") return;
      expect(own?.code, story).toBe(other?.code);
      expect(own?.stdout, story).toBe(other?.stdout);
      expect(own?.states, story).toEqual(other?.states);
    });
  }
});
