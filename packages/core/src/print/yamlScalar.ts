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
    !oldBooleans.has(text) &&
    !base60.test(text)
  );
};

const styleOf = (text: string): Style => {
  const { plainAllowed, singleAllowed, blockAllowed } = analyse(text);
  if (text.includes("\n")) return blockAllowed ? "literal" : "double";
  if (!readsAsText(text)) return "double";
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

const escapeChar = (char: string, all: boolean): string => {
  if (!all && isPrintable(char) && !isBreak(char) && char !== '"' && char !== "\\") return char;
  const known = escapes[char];
  if (known !== undefined) return known;
  const code = (char.codePointAt(0) as number).toString(16).toUpperCase();
  if (code.length <= 2) return `\\x${code.padStart(2, "0")}`;
  return code.length <= 4 ? `\\u${code.padStart(4, "0")}` : `\\U${code.padStart(8, "0")}`;
};

/** After a line separator that is no newline, go-yaml indents although no new line begins. */
const indentSeparators = (text: string, indent: string): string =>
  text.replace(/[\u2028\u2029]+(?=[^\n\u2028\u2029])/g, (separators) => separators + indent);

/** The lines below `|`, each at `indent`; lines without text have no indent. */
const literal = (text: string, indent: string): string => {
  const hint = /^[ \n\u2028\u2029]/.test(text) ? "2" : "";
  const keep = text === "\n" || text.endsWith("\n\n");
  const chomp = text.endsWith("\n") ? (keep ? "+" : "") : "-";
  const lines = (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
  return `|${hint}${chomp}\n${lines.map((line) => (/^(?:$|[\u2028\u2029])/.test(line) ? line : indent + line)).join("\n")}`;
};

/** A key on one line; undefined when it is too long or has line breaks: then it is written as `? ` with its value below. */
export const yamlKey = (text: string): string | undefined =>
  analyse(text).multiline || new TextEncoder().encode(text).length > longestSimpleKey ? undefined : yamlText(text, "");

const longestSimpleKey = 128;

/** A value; a block of lines is written at `indent`. */
export const yamlText = (text: string, indent: string): string => {
  switch (styleOf(text)) {
    case "plain":
      return text;
    case "single":
      return `'${indentSeparators(text.replaceAll("'", "''"), indent)}'`;
    case "double": {
      // go-yaml looks for a byte order mark at the start of the text when it looks at any character.
      const all = text.startsWith("\ufeff");
      return `"${Array.from(text, (char) => escapeChar(char, all)).join("")}"`;
    }
    case "literal":
      return literal(indentSeparators(text, indent), indent);
  }
};
