// Patterns that select services by name.
import { describe, expect, test } from "vitest";
import { processorTime } from "../cost.ts";
import { globOf } from "../../src/select/glob.ts";

const matches = (pattern: string, name: string): boolean | undefined => globOf(pattern)?.(name);

describe("patterns", () => {
  test.each([
    ["web", "web", true],
    ["web", "web1", false],
    ["*", "anything", true],
    ["w*b", "web", true],
    ["w*b", "webs", false],
    ["*-db", "user-db", true],
    ["a*b*c", "aXbXbXc", true],
    ["w?b", "web", true],
    ["[a-c]x", "bx", true],
    ["[^a-c]x", "bx", false],
    ["\\*", "*", true],
    ["\\*", "x", false],
    ["a*", "a/b", false],
    ["", "", true],
  ])("%s and %s", (pattern, name, expected) => {
    expect(matches(pattern, name)).toBe(expected);
  });

  test.each(["[", "[]", "[a", "a\\", "[a-]"])("%s is malformed", (pattern) => {
    expect(globOf(pattern)).toBeUndefined();
  });

  test("many stars cost little", () => {
    const cost = processorTime(() => expect(matches(`${"*a".repeat(2_000)}b`, "a".repeat(5_000))).toBe(false));
    expect(cost).toBeLessThan(2_000);
  });
});
