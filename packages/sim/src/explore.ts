// Many simulations of one change: a crash after each of its steps, many interleavings, or all of them.
import { labelOf } from "@composure/core/desired/labels";
import type { Assertion } from "./assertion/Expression.ts";
import { type Violation, violationOf } from "./assertion/evaluate.ts";
import { exhaustive, seeded } from "./Choice.ts";
import { type Rehearsal, rehearse, type RehearseOptions, type Subject } from "./rehearse.ts";
import { textOf } from "./refusals.ts";
import type { Trouble } from "./Trouble.ts";
import type { Millis, World } from "./World.ts";

/** The longest that a service was away, and in which run: "crash after #7", "seed 12". */
export interface Worst {
  readonly service: string;
  readonly unavailable: Millis;
  readonly run: string;
}

/** A run that did not end as the undisturbed one did. */
export interface Stray {
  readonly run: string;
  readonly problem: string;
}

export interface Exploration {
  readonly kind: "crash points" | "interleavings" | "exhaustive";
  readonly runs: number;
  /** Crash points or interleavings that ended as the undisturbed run did. */
  readonly total: number;
  readonly converged: number;
  readonly strays: ReadonlyArray<Stray>;
  /** By service, the worst first; only those that were away at all. */
  readonly worst: ReadonlyArray<Worst>;
  /** The first of each assertion. */
  readonly violations: ReadonlyArray<Violation & { readonly run: string }>;
  /** Milliseconds of the shortest and longest run. */
  readonly duration: { readonly shortest: Millis; readonly longest: Millis };
  /** Different orders in which steps began. */
  readonly orders: number;
}

/** What a user would compare when everything has come to rest. Anonymous volumes count when they were there before. */
const stateOf = (world: World, before: World, project: string): ReadonlyArray<string> => {
  const ours = (labels: Readonly<Record<string, string>>): boolean => labels[labelOf.project] === project;
  const volume = (name: string): string => (world.volumes[name]?.anonymous === true && before.volumes[name] === undefined ? "" : name);
  return [
    ...Object.values(world.containers)
      .filter(({ spec }) => ours(spec.labels))
      .map(({ name, state, health, imageId, mounts }) => `container ${name}: ${state} ${health} ${imageId.slice(0, 19)} ${mounts.map(({ name: mounted, source, destination }) => `${volume(mounted ?? source)}:${destination}`).toSorted().join(" ")}`),
    ...Object.values(world.networks).filter(({ labels }) => ours(labels)).map(({ name }) => `network ${name}`),
    ...Object.values(world.volumes).filter(({ labels }) => ours(labels)).map(({ name }) => `volume ${name}`),
  ].toSorted();
};

const difference = (is: ReadonlyArray<string>, should: ReadonlyArray<string>): string | undefined => {
  const missing = should.find((line) => !is.includes(line));
  const extra = is.find((line) => !should.includes(line));
  if (missing !== undefined) return `missing in the end: ${missing}${extra === undefined ? "" : `; there is: ${extra}`}`;
  return extra === undefined ? undefined : `left over: ${extra}`;
};

/** Why a run did not end as the undisturbed one; undefined when it did. */
const problemOf = (subject: Subject, run: Rehearsal, base: Rehearsal): string | undefined => {
  const last = run.attempts.at(-1);
  if (last !== undefined && last.how !== "Finished") return { Crashed: "the client died", Stuck: "the command would wait for ever", Endless: "the command goes round in circles" }[last.how];
  if (run.exitCode !== base.exitCode) {
    const failure = last?.report?.failures[0];
    return `exit code ${run.exitCode} instead of ${base.exitCode}${failure === undefined ? "" : `: #${failure.step.id} ${failure.error.call} ${failure.error.subject}: ${textOf(failure.error.reason)}`}`;
  }
  const project = subject.plan.project.name;
  const differs = difference(stateOf(run.world, subject.world, project), stateOf(base.world, subject.world, project));
  if (differs !== undefined) return differs;
  const left = run.exitCode === 0 ? (subject.recheck?.(run.world).steps.length ?? 0) : 0;
  return left === 0 ? undefined : `another run would still do ${left} steps`;
};

interface Tally {
  runs: number;
  readonly stray: Map<string, Stray>;
  readonly worst: Map<string, Worst>;
  readonly violations: Map<string, Violation & { readonly run: string }>;
  readonly durations: Array<Millis>;
  readonly orders: Set<string>;
}

const tally = (): Tally => ({ runs: 0, stray: new Map(), worst: new Map(), violations: new Map(), durations: [], orders: new Set() });

const count = (into: Tally, name: string, run: Rehearsal, problem: string | undefined, assertions: ReadonlyArray<Assertion>): void => {
  into.runs += 1;
  if (problem !== undefined && !into.stray.has(name)) into.stray.set(name, { run: name, problem });
  for (const { service, unavailable } of run.services) {
    if (unavailable > (into.worst.get(service)?.unavailable ?? 0)) into.worst.set(service, { service, unavailable, run: name });
  }
  for (const assertion of assertions) {
    const violation = into.violations.has(assertion.text) ? undefined : violationOf(assertion, run);
    if (violation !== undefined) into.violations.set(assertion.text, { ...violation, run: name });
  }
  into.durations.push(run.timeline.ended);
  into.orders.add(run.timeline.steps.map(({ attempt, step }) => `${attempt}.${step}`).join(" "));
};

const result = (kind: Exploration["kind"], total: number, from: Tally): Exploration => ({
  kind,
  runs: from.runs,
  total,
  converged: total - from.stray.size,
  strays: [...from.stray.values()],
  worst: [...from.worst.values()].toSorted((a, b) => b.unavailable - a.unavailable || (a.service < b.service ? -1 : 1)),
  violations: [...from.violations.values()],
  duration: { shortest: Math.min(...from.durations, Infinity) === Infinity ? 0 : Math.min(...from.durations), longest: Math.max(0, ...from.durations) },
  orders: from.orders.size,
});

interface ExploreOptions {
  readonly troubles?: ReadonlyArray<Trouble>;
  readonly assertions?: ReadonlyArray<Assertion>;
}

/**
 * The client dies right after each step that the undisturbed run does, and the command is run again. Twice each: what
 * was under way then arrives, or is lost.
 */
export const exploreCrashPoints = (subject: Subject, { troubles = [], assertions = [] }: ExploreOptions = {}): Exploration => {
  const base = rehearse(subject, { troubles });
  const into = tally();
  const points = [...new Set(base.timeline.steps.filter(({ attempt, to }) => attempt === 1 && to !== null).map(({ step }) => step))];
  for (const step of points) {
    const text = base.timeline.steps.find((one) => one.step === step)?.text ?? "";
    for (const abandoned of ["lost", "arrive"] as const) {
      const run = rehearse(subject, { troubles: [...troubles, { _tag: "AtStep", step, trouble: { _tag: "Kill" } }], kernel: { abandoned } });
      count(into, `crash after #${step} ${text}`, run, problemOf(subject, run, base), assertions);
    }
  }
  return result("crash points", points.length, into);
};

/** How a seed runs: times up to half as long or long again as assumed, fibers and events in any order. The same seed, the same run. */
export const seededOptions = (seed: number): Pick<RehearseOptions, "choice" | "jitter" | "kernel"> => ({
  choice: seeded(seed),
  jitter: 0.5,
  kernel: { shuffleFibers: seed % 3 === 0, eventLag: seed % 2 === 0 },
});

/** Seeds from `first` on. */
export const exploreInterleavings = (subject: Subject, runs: number, { troubles = [], assertions = [], first = 1 }: ExploreOptions & { readonly first?: number } = {}): Exploration => {
  const base = rehearse(subject, { troubles });
  const into = tally();
  for (let seed = first; seed < first + runs; seed += 1) {
    const run = rehearse(subject, { troubles, ...seededOptions(seed) });
    count(into, `seed ${seed}`, run, problemOf(subject, run, base), assertions);
  }
  return result("interleavings", runs, into);
};

/** Plans with more orders than this are not small. */
export const mostOrders = 5000;

/** Every order in which engine calls can act when none takes any time; undefined when there are more than `most`. */
export const exploreAll = (subject: Subject, { troubles = [], assertions = [], most = mostOrders }: ExploreOptions & { readonly most?: number } = {}): Exploration | undefined => {
  const base = rehearse(subject, { troubles, instant: true });
  const into = tally();
  const paths = exhaustive();
  do {
    if (into.runs === most) return undefined;
    const run = rehearse(subject, { troubles, choice: paths.choice, instant: true });
    count(into, `order ${into.runs + 1}`, run, problemOf(subject, run, base), assertions);
  } while (paths.next());
  return result("exhaustive", into.runs, into);
};
