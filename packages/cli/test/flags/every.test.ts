// Every flag of every command is in flags.json: with a test that exists and sees its effect, or among those that are known to lack one.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { globalFlags } from "../../src/argv/globals.ts";
import { specs } from "../../src/commands/index.ts";

const root = fileURLToPath(new URL("../../../../", import.meta.url));
/** Command, flag, and the test as "file > title"; null where there is none yet. */
const map = JSON.parse(readFileSync(new URL("flags.json", import.meta.url), "utf8")) as Readonly<Record<string, Readonly<Record<string, string | null>>>>;
const all = [["composure", globalFlags] as const, ...specs.map(({ name, flags }) => [name, flags] as const)].filter(([, flags]) => flags.length > 0);
const entries = Object.entries(map).flatMap(([command, flags]) => Object.entries(flags).map(([flag, test]) => ({ name: `${command} --${flag}`, test })));

it("knows exactly the flags that there are", () => {
  const flags = all.flatMap(([command, some]) => some.map(({ name }) => `${command} --${name}`));
  expect(entries.map(({ name }) => name).sort()).toEqual(flags.sort());
});

it("names only tests that exist", () => {
  const missing = entries.filter(({ test }) => {
    if (test === null) return false;
    const [file = "", title = ""] = test.split(" > ");
    return title === "" || !readFileSync(join(root, "packages", file), "utf8").includes(title);
  });
  expect(missing).toEqual([]);
});

it("has no more flags without a test than it had", () => expect(entries.filter(({ test }) => test === null).length).toBeLessThanOrEqual(47));

it("is what docs/commands.md says", { timeout: 120_000 }, () => expect(execFileSync("node", ["scripts/commands.mjs", "--check"], { cwd: root, encoding: "utf8" })).toBe(""));
