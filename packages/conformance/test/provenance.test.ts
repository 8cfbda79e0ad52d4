// Every value of the corpus can be explained, is explained as it is printed, and tells no secret on the way.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { provenance, type Provenance } from "@composure/core/explain/provenance";
import { secretsOf } from "@composure/core/explain/veil";
import type { Loaded } from "@composure/core/load/Load";
import { projectJson } from "@composure/core/print/json";
import * as Result from "effect/Result";
import { describe, expect, test } from "vitest";
import { readCommandLine } from "../src/corpus/commandLine.ts";
import { listFolderCases, readFolderCase } from "../src/corpus/readFolder.ts";
import { loadCase } from "../src/corpus/run.ts";

const root = fileURLToPath(new URL("../../../../shared/corpus/config/cases", import.meta.url));

/** Enough of a case to meet every kind of value; the corpus has thousands of cases. */
const MAX_PATHS = 30;

interface Walked {
  readonly found: ReadonlyArray<Provenance>;
  readonly lost: ReadonlyArray<string>;
}

const walk = (loaded: Loaded): Walked => {
  const found: Array<Provenance> = [];
  const lost: Array<string> = [];
  const waiting = [""];
  for (let path = waiting.shift(); path !== undefined && found.length < MAX_PATHS; path = waiting.shift()) {
    const result = provenance(loaded, path);
    if (Result.isFailure(result)) lost.push(`${path}: ${result.failure.message}`);
    else {
      found.push(result.success);
      waiting.push(...result.success.entries.map((entry) => entry.path));
    }
  }
  return { found, lost };
};

/** Written or added, one of both; what is written stands in a file that was read. */
const problemsOf = (one: Provenance, loaded: Loaded): ReadonlyArray<string> => {
  if (one.path === "") return [];
  const place = one.definition?.span;
  if (place === undefined) return one.added === null ? [`${one.path}: neither written nor added`] : [];
  const isRead = loaded.sources.texts.get(place.file)?.split("\n")[place.line - 1] !== undefined;
  return isRead ? [] : [`${one.path}: no such line ${place.file}:${place.line}`];
};

describe("provenance of the corpus", () => {
  const isThere = existsSync(root);
  test.skipIf(!isThere)(isThere ? "each value is explained, no secret is told" : "skipped: the corpus is absent", () => {
    const wrong: Array<string> = [];
    let values = 0;
    for (const id of listFolderCases(root)) {
      const testCase = readFolderCase(root, id);
      const line = readCommandLine(testCase);
      if (testCase.expected.exit !== 0 || line._tag === "Refused") continue;
      const loaded = loadCase(testCase, line.request);
      if (loaded._tag !== "Loaded") continue;
      const { found, lost } = walk(loaded);
      values += found.length;
      wrong.push(...[...lost, ...found.flatMap((one) => problemsOf(one, loaded))].map((text) => `${id} ${text}`));
      const secrets = secretsOf(JSON.parse(projectJson(loaded.project)));
      const told = JSON.stringify(found);
      for (const secret of secrets) if (secret.length > 5 && told.includes(secret)) wrong.push(`${id} tells ${secret}`);
    }
    expect(wrong).toEqual([]);
    expect(values).toBeGreaterThan(10_000);
  });
});
