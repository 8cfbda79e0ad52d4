// What would happen if: simulations of a change in code, with faults, assumptions and assertions in the command's words.
import type { Diagnostic } from "@composure/core/source/Diagnostic";
import * as Result from "effect/Result";
import { violationOf, violationText } from "./assertion/evaluate.ts";
import { parseAssertion } from "./assertion/parse.ts";
import type { Assertion } from "./assertion/Expression.ts";
import { parseAssumption } from "./Assumptions.ts";
import { simulationDocument, type SimulationDocument } from "./document.ts";
import { type Exploration, exploreAll, exploreCrashPoints, exploreInterleavings, seededOptions } from "./explore.ts";
import { drawMarkdown } from "./picture/markdown.ts";
import { drawSvg } from "./picture/svg.ts";
import { drawText } from "./picture/text.ts";
import { type Rehearsal, rehearse, type Subject } from "./rehearse.ts";
import { knownOf, type Scene, subjectOf, targetsOf } from "./scene.ts";
import { parseTrouble, type Trouble } from "./Trouble.ts";
import { isLive } from "./World.ts";

type Texts = string | ReadonlyArray<string>;

export interface WhatIfOptions {
  /** "db: unhealthy", "pull web: 429", "kill@7". */
  readonly fault?: Texts;
  /** "db: ready 20s, stop 5s". */
  readonly assume?: Texts;
  /** Another interleaving, with times up to half as long or long again. The same seed, the same run. */
  readonly seed?: number;
}

export interface WhatIf extends Rehearsal {
  /** Names of the containers that run in the end, sorted. */
  readonly running: ReadonlyArray<string>;
  /** What does not hold, each as a sentence: `expect(run.violations("healthy(web) >= 1")).toEqual([])`. */
  readonly violations: (...assertions: ReadonlyArray<string>) => ReadonlyArray<string>;
  /** For terminals: plain text of at most so many columns. */
  readonly text: (columns?: number) => string;
  readonly svg: () => string;
  readonly markdown: () => string;
  /** As `composure simulate --format json` prints it. */
  readonly json: () => SimulationDocument;
}

/** What `explore*` takes beside the options of one run. */
export interface ExploreWhatIf extends WhatIfOptions {
  readonly assert?: Texts;
}

/** Tells what is wrong with a fault, an assumption or an assertion. */
type Refuse = (diagnostics: ReadonlyArray<Diagnostic>) => never;

const listOf = (texts: Texts | undefined): ReadonlyArray<string> => (texts === undefined ? [] : typeof texts === "string" ? [texts] : texts);

const parsed = <A>(refuse: Refuse, texts: ReadonlyArray<string>, parse: (text: string) => Result.Result<A, Diagnostic>): ReadonlyArray<A> =>
  texts.map((text) => {
    const read = parse(text);
    return Result.isFailure(read) ? refuse([read.failure]) : read.success;
  });

interface Read {
  readonly subject: Subject;
  readonly troubles: ReadonlyArray<Trouble>;
  readonly assertions: (texts: ReadonlyArray<string>) => ReadonlyArray<Assertion>;
}

const read = (scene: Scene, options: WhatIfOptions, refuse: Refuse): Read => {
  const known = knownOf(scene);
  const assumptions = parsed(refuse, listOf(options.assume), (text) => parseAssumption(text, targetsOf(known)));
  return {
    subject: subjectOf(scene, assumptions),
    troubles: parsed(refuse, listOf(options.fault), (text) => parseTrouble(text, known)),
    assertions: (texts) => parsed(refuse, texts, (text) => parseAssertion(text, known.services)),
  };
};

/** One run on a copy of the world. */
export const whatIf = (scene: Scene, options: WhatIfOptions, refuse: Refuse): WhatIf => {
  const { subject, troubles, assertions } = read(scene, options, refuse);
  const run = rehearse(subject, { troubles, ...(options.seed === undefined ? {} : seededOptions(options.seed)) });
  const command = scene.intent._tag.toLowerCase();
  const title = `${command} ${scene.plan.project.name}, simulated`;
  return {
    ...run,
    running: Object.values(run.world.containers).filter((container) => isLive(container)).map(({ name }) => name).toSorted(),
    violations: (...texts) =>
      assertions(texts).flatMap((assertion) => {
        const violation = violationOf(assertion, run);
        return violation === undefined ? [] : [violationText(violation)];
      }),
    text: (columns = 100) => drawText(run.timeline, run.services, { columns, paint: (_, text) => text }).join("\n"),
    svg: () => drawSvg(run.timeline, run.services, title),
    markdown: () => drawMarkdown(run, title, [], []),
    json: () => simulationDocument(run, { command, judged: [], explorations: [] }),
  };
};

/** Which of the many simulations of a change. `first`: the seed to begin with. */
export type Many = { readonly _tag: "CrashPoints" } | { readonly _tag: "Interleavings"; readonly runs: number; readonly first: number } | { readonly _tag: "All" };

/** Undefined only for `All`, when there are too many orders. */
export const explore = (scene: Scene, many: Many, options: ExploreWhatIf, refuse: Refuse): Exploration | undefined => {
  const { subject, troubles, assertions } = read(scene, options, refuse);
  const asked = { troubles, assertions: assertions(listOf(options.assert)) };
  switch (many._tag) {
    case "CrashPoints":
      return exploreCrashPoints(subject, asked);
    case "Interleavings":
      return exploreInterleavings(subject, many.runs, { ...asked, first: many.first });
    case "All":
      return exploreAll(subject, asked);
  }
};
