// Puts variables into text: `$NAME`, `${NAME:-default}` and the other forms of the Compose Specification
// (12-interpolation.md), with the matching rules of docker compose 2.40.3.

/** The value of a variable; undefined when it is not set. */
export type Lookup = (name: string) => string | undefined;

/** Why a text could not be completed. `text` is the whole text that holds the bad form. */
export type TemplateProblem =
  | { readonly _tag: "Invalid"; readonly text: string; readonly at: string }
  | { readonly _tag: "Required"; readonly name: string; readonly message: string }
  | { readonly _tag: "TooDeep" }
  | { readonly _tag: "TooLong" };

/** `unset` are variables that were taken as empty because nothing sets them; `names` are all that were looked up. */
export interface Substituted {
  readonly value: string;
  readonly problems: ReadonlyArray<TemplateProblem>;
  readonly unset: ReadonlyArray<string>;
  readonly names: ReadonlyArray<string>;
}

/** One piece of a template. `body` is the text after the operator, still to be completed itself. */
export type Piece =
  | { readonly _tag: "Text"; readonly text: string }
  | { readonly _tag: "Variable"; readonly name: string }
  | { readonly _tag: "Operation"; readonly name: string; readonly operator: Operator; readonly body: string }
  | { readonly _tag: "Invalid"; readonly at: string };

export type Operator = ":-" | "-" | ":+" | "+" | ":?" | "?";

const MAX_NESTING = 50;
/** UTF-16 units of one completed text. Values that mention each other can double at every step. */
export const MAX_LENGTH = 4 * 1024 * 1024;
const NAME = /[_a-z][_a-z0-9]*/iy;
const OPERATOR = /:?[-+?]/y;

const matchAt = (pattern: RegExp, text: string, at: number): string => {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
};

/** The position of the brace that closes the one at `open`; a character right after `{` never counts. */
const closingBrace = (text: string, open: number, end: number): number => {
  let depth = 0;
  for (let index = open; index < end; index++) {
    if (text[index] === "}" && --depth === 0) return index;
    if (text[index] === "{") {
      depth++;
      index++;
    }
  }
  return -1;
};

interface Form {
  readonly piece: Piece;
  readonly end: number;
}

/** The last `}` on the line of `at`, exclusive bound -1 when there is none; remembers its answer for the line. */
const lastBraces = (text: string): ((at: number) => number) => {
  let lineEnd = -1;
  let last = -1;
  return (at) => {
    if (at >= lineEnd) {
      const newline = text.indexOf("\n", at);
      lineEnd = newline < 0 ? text.length : newline;
      last = text.lastIndexOf("}", lineEnd - 1);
    }
    return last;
  };
};

const bracedForm = (text: string, at: number, lastBrace: (at: number) => number): Form => {
  const invalid: Form = { piece: { _tag: "Invalid", at: text.slice(at, at + 40) }, end: at + 2 };
  const name = matchAt(NAME, text, at + 2);
  if (name === "") return invalid;
  const afterName = at + 2 + name.length;
  if (text[afterName] === "}") return { piece: { _tag: "Variable", name }, end: afterName + 1 };
  const operator = matchAt(OPERATOR, text, afterName) as Operator | "";
  if (operator === "") return invalid;
  const bodyStart = afterName + operator.length;
  const last = bodyStart > text.length ? -1 : lastBrace(bodyStart);
  if (last < bodyStart) return invalid;
  const closing = closingBrace(text, at + 1, last + 1);
  const end = closing < 0 ? last : closing;
  return { piece: { _tag: "Operation", name, operator, body: text.slice(bodyStart, end) }, end: end + 1 };
};

/** The pieces of one text, in order. `$` before anything that starts no form is plain text. */
export const parseTemplate = (text: string): ReadonlyArray<Piece> => {
  const pieces: Piece[] = [];
  const lastBrace = lastBraces(text);
  let plain = 0;
  const push = (from: number, form: Form): number => {
    if (from > plain) pieces.push({ _tag: "Text", text: text.slice(plain, from) });
    pieces.push(form.piece);
    plain = form.end;
    return form.end;
  };
  let at = text.indexOf("$");
  while (at >= 0) {
    const next = text[at + 1];
    let resume = at + 1;
    if (next === "$") resume = push(at, { piece: { _tag: "Text", text: "$" }, end: at + 2 });
    else if (next === "{") resume = push(at, bracedForm(text, at, lastBrace));
    else {
      const name = matchAt(NAME, text, at + 1);
      if (name !== "") resume = push(at, { piece: { _tag: "Variable", name }, end: at + 1 + name.length });
    }
    at = text.indexOf("$", resume);
  }
  if (plain < text.length) pieces.push({ _tag: "Text", text: text.slice(plain) });
  return pieces;
};

interface Gathered {
  readonly problems: TemplateProblem[];
  readonly unset: string[];
  readonly names: string[];
}

const applyOperation = (
  piece: Piece & { _tag: "Operation" },
  lookup: Lookup,
  gathered: Gathered,
  depth: number,
): string => {
  // The body is completed even when it is not used: its errors and warnings count.
  const body = complete(piece.body, lookup, gathered, depth + 1);
  const value = lookup(piece.name);
  gathered.names.push(piece.name);
  const present = value !== undefined && (!piece.operator.startsWith(":") || value !== "");
  switch (piece.operator) {
    case ":-":
    case "-":
      return present ? value : body;
    case ":+":
    case "+":
      return present ? body : (value ?? "");
    case ":?":
    case "?":
      if (!present) gathered.problems.push({ _tag: "Required", name: piece.name, message: body });
      return value ?? "";
  }
};

function complete(text: string, lookup: Lookup, gathered: Gathered, depth: number): string {
  if (!text.includes("$")) return text;
  if (depth > MAX_NESTING) {
    gathered.problems.push({ _tag: "TooDeep" });
    return "";
  }
  let result = "";
  for (const piece of parseTemplate(text)) {
    switch (piece._tag) {
      case "Text":
        result += piece.text;
        break;
      case "Variable": {
        const value = lookup(piece.name);
        gathered.names.push(piece.name);
        if (value === undefined) gathered.unset.push(piece.name);
        result += value ?? "";
        break;
      }
      case "Operation":
        result += applyOperation(piece, lookup, gathered, depth);
        break;
      case "Invalid":
        gathered.problems.push({ _tag: "Invalid", text, at: piece.at });
        break;
    }
    if (result.length > MAX_LENGTH) {
      gathered.problems.push({ _tag: "TooLong" });
      return "";
    }
  }
  return result;
}

/** `template` with its variables replaced; every problem is listed, the first is the one docker compose reports. */
export const substitute = (template: string, lookup: Lookup): Substituted => {
  const gathered: Gathered = { problems: [], unset: [], names: [] };
  const value = complete(template, lookup, gathered, 0);
  return { value, ...gathered };
};

/** One sentence for a problem, without the place. */
export const describeProblem = (problem: TemplateProblem): string => {
  switch (problem._tag) {
    case "Invalid":
      return `invalid interpolation format: "${problem.at}"`;
    case "Required":
      return `required variable ${problem.name} is missing a value${problem.message === "" ? "" : `: ${problem.message}`}`;
    case "TooDeep":
      return `variables nest deeper than ${MAX_NESTING} levels`;
    case "TooLong":
      return `the text with its variables is longer than ${MAX_LENGTH / 1024 / 1024} MiB`;
  }
};

export const hintForProblem = (problem: TemplateProblem): string => {
  switch (problem._tag) {
    case "Invalid":
      return "Write $$ for a plain dollar sign, or ${NAME}, ${NAME:-default}, ${NAME:?message}.";
    case "Required":
      return `Set ${problem.name} in the environment or in the .env file.`;
    case "TooDeep":
      return "Use fewer nested defaults.";
    case "TooLong":
      return "Check for variables that contain each other.";
  }
};
