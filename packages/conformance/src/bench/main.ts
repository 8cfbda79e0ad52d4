// npm run bench: measures everything in one run, side by side with docker compose and the floor driver, and writes docs/performance.md.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findEngine } from "../engineUnderTest.ts";
import { peer as findPeer, repositoryRoot } from "../subject.ts";
import { timeCommands } from "./commands.ts";
import type { Cost } from "./growth.ts";
import { type Ground, left, makeFolder, Results } from "./Ground.ts";
import { countWorkload, clearAway, type EngineSubject, engineSubjects, projectOf, timeWorkload } from "./onEngine.ts";
import { timeOutages } from "./outage.ts";
import { engineText, measured, writePage } from "./page.ts";
import { rows } from "./rows.ts";
import { type Workload, workloads } from "./workloads.ts";

const usage = `npm run bench -- [--minutes 10] [--rounds 9] [--quick] [--only ROW]... [--no-counts] [--write]

  --minutes N   the time all of it may take; the rounds that fit are measured (default 10)
  --rounds N    at most so many rounds (default 9)
  --quick       one round of the small workloads, in about a minute
  --only TEXT   rows whose name has this text: ${[...new Set(rows.map(({ id }) => id.split("/")[0]))].join(", ")}, up50/noop, ...
  --no-counts   do not count requests
  --write       write docs/performance.md and .svg also with --quick or --only

DOCKER_HOST names the engine, COMPOSURE_PEER the program of docker compose to compare with; both may be missing.
`;

const parsed = () => {
  const { values } = parseArgs({
    options: {
      minutes: { type: "string", default: "10" },
      rounds: { type: "string", default: "9" },
      quick: { type: "boolean", default: false },
      only: { type: "string", multiple: true, default: [] },
      "no-counts": { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [minutes, rounds] = [Number(values.minutes), Number(values.rounds)];
  if (!(minutes > 0) || !(rounds >= 1)) throw new Error("--minutes and --rounds are positive numbers");
  return { ...values, minutes, rounds: values.quick ? 1 : rounds };
};

type Options = ReturnType<typeof parsed>;

const here = dirname(fileURLToPath(import.meta.url));

const launches = (): Ground["launch"] => {
  const peer = findPeer();
  return {
    composure: [process.execPath, join(repositoryRoot, "packages/cli/dist/composure.cjs")],
    floor: [process.execPath, join(here, "floorDriver.mjs")],
    empty: [process.execPath, "-e", ""],
    ...(peer === undefined ? {} : { peer: peer.launch }),
  };
};

const small = new Set(["up1", "up10", "scale"]);

const wantedRow = ({ only }: Options) => (row: string): boolean => only.length === 0 || only.some((text) => row.includes(text));

const wantedWorkloads = (options: Options): ReadonlyArray<Workload> =>
  workloads.filter(
    ({ name, steps }) => (!options.quick || small.has(name)) && steps.some(({ row }) => row !== undefined && wantedRow(options)(row)),
  );

/** Nothing is begun that cannot end in time: how long each took last, in milliseconds. */
class Pace {
  readonly #last = new Map<string, number>();

  async run(ground: Ground, what: string, work: () => Promise<void>): Promise<boolean> {
    const expected = this.#last.get(what) ?? 0;
    if (left(ground) < expected * 1.25 + 2_000) return false;
    const begun = performance.now();
    await work();
    const took = performance.now() - begun;
    this.#last.set(what, Math.max(took, expected * 0.8));
    ground.say(`  ${what.padEnd(24)} ${(took / 1000).toFixed(1)} s`);
    return true;
  }
}

const present = (ground: Ground): ReadonlyArray<EngineSubject> => engineSubjects.filter((name) => ground.launch[name] !== undefined);

const onEngine = async (ground: Ground, options: Options): Promise<number> => {
  const { client } = ground;
  if (client === undefined) return 0;
  const pace = new Pace();
  const chosen = wantedWorkloads(options);
  if (!options["no-counts"]) {
    ground.say("counting requests");
    for (const workload of chosen) {
      for (const subject of present(ground)) {
        if (subject !== "floor") await pace.run(ground, `${workload.name} ${subject}`, () => countWorkload(ground, client, workload, subject));
      }
    }
  }
  await timeOutages(ground, client, wantedRow(options), options.quick ? 2 : 7);
  for (let round = 1; round <= options.rounds; round++) {
    ground.say(`round ${round}, ${Math.round(left(ground) / 1000)} s left`);
    let began = false;
    for (const workload of chosen) {
      // Who goes first changes, so that nobody always meets the warmer engine.
      const subjects = present(ground);
      const turn = subjects.map((_, at) => subjects[(at + round) % subjects.length]).filter((subject) => subject !== undefined);
      for (const subject of turn) began = (await pace.run(ground, `${workload.name} ${subject}`, () => timeWorkload(ground, client, workload, subject))) || began;
    }
    if (!began) return round - 1;
  }
  return options.rounds;
};

const growth = (options: Options): ReadonlyArray<Cost> => {
  if (!wantedRow(options)("growth")) return [];
  const sizes = options.quick ? [10, 100, 1_000] : [10, 100, 1_000, 10_000];
  return sizes.map((services) => {
    const run = spawnSync(process.execPath, [join(here, "growth.mjs"), String(services)], { encoding: "utf8", timeout: 60_000 });
    if (run.status !== 0) throw new Error(`growth ${services}: ${run.stderr}`);
    return JSON.parse(run.stdout) as Cost;
  });
};

const peerText = (ground: Ground): string => {
  const [program] = ground.launch.peer ?? [];
  if (program === undefined) return "no docker compose to compare with";
  return `docker compose ${spawnSync(program, ["version", "--short"], { encoding: "utf8" }).stdout.trim()}`;
};

const cleanUp = async (ground: Ground): Promise<void> => {
  const { client } = ground;
  if (client === undefined) return;
  const names = [...workloads.map(({ name }) => name), "outage-beside", "outage-port"];
  for (const name of names) for (const subject of engineSubjects) await clearAway(client, projectOf(name, subject));
};

const main = async (options: Options): Promise<void> => {
  if (options.help) return void process.stdout.write(usage);
  const gate = await findEngine();
  const say = (text: string) => void process.stderr.write(`${text}\n`);
  if (gate._tag === "Absent") say(`${gate.why}: only what needs no engine is measured`);
  const { folder, remove } = makeFolder();
  const ground: Ground = {
    client: gate._tag === "Ready" ? gate.client : undefined,
    launch: launches(),
    folder,
    deadline: performance.now() + options.minutes * 60_000,
    results: new Results(),
    say,
  };
  let ending = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (ending) return;
      ending = true;
      say("interrupted: taking away what is on the engine");
      void cleanUp(ground).finally(() => process.exit(130));
    });
  }
  try {
    say("commands without an engine");
    const costs = growth(options);
    await timeCommands(ground, wantedRow(options), options.quick ? 1 : 3);
    const rounds = await onEngine(ground, options);
    const conditions = { engine: await engineText(ground.client), peer: peerText(ground), rounds: `${rounds} rounds` };
    const text = measured(ground.results, costs, conditions);
    process.stdout.write(text);
    for (const failure of ground.results.failures) say(`failed once: ${failure}`);
    if (options.write || (!options.quick && options.only.length === 0)) for (const file of writePage(ground.results, text)) say(`wrote ${file}`);
  } finally {
    remove();
  }
};

try {
  await main(parsed());
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  process.exit(1);
}
