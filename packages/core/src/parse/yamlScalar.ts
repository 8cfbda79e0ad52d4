// What a YAML scalar means: the rules of go-yaml v3, which mix YAML 1.1 and 1.2 (legacy octals, no yes/no booleans).
import type { Scalar } from "../source/Tree.ts";

/** A scalar's value, or the reason why its tag does not fit its text. */
export type ResolvedScalar =
  | { readonly _tag: "Value"; readonly value: Scalar; readonly float?: true; readonly timestamp?: true }
  | { readonly _tag: "Mismatch"; readonly message: string };

const LONG_PREFIX = "tag:yaml.org,2002:";

export const shortTag = (tag: string): string =>
  tag.startsWith(LONG_PREFIX) ? `!!${tag.slice(LONG_PREFIX.length)}` : tag;

const words: ReadonlyMap<string, boolean | number | null> = new Map<string, boolean | number | null>([
  ...["true", "True", "TRUE"].map((word) => [word, true] as const),
  ...["false", "False", "FALSE"].map((word) => [word, false] as const),
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
  ...[".nan", ".NaN", ".NAN"].map((word) => [word, Number.NaN] as const),
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map((word) => [word, Number.POSITIVE_INFINITY] as const),
  ...["-.inf", "-.Inf", "-.INF"].map((word) => [word, Number.NEGATIVE_INFINITY] as const),
]);

const string = (value: string): ResolvedScalar => ({ _tag: "Value", value });

const integer = (value: bigint): ResolvedScalar => {
  const small = Number(value);
  return { _tag: "Value", value: Number.isSafeInteger(small) ? small + 0 : value };
};

const float = (value: number): ResolvedScalar =>
  Number.isInteger(value) ? { _tag: "Value", value, float: true } : { _tag: "Value", value };

const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;

/** Go's ParseInt/ParseUint with base 0 on a text without underscores: 0x, 0b, 0o and a plain leading 0 (octal). */
const parseGoInteger = (text: string): bigint | undefined => {
  const match = /^([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|[1-9][0-9]*|0)$/.exec(text);
  if (match === null || text.length > 80) return undefined;
  const digits = match[2] as string;
  const magnitude = BigInt(/^0[0-7]/.test(digits) ? `0o${digits.slice(1)}` : digits.toLowerCase());
  if (match[1] === "-") return magnitude <= MAX_INT64 + 1n ? -magnitude : undefined;
  if (magnitude <= MAX_INT64) return magnitude;
  // ParseUint takes no sign at all.
  return match[1] === "" && magnitude <= MAX_UINT64 ? magnitude : undefined;
};

const parseGoFloat = (text: string): number | undefined => {
  const value = Number(text);
  // Out of range is an error for Go, and the text then stays a string.
  return Number.isFinite(value) ? value : undefined;
};

const YAML_FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;

const daysIn = (year: number, month: number): number => {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
};

const TIMESTAMP =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(?:Z|[-+]\d{2}:\d{2}))|(?: +(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?))?$/;

/** The date forms that go-yaml turns into a time value. */
const isTimestamp = (text: string): boolean => {
  const match = TIMESTAMP.exec(text);
  if (match === null) return false;
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((group) =>
    Number(match[group] ?? (group > 3 ? (match[group + 3] ?? 0) : 0)),
  ) as [number, number, number, number, number, number];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return false;
  return hour < 24 && minute < 60 && second < 60;
};

type Kind = "!!null" | "!!bool" | "!!int" | "!!float" | "!!timestamp" | "!!str";

const kindOf = (resolved: ResolvedScalar): Kind => {
  if (resolved._tag === "Mismatch" || resolved.timestamp) return "!!timestamp";
  const { value } = resolved;
  if (value === null) return "!!null";
  if (typeof value === "boolean") return "!!bool";
  if (typeof value === "bigint") return "!!int";
  if (typeof value === "number") return Number.isInteger(value) && !resolved.float ? "!!int" : "!!float";
  return "!!str";
};

const resolvePlain = (text: string, dates: boolean): ResolvedScalar => {
  const first = text.charAt(0);
  if (text === "" || "yYnNtTfFoO~.+-0123456789".includes(first)) {
    const word = words.get(text);
    if (word !== undefined) return typeof word === "number" ? float(word) : { _tag: "Value", value: word };
  }
  if (first === ".") {
    const value = YAML_FLOAT.test(text) ? parseGoFloat(text) : undefined;
    return value === undefined ? string(text) : float(value);
  }
  if (!/^[-+0-9]/.test(text)) return string(text);
  if (dates && isTimestamp(text)) return { _tag: "Value", value: text, timestamp: true };
  const plain = text.replaceAll("_", "");
  const whole = parseGoInteger(plain);
  if (whole !== undefined) return integer(whole);
  if (YAML_FLOAT.test(plain)) {
    const value = parseGoFloat(plain);
    if (value !== undefined) return float(value);
  }
  return string(text);
};

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const decodeBase64 = (text: string): string | undefined => {
  const packed = text.replace(/[\r\n]/g, "");
  if (!BASE64.test(packed)) return undefined;
  const binary = atob(packed);
  return new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
};

/** `tag` is the short form ("!!int", "!reset") or undefined; `quoted` covers both quotes and block scalars. */
export const resolveScalar = (tag: string | undefined, text: string, quoted: boolean): ResolvedScalar => {
  if (tag === undefined || tag === "!") return quoted ? string(text) : resolvePlain(text, true);
  switch (tag) {
    case "!!str":
      return string(text);
    case "!!binary": {
      const decoded = decodeBase64(text);
      return decoded === undefined
        ? { _tag: "Mismatch", message: "the value tagged !!binary is no valid base64" }
        : string(decoded);
    }
    case "!!bool":
    case "!!int":
    case "!!float":
    case "!!null":
    case "!!timestamp": {
      const resolved = resolvePlain(text, tag === "!!timestamp");
      const kind = kindOf(resolved);
      if (kind === tag) return resolved;
      if (tag === "!!float" && kind === "!!int" && resolved._tag === "Value") return float(Number(resolved.value));
      return { _tag: "Mismatch", message: `"${text}" is no ${tag.slice(2)}, although its tag says so` };
    }
    default:
      // An unknown tag is ignored, and its text is kept as a string.
      return string(text);
  }
};
