// Generated Compose projects, loaded by docker compose and by us. COMPOSURE_DIFF_SEEDS says how many, COMPOSURE_DIFF_SEED which one.
import { assert, describe, it } from "@effect/vitest";
import { comparePeer } from "../src/differential/compare.ts";
import { type GeneratedProject, generateProject } from "../src/differential/generate.ts";
import { generateText } from "../src/differential/yamlText.ts";

const peer = process.env["COMPOSURE_PEER"];
const only = process.env["COMPOSURE_DIFF_SEED"];
const count = Number(process.env["COMPOSURE_DIFF_SEEDS"] ?? 60);
const seeds = only === undefined ? Array.from({ length: count }, (_, seed) => seed) : [Number(only)];

const generators: Readonly<Record<string, (seed: number) => GeneratedProject>> = {
  "attributes, merged and extended": generateProject,
  "YAML text and interpolation": generateText,
};

describe("generated projects load as docker compose loads them", () => {
  if (peer === undefined) {
    it.skip("needs docker compose: set COMPOSURE_PEER to its binary", () => {});
    return;
  }
  for (const [name, generate] of Object.entries(generators)) {
    it(`${name}: ${seeds.length} seeds`, { timeout: 60_000 + count * 1_000 }, () => {
      const differences: Array<string> = [];
      let accepted = 0;
      for (const seed of seeds) {
        const result = comparePeer(peer, generate(seed));
        if (result.accepted) accepted++;
        if (result.difference !== undefined) differences.push(`seed ${seed}: ${result.difference}`);
      }
      console.log(`${name}: ${seeds.length} projects, ${accepted} accepted by docker compose, ${differences.length} different`);
      assert.deepStrictEqual(differences, []);
      // A generator that only makes refused files would prove nothing.
      if (only === undefined) assert.isAbove(accepted, seeds.length / 4);
    });
  }
});
