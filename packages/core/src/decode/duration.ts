// Durations as the Compose Specification writes them: "1m30s", "1.5h", "2d".
import * as Result from "effect/Result";
import type { Nanoseconds } from "../model/Service.ts";

const units: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
  d: 86_400e9,
  w: 604_800e9,
};

const largest = 2 ** 63;

const part = /(\d*)(?:\.(\d*))?([^\d.]+)/y;

/** Nanoseconds, or what is wrong. Units are w d h m s ms us ns, each with a number before it; "0" needs none. */
export const parseDuration = (text: string): Result.Result<Nanoseconds, string> => {
  const negative = text.startsWith("-");
  const unsigned = negative || text.startsWith("+") ? text.slice(1) : text;
  if (unsigned === "0") return Result.succeed(0);
  const wrong = Result.fail(`"${text}" is not a duration`);
  if (unsigned === "") return wrong;
  let total = 0;
  part.lastIndex = 0;
  while (part.lastIndex < unsigned.length) {
    const found = part.exec(unsigned);
    if (found === null) return wrong;
    const [, whole = "", fraction = "", unit = ""] = found;
    const size = units[unit];
    if ((whole === "" && fraction === "") || size === undefined) return wrong;
    total += Number(whole) * size + (fraction === "" ? 0 : Math.trunc(Number(`0.${fraction}`) * size));
  }
  if (total >= largest) return Result.fail(`"${text}" is too long a duration`);
  return Result.succeed(negative ? -total : total);
};
