// Fills in the default values of the merged model (L13).
import type { Tree } from "../source/Tree.ts";

export const applyDefaults = (tree: Tree): Tree => tree;
