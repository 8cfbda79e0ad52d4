// Counts how many cases come out as docker compose's, and says what is wrong with the others.
import type { Case } from "./Case.ts";
import { describeVerdict, runCase, type Verdict } from "./run.ts";

/** `counts` are by verdict; `stale` are explained cases that come out equal after all. */
export interface Score {
  readonly total: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly failures: ReadonlyArray<string>;
  readonly stale: ReadonlyArray<string>;
}

export const scoreCases = (cases: Iterable<Case>, explained: Readonly<Record<string, string>>): Score => {
  const counts: Record<string, number> = {};
  const failures: string[] = [];
  const stale: string[] = [];
  let total = 0;
  for (const testCase of cases) {
    total++;
    const verdict: Verdict = runCase(testCase);
    const known = Object.hasOwn(explained, testCase.id);
    const key = verdict._tag !== "Equal" && known ? "Explained" : verdict._tag;
    counts[key] = (counts[key] ?? 0) + 1;
    if (verdict._tag === "Equal" && known) stale.push(testCase.id);
    if (verdict._tag !== "Equal" && !known) failures.push(`${testCase.id}: ${describeVerdict(verdict)}`);
  }
  return { total, counts, failures, stale };
};
