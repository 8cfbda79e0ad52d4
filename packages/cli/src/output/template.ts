// The part of Go's text/template that `--format` needs: fields, methods, pipes, docker's functions, if/else, range, with.

export type Value = unknown;
export type Template = (data: Value) => string;

/** What is wrong with a template. */
export class TemplateError extends Error {}

type Token =
  | { readonly _tag: "Word"; readonly text: string }
  | { readonly _tag: "Text"; readonly text: string }
  | { readonly _tag: "Number"; readonly value: number }
  | { readonly _tag: "Mark"; readonly text: "(" | ")" | "|" };

type Expression =
  | { readonly _tag: "Literal"; readonly value: Value }
  | { readonly _tag: "Field"; readonly path: ReadonlyArray<string> }
  | { readonly _tag: "Call"; readonly name: string; readonly operands: ReadonlyArray<Expression> }
  /** A field that is a method: `.Label "key"`. */
  | { readonly _tag: "Method"; readonly path: ReadonlyArray<string>; readonly operands: ReadonlyArray<Expression> };

type Node =
  | { readonly _tag: "Raw"; readonly text: string }
  | { readonly _tag: "Print"; readonly expression: Expression }
  | { readonly _tag: "Block"; readonly kind: "if" | "range" | "with"; readonly expression: Expression; readonly body: ReadonlyArray<Node>; readonly otherwise: ReadonlyArray<Node> };

const tokenise = (source: string): ReadonlyArray<Token> => {
  const pattern = /\s*(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`|(-?\d+(?:\.\d+)?)|([()|])|(\.?[\w$][\w.$]*|\.))/gy;
  const tokens: Array<Token> = [];
  let at = 0;
  while (at < source.trimEnd().length) {
    pattern.lastIndex = at;
    const found = pattern.exec(source);
    if (found === null) throw new TemplateError(`unexpected "${source.slice(at).trim()}"`);
    const [, escaped, raw, number, mark, word] = found;
    if (escaped !== undefined) tokens.push({ _tag: "Text", text: JSON.parse(`"${escaped}"`) as string });
    else if (raw !== undefined) tokens.push({ _tag: "Text", text: raw });
    else if (number !== undefined) tokens.push({ _tag: "Number", value: Number(number) });
    else if (mark === "(" || mark === ")" || mark === "|") tokens.push({ _tag: "Mark", text: mark });
    else tokens.push({ _tag: "Word", text: word as string });
    at = pattern.lastIndex;
  }
  return tokens;
};

const text = (value: Value): string => {
  if (value === undefined || value === null) return "<no value>";
  if (Array.isArray(value)) return `[${value.map(text).join(" ")}]`;
  if (typeof value === "object") return `{${Object.values(value).map((part) => (part === "" ? "" : text(part))).join(" ")}}`;
  return String(value as string | number | boolean);
};

const truth = (value: Value): boolean =>
  Array.isArray(value) ? value.length > 0 : typeof value === "object" && value !== null ? Object.keys(value).length > 0 : Boolean(value);

/** Go's encoding/json escapes these too. */
export const goJson = (value: Value): string =>
  JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);

const functions: Readonly<Record<string, (...operands: ReadonlyArray<Value>) => Value>> = {
  json: goJson,
  upper: (value) => text(value).toUpperCase(),
  lower: (value) => text(value).toLowerCase(),
  title: (value) => text(value).replace(/(^|\s)(\S)/g, (_, space: string, letter: string) => space + letter.toUpperCase()),
  split: (value, separator) => text(value).split(text(separator)),
  join: (values, separator) => (Array.isArray(values) ? values.map(text).join(text(separator)) : text(values)),
  truncate: (value, length) => text(value).slice(0, Number(length)),
  pad: (value, before, after) => " ".repeat(Number(before)) + text(value) + " ".repeat(Number(after)),
  println: (...values) => `${values.map(text).join(" ")}\n`,
  print: (...values) => values.map(text).join(""),
  printf: (format, ...values) => {
    let next = 0;
    return text(format).replace(/%(-?\d*)([sdvq%])/g, (_, size: string, verb: string) => {
      if (verb === "%") return "%";
      const shown = verb === "q" ? JSON.stringify(text(values[next++])) : text(values[next++]);
      return size.startsWith("-") ? shown.padEnd(Number(size.slice(1))) : shown.padStart(Number(size || 0));
    });
  },
  len: (value) => (typeof value === "string" || Array.isArray(value) ? value.length : Object.keys((value ?? {}) as object).length),
  index: (value, key) => (value as Record<string, Value> | undefined)?.[text(key)],
  eq: (first, ...others) => others.some((other) => other === first),
  ne: (a, b) => a !== b,
  lt: (a, b) => (a as number) < (b as number),
  gt: (a, b) => (a as number) > (b as number),
  not: (value) => !truth(value),
  and: (...values) => values.find((value) => !truth(value)) ?? values.at(-1),
  or: (...values) => values.find(truth) ?? values.at(-1),
};

/** Reads one pipeline; `until` a closing parenthesis when it is a part of another. */
const parsePipeline = (tokens: ReadonlyArray<Token>, start: number, inner: boolean): readonly [Expression, number] => {
  let at = start;
  let piped: Expression | undefined;
  const isMark = (mark: string) => {
    const token = tokens[at];
    return token?._tag === "Mark" && token.text === mark;
  };
  for (;;) {
    const parts: Array<Expression> = [];
    while (at < tokens.length && !isMark("|") && !isMark(")")) {
      const token = tokens[at] as Token;
      at++;
      if (token._tag === "Mark") {
        const [expression, next] = parsePipeline(tokens, at, true);
        parts.push(expression);
        at = next;
      } else if (token._tag === "Word") parts.push(word(token.text));
      else parts.push({ _tag: "Literal", value: token._tag === "Text" ? token.text : token.value });
    }
    const [head, ...operands] = parts;
    if (head === undefined) throw new TemplateError("missing value for command");
    const all = piped === undefined ? operands : [...operands, piped];
    if (head._tag === "Call") piped = { ...head, operands: all };
    else if (all.length === 0) piped = head;
    else if (head._tag === "Field") piped = { _tag: "Method", path: head.path, operands: all };
    else throw new TemplateError("only functions and methods take arguments");
    if (!isMark("|")) break;
    at++;
  }
  if (inner) {
    if (!isMark(")")) throw new TemplateError("unclosed left paren");
    at++;
  } else if (at < tokens.length) throw new TemplateError("unexpected right paren");
  return [piped, at];
};

const word = (name: string): Expression => {
  if (name === "true" || name === "false") return { _tag: "Literal", value: name === "true" };
  if (name.startsWith(".")) return { _tag: "Field", path: name.split(".").filter((part) => part !== "") };
  if (functions[name] === undefined) throw new TemplateError(`function "${name}" not defined`);
  return { _tag: "Call", name, operands: [] };
};

const lookUp = (data: Value, path: ReadonlyArray<string>): Value => {
  let value = data;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !(step in value)) throw new TemplateError(`there is no field .${path.join(".")}`);
    value = (value as Record<string, Value>)[step];
  }
  return value;
};

const evaluate = (expression: Expression, data: Value): Value => {
  switch (expression._tag) {
    case "Literal":
      return expression.value;
    case "Field": {
      const value = lookUp(data, expression.path);
      return typeof value === "function" ? (value as () => Value)() : value;
    }
    case "Method": {
      const value = lookUp(data, expression.path);
      if (typeof value !== "function") throw new TemplateError(`.${expression.path.join(".")} takes no arguments`);
      return (value as (...operands: ReadonlyArray<Value>) => Value)(...expression.operands.map((operand) => evaluate(operand, data)));
    }
    case "Call":
      return (functions[expression.name] as (...operands: ReadonlyArray<Value>) => Value)(...expression.operands.map((operand) => evaluate(operand, data)));
  }
};

const render = (nodes: ReadonlyArray<Node>, data: Value): string =>
  nodes
    .map((node) => {
      if (node._tag === "Raw") return node.text;
      const value = evaluate(node.expression, data);
      if (node._tag === "Print") return text(value);
      if (!truth(value)) return render(node.otherwise, data);
      if (node.kind === "if") return render(node.body, data);
      if (node.kind === "with") return render(node.body, value);
      const items = Array.isArray(value) ? value : Object.values(value as object);
      return items.map((item) => render(node.body, item)).join("");
    })
    .join("");

interface Piece {
  readonly text: string;
  readonly action: boolean;
}

const pieces = (source: string): ReadonlyArray<Piece> => {
  const found: Array<Piece> = [];
  let at = 0;
  let trim = false;
  for (;;) {
    const open = source.indexOf("{{", at);
    const raw = source.slice(at, open === -1 ? undefined : open);
    const trimEnd = open !== -1 && /^\{\{-\s/.test(source.slice(open));
    const left = trim ? raw.trimStart() : raw;
    found.push({ text: trimEnd ? left.trimEnd() : left, action: false });
    if (open === -1) return found;
    const close = source.indexOf("}}", open);
    if (close === -1) throw new TemplateError("unclosed action");
    const inside = source.slice(open + 2, close);
    trim = /\s-$/.test(inside);
    found.push({ text: inside.replace(/^-\s/, "").replace(/\s-$/, ""), action: true });
    at = close + 2;
  }
};

export const parseTemplate = (source: string): Template => {
  const parts = pieces(source);
  let at = 0;
  const body = (inBlock: boolean): { readonly nodes: ReadonlyArray<Node>; readonly end: string } => {
    const nodes: Array<Node> = [];
    while (at < parts.length) {
      const part = parts[at++] as Piece;
      const [first = "", ...rest] = part.text.trim().split(/\s+/);
      if (!part.action) nodes.push({ _tag: "Raw", text: part.text });
      else if (first === "end" || first === "else") {
        if (!inBlock) throw new TemplateError(`unexpected {{${first}}}`);
        return { nodes, end: first };
      } else if (first === "if" || first === "range" || first === "with") {
        const [expression] = parsePipeline(tokenise(rest.join(" ")), 0, false);
        const yes = body(true);
        const no = yes.end === "else" ? body(true).nodes : [];
        nodes.push({ _tag: "Block", kind: first, expression, body: yes.nodes, otherwise: no });
      } else if (!part.text.trim().startsWith("/*")) nodes.push({ _tag: "Print", expression: parsePipeline(tokenise(part.text), 0, false)[0] });
    }
    if (inBlock) throw new TemplateError("unexpected end of template: {{end}} is missing");
    return { nodes, end: "" };
  };
  const { nodes } = body(false);
  return (data) => render(nodes, data);
};
