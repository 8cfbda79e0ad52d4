// Sizes of memory: "512m", "1.5 GiB", "64kb". Units are powers of 1024 whether or not an "i" is written.
import * as Result from "effect/Result";
import type { Bytes } from "../model/Service.ts";

const scale: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40, p: 2 ** 50 };

const shape = /^([+]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?) ?(b|[kmgtp](?:i?b)?)?$/i;

/** Bytes, or what is wrong. Negative sizes are refused, as docker does for sizes written as text. */
export const parseByteSize = (text: string): Result.Result<Bytes, string> => {
  const found = shape.exec(text);
  if (found === null) return Result.fail(`"${text}" is not a size`);
  const unit = (found[2] ?? "b").charAt(0).toLowerCase();
  return Result.succeed(Math.trunc(Number(found[1]) * (scale[unit] ?? 1)));
};
