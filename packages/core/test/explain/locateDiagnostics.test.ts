// Places for problems that planning found: the planner knows paths, the tree knows where they are written.
import { describe, expect, test } from "vitest";
import { locateDiagnostics } from "../../src/explain/locate.ts";
import { parseYaml } from "../../src/parse/yaml.ts";
import { fault } from "../../src/source/problem.ts";

const text = "services:\n  web:\n    image: a\nnetworks:\n  corporate:\n    external: true\n";
const tree = parseYaml(text, "/p/compose.yaml").documents[0]?.tree;

const place = (path: ReadonlyArray<string>): string | undefined => {
  if (tree === undefined) throw new Error("the text is not YAML");
  const [located] = locateDiagnostics([fault("code", "message", { path })], tree);
  return located?.span === undefined ? undefined : `${located.span.file}:${located.span.line}:${located.span.column}`;
};

describe("locateDiagnostics", () => {
  test("points at the key of a block, and at a value itself", () => {
    expect(place(["networks", "corporate"])).toBe("/p/compose.yaml:5:3");
    expect(place(["services", "web", "image"])).toBe("/p/compose.yaml:3:12");
  });
  test("falls back to the nearest written part above", () => {
    expect(place(["services", "web", "ports"])).toBe("/p/compose.yaml:2:3");
  });
  test("leaves what no file wrote without a place", () => {
    expect(place(["volumes", "data"])).toBeUndefined();
  });
});
