// Makes the relative paths of the model absolute (L15).
import type { Staged } from "../source/Staged.ts";
import type { Tree } from "../source/Tree.ts";

export interface PathOptions {
  readonly workingDir: string;
  /** $HOME; undefined keeps `~` and warns. */
  readonly home: string | undefined;
  /** For `extends` from another file: paths come out relative to this folder instead of absolute. */
  readonly relativeTo?: string;
}

export const resolvePaths = (tree: Tree, _options: PathOptions): Staged => ({ tree, diagnostics: [] });

/** The paths of one service of another file, for `extends`. */
export const resolveServicePaths = (service: Tree, _name: string, _options: PathOptions): Staged => ({
  tree: service,
  diagnostics: [],
});
