// YAML texts: trees with places, and the problems they are refused for.
import { describe, expect, test } from "vitest";
import { processorTime } from "../cost.ts";
import { parseYaml } from "../../src/parse/yaml.ts";
import { MAX_DEPTH, MAX_VALUES } from "../../src/parse/yamlNode.ts";
import { getIn, type Plain, toPlain, type Tree } from "../../src/source/Tree.ts";

const parse = (text: string): Plain => {
  const { documents, diagnostics } = parseYaml(text, "f.yaml");
  expect(diagnostics).toEqual([]);
  return toPlain(documents[0]?.tree as Tree);
};

/** "line:column code: message" of every problem. */
const problems = (text: string): ReadonlyArray<string> =>
  parseYaml(text, "f.yaml").diagnostics.map(
    ({ span, code, message }) => `${span?.line}:${span?.column} ${code}: ${message}`,
  );

describe("values", () => {
  test("every value keeps its place", () => {
    const tree = parseYaml("services:\n  web:\n    ports:\n      - '80'\n", "f.yaml").documents[0]?.tree;
    expect(getIn(tree, ["services", "web", "ports", 0])?.span).toEqual({ file: "f.yaml", line: 4, column: 9 });
  });

  test("a merged and an aliased value keep the place of their definition", () => {
    const text = "x: &x\n  a: 1\nb:\n  <<: *x\nc: *x\n";
    const tree = parseYaml(text, "f.yaml").documents[0]?.tree;
    expect(getIn(tree, ["b", "a"])?.span.line).toBe(2);
    expect(getIn(tree, ["c", "a"])?.span.line).toBe(2);
  });

  test("explicit keys win over merged ones, earlier sources over later ones", () => {
    const text = "a: &a {k: 1, l: 1}\nb: &b {k: 2, m: 2}\nc:\n  <<: [*a, *b]\n  l: 3\n";
    expect(parse(text)).toMatchObject({ c: { k: 1, l: 3, m: 2 } });
  });

  test("merge keys nest, and a quoted one is a plain key", () => {
    expect(parse("a: &a {k: 1}\nb: &b {<<: *a, l: 2}\nc: {<<: *b}\nd: {'<<': 3}\n")).toMatchObject({
      c: { k: 1, l: 2 },
      d: { "<<": 3 },
    });
  });

  test("__proto__ is a key like any other", () => {
    const tree = parseYaml("__proto__: {polluted: 1}\nconstructor: 2\n", "f.yaml").documents[0]?.tree;
    expect(tree?._tag === "Map" && [...tree.entries.keys()]).toEqual(["__proto__", "constructor"]);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test("brackets and quotes may go on without indentation", () => {
    expect(parse('a: [\n1,\n2\n]\nb: "x\ny"\nc: {\nd: e\n}\n')).toEqual({ a: [1, 2], b: "x y", c: { d: "e" } });
  });

  test("a byte order mark, CRLF and lone CR are fine", () => {
    expect(parse("\ufeffa: 1\r\nb: 2\rc: 3\n")).toEqual({ a: 1, b: 2, c: 3 });
  });

  test("a comment may touch a quoted value", () => {
    expect(parse('a: "x"#c\n')).toEqual({ a: "x" });
  });
});

describe("where go-yaml and YAML 1.2 differ", () => {
  test("tabs after a value, inside brackets and in a blank line that continues a value", () => {
    expect(parse("a:\t1\t\nb: [\n\t2]\nc: d\n   \t\ne:\t# x\n  f: 1\n")).toEqual({
      a: 1,
      b: [2],
      c: "d",
      e: { f: 1 },
    });
  });

  test("a single quote may be escaped in double quotes", () => {
    expect(parse("a: \"it\\'s \\\\' \\t\"\n")).toEqual({ a: "it's \\' \t" });
  });

  test("a key that is its own mapping is a problem, not a loop", () => {
    expect(problems("a: &a\n  *a : 1\n").length).toBeGreaterThan(0);
  });
});

describe("documents", () => {
  test("an empty text and comments have none", () => {
    expect(parseYaml("", "f.yaml").documents).toEqual([]);
    expect(parseYaml("# nothing\n", "f.yaml").documents).toEqual([]);
  });

  test("each is a tree of its own", () => {
    const { documents } = parseYaml("a: 1\n---\nb: 2\n", "f.yaml");
    expect(documents.map(({ tree }) => toPlain(tree))).toEqual([{ a: 1 }, { b: 2 }]);
  });
});

describe("!reset and !override", () => {
  test("are recorded by path; a reset value disappears", () => {
    const { documents } = parseYaml("a: !reset null\nb: {c: !override [1]}\nd: [!reset 1, 2]\n", "f.yaml");
    expect(toPlain(documents[0]?.tree as Tree)).toEqual({ b: { c: [1] }, d: [2] });
    expect(documents[0]?.resets).toEqual([["a"], ["b", "c"], ["d", "0"]]);
  });

  test("count at every place an alias or a merge key brings them to", () => {
    const { documents } = parseYaml("x: &x {p: !reset null, q: 1}\ny: *x\nz: {<<: *x}\n", "f.yaml");
    expect(documents[0]?.resets).toEqual([
      ["x", "p"],
      ["y", "p"],
      ["z", "p"],
    ]);
  });
});

describe("problems", () => {
  test.each([
    ["a: 1\nb: 2\na: 3\n", '3:1 duplicate-key: mapping key "a" already defined at line 1'],
    ["services:\n  1: x\n", "2:3 non-string-key: non-string key in services: 1"],
    ["? [a]\n: b\n", "1:3 non-string-key: non-string key at top level: [...]"],
    ["a: *b\n", "1:4 unknown-anchor: the alias *b refers to an anchor that is not defined"],
    ["a: &a {b: *a}\n", "1:11 alias-cycle: the alias *a is inside the value it stands for (line 1)"],
    ["a:\n  <<: 5\n", "2:7 merge-key: a merge key (<<) needs a mapping or a list of mappings"],
    ["a:\n\tb: 1\n", "2:1 yaml-syntax: tabs are not allowed as indentation"],
    ["a: @x\n", "1:4 yaml-syntax: Plain value cannot start with reserved character @"],
    ["a:\n  - \tb\n", "2:5 yaml-syntax: a tab cannot stand here"],
    ["a: 1\n\t\nb: 2\n", "2:1 yaml-syntax: a tab cannot stand here"],
    ['a: "\\/"\n', "1:4 yaml-scalar: unknown escape sequence \\/ in double quotes"],
    ["a: &b.c 1\n", '1:9 yaml-syntax: the anchor name "b.c" has characters that are not allowed'],
    ["a: \u0000\n", "1:4 yaml-syntax: control characters are not allowed (U+0000)"],
    ["a: !!int x\n", '1:10 yaml-scalar: "x" is no int, although its tag says so'],
  ])("%j", (text, expected) => {
    expect(problems(text)).toEqual([expected]);
  });

  test("YAML 1.2 is refused as docker compose refuses it", () => {
    expect(problems("%YAML 1.2\n---\na: 1\n")).toHaveLength(1);
    expect(problems("%YAML 1.1\n---\na: 1\n")).toEqual([]);
  });

  test("all duplicate keys are told at once", () => {
    expect(problems("a: 1\na: 2\nb: {c: 1, c: 2}\n")).toHaveLength(2);
  });
});

describe("hostile input", () => {
  const within = (text: string, code: string): void => {
    const cost = processorTime(() => expect(parseYaml(text, "f.yaml").diagnostics[0]?.code).toBe(code));
    expect(cost).toBeLessThan(5_000);
  };

  test("nesting without end", () => {
    within("[".repeat(100_000), "yaml-too-large");
    within("- ".repeat(50_000), "yaml-too-large");
    within(Array.from({ length: 1_000 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n"), "yaml-too-large");
    within(`a: ${"{a: ".repeat(MAX_DEPTH)}1${"}".repeat(MAX_DEPTH)}`, "yaml-too-large");
  });

  test("aliases that multiply", () => {
    const bomb = Array.from({ length: 60 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}, *a${i}]`);
    within(["a0: &a0 {x: 1}", ...bomb].join("\n"), "yaml-too-large");
    expect(MAX_VALUES).toBeLessThan(10_000_000);
  });

  test("aliases that nest", () => {
    const chain = Array.from({ length: 1_000 }, (_, i) => `a${i + 1}: &a${i + 1} {b: *a${i}}`);
    within(["a0: &a0 {x: 1}", ...chain].join("\n"), "yaml-too-large");
  });

  test("an endless quote", () => {
    within(`a: "${"\n".repeat(100_000)}`, "yaml-syntax");
  });
});
