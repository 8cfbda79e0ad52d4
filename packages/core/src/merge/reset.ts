// Takes the values that `!reset` and `!override` name out of what was loaded before (L5).
import type { ResetPath } from "../parse/yamlNode.ts";
import { type Entry, type MapTree, type Tree } from "../source/Tree.ts";

const without = (tree: Tree, path: ResetPath, from: number): Tree => {
  const key = path[from];
  // Items of lists cannot be reset: their positions mean nothing in another file.
  if (tree._tag !== "Map" || key === undefined) return tree;
  const entry = tree.entries.get(key);
  if (entry === undefined) return tree;
  const value = from === path.length - 1 ? undefined : without(entry.value, path, from + 1);
  if (value === entry.value) return tree;
  const entries = new Map<string, Entry>(tree.entries);
  if (value === undefined) entries.delete(key);
  else entries.set(key, { span: entry.span, value });
  return { ...tree, entries };
};

export const applyResets = (tree: MapTree, resets: ReadonlyArray<ResetPath>): MapTree =>
  resets.reduce<Tree>((current, path) => (path.length === 0 ? current : without(current, path, 0)), tree) as MapTree;

/** The resets of a document, for one of its services before it is merged into the service that extends it. */
export const resetService = (service: MapTree, name: string, resets: ReadonlyArray<ResetPath>): MapTree =>
  applyResets(
    service,
    resets.filter((path) => path.length > 2 && path[0] === "services" && path[1] === name).map((path) => path.slice(2)),
  );
