// Rules between attributes of one resource that the schema cannot say (L14).
import type { Diagnostic } from "../source/Diagnostic.ts";
import type { Tree } from "../source/Tree.ts";

export const validateModel = (_tree: Tree): ReadonlyArray<Diagnostic> => [];
