// Configuration cases against what docker compose 2.40.3 answered: same acceptance, same JSON, same hashes.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { explainedCases, ownCases } from "../src/corpus/readOwn.ts";
import { listFolderCases, readFolderCase } from "../src/corpus/readFolder.ts";
import { scoreCases } from "../src/corpus/score.ts";

const root = fileURLToPath(new URL("../../../../shared/corpus/config/cases", import.meta.url));
const explained = explainedCases();

describe("the cases of this repository", () => {
  for (const [topic, cases] of ownCases()) {
    test(`${topic}: ${cases.length} cases`, () => {
      const score = scoreCases(cases, explained);
      expect(score.failures).toEqual([]);
      expect(score.stale).toEqual([]);
      expect(score.total).toBe(cases.length);
    });
  }
});

describe("the large corpus", () => {
  if (!existsSync(root)) {
    test.skip("the large corpus is not on this machine (../shared/corpus)");
    return;
  }
  test("every case is equal, or explained", { timeout: 120_000 }, () => {
    const ids = listFolderCases(root);
    const score = scoreCases(
      ids.map((id) => readFolderCase(root, id)),
      explained,
    );
    console.info(`${score.total} cases: ${JSON.stringify(score.counts)}`);
    expect(score.failures).toEqual([]);
    expect(score.stale).toEqual([]);
    expect(score.total).toBeGreaterThan(1900);
  });
});
