// Durations, sizes, modes and floats as Go prints them.
import type { Nanoseconds } from "../model/Service.ts";

const fraction = (value: number, digits: number): string => {
  const text = String(value).padStart(digits, "0").replace(/0+$/, "");
  return text === "" ? "" : `.${text}`;
};

/** "1m30s", "26h3m4.005s", "100µs"; zero is "0s". Rule: time.Duration.String. */
export const durationText = (duration: Nanoseconds): string => {
  if (duration === 0) return "0s";
  const sign = duration < 0 ? "-" : "";
  // Beyond 2^53 ns (104 days) a number is no longer exact; whole seconds and the rest are taken apart in BigInt.
  const total = BigInt(Math.abs(duration));
  if (total < 1_000n) return `${sign}${total}ns`;
  if (total < 1_000_000n) return `${sign}${total / 1_000n}${fraction(Number(total % 1_000n), 3)}µs`;
  if (total < 1_000_000_000n) return `${sign}${total / 1_000_000n}${fraction(Number(total % 1_000_000n), 6)}ms`;
  const seconds = total / 1_000_000_000n;
  const tail = `${seconds % 60n}${fraction(Number(total % 1_000_000_000n), 9)}s`;
  if (seconds < 60n) return `${sign}${tail}`;
  const minutes = seconds / 60n;
  if (minutes < 60n) return `${sign}${minutes}m${tail}`;
  return `${sign}${minutes / 60n}h${minutes % 60n}m${tail}`;
};

const largest = 2n ** 63n - 1n;

/**
 * A whole number with all its digits. The largest 64-bit number, which files use for "no limit", has no exact
 * counterpart in a double; it is the one that 2^63 stands for.
 */
export const wholeNumber = (value: number): number | bigint => {
  if (Number.isSafeInteger(value)) return value;
  const digits = BigInt(value);
  return digits > largest ? largest : digits;
};

/** Decimal digits of a whole number of any size, never in exponent form. */
export const wholeText = (value: number): string => String(wholeNumber(value));

/** The shortest decimal that reads back as the same 32-bit float. */
export const shortestFloat32 = (value: number): number => {
  const rounded = Math.fround(value);
  if (!Number.isFinite(rounded)) return rounded;
  for (let digits = 1; digits <= 9; digits++) {
    const candidate = Number(rounded.toPrecision(digits));
    if (Math.fround(candidate) === rounded) return candidate;
  }
  return rounded;
};

/** A 64-bit float as Go's %v writes it: exponent form below 1e-4 and from 1e6 on. */
export const floatText = (value: number): string => {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [digits = "", exponentText = "0"] = value.toExponential().split("e");
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 6)
    return String(value).includes("e") ? value.toFixed(20).replace(/0+$/, "") : String(value);
  return `${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
};

/** "0440". */
export const modeText = (mode: number): string => `0${mode.toString(8)}`;
