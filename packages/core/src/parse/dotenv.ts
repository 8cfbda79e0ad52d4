// Reads the lines of `.env` and env_file files. Source of the rules: the dotenv reader of docker compose 2.40.3 and,
// for the raw format, the --env-file reader of the docker command line.
import { describeProblem, hintForProblem, type Lookup, substitute } from "../interpolate/template.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import type { Span } from "../source/Span.ts";

/** `spans` are the lines that set the values. Reading stops at the first error. */
export interface Dotenv {
  readonly values: Map<string, string>;
  readonly spans: Map<string, Span>;
  readonly diagnostics: ReadonlyArray<Diagnostic>;
}

export interface DotenvOptions {
  /** For the spans of problems. */
  readonly file?: string;
  /** Values of earlier files: they can be referenced, and are replaced by later ones. Changed in place. */
  readonly values?: Map<string, string>;
}

/** Mutable while one file is read. */
interface Reader {
  readonly text: string;
  readonly file: string;
  readonly lookup: Lookup;
  readonly values: Map<string, string>;
  readonly spans: Map<string, Span>;
  readonly diagnostics: Diagnostic[];
  readonly warned: Set<string>;
  /** How much text variables may still add to the values. */
  budget: number;
  at: number;
  /** `line` is the line of the offset `counted`. */
  line: number;
  counted: number;
}

/** UTF-16 units of all values of a file together. */
const MAX_TEXT = 64 * 1024 * 1024;

const INLINE_SPACE = /[\t\v\f\r \u0085\u00a0]*/y;
const ANY_SPACE = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*/y;
const TRAILING_SPACE = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/;
const NAME_CHARACTER = /[\p{L}\p{N}_.\-[\]\t\v\f\r \u0085\u00a0]*/uy;

const lengthAt = (pattern: RegExp, text: string, at: number): number => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0].length ?? 0;
};

/** Offsets are asked for in growing order, so that counting lines stays linear. */
const spanAt = (reader: Reader, offset: number): Span => {
  for (let next = reader.text.indexOf("\n", reader.counted); next >= 0 && next < offset;) {
    reader.line++;
    reader.counted = next + 1;
    next = reader.text.indexOf("\n", reader.counted);
  }
  return { file: reader.file, line: reader.line, column: Math.max(1, offset - reader.counted + 1) };
};

const lineAt = (reader: Reader, offset: number): string => {
  const end = reader.text.indexOf("\n", offset);
  return reader.text.slice(offset, end < 0 ? undefined : end);
};

const fail = (reader: Reader, offset: number, message: string, hint: string, code = "env-file-syntax"): void => {
  const span = spanAt(reader, offset);
  const place = code === "env-file-syntax" ? `line ${span.line}: ` : "";
  reader.diagnostics.push({ severity: "error", code, message: `${place}${message}`, span, hint });
};

const ESCAPE = /\\(?:[abcfnrtv$"\\]|0\d{0,3})/g;
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  "\\a": "\u0007",
  "\\b": "\b",
  "\\f": "\f",
  "\\n": "\n",
  "\\r": "\r",
  "\\t": "\t",
  "\\v": "\v",
  "\\\\": "\\",
  '\\"': '"',
  // `$$` is how interpolation, which comes next, writes a plain dollar sign.
  "\\$": "$$",
};

const expandEscape = (match: string): string => {
  const simple = SIMPLE_ESCAPES[match];
  if (simple !== undefined) return simple;
  if (!match.startsWith("\\0")) return match;
  const digits = match.slice(2);
  const code = /^[0-3][0-7]{2}$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
  return code === undefined ? `\\${digits}` : String.fromCharCode(code);
};

/** The value with its variables put in; undefined when that failed. */
const expand = (reader: Reader, value: string, offset: number): string | undefined => {
  if (!value.includes("$")) return value;
  const substituted = substitute(value, (name) => reader.lookup(name) ?? reader.values.get(name));
  reader.budget -= substituted.value.length;
  if (reader.budget < 0) {
    fail(reader, offset, "the values are too long", "Check for variables that contain each other.");
    return undefined;
  }
  for (const name of substituted.unset) {
    if (reader.warned.has(name)) continue;
    reader.warned.add(name);
    reader.diagnostics.push({
      severity: "warning",
      code: "variable-unset",
      message: `The "${name}" variable is not set. Defaulting to a blank string.`,
      span: spanAt(reader, offset),
      hint: `Set ${name}, write \${${name}:-default}, or put the value in single quotes.`,
    });
  }
  for (const problem of substituted.problems) {
    const code = problem._tag === "Required" ? "variable-required" : "interpolation";
    // The text of a value is never shown: env files hold secrets.
    const message = problem._tag === "Invalid" ? "invalid interpolation format" : describeProblem(problem);
    fail(reader, offset, message, hintForProblem(problem), code);
  }
  return substituted.problems.length === 0 ? substituted.value : undefined;
};

/** Moves to the next statement; false at the end of the text. */
const findStatement = (reader: Reader): boolean => {
  const { text } = reader;
  for (;;) {
    reader.at += lengthAt(ANY_SPACE, text, reader.at);
    if (reader.at >= text.length) return false;
    if (text[reader.at] !== "#") return true;
    const newline = text.indexOf("\n", reader.at);
    if (newline < 0) return false;
    reader.at = newline;
  }
};

/** `start` is where the name begins; `inherited` names have no value of their own. */
interface Name {
  readonly key: string;
  readonly inherited: boolean;
  readonly start: number;
}

const readName = (reader: Reader): Name | undefined => {
  const { text } = reader;
  const exported = /export[\t\n\f\r ]/y;
  exported.lastIndex = reader.at;
  if (exported.test(text)) reader.at += 6 + lengthAt(INLINE_SPACE, text, reader.at + 6);
  const start = reader.at;
  if (start >= text.length) {
    fail(reader, start, "export without a variable", "Write export NAME=value.");
    return undefined;
  }
  const end = start + lengthAt(NAME_CHARACTER, text, start);
  const stop = text[end];
  if (stop !== undefined && stop !== "=" && stop !== ":" && stop !== "\n") {
    const character = String.fromCodePoint(text.codePointAt(end) ?? 0);
    const name = lineAt(reader, start).split(/[=:]/)[0] ?? "";
    fail(
      reader,
      end,
      `unexpected character "${character}" in variable name "${name}"`,
      "Names have letters, digits, _, . and -; a comment starts with #.",
    );
    return undefined;
  }
  // A bare word at the very end, without a newline, is read as the value of the empty name.
  const found = stop !== undefined;
  const key = found ? text.slice(start, end).replace(TRAILING_SPACE, "") : "";
  if (key.includes(" ")) {
    fail(reader, start, "key cannot contain a space", "Write NAME=value, one on each line.");
    return undefined;
  }
  reader.at = found ? end + 1 : start;
  reader.at += lengthAt(INLINE_SPACE, text, reader.at);
  return { key, inherited: stop === "\n", start };
};

const readPlainValue = (reader: Reader): string | undefined => {
  const start = reader.at;
  const line = lineAt(reader, start);
  reader.at = Math.min(reader.text.length, start + line.length + 1);
  const comment = line.indexOf(" #");
  return expand(reader, (comment < 0 ? line : line.slice(0, comment)).replace(TRAILING_SPACE, ""), start);
};

const readQuotedValue = (reader: Reader, quote: string): string | undefined => {
  const { text } = reader;
  const start = reader.at;
  let end = start + 1;
  while (end < text.length && text[end] !== quote) end += text[end] === "\\" ? 2 : 1;
  if (end >= text.length) {
    const kind = quote === '"' ? "double" : "single";
    fail(reader, start, "unterminated quoted value", `Close the value with a ${kind} quote.`);
    return undefined;
  }
  reader.at = end + 1;
  const raw = text.slice(start + 1, end).replaceAll(`\\${quote}`, quote);
  return quote === "'" ? raw : expand(reader, raw.replace(ESCAPE, expandEscape), start);
};

const readStatement = (reader: Reader): boolean => {
  const name = readName(reader);
  if (name === undefined) return false;
  const { key } = name;
  if (name.inherited) {
    const value = reader.lookup(key);
    if (value === undefined) return true;
    reader.values.set(key, value);
    reader.spans.set(key, spanAt(reader, name.start));
    return true;
  }
  const span = spanAt(reader, name.start);
  const quote = reader.text[reader.at];
  const value = quote === '"' || quote === "'" ? readQuotedValue(reader, quote) : readPlainValue(reader);
  if (value === undefined) return false;
  reader.values.set(key, value);
  reader.spans.set(key, span);
  return true;
};

const withoutMark = (text: string): string => (text.startsWith("\ufeff") ? text.slice(1) : text);

/** `lookup` wins over the values of the file itself when a value mentions a variable. */
export const parseDotenv = (text: string, lookup: Lookup, options: DotenvOptions = {}): Dotenv => {
  const reader: Reader = {
    text: withoutMark(text),
    file: options.file ?? ".env",
    lookup,
    values: options.values ?? new Map(),
    spans: new Map(),
    diagnostics: [],
    warned: new Set(),
    budget: MAX_TEXT,
    at: 0,
    line: 1,
    counted: 0,
  };
  while (findStatement(reader) && readStatement(reader));
  return { values: reader.values, spans: reader.spans, diagnostics: reader.diagnostics };
};

/** The `raw` format: no quotes, no variables; a name alone takes its value from `lookup`. */
export const parseRawEnv = (text: string, lookup: Lookup, options: DotenvOptions = {}): Dotenv => {
  const file = options.file ?? ".env";
  const values = options.values ?? new Map<string, string>();
  const spans = new Map<string, Span>();
  const diagnostics: Diagnostic[] = [];
  for (const [index, whole] of withoutMark(text).split("\n").entries()) {
    const line = whole.replace(/\r$/, "").trimStart();
    if (line === "" || line.startsWith("#")) continue;
    const span: Span = { file, line: index + 1, column: 1 };
    const separator = line.indexOf("=");
    const key = separator < 0 ? line : line.slice(0, separator);
    if (key === "" || /[ \t]/.test(key)) {
      const message = key === "" ? `no variable name on line ${index + 1}` : `variable '${key}' contains whitespaces`;
      diagnostics.push({ severity: "error", code: "env-file-syntax", message, span, hint: "Write NAME=value." });
      break;
    }
    const value = separator < 0 ? lookup(key) : line.slice(separator + 1);
    if (value === undefined) continue;
    values.set(key, value);
    spans.set(key, span);
  }
  return { values, spans, diagnostics };
};
