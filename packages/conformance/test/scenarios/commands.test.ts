// The scenarios of single commands on the simulated engine and on a real one; with COMPOSURE_PEER also with docker compose in our place.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Checkout, checkOut } from "../../src/checkout.ts";
import { type Finished, run, type Subject } from "../../src/subject.ts";
import { onEngine, onEngineWithPeer, onSubject } from "../gate.ts";
import { type Scenario, scenarios, type Step } from "./commands.ts";

type Where = "sim" | "engine" | "peer";

interface Place {
  readonly directory: string;
  readonly project: string;
  readonly run: (args: ReadonlyArray<string>, stdin: string | undefined) => Promise<Finished>;
}

const applies = ({ but }: Step, where: Where): boolean => but === undefined || (but === "engine only, ours only" ? where === "engine" : but !== where);

const write = async (directory: string, files: Scenario["files"]): Promise<void> => {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  }
};

interface Ended {
  readonly finished: Finished;
  readonly file: string | undefined;
}

/** Every step is a test; they run in order, before any of them is judged. */
const play = (scenario: Scenario, where: Where, open: () => Promise<Place>, close: () => Promise<void>): void => {
  describe(`${scenario.name}, ${where === "peer" ? "docker compose on the engine" : where === "sim" ? "simulated" : "on the engine"}`, () => {
    const steps = scenario.steps.filter((step) => applies(step, where));
    const ended: Array<Ended> = [];
    beforeAll(async () => {
      const place = await open();
      await write(place.directory, scenario.files);
      for (const { line, stdin, file } of steps) {
        const args = line.replace("${PROJECT}", place.project).split(" ").map((word) => word.replaceAll("_", " "));
        const finished = await place.run(args, stdin);
        ended.push({ finished, file: file === undefined ? undefined : await readFile(join(place.directory, file[0]), "utf8").catch(() => undefined) });
      }
    }, 240_000);
    afterAll(close);
    for (const [at, { line, code = 0, stdout, stderr, file }] of steps.entries()) {
      test(`${at + 1}. ${line}`, () => {
        const { finished, file: text } = ended[at] as Ended;
        expect(finished.code, finished.output).toBe(code);
        if (stdout !== undefined) expect(finished.stdout).toMatch(stdout);
        if (stderr !== undefined) expect(finished.stderr).toMatch(stderr);
        if (file !== undefined) expect(text ?? "no such file").toMatch(file[1]);
        if (code === 1 && where !== "peer") expect(finished.stderr, "a failure says why").not.toBe("");
      });
    }
  });
};

const simulated = (scenario: Scenario, subject: Subject): void => {
  let directory = "";
  const open = async (): Promise<Place> => {
    directory = await mkdtemp(join(tmpdir(), "composure-scenario-"));
    const env = { COMPOSURE_ENGINE: `sim:${join(directory, ".sim.json")}`, COMPOSE_PROJECT_NAME: "scenario" };
    return { directory, project: "scenario", run: (args, stdin) => run(subject, args, { cwd: directory, env, ...(stdin === undefined ? {} : { stdin }) }) };
  };
  play(scenario, "sim", open, () => rm(directory, { recursive: true, force: true }));
};

const real = (scenario: Scenario, where: "engine" | "peer", subject: Subject, client: Checkout["client"]): void => {
  let checkout: Checkout | undefined;
  const open = async (): Promise<Place> => {
    const opened = await checkOut({ client, purpose: `${where === "peer" ? "p" : "c"}${scenarios.indexOf(scenario)}` });
    checkout = opened;
    return { directory: opened.directory, project: opened.project, run: (args, stdin) => opened.run(subject, args, stdin === undefined ? {} : { stdin }) };
  };
  play(scenario, where, open, async () => checkout?.dispose());
};

onSubject("single commands", (subject) => {
  if (subject.name === "peer") return void test.skip("the peer has no simulated engine");
  for (const scenario of scenarios) simulated(scenario, subject);
});

onEngine("single commands", ({ client, subject }) => {
  for (const scenario of scenarios) real(scenario, "engine", subject, client);
});

onEngineWithPeer("single commands", ({ client, peer }) => {
  for (const scenario of scenarios) real(scenario, "peer", peer, client);
});
