// What happens on the engine, step by step, for each project: every step that has a row is measured.
import { type BenchProject, chain, changed, independent, layers, scaled } from "./projects.ts";

export interface Step {
  /** Of rows.ts; undefined for a step that only prepares the next. */
  readonly row: string | undefined;
  /** The files as they are from this step on. */
  readonly project: BenchProject;
  /** The command line after the program. */
  readonly args: ReadonlyArray<string>;
  /** What the floor driver is told. */
  readonly floor: "up" | "ps" | "logs" | "down";
  /** How often it is measured in one round: steps that change nothing can be repeated. */
  readonly repeat: number;
}

export interface Workload {
  readonly name: string;
  readonly steps: ReadonlyArray<Step>;
}

const step = (row: string | undefined, project: BenchProject, floor: Step["floor"], args: ReadonlyArray<string>, repeat = 1): Step => ({ row, project, args, floor, repeat });
const up = (row: string, project: BenchProject, repeat = 1): Step => step(row, project, "up", ["up", "-d"], repeat);
const down = (row: string | undefined, project: BenchProject): Step => step(row, project, "down", ["down"]);

const everyday = (services: number): Workload => {
  const name = `up${services}`;
  const project = independent(services);
  const after = changed(project);
  return {
    name,
    steps: [
      up(`${name}/up`, project),
      up(`${name}/noop`, project, 4),
      up(`${name}/change`, after),
      up(`${name}/change`, project),
      step(`${name}/ps`, project, "ps", ["ps"], 4),
      step(`${name}/logs`, project, "logs", ["logs"], 2),
      down(`${name}/down`, project),
    ],
  };
};

const cycle = (name: string, project: BenchProject, noops: number): Workload => ({
  name,
  steps: [up(`${name}/up`, project), up(`${name}/noop`, project, noops), down(`${name}/down`, project)],
});

/** Seconds between probes: frequent enough to make waiting short, rare enough that fifty of them leave the machine alone. */
const probe = 3;

const scaling = (): Workload => {
  const project = independent(1);
  const [{ name } = { name: "" }] = project;
  const to = (replicas: number) => step(`scale/${replicas}`, scaled(project, replicas), "up", ["scale", `${name}=${replicas}`]);
  return { name: "scale", steps: [step(undefined, project, "up", ["up", "-d"]), to(20), to(1), down(undefined, project)] };
};

export const workloads: ReadonlyArray<Workload> = [
  everyday(1),
  everyday(10),
  everyday(50),
  cycle("health50", layers(5, 10, probe), 2),
  cycle("chain20", chain(20), 2),
  scaling(),
];
