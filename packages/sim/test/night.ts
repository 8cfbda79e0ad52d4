// The night's run: every property on one scenario after another for as long as told, and what was found, each finding once.
import { properties } from "./property/all.ts";
import type { Property } from "./property/Property.ts";
import { failureOf, shrink, testFile } from "./property/shrink.ts";
import { drawScenario, type Scenario, tally } from "./scenario.ts";

export interface Finding {
  readonly property: string;
  /** The first line that tells it from others: numbers and names left out. */
  readonly kind: string;
  readonly seeds: Array<number>;
  readonly text: string;
  readonly test: string;
}

export interface Report {
  readonly minutes: number;
  readonly firstSeed: number;
  readonly lastSeed: number;
  /** Scenarios, and how often a property was checked on one. */
  readonly worlds: number;
  readonly checks: number;
  /** Executions of a plan: each is one interleaving of its own. */
  readonly interleavings: number;
  readonly calls: number;
  readonly faults: number;
  readonly crashPoints: number;
  readonly findings: ReadonlyArray<Finding>;
}

export interface NightOptions {
  readonly minutes: number;
  readonly seed: number;
  /** Milliseconds. */
  readonly now: () => number;
  readonly say: (line: string) => void;
}

/** What two failures of one cause have in common. */
const kindOf = (property: string, text: string): string =>
  `${property}: ${(text.split("\n").find((line) => line.trim() !== "") ?? "").replaceAll(/[0-9a-f]{12,64}|\d+/g, "#").replaceAll(/\b[a-d]\b/g, "x").slice(0, 160)}`;

const note = (findings: Map<string, Finding>, property: Property, scenario: Scenario, text: string, say: (line: string) => void): void => {
  const kind = kindOf(property.name, text);
  const known = findings.get(kind);
  if (known !== undefined) {
    known.seeds.push(scenario.seed);
    return;
  }
  say(`seed ${scenario.seed}: ${kind}`);
  const small = shrink(property, scenario);
  findings.set(kind, { property: property.name, kind, seeds: [scenario.seed], text: failureOf(property, small) ?? text, test: testFile(property, small) });
};

/** Runs until the time is over. Findings are told as they come, and whole in the report. */
export const night = ({ minutes, seed: firstSeed, now, say }: NightOptions): Report => {
  const began = now();
  const end = began + minutes * 60_000;
  const findings = new Map<string, Finding>();
  let seed = firstSeed;
  let checks = 0;
  let told = began;
  for (; now() < end; seed += 1) {
    const scenario = drawScenario(seed);
    for (const property of properties) {
      if (now() >= end) break;
      checks += 1;
      const text = failureOf(property, scenario);
      if (text !== undefined) note(findings, property, scenario, text, say);
    }
    if (now() - told < 60_000) continue;
    told = now();
    say(`${Math.round((told - began) / 60_000)} of ${minutes} minutes: ${seed - firstSeed + 1} worlds, ${tally.runs} interleavings, ${tally.crashes} crash points, ${findings.size} findings`);
  }
  return {
    minutes: Math.round((now() - began) / 6000) / 10,
    firstSeed,
    lastSeed: seed - 1,
    worlds: seed - firstSeed,
    checks,
    interleavings: tally.runs,
    calls: tally.calls,
    faults: tally.faults,
    crashPoints: tally.crashes,
    findings: [...findings.values()],
  };
};

/** How long each property takes, and whether it holds: for choosing seeds. */
export const survey = (seed: number, seeds: number, now: () => number): ReadonlyArray<{ readonly name: string; readonly millis: number; readonly failing: ReadonlyArray<number> }> =>
  properties.map((property) => {
    const began = now();
    const failing = Array.from({ length: seeds }, (_, at) => seed + at).filter((one) => failureOf(property, drawScenario(one)) !== undefined);
    return { name: property.name, millis: now() - began, failing };
  });

/** The first property that breaks, seed after seed; undefined when all hold. The dearest one comes last, on its own. */
export const firstFailure = (seed: number, seeds: number): { readonly property: string; readonly seed: number; readonly text: string } | undefined => {
  for (const some of [properties.slice(0, -1), properties.slice(-1)]) {
    for (let at = seed; at < seed + seeds; at += 1) {
      for (const property of some) {
        const text = failureOf(property, drawScenario(at));
        if (text !== undefined) return { property: property.name, seed: at, text: text.slice(0, 500) };
      }
    }
  }
  return undefined;
};

/** One property on one seed: what fails, made small. */
export const explain = (name: string, seed: number): string => {
  const property = properties.find((each) => each.name.includes(name));
  if (property === undefined) return `no property's name has "${name}" in it`;
  const small = shrink(property, drawScenario(seed));
  return `${failureOf(property, small) ?? "it holds"}\n${testFile(property, small)}`;
};
