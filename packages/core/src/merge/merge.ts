// Puts one document on top of what was loaded so far (L7), and an extending service on top of its base.
import type { Diagnostic } from "../source/Diagnostic.ts";
import { fault, warning } from "../source/problem.ts";
import { type PathRules, underKey } from "../source/paths.ts";
import type { Staged } from "../source/Staged.ts";
import { type Entry, isNull, list, type MapTree, type Tree } from "../source/Tree.ts";
import { mergeRules, type MergeRule, replacing } from "./rules.ts";

type Rules = PathRules<MergeRule> | undefined;

/** Mutable while two trees are merged; `path` follows the walk. */
interface Walk {
  readonly path: string[];
  readonly diagnostics: Diagnostic[];
}

const kindOf = (tree: Tree): string => {
  switch (tree._tag) {
    case "Scalar":
      return tree.value === null ? "nothing" : `a ${typeof tree.value === "bigint" ? "number" : typeof tree.value}`;
    case "List":
      return "a list";
    case "Map":
      return "a mapping";
  }
};

const refuse = (walk: Walk, base: Tree, over: Tree, expected: string): Tree => {
  const where = walk.path.join(".");
  const message = `cannot override ${where}: ${kindOf(over)} on top of ${kindOf(base)}`;
  const hint = `Expected ${expected}, as at ${base.span.file}:${base.span.line}.`;
  walk.diagnostics.push(fault("merge", message, { path: [...walk.path], span: over.span }, hint));
  return base;
};

const mergeMaps = (walk: Walk, base: MapTree, over: MapTree, rules: Rules): MapTree => {
  const entries = new Map(base.entries);
  for (const [key, entry] of over.entries) {
    const known = base.entries.get(key);
    if (known === undefined) {
      entries.set(key, entry);
      continue;
    }
    walk.path.push(key);
    const value = mergeValue(walk, known.value, entry.value, underKey(rules, key));
    walk.path.pop();
    if (value !== known.value) {
      const merged: Entry = { span: isNull(entry.value) && !isNull(value) ? known.span : entry.span, value };
      entries.set(key, merged);
    }
  }
  return { ...base, entries };
};

function mergeValue(walk: Walk, base: Tree, over: Tree, rules: Rules): Tree {
  if (rules?.rule !== undefined) {
    return rules.rule(base, over, {
      mergeMaps: (left, right) => mergeMaps(walk, left, right, rules),
      refuse: (left, right, expected) => refuse(walk, left, right, expected),
      warn: (code, message, at) => {
        const hint = "docker compose 2.40.3 silently drops it; repeat it in the file on top to be safe with both.";
        walk.diagnostics.push(warning(code, message, { path: [...walk.path], span: at.span }, hint));
      },
    });
  }
  if (isNull(over)) return base;
  switch (base._tag) {
    case "Map":
      return over._tag === "Map" ? mergeMaps(walk, base, over, rules) : refuse(walk, base, over, "a mapping");
    case "List":
      if (over._tag !== "List") return refuse(walk, base, over, "a list");
      return list([...base.items, ...over.items], over.span);
    case "Scalar":
      return isNull(base) ? over : replacing(over, base);
  }
}

/** `base` comes back unchanged where `over` does not fit. */
export const mergeModels = (base: MapTree, over: MapTree): Staged & { readonly tree: MapTree } => {
  const walk: Walk = { path: [], diagnostics: [] };
  return { tree: mergeMaps(walk, base, over, mergeRules), diagnostics: walk.diagnostics };
};

/** `over` is the extending service, `name` its name. */
export const mergeServices = (base: MapTree, over: MapTree, name: string): Staged & { readonly tree: MapTree } => {
  const walk: Walk = { path: ["services", name], diagnostics: [] };
  const rules = underKey(underKey(mergeRules, "services"), name);
  return { tree: mergeMaps(walk, base, over, rules), diagnostics: walk.diagnostics };
};
