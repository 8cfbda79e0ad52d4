// Takes values from the environment into the model: environment lists, configs and secrets (L16).
import type { Tree } from "../source/Tree.ts";

export const resolveEnvironment = (tree: Tree, _environment: Readonly<Record<string, string>>): Tree => tree;
