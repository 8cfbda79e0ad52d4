// Keys that let go of a terminal.
import { describe, expect, test } from "vitest";
import { escapeReader, parseKeys } from "../src/interactive/escape.ts";

const bytes = (...values: ReadonlyArray<number>): Uint8Array => Uint8Array.from(values);

describe("detach keys", () => {
  test.each([
    ["ctrl-p,ctrl-q", [16, 17]],
    ["ctrl-@", [0]],
    ["ctrl-[", [27]],
    ["a,b", [97, 98]],
    ["ctrl-x,x", [24, 120]],
  ])("%s", (text, keys) => expect(parseKeys(text)).toEqual(keys));

  test.each(["foo", "ctrl-", "ctrl-P", "", "a,", "ctrl-pq"])("%s is none", (text) => expect(parseKeys(text)).toBeUndefined());

  test("what is no escape goes through, in order, whole", () => {
    const reader = escapeReader([16, 17]);
    expect(reader.read(bytes(1, 2, 3))).toEqual({ pass: bytes(1, 2, 3), escaped: false });
    // The first key may be the beginning: it waits for the next.
    expect(reader.read(bytes(16))).toEqual({ pass: bytes(), escaped: false });
    expect(reader.read(bytes(4))).toEqual({ pass: bytes(16, 4), escaped: false });
  });

  test("a repeated first key still leads to the escape", () => {
    const reader = escapeReader([16, 17]);
    expect(reader.read(bytes(16, 16, 17))).toEqual({ pass: bytes(16), escaped: true });
  });

  test("over several reads, and nothing after it goes through", () => {
    const reader = escapeReader([16, 17]);
    expect(reader.read(bytes(5, 16)).escaped).toBe(false);
    expect(reader.read(bytes(17, 9))).toEqual({ pass: bytes(), escaped: true });
  });

  test("one key", () => {
    expect(escapeReader([24]).read(bytes(7, 24))).toEqual({ pass: bytes(7), escaped: true });
  });
});
