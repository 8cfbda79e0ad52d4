// Makes implicit things explicit: default network, implied dependencies, resource names (P2).
import type { Staged } from "../source/Staged.ts";
import type { Tree } from "../source/Tree.ts";

export interface NormaliseOptions {
  readonly projectName: string;
  readonly environment: Readonly<Record<string, string>>;
}

export const normalise = (tree: Tree, _options: NormaliseOptions): Staged => ({ tree, diagnostics: [] });
