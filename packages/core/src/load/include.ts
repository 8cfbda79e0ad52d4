// Loads the models that `include` names and brings their resources into the document (L6).
// Source: Compose Specification, 14-include.md, and compose-go loader/include.go.
import { folderOf, isAbsolute, relativePath } from "../normalise/goPath.ts";
import { mergeMissing } from "../source/Environment.ts";
import { goText } from "../source/goText.ts";
import { fault, type Place, warning } from "../source/problem.ts";
import { get, isNull, map, type MapTree, remove, sameTree, set, type Tree, type Entry } from "../source/Tree.ts";
import { readEnvFiles } from "./environment.ts";
import { absoluteFrom } from "./files.ts";
import { type Accumulated, type ComposeFile, hasErrors, type Loading, report, type Scope } from "./Loading.ts";
import { isRemote, refuseRemote } from "./remote.ts";

interface Named {
  readonly text: string;
  readonly place: Place;
}

/** One entry of `include`. */
interface Inclusion {
  readonly place: Place;
  readonly paths: ReadonlyArray<Named>;
  readonly projectDirectory: string;
  readonly envFiles: ReadonlyArray<Named>;
}

/** Nested further, an include is a mistake, and the call stack is not endless. */
const MAX_DEPTH = 100;

/** A text or a list of texts; undefined when it is neither. */
const readTexts = (tree: Tree | undefined, path: ReadonlyArray<string | number>): ReadonlyArray<Named> | undefined => {
  if (tree === undefined || isNull(tree)) return [];
  const items = tree._tag === "List" ? tree.items : [tree];
  const texts: Named[] = [];
  for (const item of items) {
    if (item._tag !== "Scalar" || typeof item.value !== "string") return undefined;
    texts.push({ text: item.value, place: { path, span: item.span } });
  }
  return texts;
};

const readInclusion = (loading: Loading, item: Tree, index: number): Inclusion | undefined => {
  const path = ["include", index];
  const place: Place = { path, span: item.span };
  const refuse = (message: string, at: Tree): undefined => {
    const hint = "Write a path, or a mapping with path, project_directory and env_file.";
    report(loading, fault("include", message, { path, span: at.span }, hint));
  };
  if (item._tag === "Scalar" && typeof item.value === "string") {
    return { place, paths: [{ text: item.value, place }], projectDirectory: "", envFiles: [] };
  }
  if (isNull(item)) return { place, paths: [], projectDirectory: "", envFiles: [] };
  if (item._tag !== "Map") return refuse("an entry of `include` must be a string or a mapping", item);
  const paths = readTexts(get(item, "path"), path);
  const envFiles = readTexts(get(item, "env_file"), path);
  const folder = get(item, "project_directory");
  if (paths === undefined) return refuse("`path` must be a string or a list of strings", get(item, "path") ?? item);
  if (envFiles === undefined) {
    return refuse("`env_file` must be a string or a list of strings", get(item, "env_file") ?? item);
  }
  if (folder !== undefined && folder._tag !== "Scalar") return refuse("`project_directory` must be a string", folder);
  return { place, paths, envFiles, projectDirectory: folder === undefined || isNull(folder) ? "" : goText(folder) };
};

interface Folders {
  /** Where relative file names of the included model start. */
  readonly folder: string;
  /** What its relative paths are joined to; relative to the including model's working directory. */
  readonly workingDir: string;
}

const foldersOf = (loading: Loading, scope: Scope, inclusion: Inclusion, mainPath: string): Folders => {
  const { projectDirectory } = inclusion;
  if (projectDirectory === "") {
    return { folder: folderOf(mainPath), workingDir: relativePath(scope.folder, folderOf(mainPath)) };
  }
  if (isAbsolute(projectDirectory)) return { folder: projectDirectory, workingDir: projectDirectory };
  const folder = absoluteFrom(scope.folder, projectDirectory);
  const content = loading.files.read(folder);
  // docker compose takes the parent of a project directory that does not exist.
  const seen = content === undefined || content._tag === "Directory" ? folder : folderOf(folder);
  return { folder, workingDir: relativePath(scope.folder, seen) };
};

/** The env files of an inclusion, absolute; undefined when one of them is missing, which is reported. */
const envFilesOf = (
  loading: Loading,
  scope: Scope,
  inclusion: Inclusion,
  folder: string,
): ReadonlyArray<string> | undefined => {
  if (inclusion.envFiles.length === 0) {
    const path = absoluteFrom(folder, ".env");
    const content = loading.files.read(path);
    return content?._tag === "Text" || content?._tag === "Unreadable" ? [path] : [];
  }
  let usable = true;
  const paths = inclusion.envFiles.map(({ text, place }) => {
    const path = absoluteFrom(scope.folder, text);
    const content = loading.files.read(path);
    if (content?._tag === "Missing") {
      report(loading, fault("env-file-missing", `stat ${path}: no such file or directory`, place));
      usable = false;
    } else if (content?._tag === "Directory") {
      report(loading, fault("env-file-unreadable", `${path} is not a file`, place));
      usable = false;
    }
    return path;
  });
  return usable ? paths : undefined;
};

const SECTIONS = ["services", "volumes", "networks", "secrets", "configs", "models"] as const;

const importSection = (loading: Loading, imported: MapTree, document: MapTree, section: string): MapTree => {
  const from = get(imported, section);
  if (from?._tag !== "Map") return document;
  const to = get(document, section) ?? map([], from.span);
  if (to._tag !== "Map") return document;
  const entries = new Map<string, Entry>(to.entries);
  for (const [name, entry] of from.entries) {
    const local = to.entries.get(name);
    if (local === undefined) {
      entries.set(name, entry);
      continue;
    }
    if (sameTree(local.value, entry.value)) continue;
    const there = `${entry.span.file}:${entry.span.line}`;
    const hint = `It is also defined at ${there}. Rename one, or override it in a file of its own with -f or in compose.override.yaml.`;
    const place = { path: [section, name], span: local.span };
    report(loading, fault("include-conflict", `${section}.${name} conflicts with imported resource`, place, hint));
  }
  return set(document, section, { ...to, entries });
};

/** Includes that fan out can name the same files millions of times. */
const MAX_INCLUSIONS = 2_000;

const loadIncluded = (
  loading: Loading,
  scope: Scope,
  files: ReadonlyArray<ComposeFile & { readonly place: Place }>,
  including: ReadonlyArray<string>,
): Accumulated => {
  const known = loading.included.get(scope.environment) ?? new Map<string, Accumulated>();
  loading.included.set(scope.environment, known);
  const key = [scope.folder, scope.workingDir, ...files.map(({ path }) => path)].join("\u0000");
  const before = known.get(key);
  if (before !== undefined) return before;
  const unsound: Accumulated = { tree: map([], { file: files[0]?.path ?? "", line: 1, column: 1 }), sound: false };
  if (loading.included.size + known.size > MAX_INCLUSIONS) {
    const message = `more than ${MAX_INCLUSIONS} files are included`;
    report(loading, fault("include", message, files[0]?.place ?? {}, "Include each file once."));
    return unsound;
  }
  const model = loading.stages.loadModel(loading, scope, files, including);
  known.set(key, model);
  return model;
};

const includeOne = (
  loading: Loading,
  scope: Scope,
  document: MapTree,
  inclusion: Inclusion,
  including: ReadonlyArray<string>,
): MapTree => {
  const remote = inclusion.paths.filter(({ text }) => isRemote(text));
  for (const { text, place } of remote) report(loading, refuseRemote(text, place));
  const paths = inclusion.paths.map((named) => ({ ...named, path: absoluteFrom(scope.folder, named.text) }));
  const main = paths[0];
  if (remote.length > 0) return document;
  if (main === undefined) {
    envFilesOf(loading, scope, inclusion, scope.folder);
    const hint = "Add a path, or remove the entry.";
    report(loading, warning("include", "an entry of `include` without a path includes nothing", inclusion.place, hint));
    return document;
  }
  const repeated = paths.find(({ path }) => including.includes(path));
  if (including.length > MAX_DEPTH) {
    report(loading, fault("include", `includes nest deeper than ${MAX_DEPTH} levels`, main.place));
    return document;
  }
  if (repeated !== undefined) {
    const [first, ...others] = [...including, repeated.path];
    const message = `include cycle detected:\n${first}\n include ${others.join("\n include ")}`;
    report(loading, fault("include-cycle", message, repeated.place, "Remove one of these includes."));
    return document;
  }
  const folders = foldersOf(loading, scope, inclusion, main.path);
  const envFiles = envFilesOf(loading, scope, inclusion, folders.folder);
  if (envFiles === undefined) return document;
  const read = readEnvFiles(loading.files, scope.environment, envFiles, inclusion.envFiles[0]?.place ?? main.place);
  report(loading, read.diagnostics);
  if (hasErrors(read.diagnostics)) return document;
  const inner: Scope = { ...folders, environment: mergeMissing(scope.environment, read.variables), resolvePaths: true };
  const model = loadIncluded(loading, inner, paths, including);
  if (!model.sound) return document;
  return SECTIONS.reduce((current, section) => importSection(loading, model.tree, current, section), document);
};

/** The document with everything it includes, and without `include`. */
export const applyInclude = (
  loading: Loading,
  scope: Scope,
  document: MapTree,
  file: ComposeFile,
  including: ReadonlyArray<string>,
): MapTree => {
  const include = get(document, "include");
  if (include === undefined) return document;
  const rest = remove(document, "include");
  if (isNull(include)) return rest;
  if (include._tag !== "List") {
    const hint = "Write one entry for each file, each starting with -.";
    const place = { path: ["include"], span: include.span };
    report(loading, fault("include", `\`include\` must be a list, got ${goText(include)}`, place, hint));
    return rest;
  }
  let current = rest;
  for (const [index, item] of include.items.entries()) {
    const inclusion = readInclusion(loading, item, index);
    if (inclusion !== undefined) current = includeOne(loading, scope, current, inclusion, [...including, file.path]);
  }
  return current;
};
