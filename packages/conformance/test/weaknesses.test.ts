// docs/weaknesses.md: every measured fault has a row, and every test that a row names exists.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const page = readFileSync(`${root}docs/weaknesses.md`, "utf8");

interface Row {
  readonly number: number;
  readonly tests: ReadonlyArray<{ readonly file: string; readonly title: string }>;
}

const rowsOf = (heading: string): ReadonlyArray<Row> => {
  const section = page.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  return section.split("\n").flatMap((line): ReadonlyArray<Row> => {
    const number = /^\| (\d+) \|/.exec(line)?.[1];
    if (number === undefined) return [];
    const tests = Array.from(line.matchAll(/`([\w/.]+\.test\.ts)` "([^"]+)"/g), ([, file = "", title = ""]) => ({ file, title }));
    return [{ number: Number(number), tests }];
  });
};

test.each([
  ["docker compose", 52],
  ["docker-compose 1.29 and the move away from it", 11],
])("%s: %i faults, each with a test that exists", (heading, count) => {
  const rows = rowsOf(heading);
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
  expect(rows.filter(({ tests }) => tests.length === 0)).toEqual([]);
  const named = rows.flatMap(({ tests }) => tests);
  const lacking = named.filter(({ file, title }) => {
    const path = `${root}packages/${file}`;
    if (!existsSync(path)) return true;
    const text = readFileSync(path, "utf8");
    return !["it", "test"].some((call) => text.includes(`${call}("${title}"`));
  });
  expect(lacking).toEqual([]);
});
