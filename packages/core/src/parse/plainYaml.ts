// Reads the YAML that most Compose files are made of straight into a Tree, in one pass over the text. Anything rare,
// and anything wrong, is left to the full reader: whatever this one returns is what that one would have returned.
import type { Span } from "../source/Span.ts";
import type { Entry, Tree } from "../source/Tree.ts";
import { MAX_VALUES } from "./yamlNode.ts";
import { resolveScalar } from "./yamlScalar.ts";

/** A finished value behind an anchor; `size` and `height` count what it holds, aliases expanded. */
interface Anchored {
  readonly tree: Tree;
  readonly size: number;
  readonly height: number;
}

/** Mutable while one text is read. `at` is the next character; `lineStart` and `line` are those of `at`. */
interface Reader {
  readonly text: string;
  readonly file: string;
  at: number;
  lineStart: number;
  line: number;
  readonly anchors: Map<string, Anchored>;
  /** Values so far, aliases expanded, and the deepest level so far: the full reader bounds both. */
  size: number;
  deepest: number;
}

/** The full reader takes more, and reports what is too much. */
const DEPTH = 60;
const KEY_LENGTH = 1000;
/** Regular expressions need room for every character that they may give back. */
const LINE_LENGTH = 100_000;

// In brackets a plain text ends at more characters than outside, so that these are kept apart.
const KEY = /(?:[\w./$][\w./$<>@+=()~^%;-]*|"[^"\\\n]*"|'[^'\n]*'|<<):(?=[ \n]|$)/y;
const FLOW_KEY = /(?:[\w./$][\w./$-]*|"[^"\\\n]*"|'[^'\n]*'|<<): +/y;
const PLAIN = /(?:[\w./$~+=^()<;\\]|-(?=[\w./$-]))(?:[^\n: ]|:(?=[^\n ])| +(?=[^\n #:]))*(?= *\n| +#| *$)/y;
const FLOW_PLAIN =
  /(?:[\w./$~+=^()<;\\]|-(?=[\w./$-]))(?:[^\n:, [\]{}]|:(?=[^\n, [\]{}])| +(?=[^\n #:,[\]{}]))*(?= *[,\]}])/y;
const DOUBLE = /"(?:[^"\\\n]|\\["\\nt])*"/y;
const SINGLE = /'[^'\n]*'(?!')/y;
const ANCHOR = /&([\w-]+) */y;
const ALIAS = /\*([\w-]+)(?= *\n| +#| *$)/y;
const FLOW_ALIAS = /\*([\w-]+)(?= *[,\]}])/y;
const ANCHOR_ALONE = /&[\w-]+ *(?:\n|$)/y;
const REST_OF_LINE = /(?: +#[^\n]*| *)(?:\n|$)/y;
/** After spaces: nothing but a comment. */
const NO_VALUE = /(?:#[^\n]*)?(?:\n|$)/y;
const SPACES = / */y;
const UNUSUAL = /[\t\r\u0085\u2028\u2029]|^(?:---|\.\.\.|%)/m;

const matches = (reader: Reader, pattern: RegExp): boolean => {
  pattern.lastIndex = reader.at;
  return pattern.test(reader.text);
};

/** Goes past what matches; false when nothing does. */
const pass = (reader: Reader, pattern: RegExp): boolean => {
  const matching = matches(reader, pattern);
  if (matching) reader.at = pattern.lastIndex;
  return matching;
};

const match = (reader: Reader, pattern: RegExp): string | undefined =>
  matches(reader, pattern) ? reader.text.slice(reader.at, pattern.lastIndex) : undefined;

const here = (reader: Reader): Span => ({
  file: reader.file,
  line: reader.line,
  column: reader.at - reader.lineStart + 1,
});

/** Ends a line after a value; false when something else stands there. */
const endLine = (reader: Reader, rest = REST_OF_LINE): boolean => {
  if (!pass(reader, rest)) return false;
  reader.lineStart = reader.at;
  reader.line++;
  return true;
};

/** Goes to the first character of the next line that holds anything, and tells its indentation; -1 at the end. */
const nextIndent = (reader: Reader): number => {
  const { text } = reader;
  for (;;) {
    const indent = reader.at - reader.lineStart;
    const char = text[reader.at];
    if (char === undefined) return -1;
    if (char === " ") reader.at++;
    else if (char !== "#" && char !== "\n") return indent;
    else {
      const end = text.indexOf("\n", reader.at);
      reader.at = end < 0 ? text.length : end + 1;
      reader.lineStart = reader.at;
      reader.line++;
    }
  }
};

const plain = (reader: Reader, pattern: RegExp): Tree | undefined => {
  const text = match(reader, pattern);
  if (text === undefined) return undefined;
  const span = here(reader);
  reader.at += text.length;
  const resolved = resolveScalar(undefined, text, false);
  if (resolved._tag === "Mismatch") return undefined;
  if (resolved.timestamp) return { _tag: "Scalar", value: resolved.value, span, timestamp: true };
  if (resolved.float) return { _tag: "Scalar", value: resolved.value, span, float: true };
  return { _tag: "Scalar", value: resolved.value, span };
};

const unescape = (_: string, escaped: string): string => (escaped === "n" ? "\n" : escaped === "t" ? "\t" : escaped);

const quoted = (reader: Reader, pattern: RegExp): Tree | undefined => {
  const text = match(reader, pattern);
  if (text === undefined) return undefined;
  const span = here(reader);
  reader.at += text.length;
  const inner = text.slice(1, -1);
  const value = pattern === DOUBLE && inner.includes("\\") ? inner.replace(/\\(.)/g, unescape) : inner;
  return { _tag: "Scalar", value, span };
};

const alias = (reader: Reader, pattern: RegExp, depth: number): Tree | undefined => {
  const text = match(reader, pattern);
  const known = text === undefined ? undefined : reader.anchors.get(text.slice(1));
  if (text === undefined || known === undefined) return undefined;
  reader.at += text.length;
  // One was counted for the place that the alias stands at.
  reader.size += known.size - 1;
  reader.deepest = Math.max(reader.deepest, depth + known.height - 1);
  return reader.size > MAX_VALUES || reader.deepest > DEPTH ? undefined : known.tree;
};

/** A map while it is read. `merged` are the values of its merge key. */
interface OpenMap {
  readonly span: Span;
  readonly entries: Map<string, Entry>;
  merged: Tree | undefined;
}

/** The key at `pattern`, which also takes what follows it up to the value; undefined when it is no plain text. */
const keyText = (text: string, end: number): string | undefined => {
  const raw = text.slice(0, end);
  if (raw.length > KEY_LENGTH) return undefined;
  const first = raw[0];
  if (first === '"' || first === "'") return raw.slice(1, -1);
  const resolved = resolveScalar(undefined, raw, false);
  return resolved._tag === "Value" && typeof resolved.value === "string" && !resolved.timestamp ? raw : undefined;
};

const isQuoted = (written: string): boolean => written.startsWith('"') || written.startsWith("'");

/** Puts one entry into its map; false when the full reader must look at it. */
const addEntry = (map: OpenMap, key: string, merge: boolean, span: Span, value: Tree): boolean => {
  if (!merge) {
    if (map.entries.has(key) || (map.merged !== undefined && key === "<<")) return false;
    map.entries.set(key, { span, value });
    return true;
  }
  if (map.merged !== undefined || map.entries.has(key)) return false;
  const sources = value._tag === "List" ? value.items : [value];
  map.merged = value;
  return sources.every((source) => source._tag === "Map");
};

const closeMap = ({ span, entries, merged }: OpenMap): Tree => {
  if (merged !== undefined) {
    for (const source of merged._tag === "List" ? merged.items : [merged]) {
      if (source._tag !== "Map") continue;
      for (const [key, entry] of source.entries) {
        if (key !== "<<" && !entries.has(key)) entries.set(key, entry);
      }
    }
  }
  return { _tag: "Map", entries, span };
};

/** Past spaces and the comma or the closing bracket; undefined when neither stands there. */
const afterItem = (reader: Reader, closing: string): "more" | "closed" | undefined => {
  pass(reader, SPACES);
  const char = reader.text[reader.at];
  if (char !== "," && char !== closing) return undefined;
  reader.at++;
  if (char === closing) return "closed";
  pass(reader, SPACES);
  return "more";
};

const flowMap = (reader: Reader, depth: number): Tree | undefined => {
  const map: OpenMap = { span: here(reader), entries: new Map(), merged: undefined };
  reader.at++;
  pass(reader, SPACES);
  if (reader.text[reader.at] === "}") {
    reader.at++;
    return closeMap(map);
  }
  for (;;) {
    const written = match(reader, FLOW_KEY);
    if (written === undefined) return undefined;
    const key = keyText(written, written.lastIndexOf(":"));
    const span = here(reader);
    reader.at += written.length;
    reader.size++;
    const value = key === undefined ? undefined : flowValue(reader, depth + 1);
    if (key === undefined || value === undefined) return undefined;
    if (!addEntry(map, key, key === "<<" && !isQuoted(written), span, value)) return undefined;
    const after = afterItem(reader, "}");
    if (after === undefined) return undefined;
    if (after === "closed") return closeMap(map);
  }
};

const flowList = (reader: Reader, depth: number): Tree | undefined => {
  const span = here(reader);
  const items: Tree[] = [];
  reader.at++;
  pass(reader, SPACES);
  if (reader.text[reader.at] === "]") {
    reader.at++;
    return { _tag: "List", items, span };
  }
  for (;;) {
    const item = flowValue(reader, depth + 1);
    if (item === undefined) return undefined;
    items.push(item);
    const after = afterItem(reader, "]");
    if (after === undefined) return undefined;
    if (after === "closed") return { _tag: "List", items, span };
  }
};

/** A value in brackets, on one line. */
function flowValue(reader: Reader, depth: number): Tree | undefined {
  reader.size++;
  reader.deepest = Math.max(reader.deepest, depth);
  if (depth > DEPTH) return undefined;
  switch (reader.text[reader.at]) {
    case '"':
      return quoted(reader, DOUBLE);
    case "'":
      return quoted(reader, SINGLE);
    case "*":
      return alias(reader, FLOW_ALIAS, depth);
    case "[":
      return flowList(reader, depth);
    case "{":
      return flowMap(reader, depth);
    default:
      return plain(reader, FLOW_PLAIN);
  }
}

/** A value that ends on its line. */
const lineValue = (reader: Reader, depth: number): Tree | undefined => {
  const value = ((): Tree | undefined => {
    switch (reader.text[reader.at]) {
      case '"':
        return quoted(reader, DOUBLE);
      case "'":
        return quoted(reader, SINGLE);
      case "*":
        return alias(reader, ALIAS, depth);
      case "[":
        return flowList(reader, depth);
      case "{":
        return flowMap(reader, depth);
      default:
        return plain(reader, PLAIN);
    }
  })();
  return value !== undefined && endLine(reader) ? value : undefined;
};

/** What follows a key: a value on its line, or a block below that is indented more than `indent`, or nothing. */
const valueBelow = (reader: Reader, indent: number, depth: number, bare: boolean): Tree | undefined => {
  const start = here(reader);
  if (!endLine(reader, NO_VALUE)) return lineValue(reader, depth);
  const below = nextIndent(reader);
  if (below > indent) return block(reader, below, depth);
  if (below === indent && isItem(reader)) return blockList(reader, indent, depth);
  // An anchor of nothing is rare.
  return bare ? { _tag: "Scalar", value: null, span: start } : undefined;
};

/** An anchored value. Its name stands for nothing until it is finished: an alias inside it would be a cycle. */
const anchoredValue = (reader: Reader, indent: number, depth: number): Tree | undefined => {
  ANCHOR.lastIndex = reader.at;
  const name = ANCHOR.exec(reader.text)?.[1];
  if (name === undefined) return undefined;
  const next = reader.text[ANCHOR.lastIndex];
  if (next !== "\n" && ANCHOR.lastIndex === reader.at + name.length + 1) return undefined;
  // An alias cannot have an anchor, and a comment here is rare.
  if (next === "*" || next === "&" || next === "#") return undefined;
  reader.at = ANCHOR.lastIndex;
  reader.anchors.delete(name);
  const { size, deepest } = reader;
  reader.deepest = depth;
  const tree = valueBelow(reader, indent, depth, false);
  if (tree === undefined) return undefined;
  reader.anchors.set(name, { tree, size: reader.size - size + 1, height: reader.deepest - depth + 1 });
  reader.deepest = Math.max(deepest, reader.deepest);
  return tree;
};

const keyedValue = (reader: Reader, indent: number, depth: number): Tree | undefined => {
  reader.size++;
  reader.deepest = Math.max(reader.deepest, depth);
  if (depth > DEPTH) return undefined;
  pass(reader, SPACES);
  return reader.text[reader.at] === "&"
    ? anchoredValue(reader, indent, depth)
    : valueBelow(reader, indent, depth, true);
};

const isItem = (reader: Reader): boolean => {
  const next = reader.text[reader.at + 1];
  return reader.text[reader.at] === "-" && (next === " " || next === "\n" || next === undefined);
};

/** Entries from `at` on, whose first key stands `indent` columns into its line. */
function blockMap(reader: Reader, indent: number, depth: number): Tree | undefined {
  const map: OpenMap = { span: here(reader), entries: new Map(), merged: undefined };
  for (;;) {
    const written = match(reader, KEY);
    if (written === undefined) return undefined;
    const key = keyText(written, written.length - 1);
    const span = here(reader);
    reader.at += written.length;
    reader.size++;
    const value = key === undefined ? undefined : keyedValue(reader, indent, depth + 1);
    if (key === undefined || value === undefined) return undefined;
    if (!addEntry(map, key, key === "<<" && !isQuoted(written), span, value)) return undefined;
    const next = nextIndent(reader);
    if (next > indent) return undefined;
    if (next < indent) return closeMap(map);
  }
}

const listItem = (reader: Reader, indent: number, depth: number): Tree | undefined => {
  reader.at++;
  pass(reader, SPACES);
  const char = reader.text[reader.at];
  if (char === undefined || char === "\n" || char === "#" || isItem(reader)) return undefined;
  reader.size++;
  reader.deepest = Math.max(reader.deepest, depth);
  if (depth > DEPTH) return undefined;
  if (matches(reader, ANCHOR_ALONE)) return undefined;
  if (matches(reader, KEY)) return blockMap(reader, reader.at - reader.lineStart, depth);
  return char === "&" ? anchoredValue(reader, indent, depth) : lineValue(reader, depth);
};

function blockList(reader: Reader, indent: number, depth: number): Tree | undefined {
  const span = here(reader);
  const items: Tree[] = [];
  for (;;) {
    const item = listItem(reader, indent, depth + 1);
    if (item === undefined) return undefined;
    items.push(item);
    const next = nextIndent(reader);
    if (next > indent) return undefined;
    if (next < indent || !isItem(reader)) return { _tag: "List", items, span };
  }
}

function block(reader: Reader, indent: number, depth: number): Tree | undefined {
  return isItem(reader) ? blockList(reader, indent, depth) : blockMap(reader, indent, depth);
}

const hasLongLine = (text: string): boolean => {
  let start = 0;
  while (text.length - start > LINE_LENGTH) {
    const end = text.lastIndexOf("\n", start + LINE_LENGTH);
    if (end < start) return true;
    start = end + 1;
  }
  return false;
};

/** The only document of `text`, which is a mapping; undefined when the full reader must read it. */
export const readPlainYaml = (text: string, file: string): Tree | undefined => {
  const started = text.startsWith("---\n");
  const reader: Reader = {
    text,
    file,
    at: started ? 4 : 0,
    lineStart: started ? 4 : 0,
    line: started ? 2 : 1,
    anchors: new Map(),
    size: 1,
    deepest: 1,
  };
  if (UNUSUAL.test(started ? text.slice(4) : text) || hasLongLine(text)) return undefined;
  if (nextIndent(reader) !== 0 || isItem(reader)) return undefined;
  const tree = blockMap(reader, 0, 1);
  return tree !== undefined && reader.at >= text.length ? tree : undefined;
};
