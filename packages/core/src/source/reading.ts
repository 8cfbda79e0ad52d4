// A value being read: where it is, and where its problems go.
import type { Diagnostic } from "./Diagnostic.ts";
import { fault, nameOf, warning } from "./problem.ts";
import type { Tree, TreePath } from "./Tree.ts";

/** Collects what is wrong while a tree is read. */
export interface Problems {
  readonly add: (diagnostic: Diagnostic) => void;
  /** How many ports the ranges of the model may still stand for; shared by the whole run. */
  readonly ports?: { left: number };
}

/** One value to read: where it is and where its problems go. */
export interface Reading {
  readonly tree: Tree;
  readonly path: TreePath;
  readonly problems: Problems;
}

export const within = (reading: Reading, step: string | number, tree: Tree): Reading => ({
  tree,
  path: [...reading.path, step],
  problems: reading.problems,
});

/** The key of the value, as a sentence names it. */
export const named = (reading: Reading): string => nameOf(reading.path);

export const refuse = (reading: Reading, message: string, hint?: string): undefined => {
  reading.problems.add(fault("invalid-value", message, { path: reading.path, span: reading.tree.span }, hint));
  return undefined;
};

export const warn = (reading: Reading, code: string, message: string, hint?: string): void =>
  reading.problems.add(warning(code, message, { path: reading.path, span: reading.tree.span }, hint));

/** A key that docker compose takes for an extension although the map's keys are the user's own. */
export const warnExtensionKey = (reading: Reading, key: string): void => {
  if (!key.startsWith("x-")) return;
  warn(
    reading,
    "extension-key",
    `"${key}" is an entry of ${named(reading)} like any other; docker compose replaces it with one named "#extensions"`,
  );
};
