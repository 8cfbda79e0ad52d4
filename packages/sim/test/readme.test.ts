// The library examples of README.md and of the package's own, taken from there and run as they stand.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as library from "../src/index.ts";

const blocks = (path: string, language: string): ReadonlyArray<string> =>
  [...readFileSync(new URL(path, import.meta.url), "utf8").matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].filter((match) => match[1] === language).map((match) => match[2] ?? "");

const composeFile = blocks("../README.md", "yaml")[0] ?? "";

/** What the examples import is handed to them; `readFileSync` gives the file that the page shows. */
const modules: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "node:fs": { readFileSync: () => composeFile },
  "@composure/sim": library,
  vitest: { expect, test },
};

const run = (example: string): void => {
  const given = new Map<string, unknown>();
  const body = example.replaceAll(/^import \{ (.*) \} from "(.*)";$/gm, (_, names: string, from: string) => {
    for (const name of names.split(", ")) {
      const value = modules[from]?.[name];
      if (value === undefined) throw new Error(`an example imports ${name} from ${from}, which does not exist`);
      given.set(name, value);
    }
    return "";
  });
  // oxlint-disable-next-line no-new-func
  new Function(...given.keys(), body)(...given.values());
};

describe.each(["../README.md", "../../../README.md"])("%s", (path) => {
  const examples = blocks(path, "ts").filter((example) => example.includes("@composure/sim"));
  test("has examples", () => {
    expect(examples.length).toBeGreaterThan(0);
  });
  examples.forEach((example, at) => {
    describe(`example ${at + 1}`, () => {
      run(example);
    });
  });
});
