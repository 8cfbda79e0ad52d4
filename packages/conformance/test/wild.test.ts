// Single attributes with right and wrong values, read by docker compose and by us. COMPOSURE_DIFF_SEEDS says how many.
import { assert, describe, it } from "@effect/vitest";
import { comparePeer } from "../src/differential/compare.ts";
import { generateWild } from "../src/differential/wild.ts";

const peer = process.env["COMPOSURE_PEER"];
const only = process.env["COMPOSURE_DIFF_SEED"];
const count = Number(process.env["COMPOSURE_DIFF_SEEDS"] ?? 200);
const seeds = only === undefined ? Array.from({ length: count }, (_, seed) => seed) : [Number(only)];

describe("attributes are read, refused and printed as docker compose does", () => {
  if (peer === undefined) {
    it.skip("needs docker compose: set COMPOSURE_PEER to its binary", () => {});
    return;
  }
  it(`${seeds.length} seeds`, { timeout: 60_000 + count * 1_000 }, () => {
    const differences: Array<string> = [];
    let accepted = 0;
    for (const seed of seeds) {
      const project = generateWild(seed);
      const result = comparePeer(peer, project, ["--no-consistency"]);
      if (result.accepted) accepted++;
      if (result.difference !== undefined) {
        differences.push(`seed ${seed}: ${result.difference}\n${project.files["compose.yaml"]}`);
      }
    }
    console.log(`${seeds.length} files: ${accepted} accepted by docker compose, ${differences.length} different`);
    assert.deepStrictEqual(differences, []);
    if (only === undefined) assert.isAbove(accepted, seeds.length / 4);
  });
});
