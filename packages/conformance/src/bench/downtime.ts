// How long each service of a realistic chain is away while all of it is changed, beside docker compose in the same run.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { EngineClient, EngineEvent } from "../EngineClient.ts";
import { findEngine } from "../engineUnderTest.ts";
import { peer as findPeer, repositoryRoot } from "../subject.ts";
import { makeFolder } from "./Ground.ts";
import { measure, median } from "./measure.ts";
import { clearAway } from "./onEngine.ts";
import { outageOf } from "./outage.ts";
import { engineText } from "./page.ts";

const usage = `npm run bench:downtime -- [--rounds 5] [--write]

  --rounds N   both tools change the whole project so many times (default 5)
  --write      put the table into docs/downtime.md

DOCKER_HOST names the engine, COMPOSURE_PEER the program of docker compose to compare with.
`;

interface Link {
  readonly name: string;
  /** What its users would say of it. */
  readonly kind: string;
}

const links: ReadonlyArray<Link> = [
  { name: "db", kind: "a volume, a healthcheck" },
  { name: "cache", kind: "an anonymous volume" },
  { name: "api", kind: "a healthcheck" },
  { name: "worker", kind: "plain" },
  { name: "web", kind: "a host port" },
  { name: "proxy", kind: "a host port" },
];

const chain = (marker: string, port: number): string => `services:
  db:
    image: composure/test-db:1
    environment: {MARKER: "${marker}"}
    volumes: ["rows:/rows"]
    healthcheck: {test: ["CMD", "true"], interval: 500ms, retries: 20}
  cache:
    image: composure/test-cache
    environment: {MARKER: "${marker}"}
    depends_on: {db: {condition: service_healthy}}
  api:
    image: composure/test-web:1
    environment: {MARKER: "${marker}"}
    healthcheck: {test: ["CMD", "true"], interval: 500ms, retries: 20}
    depends_on: [cache]
  worker:
    image: composure/test-idle
    environment: {MARKER: "${marker}"}
    depends_on: {api: {condition: service_healthy}}
  web:
    image: composure/test-web:1
    environment: {MARKER: "${marker}"}
    ports: ["127.0.0.1:${port}:80"]
    depends_on: [worker]
  proxy:
    image: composure/test-web:1
    environment: {MARKER: "${marker}"}
    ports: ["127.0.0.1:${port + 1}:80"]
    depends_on: [web]
volumes:
  rows:
`;

const serviceOf = (event: EngineEvent): string => event.Actor.Attributes["com.docker.compose.service"] ?? "";

/** Seconds by service in which no container of it ran. */
const outages = (events: ReadonlyArray<EngineEvent>): ReadonlyMap<string, number> =>
  new Map(
    links.map(({ name }) => {
      const moments = events.flatMap((event) =>
        serviceOf(event) === name && (event.Action === "start" || event.Action === "die") ? [{ action: event.Action, at: event.timeNano / 1e9 } as const] : [],
      );
      return [name, outageOf(moments)];
    }),
  );

interface Runner {
  readonly name: string;
  readonly launch: ReadonlyArray<string>;
  readonly project: string;
  readonly port: number;
  /** By service, one entry a round. */
  readonly away: Map<string, Array<number>>;
  readonly walls: Array<number>;
}

const up = async (client: EngineClient, folder: string, runner: Runner, marker: string): Promise<number> => {
  const place = join(folder, runner.project);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "compose.yaml"), chain(marker, runner.port));
  const { wall } = await measure([...runner.launch, "-p", runner.project, "up", "-d"], { cwd: place, env: { DOCKER_HOST: client.host }, limit: 300_000 });
  return wall;
};

const round = async (client: EngineClient, folder: string, runner: Runner, marker: string): Promise<void> => {
  const events = await client.watch(runner.project);
  runner.walls.push(await up(client, folder, runner, marker));
  for (const { name } of links) {
    for (const action of ["start", "die"]) await events.until((event) => event.Action === action && serviceOf(event) === name);
  }
  for (const [name, seconds] of outages(events.seen)) runner.away.set(name, [...(runner.away.get(name) ?? []), seconds]);
  events.close();
};

const milliseconds = (seconds: number): string => `${Math.round(seconds * 1000)} ms`;
const ratio = (ours: number, theirs: number): string => (theirs === 0 ? "–" : (ours / theirs).toFixed(2));
const typical = (runner: Runner, name: string): number => median(runner.away.get(name) ?? []);

const table = (ours: Runner, peer: Runner | undefined): string => {
  const rows = links.map(({ name, kind }) => {
    const [mine, theirs] = [typical(ours, name), peer === undefined ? undefined : typical(peer, name)];
    return { title: `${name} (${kind})`, mine, theirs };
  });
  const of = (pick: (values: ReadonlyArray<number>) => number) => ({
    mine: pick(rows.map(({ mine }) => mine)),
    theirs: peer === undefined ? undefined : pick(rows.map(({ theirs }) => theirs ?? 0)),
  });
  const sums = [
    { title: "**median service**", ...of(median) },
    { title: "**worst service**", ...of((values) => Math.max(...values)) },
    { title: "the whole command", mine: median(ours.walls), theirs: peer === undefined ? undefined : median(peer.walls) },
  ];
  const line = ({ title, mine, theirs }: (typeof sums)[number]): string =>
    `| ${title} | ${milliseconds(mine)} | ${theirs === undefined ? "–" : milliseconds(theirs)} | ${theirs === undefined ? "–" : ratio(mine, theirs)} |`;
  return ["| service | Composure | docker compose | ratio |", "|---|---|---|---|", ...rows.map(line), ...sums.map(line), ""].join("\n");
};

const page = join(repositoryRoot, "docs/downtime.md");
const marks = ["<!-- measured -->\n", "<!-- end of measured -->"] as const;

const write = (text: string): void => {
  const before = readFileSync(page, "utf8");
  const [start, end] = [before.indexOf(marks[0]), before.indexOf(marks[1])];
  if (start < 0 || end < start) throw new Error(`${page} has no place for the table`);
  writeFileSync(page, before.slice(0, start + marks[0].length) + text + before.slice(end));
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" }, write: { type: "boolean", default: false }, help: { type: "boolean", short: "h", default: false } } });
  if (values.help) return void process.stdout.write(usage);
  const rounds = Number(values.rounds);
  if (!(rounds >= 1)) throw new Error(`--rounds takes a positive number\n${usage}`);
  const gate = await findEngine();
  if (gate._tag === "Absent") throw new Error(gate.why);
  const { client } = gate;
  const { folder, remove } = makeFolder();
  const runner = (name: string, launch: ReadonlyArray<string>, at: number): Runner => ({
    name,
    launch,
    project: `downtime-${name}-${process.pid.toString(36)}`,
    port: 21_000 + (process.pid % 5_000) * 4 + at,
    away: new Map(),
    walls: [],
  });
  const here = dirname(fileURLToPath(import.meta.url));
  const ours = runner("composure", [process.execPath, join(here, "../../cli/dist/composure.cjs")], 0);
  const launch = findPeer()?.launch;
  const peer = launch === undefined ? undefined : runner("compose", launch, 2);
  const runners = peer === undefined ? [ours] : [ours, peer];
  try {
    for (const one of runners) await up(client, folder, one, "0");
    for (let at = 1; at <= rounds; at++) {
      // Who goes first changes.
      for (const one of at % 2 === 1 ? runners : runners.toReversed()) await round(client, folder, one, String(at));
      process.stderr.write(`round ${at} of ${rounds}\n`);
    }
  } finally {
    for (const { project } of runners) await clearAway(client, project);
    remove();
  }
  const conditions = `Medians of ${rounds} rounds, both tools in turns on one engine (${await engineText(client)}).`;
  const text = `${conditions}\n\n${table(ours, peer)}`;
  process.stdout.write(text);
  if (values.write) write(text);
};

try {
  await main();
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
