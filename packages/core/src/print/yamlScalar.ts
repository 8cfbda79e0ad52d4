// How a text is written in YAML: plain, quoted, or as a block of lines, exactly as go-yaml 3 chooses.
// Source of the rules: the emitter of go-yaml v3.0.4 (facts only), checked against `docker compose config`.
import { resolveScalar } from "../parse/yamlScalar.ts";

type Style = "plain" | "single" | "double" | "literal";

/** What a text holds, as far as the choice of style depends on it. */
interface Analysis {
  readonly plainAllowed: boolean;
  readonly singleAllowed: boolean;
  readonly blockAllowed: boolean;
  readonly multiline: boolean;
}

const isBreak = (char: string | undefined): boolean => char !== undefined && "\n\r\u0085\u2028\u2029".includes(char);
const isBlank = (char: string | undefined): boolean => char === " " || char === "\t";
const endsWord = (char: string | undefined): boolean => char === undefined || isBlank(char) || isBreak(char);

/** go-yaml counts everything beyond the basic plane as unprintable. */
const isPrintable = (char: string): boolean => {
  const code = char.codePointAt(0) as number;
  if (code < 0xa0) return code === 0x0a || (code >= 0x20 && code <= 0x7e);
  return code < 0xd800 || (code >= 0xe000 && code < 0xfffe && code !== 0xfeff);
};

const indicatorAt = (chars: ReadonlyArray<string>, index: number): boolean => {
  const char = chars[index] as string;
  const followed = index + 1 >= chars.length || isBlank(chars[index + 1]);
  if (index === 0) return "#,[]{}&*!|>'\"%@`".includes(char) || ("?:-".includes(char) && followed);
  return (char === ":" && followed) || (char === "#" && endsWord(chars[index - 1]));
};

const analyse = (text: string): Analysis => {
  const chars = Array.from(text);
  let indicators = text.startsWith("---") || text.startsWith("...");
  let [special, tab, breaks, breakSpace, spaceBreak] = [false, false, false, false, false];
  for (const [index, char] of chars.entries()) {
    indicators ||= indicatorAt(chars, index);
    if (char === "\t") tab = true;
    else if (!isPrintable(char)) special = true;
    if (char === " ") breakSpace ||= isBreak(chars[index - 1]);
    else if (isBreak(char)) {
      breaks = true;
      spaceBreak ||= chars[index - 1] === " ";
    }
  }
  const [first, last] = [chars[0], chars.at(-1)];
  const loose = first === " " || last === " " || isBreak(first) || isBreak(last);
  const quoted = breakSpace || spaceBreak || tab || special;
  return {
    plainAllowed: !loose && !quoted && !breaks && !indicators,
    singleAllowed: !quoted,
    blockAllowed: last !== " " && !spaceBreak && !special,
    multiline: breaks,
  };
};

const oldBooleans = new Set("y Y yes Yes YES on On ON n N no No NO off Off OFF".split(" "));
const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;

/** Whether the bare text would be read as text again. */
const readsAsText = (text: string): boolean => {
  const resolved = resolveScalar(undefined, text, false);
  return (
    resolved._tag === "Value" &&
    typeof resolved.value === "string" &&
    resolved.timestamp !== true &&
    text !== "<<" &&
    !oldBooleans.has(text) &&
    !base60.test(text)
  );
};

const styleOf = (text: string, isKey: boolean): Style => {
  const { plainAllowed, singleAllowed, blockAllowed, multiline } = analyse(text);
  if (text.includes("\n")) return blockAllowed && !isKey ? "literal" : "double";
  if (!readsAsText(text) || (isKey && multiline)) return "double";
  return plainAllowed ? "plain" : singleAllowed ? "single" : "double";
};

const escapes: Readonly<Record<string, string>> = {
  "\0": "\\0",
  "\u0007": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\u001b": "\\e",
  '"': '\\"',
  "\\": "\\\\",
  "\u0085": "\\N",
  "\u00a0": "\\_",
  "\u2028": "\\L",
  "\u2029": "\\P",
};

const escapeChar = (char: string): string => {
  if (isPrintable(char) && !isBreak(char) && char !== '"' && char !== "\\") return char;
  const known = escapes[char];
  if (known !== undefined) return known;
  const code = (char.codePointAt(0) as number).toString(16).toUpperCase();
  if (code.length <= 2) return `\\x${code.padStart(2, "0")}`;
  return code.length <= 4 ? `\\u${code.padStart(4, "0")}` : `\\U${code.padStart(8, "0")}`;
};

/** The lines below `|`, each at `indent`; lines without text have no indent. */
const literal = (text: string, indent: string): string => {
  const hint = /^[ \n]/.test(text) ? "2" : "";
  const keep = text === "\n" || text.endsWith("\n\n");
  const chomp = text.endsWith("\n") ? (keep ? "+" : "") : "-";
  const lines = (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
  return `|${hint}${chomp}\n${lines.map((line) => (line === "" ? "" : indent + line)).join("\n")}`;
};

/** A key of a mapping. */
export const yamlKey = (text: string): string => scalarIn(styleOf(text, true), text, "");

/** A value; a block of lines is written at `indent`. */
export const yamlText = (text: string, indent: string): string => scalarIn(styleOf(text, false), text, indent);

const scalarIn = (style: Style, text: string, indent: string): string => {
  switch (style) {
    case "plain":
      return text;
    case "single":
      return `'${text.replaceAll("'", "''")}'`;
    case "double":
      return `"${Array.from(text, escapeChar).join("")}"`;
    case "literal":
      return literal(text, indent);
  }
};
