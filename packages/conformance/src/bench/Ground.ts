// Where and with what is measured: the engine, the programs, the time that is left, and what came out so far.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineClient } from "../EngineClient.ts";
import type { Sample } from "./measure.ts";
import type { SubjectName } from "./rows.ts";

export interface Ground {
  /** Absent without an engine: only what needs none is measured. */
  readonly client: EngineClient | undefined;
  /** Program and leading arguments. */
  readonly launch: Readonly<Partial<Record<SubjectName, ReadonlyArray<string>>>>;
  readonly folder: string;
  /** Milliseconds of performance.now() when everything must be over. */
  readonly deadline: number;
  readonly results: Results;
  readonly say: (text: string) => void;
}

/** Samples and request counts by row and subject. */
export class Results {
  readonly #samples = new Map<string, Array<Sample>>();
  readonly #counts = new Map<string, number>();
  readonly failures: Array<string> = [];

  add(row: string, subject: SubjectName, sample: Sample): void {
    const key = `${row} ${subject}`;
    const list = this.#samples.get(key);
    if (list === undefined) this.#samples.set(key, [sample]);
    else list.push(sample);
  }

  samples(row: string, subject: SubjectName): ReadonlyArray<Sample> {
    return this.#samples.get(`${row} ${subject}`) ?? [];
  }

  count(row: string, subject: SubjectName, requests: number): void {
    const key = `${row} ${subject}`;
    this.#counts.set(key, Math.max(requests, this.#counts.get(key) ?? 0));
  }

  counted(row: string, subject: SubjectName): number | undefined {
    return this.#counts.get(`${row} ${subject}`);
  }
}

export const makeFolder = (): { readonly folder: string; readonly remove: () => void } => {
  const folder = mkdtempSync(join(tmpdir(), "composure-bench-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
};

export const left = (ground: Pick<Ground, "deadline">): number => Math.max(0, ground.deadline - performance.now());
