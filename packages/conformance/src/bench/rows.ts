// What is measured and what it should come to: the rows of the page, with the targets that the project has set itself.
import { floor } from "../floor.ts";

/** Who is measured. `empty` is Node with an empty script. */
export type SubjectName = "composure" | "peer" | "floor" | "empty";

/** A bound on the ratio of medians, or on the value itself. */
export type Target =
  | { readonly _tag: "Ratio"; readonly of: "wall" | "cpu" | "peak"; readonly to: SubjectName; readonly atMost: number }
  | { readonly _tag: "Value"; readonly of: "wall"; readonly atMost: number };

export interface Row {
  readonly id: string;
  readonly title: string;
  readonly targets: ReadonlyArray<Target>;
  /** Engine requests: of the fewest-calls driver, and how many more are allowed. */
  readonly requests?: { readonly floor: number; readonly more: number };
}

const wall = (atMost: number): Target => ({ _tag: "Ratio", of: "wall", to: "peer", atMost });
const memory: Target = { _tag: "Ratio", of: "peak", to: "peer", atMost: 1.3 };
const startUp: Target = { _tag: "Ratio", of: "cpu", to: "empty", atMost: 1.5 };

const row = (id: string, title: string, targets: ReadonlyArray<Target> = [], requests?: Row["requests"]): Row => ({
  id,
  title,
  targets,
  ...(requests === undefined ? {} : { requests }),
});

const counts = {
  up: (services: number) => ({ floor: floor.coldUp(services), more: 3 }),
  noop: { floor: floor.noop, more: 2 },
  change: { floor: floor.changeOne, more: 2 },
  ps: { floor: floor.ps, more: 2 },
  logs: (services: number) => ({ floor: floor.logs(services), more: 2 }),
  down: (services: number) => ({ floor: floor.down(services), more: 2 }),
};

const independentRows = (services: number, targets: Readonly<Record<"up" | "noop" | "change" | "ps" | "logs" | "down", ReadonlyArray<Target>>>): ReadonlyArray<Row> => {
  const what = services === 1 ? "1 service" : `${services} independent services`;
  return [
    row(`up${services}/up`, `cold \`up\`, ${what}`, targets.up, counts.up(services)),
    row(`up${services}/noop`, `\`up\` with nothing to do, ${what}`, targets.noop, counts.noop),
    row(`up${services}/change`, `\`up\`, one changed of ${what}`, targets.change, counts.change),
    row(`up${services}/ps`, `\`ps\`, ${what}`, targets.ps, counts.ps),
    row(`up${services}/logs`, `\`logs\`, ${what}`, targets.logs, counts.logs(services)),
    row(`up${services}/down`, `\`down\`, ${what}`, targets.down, counts.down(services)),
  ];
};

const none = { up: [], noop: [], change: [], ps: [], logs: [], down: [] };

export const rows: ReadonlyArray<Row> = [
  row("start/version", "`version`", [startUp]),
  row("start/help", "`--help`", [startUp]),
  row("start/up-help", "`up --help`", [startUp]),
  row("config/500", "`config --format json`, 500 services", [wall(0.5)]),
  row("config/layers", "`config -q`, 20 layers of 2 services", [{ _tag: "Value", of: "wall", atMost: 0.3 }]),
  row("config/1", "`config -q`, 1 service"),
  ...independentRows(1, { ...none, noop: [{ _tag: "Ratio", of: "cpu", to: "peer", atMost: 1.5 }] }),
  ...independentRows(10, none),
  ...independentRows(50, { ...none, up: [wall(1), memory], noop: [wall(1), memory], change: [wall(0.9)], ps: [wall(0.8), memory], down: [wall(0.85), memory] }),
  row("health50/up", "cold `up`, 50 services in 5 layers waiting for health", [wall(0.75), memory], { floor: floor.coldUpWaiting(50), more: 3 }),
  row("health50/noop", "`up` with nothing to do, the same", [wall(0.1)], counts.noop),
  row("health50/down", "`down`, the same", [wall(0.85)], counts.down(50)),
  row("chain20/up", "cold `up`, a chain of 20 services", [], counts.up(20)),
  row("chain20/noop", "`up` with nothing to do, the same", [], counts.noop),
  row("chain20/down", "`down`, the same", [wall(0.65)], counts.down(20)),
  row("scale/20", "`scale` 1 → 20", [wall(0.7)], { floor: floor.scale(20), more: 3 }),
  row("scale/1", "`scale` 20 → 1", [], { floor: floor.scale(20), more: 3 }),
  row("outage/beside", "outage of one recreate, start-first allowed", [{ _tag: "Value", of: "wall", atMost: 0 }]),
  row("outage/port", "outage of one recreate, a host port forbids it", [wall(1)]),
];

export const rowOf = (id: string): Row => {
  const found = rows.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no row ${id}`);
  return found;
};
