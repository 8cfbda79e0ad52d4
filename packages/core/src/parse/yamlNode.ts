// Turns the nodes of one YAML document into a Tree: anchors, aliases, merge keys, `!reset` and `!override`.
// Rules: go-yaml v3 decoding and docker compose's reset pass. Aliased values share one Tree, so they cost nothing.
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, parseDocument, type YAMLMap, type YAMLSeq } from "yaml";
import type { Diagnostic } from "../source/Diagnostic.ts";
import type { Span } from "../source/Span.ts";
import type { Entry, ScalarTree, Tree } from "../source/Tree.ts";
import { type ResolvedScalar, resolveScalar, shortTag } from "./yamlScalar.ts";

/** The keys from the root to a value that `!reset` or `!override` marks; list positions appear as "0", "1", ... */
export type ResetPath = ReadonlyArray<string>;

/** No compose file nests this deep; a bound keeps every later stage's recursion safe. */
export const MAX_DEPTH = 200;
/** Values of one document after aliases are expanded, as docker compose would hold them in memory. */
export const MAX_VALUES = 2_000_000;

/** One converted node. `resets` are relative to it; `size` and `height` count expanded aliases. */
interface Converted {
  /** Undefined: the value is tagged `!reset` and disappears. */
  readonly tree: Tree | undefined;
  readonly resets: ReadonlyArray<ResetPath>;
  readonly size: number;
  readonly height: number;
}

export interface ConvertedDocument {
  readonly tree: Tree;
  readonly resets: ReadonlyArray<ResetPath>;
  readonly diagnostics: ReadonlyArray<Diagnostic>;
}

/** Mutable while one document is converted. */
interface Conversion {
  readonly text: string;
  readonly spanAt: (offset: number) => Span;
  readonly anchors: Map<string, Node>;
  readonly done: Map<Node, Converted>;
  readonly active: Set<Node>;
  readonly diagnostics: Diagnostic[];
  overflow: boolean;
}

const RESET = "!reset";
const OVERRIDE = "!override";
const MERGE_KEY = "<<";

const problem = (conversion: Conversion, code: string, message: string, span: Span, hint?: string): void => {
  conversion.diagnostics.push({ severity: "error", code, message, span, ...(hint === undefined ? {} : { hint }) });
};

// go-yaml's scanner takes nothing else in the name of an anchor.
const ANCHOR_NAME = /^[A-Za-z0-9_-]+$/;

const defineAnchor = (conversion: Conversion, name: string, node: Node): void => {
  if (!ANCHOR_NAME.test(name)) {
    problem(
      conversion,
      "yaml-syntax",
      `the anchor name "${name}" has characters that are not allowed`,
      spanOf(conversion, node),
      "Use letters, digits, - and _.",
    );
  }
  conversion.anchors.set(name, node);
};

const tagOf = (node: Node): string | undefined => {
  const tag = (node as { readonly tag?: string }).tag;
  return tag === undefined ? undefined : shortTag(tag);
};

const spanOf = (conversion: Conversion, node: Node): Span => conversion.spanAt(node.range?.[0] ?? 0);

const leaf = (tree: Tree | undefined, resets: ReadonlyArray<ResetPath> = []): Converted => ({
  tree,
  resets,
  size: 1,
  height: 1,
});

const nothing = (span: Span): Converted => leaf({ _tag: "Scalar", value: null, span });

const ESCAPE_PAIR = /\\([^])/g;

/** go-yaml knows the escape \\' and does not know \\/, where the library follows YAML 1.2. */
const doubleQuoted = (raw: string, known: string): ResolvedScalar | string => {
  if (!raw.includes("\\'") && !raw.includes("\\/")) return known;
  for (const [, escaped] of raw.matchAll(ESCAPE_PAIR)) {
    if (escaped === "/") return { _tag: "Mismatch", message: "unknown escape sequence \\/ in double quotes" };
  }
  const rewritten = raw.replace(ESCAPE_PAIR, (pair, escaped: string) => (escaped === "'" ? "'" : pair));
  const { contents } = parseDocument(rewritten, { schema: "failsafe", logLevel: "silent" });
  return isScalar(contents) ? String(contents.value) : known;
};

const scalarValue = (conversion: Conversion, node: Node): ResolvedScalar => {
  const { source, type, value } = node as { source?: string; type?: string; value?: unknown };
  const known = source ?? String(value ?? "");
  if (type === undefined || type === "PLAIN") return resolveScalar(tagOf(node), known, false);
  if (type !== "QUOTE_DOUBLE") return resolveScalar(tagOf(node), known, true);
  const text = doubleQuoted(conversion.text.slice(node.range?.[0], node.range?.[1]), known);
  return typeof text === "string" ? resolveScalar(tagOf(node), text, true) : text;
};

const convertScalar = (conversion: Conversion, node: Node): Converted => {
  const span = spanOf(conversion, node);
  const resolved = scalarValue(conversion, node);
  if (resolved._tag === "Mismatch") {
    problem(conversion, "yaml-scalar", resolved.message, span, "Change the value, or its tag.");
    return nothing(span);
  }
  const tree: ScalarTree = {
    _tag: "Scalar",
    value: resolved.value,
    span,
    ...(resolved.float ? { float: true } : {}),
    ...(resolved.timestamp ? { timestamp: true } : {}),
  };
  return leaf(tree);
};

const convertAlias = (conversion: Conversion, node: Node, depth: number): Converted => {
  const span = spanOf(conversion, node);
  const name = (node as { readonly source?: string }).source ?? "";
  const target = conversion.anchors.get(name);
  if (target === undefined) {
    const known = [...conversion.anchors.keys()].map((anchor) => `&${anchor}`).join(", ");
    const hint = known === "" ? `Define it above with &${name}.` : `Anchors defined above: ${known}.`;
    problem(conversion, "unknown-anchor", `the alias *${name} refers to an anchor that is not defined`, span, hint);
    return nothing(span);
  }
  if (conversion.active.has(target)) {
    const at = spanOf(conversion, target).line;
    problem(conversion, "alias-cycle", `the alias *${name} is inside the value it stands for (line ${at})`, span);
    return nothing(span);
  }
  return convertNode(conversion, target, depth);
};

const under = (key: string, resets: ReadonlyArray<ResetPath>): ReadonlyArray<ResetPath> =>
  resets.length === 0 ? resets : resets.map((path) => [key, ...path]);

const convertList = (conversion: Conversion, node: YAMLSeq, depth: number, path: string): Converted => {
  const items: Tree[] = [];
  const resets: ResetPath[] = [];
  let size = 1;
  let height = 0;
  for (const [index, item] of node.items.entries()) {
    const converted = convertNode(conversion, item as Node, depth + 1, `${path}[${index}]`);
    if (converted.tree !== undefined) items.push(converted.tree);
    resets.push(...under(String(index), converted.resets));
    size += converted.size;
    height = Math.max(height, converted.height);
  }
  return { tree: { _tag: "List", items, span: spanOf(conversion, node) }, resets, size, height: height + 1 };
};

const goValue = (tree: Tree): string => {
  if (tree._tag !== "Scalar") return tree._tag === "List" ? "[...]" : "{...}";
  return tree.value === null ? "null" : String(tree.value);
};

/** The key as text; undefined (and a problem) when it is no string. */
const convertKey = (conversion: Conversion, key: Node, path: string): string | undefined => {
  const node = isAlias(key) ? (conversion.anchors.get(key.source) ?? key) : key;
  if (!isAlias(key) && isScalar(node) && node.anchor !== undefined) defineAnchor(conversion, node.anchor, node);
  if (isScalar(node)) {
    const resolved = scalarValue(conversion, node);
    if (resolved._tag === "Value" && typeof resolved.value === "string" && !resolved.timestamp) return resolved.value;
  }
  const converted = convertNode(conversion, isAlias(key) && conversion.active.has(node) ? key : node, 1).tree;
  const shown = converted === undefined ? "!reset" : goValue(converted);
  const where = path === "" ? "at top level" : `in ${path}`;
  problem(
    conversion,
    "non-string-key",
    `non-string key ${where}: ${shown}`,
    spanOf(conversion, key),
    isScalar(node) ? `Keys are strings here: write "${shown}" in quotes.` : "A list or mapping cannot be a key.",
  );
  return undefined;
};

const isMergeKey = (key: Node): boolean => {
  if (!isScalar(key) || key.source !== MERGE_KEY) return false;
  const tag = tagOf(key);
  return tag === "!!merge" || ((tag === undefined || tag === "!") && (key.type ?? "PLAIN") === "PLAIN");
};

const textOfKey = (key: Node): string =>
  isScalar(key) ? (key.source ?? String(key.value ?? "")) : isAlias(key) ? key.source : "";

/** The mappings that a merge key brings in, first wins; reports anything that is no mapping. */
const mergedMaps = (conversion: Conversion, value: Converted): ReadonlyArray<Tree & { _tag: "Map" }> => {
  const tree = value.tree;
  if (tree === undefined) return [];
  const sources = tree._tag === "List" ? tree.items : [tree];
  const maps: Array<Tree & { _tag: "Map" }> = [];
  for (const source of sources) {
    if (source._tag === "Map") maps.push(source);
    else problem(conversion, "merge-key", "a merge key (<<) needs a mapping or a list of mappings", source.span);
  }
  return maps;
};

const reportDuplicate = (conversion: Conversion, key: string, at: Span, first: Span): void => {
  problem(
    conversion,
    "duplicate-key",
    `mapping key "${key}" already defined at line ${first.line}`,
    at,
    `Keep one of the two (lines ${first.line} and ${at.line}).`,
  );
};

const convertMap = (conversion: Conversion, node: YAMLMap, depth: number, path: string): Converted => {
  const entries = new Map<string, Entry>();
  const merged: Converted[] = [];
  const resets: ResetPath[] = [];
  const seen = new Map<string, Span>();
  let size = 1;
  let height = 0;
  for (const pair of node.items as ReadonlyArray<Pair<Node, Node | null>>) {
    const keySpan = spanOf(conversion, pair.key);
    const text = textOfKey(pair.key);
    const first = seen.get(text);
    if (first !== undefined) reportDuplicate(conversion, text, keySpan, first);
    seen.set(text, keySpan);
    const merge = isMergeKey(pair.key);
    const key = merge ? MERGE_KEY : convertKey(conversion, pair.key, path);
    const next = key === undefined || merge ? path : path === "" ? key : `${path}.${key}`;
    const known = conversion.diagnostics.length;
    const value = pair.value === null ? nothing(keySpan) : convertNode(conversion, pair.value, depth + 1, next);
    size += value.size + 1;
    height = Math.max(height, value.height);
    if (key === undefined || first !== undefined) continue;
    // The path of what a merge key brings in does not mention the merge key.
    resets.push(...(merge ? value.resets : under(key, value.resets)));
    if (merge && conversion.diagnostics.length > known) continue;
    if (merge) merged.push(value);
    else if (value.tree !== undefined) entries.set(key, { span: keySpan, value: value.tree });
  }
  const explicit = new Set(seen.keys());
  for (const source of merged.flatMap((value) => mergedMaps(conversion, value))) {
    for (const [key, entry] of source.entries) {
      if (!explicit.has(key) && !entries.has(key)) entries.set(key, entry);
    }
  }
  return { tree: { _tag: "Map", entries, span: spanOf(conversion, node) }, resets, size, height: height + 1 };
};

const convertCollection = (conversion: Conversion, node: Node, depth: number, path: string): Converted => {
  if (isMap(node)) return convertMap(conversion, node, depth, path);
  if (isSeq(node)) return convertList(conversion, node, depth, path);
  if (isScalar(node)) return convertScalar(conversion, node);
  return nothing(spanOf(conversion, node));
};

const reportOverflow = (conversion: Conversion, node: Node, message: string, hint: string): Converted => {
  const span = spanOf(conversion, node);
  if (!conversion.overflow) problem(conversion, "yaml-too-large", message, span, hint);
  conversion.overflow = true;
  return nothing(span);
};

function convertNode(conversion: Conversion, node: Node, depth: number, path = ""): Converted {
  if (isAlias(node)) return convertAlias(conversion, node, depth);
  const anchor = (node as { readonly anchor?: string }).anchor;
  if (anchor !== undefined && !conversion.done.has(node)) defineAnchor(conversion, anchor, node);
  const tag = tagOf(node);
  let converted = anchor === undefined ? undefined : conversion.done.get(node);
  if (converted === undefined) {
    if (depth > MAX_DEPTH) {
      return reportOverflow(conversion, node, `the file nests deeper than ${MAX_DEPTH} levels`, "Flatten the file.");
    }
    conversion.active.add(node);
    converted = convertCollection(conversion, node, depth, path);
    conversion.active.delete(node);
    if (tag === RESET) converted = { ...leaf(undefined), resets: [[]] };
    if (tag === OVERRIDE) converted = { ...converted, resets: [...converted.resets, []] };
    if (anchor !== undefined) conversion.done.set(node, converted);
  }
  if (depth + converted.height > MAX_DEPTH + 1) {
    return reportOverflow(conversion, node, `the file nests deeper than ${MAX_DEPTH} levels`, "Flatten the file.");
  }
  if (converted.size > MAX_VALUES) {
    const message = `the aliases of this file expand to more than ${MAX_VALUES} values`;
    return reportOverflow(conversion, node, message, "An alias that contains aliases multiplies; repeat less.");
  }
  return converted;
}

/** `contents` is the root node of one document of `text`, or null for an empty one. */
export const convertDocument = (
  contents: Node | null,
  text: string,
  spanAt: (offset: number) => Span,
): ConvertedDocument => {
  const conversion: Conversion = {
    text,
    spanAt,
    anchors: new Map(),
    done: new Map(),
    active: new Set(),
    diagnostics: [],
    overflow: false,
  };
  const root = contents === null ? nothing(spanAt(0)) : convertNode(conversion, contents, 1);
  const tree = root.tree ?? ({ _tag: "Scalar", value: null, span: spanAt(0) } as const);
  return { tree, resets: root.resets, diagnostics: conversion.diagnostics };
};
