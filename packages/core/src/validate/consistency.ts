// Rules across services and resources of the whole project (P7). Only enabled services are checked.
import type { Project } from "../model/Project.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import type { Tree } from "../source/Tree.ts";

/** Every inconsistency, errors with the span of the value in `tree` that is to blame. */
export const checkConsistency = (_project: Project, _tree: Tree): ReadonlyArray<Diagnostic> => [];
