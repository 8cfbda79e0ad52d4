// Reads one compose file and puts each of its documents on top of what was loaded before (L1 to L12).
import { canonicalise } from "../canonical/canonical.ts";
import { interpolate } from "../interpolate/interpolate.ts";
import { mergeModels } from "../merge/merge.ts";
import { applyResets } from "../merge/reset.ts";
import { enforceUnicity } from "../merge/unicity.ts";
import { type ParsedYaml, parseYaml, type YamlDocument } from "../parse/yaml.ts";
import type { ResetPath } from "../parse/yamlNode.ts";
import { fault, type Place, warning } from "../source/problem.ts";
import { type MapTree, remove } from "../source/Tree.ts";
import { validateSchema } from "../validate/schema.ts";
import { applyExtends } from "./extends.ts";
import { applyInclude } from "./include.ts";
import type { FileContent } from "./Load.ts";
import {
  type Accumulated,
  type ComposeFile,
  hasErrors,
  type Loading,
  type Purpose,
  report,
  type Scope,
  type Stages,
} from "./Loading.ts";

// Parsing is the dearest stage, and the shell calls `load` again with the same contents when files were missing.
const parsedContents = new WeakMap<FileContent, Map<string, ParsedYaml>>();

const parseContent = (content: FileContent & { _tag: "Text" }, path: string): ParsedYaml => {
  const known = parsedContents.get(content) ?? new Map<string, ParsedYaml>();
  parsedContents.set(content, known);
  const parsed = known.get(path) ?? parseYaml(content.content, path);
  known.set(path, parsed);
  return parsed;
};

const contentOf = (loading: Loading, path: string): FileContent | undefined => {
  if (path !== "-") return loading.files.read(path);
  return { _tag: "Text", content: loading.request.stdin ?? "" };
};

/** The documents of a file; undefined when it cannot be used, which is then reported, at `at` if it cannot be read. */
export const parseFile = (loading: Loading, path: string, at: Place = {}): ParsedYaml | undefined => {
  if (loading.parsed.has(path)) return loading.parsed.get(path);
  const content = contentOf(loading, path);
  if (content === undefined) return undefined;
  const failed = (message: string, hint?: string): undefined => {
    report(loading, fault("file-unreadable", message, at, hint));
    loading.parsed.set(path, undefined);
  };
  switch (content._tag) {
    case "Missing":
      report(loading, fault("file-missing", `open ${path}: no such file or directory`, at));
      loading.parsed.set(path, undefined);
      return undefined;
    case "Directory":
      return failed(`read ${path}: is a directory`, "Name the compose file inside it.");
    case "Unreadable":
      return failed(`cannot read ${path}: ${content.message}`);
    case "Text": {
      loading.texts.set(path, content.content);
      if (content.invalidUtf8 === true) return failed(`${path} is not valid UTF-8`, "Save the file as UTF-8.");
      const parsed = parseContent(content, path);
      report(loading, parsed.diagnostics);
      const usable = hasErrors(parsed.diagnostics) ? undefined : parsed;
      loading.parsed.set(path, usable);
      return usable;
    }
  }
};

const dropVersion = (loading: Loading, file: ComposeFile, tree: MapTree): MapTree => {
  const version = tree.entries.get("version");
  if (version === undefined) return tree;
  if (!loading.obsoleteVersion.has(file.path)) {
    loading.obsoleteVersion.add(file.path);
    const message = `${file.path}: the attribute \`version\` is obsolete, it will be ignored, please remove it to avoid potential confusion`;
    report(
      loading,
      warning("version-obsolete", message, { path: ["version"], span: version.span }, "Remove the line."),
    );
  }
  return remove(tree, "version");
};

/** L9 to L12 on the accumulated model. */
const settle = (loading: Loading, file: ComposeFile, merged: Accumulated, purpose: Purpose): Accumulated => {
  const unique = enforceUnicity(merged.tree);
  report(loading, unique.diagnostics);
  let tree = unique.tree as MapTree;
  let sound = merged.sound && !hasErrors(unique.diagnostics);
  if (purpose === "Model") {
    const faults = validateSchema(tree);
    report(loading, faults);
    sound &&= !hasErrors(faults);
    tree = dropVersion(loading, file, tree);
  }
  if (!sound) return { tree, sound };
  const canonical = canonicalise(tree, { ignoreParseErrors: loading.request.noInterpolate === true });
  report(loading, canonical.diagnostics);
  if (hasErrors(canonical.diagnostics)) return { tree, sound: false };
  // Canonical forms can reveal duplicates, such as a port inside a range.
  const again = enforceUnicity(canonical.tree);
  report(loading, again.diagnostics);
  return { tree: again.tree as MapTree, sound: !hasErrors(again.diagnostics) };
};

const addDocument = (
  loading: Loading,
  scope: Scope,
  file: ComposeFile,
  document: YamlDocument,
  before: Accumulated,
  purpose: Purpose,
  including: ReadonlyArray<string>,
): Accumulated => {
  const { tree: root, resets } = document;
  if (root._tag !== "Map") {
    const hint = "A compose file is a mapping with keys such as services, networks and volumes.";
    report(loading, fault("not-a-mapping", "top-level object must be a mapping", { span: root.span }, hint));
    return { ...before, sound: false };
  }
  const start = loading.diagnostics.length;
  if (loading.request.noInterpolate !== true) loading.raw.push(root);
  const filled =
    loading.request.noInterpolate === true ? { tree: root, diagnostics: [] } : interpolate(root, scope.environment);
  report(loading, filled.diagnostics);
  let tree = filled.tree as MapTree;
  let base = before.tree;
  if (purpose === "Model") {
    tree = applyExtends(loading, scope, tree, { file, resets });
    base = applyResets(base, resets);
    tree = applyInclude(loading, scope, tree, file, including);
  }
  const merged = mergeModels(base, tree);
  report(loading, merged.diagnostics);
  const sound = before.sound && !hasErrors(loading.diagnostics.slice(start));
  return settle(loading, file, { tree: merged.tree, sound }, purpose);
};

/** A file that cannot be used leaves the model as it was, and unsound. */
export const addFile: Stages["addFile"] = (loading, scope, file, before, purpose, including, at = {}) => {
  const parsed = parseFile(loading, file.path, at);
  if (parsed === undefined) return { ...before, sound: false, resets: [] };
  let accumulated = before;
  let resets: ReadonlyArray<ResetPath> = [];
  for (const document of parsed.documents) {
    accumulated = addDocument(loading, scope, file, document, accumulated, purpose, including);
    resets = document.resets;
  }
  return { ...accumulated, resets };
};
