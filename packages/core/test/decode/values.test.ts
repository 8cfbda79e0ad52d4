// Durations, sizes, command lines and host entries as texts.
import * as Result from "effect/Result";
import { describe, expect, it } from "vitest";
import { parseByteSize } from "../../src/decode/byteSize.ts";
import { parseDuration } from "../../src/decode/duration.ts";
import { hostsFromList } from "../../src/decode/hosts.ts";
import { splitWords } from "../../src/decode/words.ts";

const value = <A>(result: Result.Result<A, string>): A | string =>
  Result.isSuccess(result) ? result.success : `refused: ${result.failure}`;

describe("parseDuration", () => {
  it.each([
    ["0", 0],
    ["90s", 90e9],
    ["1m30s", 90e9],
    ["1h30m", 5400e9],
    ["2d", 172_800e9],
    ["1w", 604_800e9],
    ["1.5h", 5400e9],
    [".5s", 0.5e9],
    ["1.s", 1e9],
    ["10ms5us3ns", 10_005_003],
    ["100µs", 100_000],
    ["-5s", -5e9],
    ["+5s", 5e9],
  ])("%s", (text, expected) => {
    expect(value(parseDuration(text))).toBe(expected);
  });

  it.each(["", "5", "s", ".s", "5x", "1h 2m", "1e3s", "5S", "--5s", "999999999h"])("refuses '%s'", (text) => {
    expect(value(parseDuration(text))).toMatch(/^refused/);
  });
});

describe("parseByteSize", () => {
  it.each([
    ["1024", 1024],
    ["1k", 1024],
    ["1kb", 1024],
    ["1KiB", 1024],
    ["1.5 GiB", 1_610_612_736],
    ["0.5m", 524_288],
    ["10b", 10],
    ["2.9", 2],
    ["1e3", 1000],
    ["+5", 5],
    ["1p", 2 ** 50],
  ])("%s", (text, expected) => {
    expect(value(parseByteSize(text))).toBe(expected);
  });

  it.each(["", "k", "-1", "1x", "1kib2", "1 k ", "1bb", "1ki", "1  k", "0x10"])("refuses '%s'", (text) => {
    expect(value(parseByteSize(text))).toMatch(/^refused/);
  });
});

const words = (line: string): unknown => {
  const split = splitWords(line);
  return Result.isSuccess(split) ? split.success.words : "refused";
};

describe("splitWords", () => {
  it.each([
    ["a b  c", ["a", "b", "c"]],
    ["", []],
    ["  ", []],
    [`echo "a b" 'c d'`, ["echo", "a b", "c d"]],
    [`a"b"'c'd`, ["abcd"]],
    [`a "" ''`, ["a", "", ""]],
    [String.raw`a\ b \"c \\`, ["a b", '"c', "\\"]],
    [String.raw`'a\b' "a\b"`, ["a\\b", "ab"]],
    [String.raw`\n`, ["n"]],
    ["X=1 # {a,b} *", ["X=1", "#", "{a,b}", "*"]],
    ["a $(b c) d", ["a", "$(b c)", "d"]],
    ["a `b c` d", ["a", "`b c`", "d"]],
    [`"(a)" '$('`, ["(a)", "$("]],
  ])("%s", (line, expected) => {
    expect(words(line)).toEqual(expected);
  });

  it.each([`"a`, "'a", "a\\", "(a)", "a)", "$(a", "`a", "$((1))"])("refuses %s", (line) => {
    expect(words(line)).toBe("refused");
  });

  it("keeps everything after a shell operator and names the operator", () => {
    const split = splitWords(`npm ci && npm start 2>log | "a;b" \\& x`);
    expect(split).toEqual(
      Result.succeed({ words: ["npm", "ci", "&&", "npm", "start", "2>log", "|", "a;b", "&", "x"], operator: "&" }),
    );
    expect(splitWords(`"a;b" \\& c`)).toEqual(Result.succeed({ words: ["a;b", "&", "c"], operator: undefined }));
  });
});

describe("hostsFromList", () => {
  it.each([
    [["a=1.2.3.4"], { a: ["1.2.3.4"] }],
    [["a:1.2.3.4"], { a: ["1.2.3.4"] }],
    [["a:::1", "a=[::1]"], { a: ["::1", "::1"] }],
    [["a=1.1.1.1,2.2.2.2"], { a: ["1.1.1.1", "2.2.2.2"] }],
    [["a=host-gateway"], { a: ["host-gateway"] }],
  ])("%j", (entries, expected) => {
    expect(value(hostsFromList(entries))).toEqual(expected);
  });

  it.each([[["a"]], [["=1"]], [["a:b=1"]]])("refuses %j", (entries) => {
    expect(value(hostsFromList(entries))).toMatch(/^refused/);
  });
});
