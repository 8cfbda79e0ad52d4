// A YAML value with the place that every part of it came from, and the few operations every stage needs on it.
import type { Origin } from "./Origin.ts";
import type { Span } from "./Span.ts";

export type Scalar = string | number | bigint | boolean | null;

/** Maps keep file order and use `Map`, so that `__proto__` is just a key. */
export type Tree = ScalarTree | ListTree | MapTree;

export interface ScalarTree {
  readonly _tag: "Scalar";
  readonly value: Scalar;
  readonly span: Span;
  /** The file wrote a float although its value is whole (2.0, 1e6): it prints and decodes as a float. */
  readonly float?: true;
  /** The file wrote a date without quotes, which is no string in YAML; `value` is its text. */
  readonly timestamp?: true;
  readonly origin?: Origin;
}
export interface ListTree {
  readonly _tag: "List";
  readonly items: ReadonlyArray<Tree>;
  readonly span: Span;
  readonly origin?: Origin;
}
export interface MapTree {
  readonly _tag: "Map";
  readonly entries: ReadonlyMap<string, Entry>;
  readonly span: Span;
  readonly origin?: Origin;
}

/** `span` is the key's place, `value.span` the value's. */
export interface Entry {
  readonly span: Span;
  readonly value: Tree;
}

/** The steps from the root to a value: keys and list positions. */
export type TreePath = ReadonlyArray<string | number>;

/** What a tree is once the places are taken away. */
export type Plain = Scalar | ReadonlyArray<Plain> | { readonly [key: string]: Plain };

export const scalar = (value: Scalar, span: Span): ScalarTree => ({ _tag: "Scalar", value, span });
/** A value that no file holds: `span` is what it was added to, or because of. */
export const supplied = (value: Scalar, span: Span, added = "default"): ScalarTree => ({
  ...scalar(value, span),
  origin: { added },
});

/** Another value made from `from`, with its history. */
export const derived = (from: Tree, value: Scalar): ScalarTree => ({
  ...scalar(value, from.span),
  ...(from.origin === undefined ? {} : { origin: from.origin }),
});

export const list = (items: ReadonlyArray<Tree>, span: Span): ListTree => ({ _tag: "List", items, span });
export const map = (entries: Iterable<readonly [string, Entry]>, span: Span): MapTree => ({
  _tag: "Map",
  entries: new Map(entries),
  span,
});

export const isNull = (tree: Tree): boolean => tree._tag === "Scalar" && tree.value === null;

/** The value under a key; undefined when `tree` is no map or lacks the key. */
export const get = (tree: Tree | undefined, key: string): Tree | undefined =>
  tree?._tag === "Map" ? tree.entries.get(key)?.value : undefined;

export const getIn = (tree: Tree | undefined, path: TreePath): Tree | undefined => {
  let at: Tree | undefined = tree;
  for (const step of path) {
    if (at === undefined) return undefined;
    at = typeof step === "number" ? (at._tag === "List" ? at.items[step] : undefined) : get(at, step);
  }
  return at;
};

/** A map with `key` set; an existing key keeps its position and its own span. */
export const set = (tree: MapTree, key: string, value: Tree): MapTree => {
  const entries = new Map(tree.entries);
  entries.set(key, { span: tree.entries.get(key)?.span ?? value.span, value });
  return { ...tree, entries };
};

export const remove = (tree: MapTree, key: string): MapTree => {
  if (!tree.entries.has(key)) return tree;
  const entries = new Map(tree.entries);
  entries.delete(key);
  return { ...tree, entries };
};

/** A map whose values went through `change`; `undefined` drops the entry. The same map comes back when nothing changed. */
export const mapEntries = (tree: MapTree, change: (value: Tree, key: string) => Tree | undefined): MapTree => {
  // Most maps stay as they are: nothing is copied before the first change.
  let entries: Map<string, Entry> | undefined;
  for (const [key, entry] of tree.entries) {
    const value = change(entry.value, key);
    if (value === entry.value) continue;
    entries ??= new Map(tree.entries);
    if (value === undefined) entries.delete(key);
    else entries.set(key, { span: entry.span, value });
  }
  return entries === undefined ? tree : { ...tree, entries };
};

/** A list whose items went through `change`. The same list comes back when nothing changed. */
export const mapItems = (tree: ListTree, change: (item: Tree, index: number) => Tree): ListTree => {
  let items: Array<Tree> | undefined;
  for (let index = 0; index < tree.items.length; index++) {
    const item = tree.items[index] as Tree;
    const changed = change(item, index);
    if (changed === item) continue;
    items ??= [...tree.items];
    items[index] = changed;
  }
  return items === undefined ? tree : { ...tree, items };
};

export const toPlain = (tree: Tree): Plain => {
  switch (tree._tag) {
    case "Scalar":
      return tree.value;
    case "List":
      return tree.items.map(toPlain);
    case "Map": {
      const plain = Object.create(null) as { [key: string]: Plain };
      for (const [key, entry] of tree.entries) plain[key] = toPlain(entry.value);
      return plain;
    }
  }
};

/** A tree for a value that no file holds; every part gets the same span. */
export const fromPlain = (plain: Plain, span: Span): Tree => {
  if (plain === null || typeof plain !== "object") return scalar(plain, span);
  if (Array.isArray(plain))
    return list(
      (plain as ReadonlyArray<Plain>).map((item) => fromPlain(item, span)),
      span,
    );
  return map(
    Object.entries(plain as { readonly [key: string]: Plain }).map(([key, value]) => [
      key,
      { span, value: fromPlain(value, span) },
    ]),
    span,
  );
};

/** Structural equality without spans; the order of keys does not count. */
export const sameTree = (a: Tree, b: Tree): boolean => {
  if (a === b) return true;
  if (a._tag === "Scalar" && b._tag === "Scalar") return a.value === b.value;
  if (a._tag === "List" && b._tag === "List") {
    return a.items.length === b.items.length && a.items.every((item, index) => sameTree(item, b.items[index] as Tree));
  }
  if (a._tag !== "Map" || b._tag !== "Map" || a.entries.size !== b.entries.size) return false;
  for (const [key, entry] of a.entries) {
    const other = b.entries.get(key);
    if (other === undefined || !sameTree(entry.value, other.value)) return false;
  }
  return true;
};
