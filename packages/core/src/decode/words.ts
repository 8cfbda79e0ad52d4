// Splits a command line into words like a shell would, without running anything.
import * as Result from "effect/Result";

export interface Words {
  readonly words: ReadonlyArray<string>;
  /** The first shell operator that stands outside quotes. No shell runs the command, so it is a plain argument. */
  readonly operator: string | undefined;
}

const spaces = " \t\r\n";
const operators = ";&|<>";

/** What is open at a character. Backticks and `$(` keep words together; quotes inside them are still quotes. */
interface Open {
  single: boolean;
  double: boolean;
  backtick: boolean;
  dollar: boolean;
}

/** Whether the character opened or closed something; "word" for a character that belongs to the word as well. */
const turn = (char: string, word: string, open: Open): "none" | "dropped" | "word" | "invalid" => {
  const inQuotes = open.single || open.double;
  switch (char) {
    case '"':
      if (open.single || open.dollar) return "none";
      open.double = !open.double;
      return "dropped";
    case "'":
      if (open.double || open.dollar) return "none";
      open.single = !open.single;
      return "dropped";
    case "`":
      if (inQuotes || open.dollar) return "none";
      open.backtick = !open.backtick;
      return "word";
    case ")":
      if (inQuotes || open.backtick) return "none";
      open.dollar = !open.dollar;
      return "word";
    case "(":
      if (inQuotes || open.backtick) return "none";
      if (open.dollar || !word.endsWith("$")) return "invalid";
      open.dollar = true;
      return "word";
    default:
      return "none";
  }
};

/**
 * Quotes and backslashes work as in sh; `$(...)` and backticks keep together but are not run. Rules: go-shellwords as
 * docker compose uses it, except that it drops everything from the first unquoted `;` `&` `|` `<` or `>` on, where
 * here those are words like any other.
 */
export const splitWords = (line: string): Result.Result<Words, string> => {
  const invalid = Result.fail("it has an unterminated quote or an unexpected parenthesis");
  const open: Open = { single: false, double: false, backtick: false, dollar: false };
  const closed = (): boolean => !open.single && !open.double && !open.backtick && !open.dollar;
  const words: Array<string> = [];
  let word = "";
  let started = false;
  let escaped = false;
  let operator: string | undefined;
  for (const char of line) {
    if (escaped) {
      word += char;
      started = true;
      escaped = false;
      continue;
    }
    if (char === "\\" && !open.single) {
      escaped = true;
      continue;
    }
    if (spaces.includes(char) && closed()) {
      if (started) words.push(word);
      word = "";
      started = false;
      continue;
    }
    const turned = turn(char, word, open);
    if (turned === "invalid") return invalid;
    started = true;
    if (turned === "dropped") continue;
    if (closed() && operators.includes(char)) operator ??= char;
    word += char;
  }
  if (started) words.push(word);
  return escaped || !closed() ? invalid : Result.succeed({ words, operator });
};
