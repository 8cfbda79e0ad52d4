// Reads the cases that are part of this repository: a few files, each with a list of cases about one topic.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Case } from "./Case.ts";

const folder = fileURLToPath(new URL("../../corpus", import.meta.url));

const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), "utf8"));

const EXPLAINED = "explained.json";

/** Cases that come out differently on purpose, with the reason. */
export const explainedCases = (): Readonly<Record<string, string>> => read(EXPLAINED) as Record<string, string>;

/** The cases by topic. */
export const ownCases = (): ReadonlyMap<string, ReadonlyArray<Case>> =>
  new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith(".json") && name !== EXPLAINED)
      .toSorted()
      .map((name) => [name.replace(/\.json$/, ""), read(name) as ReadonlyArray<Case>]),
  );
