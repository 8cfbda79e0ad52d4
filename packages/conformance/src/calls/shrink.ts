// Shortens a script that shows a difference: calls are left out as long as a difference stays.
import * as Effect from "effect/Effect";
import type { Difference } from "./run.ts";
import type { Call } from "./Script.ts";

export interface Shrunk {
  readonly script: ReadonlyArray<Call>;
  readonly difference: Difference;
}

/** From the end, so that what a call rests on is tried last. Each try runs the whole script again. */
export const shrink = (script: ReadonlyArray<Call>, found: Difference, run: (script: ReadonlyArray<Call>) => Effect.Effect<Difference | undefined>): Effect.Effect<Shrunk> =>
  Effect.gen(function* () {
    let best: Shrunk = { script: script.slice(0, found.at + 1), difference: found };
    for (let at = best.script.length - 2; at >= 0; at -= 1) {
      const shorter = best.script.toSpliced(at, 1);
      const difference = yield* run(shorter);
      if (difference !== undefined) best = { script: shorter.slice(0, difference.at + 1), difference };
      at = Math.min(at, best.script.length - 1);
    }
    return best;
  });

const onlyIn = (lines: ReadonlyArray<string>, others: ReadonlyArray<string>): string =>
  lines.map((line) => `  ${others.includes(line) ? " " : ">"} ${line}`).join("\n");

/** For people: the calls, what each engine told, and where they differ. */
export const tell = (seed: number | string, { script, difference }: Shrunk): string =>
  [
    `script ${seed}: the engines differ at call ${difference.at} of`,
    ...script.map((call, at) => `  ${at}: ${JSON.stringify(call)}`),
    `simulated, after ${JSON.stringify(difference.call)}:`,
    onlyIn(difference.sim, difference.real),
    "real:",
    onlyIn(difference.real, difference.sim),
  ].join("\n");
