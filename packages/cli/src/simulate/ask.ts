// What the command line asks of a simulation, checked before anything runs.
import type { Assertion } from "@composure/sim/assertion/Expression";
import { type Exploration, exploreAll, exploreCrashPoints, exploreInterleavings, mostOrders, seededOptions } from "@composure/sim/explore";
import type { Judged } from "@composure/sim/document";
import { violationOf } from "@composure/sim/assertion/evaluate";
import { type Rehearsal, rehearse, type Subject } from "@composure/sim/rehearse";
import type { Trouble } from "@composure/sim/Trouble";
import type { Change } from "../pipeline/Change.ts";
import { refuse, type Failure } from "../pipeline/Failure.ts";
import type { Planned } from "../pipeline/planning.ts";
import { isFailure } from "../pipeline/scale.ts";
import { readTexts, sceneOf, type Texts } from "./subject.ts";

export interface Asked extends Texts {
  readonly allCrashPoints: boolean;
  readonly interleavings?: number | undefined;
  readonly exhaustive: boolean;
  readonly seed?: number | undefined;
}

export interface Told {
  readonly rehearsal: Rehearsal;
  readonly judged: ReadonlyArray<Judged>;
  readonly explorations: ReadonlyArray<Exploration>;
  /** Faults that never came. */
  readonly missed: ReadonlyArray<string>;
  readonly exitCode: 0 | 1;
}

/** What makes no sense, whatever the project. */
export const checkAsked = ({ interleavings, seed }: Asked): Failure | undefined => {
  if (interleavings !== undefined && interleavings < 1) return refuse("--interleavings must be at least 1");
  if (interleavings !== undefined && interleavings > 100_000) return refuse("--interleavings must be at most 100000");
  return seed !== undefined && seed < 0 ? refuse("--seed must not be negative") : undefined;
};

const explore = (subject: Subject, troubles: ReadonlyArray<Trouble>, asked: Asked, assertions: ReadonlyArray<Assertion>): ReadonlyArray<Exploration> | Failure => {
  const options = { troubles, assertions };
  const explorations: Array<Exploration> = [];
  if (asked.allCrashPoints) explorations.push(exploreCrashPoints(subject, options));
  if (asked.interleavings !== undefined) explorations.push(exploreInterleavings(subject, asked.interleavings, { ...options, ...(asked.seed === undefined ? {} : { first: asked.seed }) }));
  if (!asked.exhaustive) return explorations;
  const all = exploreAll(subject, options);
  return all === undefined ? refuse(`this plan has more than ${mostOrders} orders of engine calls`, "try many of them with --interleavings 200, or name fewer services") : [...explorations, all];
};

/** An assertion is violated where the run itself violates it, or else any of those explored. */
const judge = (assertions: ReadonlyArray<Assertion>, rehearsal: Rehearsal, explorations: ReadonlyArray<Exploration>): ReadonlyArray<Judged> =>
  assertions.map((assertion) => ({
    assertion: assertion.text,
    violation: violationOf(assertion, rehearsal) ?? explorations.flatMap(({ violations }) => violations).find((violation) => violation.assertion === assertion.text),
  }));

/** With assertions the exit code tells about them; without, whether the command would succeed. */
export const simulateAsked = (planned: Planned, change: Change, asked: Asked, parallel: number | undefined): Told | Failure => {
  const texts = readTexts(sceneOf(planned, change, parallel), asked);
  if (isFailure(texts)) return texts;
  const { subject, troubles, assertions } = texts;
  const rehearsal = rehearse(subject, { troubles, ...(asked.seed === undefined || asked.interleavings !== undefined ? {} : seededOptions(asked.seed)) });
  const explorations = explore(subject, troubles, asked, assertions);
  if (isFailure(explorations)) return explorations;
  const judged = judge(assertions, rehearsal, explorations);
  const strays = explorations.some(({ strays: all }) => all.length > 0);
  const holds = assertions.length > 0 ? judged.every(({ violation }) => violation === undefined) : rehearsal.exitCode === 0;
  const missed = rehearsal.missed.map((trouble) => asked.fault[troubles.indexOf(trouble)] ?? "");
  return { rehearsal, judged, explorations, missed, exitCode: holds && !strays ? 0 : 1 };
};
