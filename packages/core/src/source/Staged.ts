// The result of one stage of loading over a tree.
import type { Diagnostic } from "./Diagnostic.ts";
import type { Tree } from "./Tree.ts";

/** The tree after the stage (best effort when there are errors) and the problems the stage found. */
export interface Staged {
  readonly tree: Tree;
  readonly diagnostics: ReadonlyArray<Diagnostic>;
}
