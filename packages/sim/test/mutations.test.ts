// Every deliberate fault still applies; `npm run mutations` shows that each is caught.
import { readFileSync } from "node:fs";
import { assert, it } from "@effect/vitest";
import { mutate, mutations } from "./mutations/list.ts";

it.each(mutations)("$name", (mutation) => {
  const text = readFileSync(new URL(`../../${mutation.file}`, import.meta.url), "utf8");
  const mutated = mutate(mutation, text);
  if (typeof mutated === "string") throw new Error(mutated);
  assert.notStrictEqual(mutated.text, text);
});

it("their names are different", () => assert.strictEqual(new Set(mutations.map(({ name }) => name)).size, mutations.length));
