// The state that the stages of one load call share.
import type { ParsedYaml } from "../parse/yaml.ts";
import type { ResetPath } from "../parse/yamlNode.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import type { Environment } from "../source/Environment.ts";
import type { Place } from "../source/problem.ts";
import type { MapTree, Tree } from "../source/Tree.ts";
import type { Files } from "./files.ts";
import type { Fetched, LoadRequest } from "./Load.ts";

/** The services of one file that can be extended. `resolved` fills up as services are looked at. */
export interface ExtendsFile {
  readonly path: string;
  readonly services: MapTree;
  readonly resets: ReadonlyArray<ResetPath>;
  readonly resolved: Map<string, Tree | undefined>;
}

/** Mutable while one call of `load` runs. */
export interface Loading {
  readonly request: LoadRequest;
  readonly fetched: Fetched;
  readonly files: Files;
  readonly stages: Stages;
  readonly home: string | undefined;
  readonly diagnostics: Diagnostic[];
  /** Files parsed in this call, by absolute path; diagnostics of a file are reported once. */
  readonly parsed: Map<string, ParsedYaml | undefined>;
  /** The texts that snippets are cut from. Never the text of an env file: they hold secrets. */
  readonly texts: Map<string, string>;
  /** Other files that `extends` named, ready to be extended from. */
  readonly extended: Map<string, ExtendsFile | undefined>;
  /** Included models by what decides how they come out, so that a file included on many ways is loaded once. */
  readonly included: Map<Environment, Map<string, Accumulated>>;
  /** Every document before interpolation, to list the variables it mentions. */
  readonly raw: Tree[];
  readonly obsoleteVersion: Set<string>;
}

/** One compose file. "-" is standard input. */
export interface ComposeFile {
  readonly path: string;
}

/**
 * What decides how the files of one model are read: the main model, or an included one.
 * `folder` is absolute and is where relative file names start; `workingDir` is what relative paths in the model are
 * joined to, and is itself relative for an included model (the including model completes it).
 */
export interface Scope {
  readonly environment: Environment;
  readonly folder: string;
  readonly workingDir: string;
  readonly resolvePaths: boolean;
}

export const report = (loading: Loading, found: Diagnostic | ReadonlyArray<Diagnostic>): void => {
  if (!Array.isArray(found)) loading.diagnostics.push(found as Diagnostic);
  else for (const diagnostic of found as ReadonlyArray<Diagnostic>) loading.diagnostics.push(diagnostic);
};

/** `Extends` reads a file only to extend from it: nothing is included, nothing is held against the schema. */
export type Purpose = "Model" | "Extends";

/** What was loaded so far. `sound` turns false at the first error; later stages then have nothing to stand on. */
export interface Accumulated {
  readonly tree: MapTree;
  readonly sound: boolean;
}

/** A file on top of what was loaded. `resets` are those of its last document. */
export interface AddedFile extends Accumulated {
  readonly resets: ReadonlyArray<ResetPath>;
}

/** The stages that call each other in a circle: a document includes a model, which is made of documents. */
export interface Stages {
  /** `including` are the files that are being read right now, outermost first; `at` is where the file was named. */
  readonly addFile: (
    loading: Loading,
    scope: Scope,
    file: ComposeFile,
    before: Accumulated,
    purpose: Purpose,
    including: ReadonlyArray<string>,
    at?: Place,
  ) => AddedFile;
  readonly loadModel: (
    loading: Loading,
    scope: Scope,
    files: ReadonlyArray<ComposeFile & { readonly place?: Place }>,
    including: ReadonlyArray<string>,
  ) => Accumulated;
}

export const hasErrors = (diagnostics: ReadonlyArray<Diagnostic>): boolean =>
  diagnostics.some((diagnostic) => diagnostic.severity === "error");
