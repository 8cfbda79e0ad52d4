// A YAML value with the place that every part of it came from.
import type { Span } from "./Span.ts";

export type Scalar = string | number | bigint | boolean | null;

/** Maps keep file order and use `Map`, so that `__proto__` is just a key. */
export type Tree =
  | { readonly _tag: "Scalar"; readonly value: Scalar; readonly span: Span }
  | { readonly _tag: "List"; readonly items: ReadonlyArray<Tree>; readonly span: Span }
  | { readonly _tag: "Map"; readonly entries: ReadonlyMap<string, Entry>; readonly span: Span };

/** `span` is the key's place, `value.span` the value's. */
export interface Entry {
  readonly span: Span;
  readonly value: Tree;
}
