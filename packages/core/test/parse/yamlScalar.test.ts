// What a scalar of YAML is: text, number, truth value or nothing.
import { describe, expect, test } from "vitest";
import { resolveScalar } from "../../src/parse/yamlScalar.ts";

const plain = (text: string, tag?: string): unknown => {
  const resolved = resolveScalar(tag, text, false);
  if (resolved._tag === "Mismatch") return "mismatch";
  if (resolved.timestamp) return { date: resolved.value };
  return resolved.float ? { float: resolved.value } : resolved.value;
};

describe("plain scalars", () => {
  test.each([
    ["true", true],
    ["FALSE", false],
    ["yes", "yes"],
    ["On", "On"],
    ["", null],
    ["~", null],
    ["Null", null],
    ["nULL", "nULL"],
    ["12", 12],
    ["+12", 12],
    ["-0", 0],
    ["0755", 493],
    ["0o17", 15],
    ["0x1F", 31],
    ["0b101", 5],
    ["-0b11", -3],
    ["08", { float: 8 }],
    ["1_000", 1000],
    ["_1", "_1"],
    ["9007199254740993", 9007199254740993n],
    ["18446744073709551615", 18446744073709551615n],
    ["18446744073709551616", { float: 2 ** 64 }],
    ["-9223372036854775809", { float: -(2 ** 63) }],
    ["1.10", 1.1],
    ["1.", { float: 1 }],
    [".5", 0.5],
    [".", "."],
    ["1e3", { float: 1000 }],
    ["1e999", "1e999"],
    [".inf", Number.POSITIVE_INFINITY],
    ["-.INF", Number.NEGATIVE_INFINITY],
    ["12:30:45", "12:30:45"],
    ["2024-01-02", { date: "2024-01-02" }],
    ["2024-1-2T03:04:05Z", { date: "2024-1-2T03:04:05Z" }],
    ["2024-13-02", "2024-13-02"],
    ["2023-02-29", "2023-02-29"],
    ["0x", "0x"],
    ["-", "-"],
    ["nope", "nope"],
  ])("%s", (text, expected) => {
    expect(plain(text)).toEqual(expected);
  });

  test("not a number", () => {
    expect(plain(".nan")).toBeNaN();
  });
});

describe("tags", () => {
  test.each([
    ["5", "!!str", "5"],
    ["5", "!!int", 5],
    ["5", "!!float", { float: 5 }],
    ["5", "!anything", "5"],
    ["5", "!", 5],
    ["yes", "!!bool", "mismatch"],
    ["1.5", "!!int", "mismatch"],
    ["x", "!!null", "mismatch"],
    ["aGk=", "!!binary", "hi"],
    ["a", "!!binary", "mismatch"],
  ])("%s as %s", (text, tag, expected) => {
    expect(plain(text, tag)).toEqual(expected);
  });

  test("quotes make a string, unless a tag says otherwise", () => {
    expect(resolveScalar(undefined, "5", true)).toEqual({ _tag: "Value", value: "5" });
    expect(resolveScalar("!!int", "5", true)).toEqual({ _tag: "Value", value: 5 });
  });
});
