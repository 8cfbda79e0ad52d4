// Finds the compose files: -f, COMPOSE_FILE, or the default names here and in the folders above (C4).
import { folderOf, joinPath } from "../normalise/goPath.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import type { Environment } from "../source/Environment.ts";
import { fault, warning } from "../source/problem.ts";
import { absoluteFrom, type Files } from "./files.ts";
import type { LoadRequest } from "./Load.ts";

export const DEFAULT_NAMES = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"] as const;
export const OVERRIDE_NAMES = [
  "compose.override.yml",
  "compose.override.yaml",
  "docker-compose.override.yml",
  "docker-compose.override.yaml",
] as const;

/** Absolute paths, or "-" for standard input. */
export interface Discovered {
  readonly paths: ReadonlyArray<string>;
  readonly diagnostics: ReadonlyArray<Diagnostic>;
}

const exists = (files: Files, path: string): boolean => {
  const content = files.read(path);
  return content !== undefined && content._tag !== "Missing";
};

const fromVariable = (request: LoadRequest, files: Files, environment: Environment, text: string): Discovered => {
  const separator = environment.get("COMPOSE_PATH_SEPARATOR")?.value || ":";
  const paths = text.split(separator).map((path) => (path === "-" ? path : absoluteFrom(request.cwd, path)));
  const missing = paths.filter((path) => path !== "-" && files.read(path)?._tag === "Missing");
  const hint = "COMPOSE_FILE names this file.";
  return {
    paths: paths.filter((path) => !missing.includes(path)),
    diagnostics: missing.map((path) => fault("file-missing", `stat ${path}: no such file or directory`, {}, hint)),
  };
};

const pick = (candidates: ReadonlyArray<string>, what: string): ReadonlyArray<Diagnostic> =>
  candidates.length < 2
    ? []
    : [
        warning("several-files", `Found multiple ${what} files with supported names: ${candidates.join(", ")}`, {}),
        warning("several-files", `Using ${candidates[0]}`, {}, "Remove the others, or choose with -f."),
      ];

const foldersUp = (from: string): ReadonlyArray<string> => {
  const folders = [from];
  for (let at = from; folderOf(at) !== at; at = folderOf(at)) folders.push(folderOf(at));
  return folders;
};

const search = (files: Files, start: string): Discovered => {
  const folders = foldersUp(start);
  // All candidates are asked for at once, so that the shell needs a single round.
  for (const folder of folders)
    for (const name of [...DEFAULT_NAMES, ...OVERRIDE_NAMES]) files.need(joinPath(folder, name));
  for (const folder of folders) {
    const found = DEFAULT_NAMES.map((name) => joinPath(folder, name)).filter((path) => exists(files, path));
    const winner = found[0];
    if (winner === undefined) continue;
    const overrides = OVERRIDE_NAMES.map((name) => joinPath(folder, name)).filter((path) => exists(files, path));
    return {
      paths: [winner, ...overrides.slice(0, 1)],
      diagnostics: [...pick(found, "config"), ...pick(overrides, "override")],
    };
  }
  const hint = `Looked for ${DEFAULT_NAMES.join(", ")} in ${start} and the folders above.`;
  return { paths: [], diagnostics: [fault("no-configuration", "no configuration file provided: not found", {}, hint)] };
};

/** `start` is the folder where the search for the default names begins. */
export const discover = (request: LoadRequest, files: Files, environment: Environment, start: string): Discovered => {
  if (request.files.length > 0) {
    const paths = request.files.map((path) => (path === "-" ? path : absoluteFrom(request.cwd, path)));
    return { paths, diagnostics: [] };
  }
  const variable = environment.get("COMPOSE_FILE");
  return variable === undefined ? search(files, start) : fromVariable(request, files, environment, variable.value);
};
