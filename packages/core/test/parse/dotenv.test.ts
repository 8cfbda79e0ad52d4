// Env files: statements, quotes, variables, and their problems.
import { describe, expect, test } from "vitest";
import { parseDotenv, parseRawEnv } from "../../src/parse/dotenv.ts";

const none = (): undefined => undefined;
const values = (text: string, lookup: (name: string) => string | undefined = none): Record<string, string> => {
  const read = parseDotenv(text, lookup, { file: "f.env" });
  expect(read.diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return Object.fromEntries(read.values);
};
const problems = (text: string): ReadonlyArray<string> =>
  parseDotenv(text, none, { file: "f.env" }).diagnostics.map(
    ({ span, severity, message }) => `${span?.line}:${span?.column} ${severity} ${message}`,
  );

describe("statements", () => {
  test.each([
    ["A=1\nB = 2\n C= 3 \n", { A: "1", B: "2", C: "3" }],
    ["# comment\n\nA=1 # tail\nB=1#no\nC=1\t#no\n", { A: "1", B: "1#no", C: "1\t#no" }],
    ["export A=1\nexport\tB=2\n", { A: "1", B: "2" }],
    ["A: 1\n", { A: "1" }],
    ["A=1\nA=2\n", { A: "2" }],
    ["a.b-c[0]=x\n", { "a.b-c[0]": "x" }],
    ["É=1\n", { É: "1" }],
    ["=x\n", { "": "x" }],
    ["word", { "": "word" }],
    ["\ufeffA=1\r\nB=2\r\n", { A: "1", B: "2" }],
    ["A=\nB=\n", { A: "", B: "" }],
    ['A="x"B=2\n', { A: "x", B: "2" }],
  ])("%j", (text, expected) => {
    expect(values(text)).toEqual(expected);
  });

  test("a name alone takes its value from outside, or nothing", () => {
    expect(values("A\nB\n", (name) => (name === "A" ? "outer" : undefined))).toEqual({ A: "outer" });
  });
});

describe("quotes", () => {
  test.each([
    ["A='a $B \\n'\n", "a $B \\n"],
    ["A='it\\'s'\n", "it's"],
    ['A="a\\nb\\tc"\n', "a\nb\tc"],
    ['A="a\\"b"\n', 'a"b'],
    ['A="\\\\"\n', "\\"],
    ['A="\\$B"\n', "$B"],
    ['A="\\0101"\n', "A"],
    ['A="\\0"\n', "\\"],
    ['A="\\q"\n', "\\q"],
    ['A="two\nlines"\n', "two\nlines"],
    ["A=a\"b'c\n", "a\"b'c"],
  ])("%j", (text, expected) => {
    expect(values(text)).toEqual({ A: expected });
  });
});

describe("variables", () => {
  test("outer values win over those of the file", () => {
    expect(values("A=file\nB=$A ${A}-x\n")).toEqual({ A: "file", B: "file file-x" });
    expect(values("A=file\nB=$A\n", (name) => (name === "A" ? "outer" : undefined)).B).toBe("outer");
  });

  test("values of earlier files can be mentioned and replaced", () => {
    const shared = new Map<string, string>();
    parseDotenv("A=1\n", none, { values: shared });
    parseDotenv("B=$A$A\nA=2\n", none, { values: shared });
    expect(Object.fromEntries(shared)).toEqual({ A: "2", B: "11" });
  });

  test("an unset one warns once", () => {
    expect(problems("A=$X$X\nB=$X\n")).toEqual([
      '1:3 warning The "X" variable is not set. Defaulting to a blank string.',
    ]);
  });
});

describe("problems", () => {
  test.each([
    ["OK=1\nA%=secret\n", '2:2 error line 2: unexpected character "%" in variable name "A%"'],
    ["A B=1\n", "1:1 error line 1: key cannot contain a space"],
    ["\n\nA='abc\n", "3:3 error line 3: unterminated quoted value"],
    ["A=${B:?must}\n", "1:3 error required variable B is missing a value: must"],
    ["A=${secret!\n", "1:3 error invalid interpolation format"],
    ["export ", "1:8 error line 1: export without a variable"],
  ])("%j", (text, expected) => {
    expect(problems(text)).toEqual([expected]);
  });

  test("never show a value", () => {
    const shown = JSON.stringify(["A%=hunter2", "A='hunter2", "A=${hunter2!"].map((text) => parseDotenv(text, none)));
    expect(shown).not.toContain("hunter2");
  });
});

describe("the raw format", () => {
  test("keeps everything after the equals sign", () => {
    const read = parseRawEnv("# c\n  A= 'x' # y \nB\nC\n", (name) => (name === "B" ? "b" : undefined));
    expect(Object.fromEntries(read.values)).toEqual({ A: " 'x' # y ", B: "b" });
  });

  test("refuses names with spaces and without letters", () => {
    expect(parseRawEnv("A B=1\n", none).diagnostics[0]?.message).toBe("variable 'A B' contains whitespaces");
    expect(parseRawEnv("=1\n", none).diagnostics[0]?.severity).toBe("error");
  });
});
