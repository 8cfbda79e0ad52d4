// The contract of loading: a pure, total function from what is known so far to a project, to the list of files that
// are still missing, or to problems. The shell fetches what is missing and calls again.
import type { Project } from "../model/Project.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import type { Environment } from "../source/Environment.ts";
import type { Tree } from "../source/Tree.ts";

/** What the shell found at an absolute path. `Text.content` is the raw bytes decoded as UTF-8 (`invalidUtf8` tells of bad bytes). */
export type FileContent =
  | { readonly _tag: "Text"; readonly content: string; readonly invalidUtf8?: boolean }
  | { readonly _tag: "Missing" }
  | { readonly _tag: "Directory" }
  | { readonly _tag: "Unreadable"; readonly message: string };

/** Command line and environment, as far as they decide what is loaded. All paths may be relative to `cwd`. */
export interface LoadRequest {
  readonly cwd: string;
  /** The process environment. */
  readonly env: Readonly<Record<string, string>>;
  /** `-f`; empty means COMPOSE_FILE or discovery. "-" is standard input. */
  readonly files: ReadonlyArray<string>;
  readonly projectName?: string;
  /** `--profile`; empty means COMPOSE_PROFILES. */
  readonly profiles: ReadonlyArray<string>;
  /** `--env-file`; empty means COMPOSE_ENV_FILES or `.env`. */
  readonly envFiles: ReadonlyArray<string>;
  readonly projectDirectory?: string;
  readonly compatibility?: boolean;
  /** Services named on the command line: their profiles are activated, and the project is cut to them and their dependencies. */
  readonly services: ReadonlyArray<string>;
  /** Keep dependencies of the named services (true for `up`, false with `--no-deps`). */
  readonly withDependencies?: boolean;
  /** Keep networks, volumes, secrets and configs that no selected service uses. */
  readonly allResources?: boolean;
  /** The switches of `config`; all default to false. */
  readonly noInterpolate?: boolean;
  readonly noNormalize?: boolean;
  readonly noPathResolution?: boolean;
  readonly noConsistency?: boolean;
  readonly noEnvResolution?: boolean;
  /** Env files of services that are cut away need not exist (`up web`, but not `config web`). */
  readonly envOfSelected?: boolean;
  /** The text of standard input, when `files` contains "-". */
  readonly stdin?: string;
}

export type Fetched = ReadonlyMap<string, FileContent>;

/** Loading worked. `tree` is the merged canonical model with the span of every value; `variables` are those the files mention. */
export interface Loaded {
  readonly _tag: "Loaded";
  readonly project: Project;
  readonly tree: Tree;
  readonly variables: ReadonlyArray<VariableUse>;
  readonly warnings: ReadonlyArray<Diagnostic>;
  readonly sources: Sources;
}

/** What it takes to tell where values come from. Env files are among the texts: whatever is shown of them must be masked. */
export interface Sources {
  readonly environment: Environment;
  readonly texts: ReadonlyMap<string, string>;
}

export interface VariableUse {
  readonly name: string;
  readonly required: boolean;
  readonly defaultValue: string;
  readonly alternateValue: string;
}

/** Absolute paths that must be read (all of them, at once) before loading can go on. */
export interface NeedFiles {
  readonly _tag: "NeedFiles";
  readonly paths: ReadonlyArray<string>;
}

/** Every problem found, errors first; nothing was loaded. */
export interface Invalid {
  readonly _tag: "Invalid";
  readonly diagnostics: ReadonlyArray<Diagnostic>;
}

export type LoadResult = Loaded | NeedFiles | Invalid;

export type Load = (request: LoadRequest, fetched: Fetched) => LoadResult;
