// Folds env_file into environment and label_file into labels (P8, P9).
// Source: Compose Specification, env_file and label_file; precedence as observed in docker compose 2.40.3.
import type { Lookup } from "../interpolate/template.ts";
import type { Fetched } from "../load/Load.ts";
import type { Project } from "../model/Project.ts";
import type { EnvFile, EnvironmentMap, Service, StringMap } from "../model/Service.ts";
import { lookup } from "../normalise/environment.ts";
import { isAbsolute, joinPath } from "../normalise/goPath.ts";
import { type Dotenv, parseDotenv, parseRawEnv } from "../parse/dotenv.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import { fault, placeOf } from "../source/problem.ts";
import type { Tree, TreePath } from "../source/Tree.ts";

export interface EnvFileOptions {
  /** False keeps env_file as it is and reads only label_file (`--no-env-resolution`, `config --hash`). */
  readonly resolveEnvironment: boolean;
  /** Where paths that were left relative (`--no-path-resolution`) start. */
  readonly cwd: string;
}

export type EnvFilesResolved =
  | { readonly _tag: "Resolved"; readonly project: Project; readonly diagnostics: ReadonlyArray<Diagnostic> }
  | { readonly _tag: "NeedFiles"; readonly paths: ReadonlyArray<string> };

/** What one service's files are read with. */
interface Reading {
  readonly tree: Tree;
  readonly fetched: Fetched;
  readonly cwd: string;
  readonly diagnostics: Array<Diagnostic>;
}

const absolute = (cwd: string, path: string): string => (isAbsolute(path) ? path : joinPath(cwd, path));

/** The text of a file that must or may exist; undefined when there is nothing to parse. */
const textOf = (
  reading: Reading,
  file: string,
  required: boolean,
  what: string,
  path: TreePath,
): string | undefined => {
  const content = reading.fetched.get(absolute(reading.cwd, file));
  const refuse = (code: string, message: string, hint?: string): undefined => {
    reading.diagnostics.push(fault(code, message, placeOf(reading.tree, path), hint));
    return undefined;
  };
  switch (content?._tag) {
    case "Text":
      return content.content;
    case "Directory":
      return refuse("file-is-directory", `the ${what} ${file} is a directory`);
    case "Unreadable":
      return refuse("file-unreadable", `the ${what} ${file} cannot be read: ${content.message}`);
    case "Missing":
    case undefined: {
      const hint = what === "env file" ? "create the file, or write required: false" : "create the file";
      return required ? refuse("file-not-found", `the ${what} ${file} does not exist`, hint) : undefined;
    }
  }
};

type Parse = (text: string, find: Lookup, options: { file: string; values: Map<string, string> }) => Dotenv;

const parserOf = (reading: Reading, file: EnvFile, path: TreePath): Parse | undefined => {
  if (file.format === undefined || file.format === "") return parseDotenv;
  if (file.format === "raw") return parseRawEnv;
  const message = `"${file.format}" is not a format of env_file`;
  reading.diagnostics.push(
    fault("invalid-value", message, placeOf(reading.tree, path), "write format: raw or leave it out"),
  );
  return undefined;
};

const inherit = (written: EnvironmentMap, environment: StringMap): EnvironmentMap =>
  Object.fromEntries(
    Object.entries(written).map(([key, value]) => [key, value ?? lookup(environment, key) ?? null] as const),
  );

/** `environment` wins over all files, also with a key that has no value; among files the later one wins. */
const resolvedEnvironment = (
  service: Service,
  environment: StringMap,
  reading: Reading,
): EnvironmentMap | undefined => {
  const own = inherit(service.environment ?? {}, environment);
  const values = new Map<string, string>();
  for (const [key, value] of Object.entries(own)) if (value !== null) values.set(key, value);
  const find: Lookup = (name) =>
    lookup(environment, name) ?? (Object.hasOwn(own, name) ? (own[name] ?? undefined) : undefined);
  for (const [index, file] of (service.env_file ?? []).entries()) {
    const path: TreePath = ["services", service.name, "env_file", index];
    const text = textOf(reading, file.path, file.required, "env file", [...path, "path"]);
    const parse = text === undefined ? undefined : parserOf(reading, file, [...path, "format"]);
    if (text === undefined || parse === undefined) continue;
    reading.diagnostics.push(...parse(text, find, { file: file.path, values }).diagnostics);
  }
  const merged = { ...Object.fromEntries(values), ...own };
  return Object.keys(merged).length === 0 ? service.environment : merged;
};

/** Labels of the service win over those of its files; what earlier files set wins inside a file. */
const resolvedLabels = (service: Service, reading: Reading): StringMap | undefined => {
  const files = service.label_file ?? [];
  if (files.length === 0) return service.labels;
  const labels = new Map<string, string>();
  for (const [index, file] of files.entries()) {
    const path: TreePath = ["services", service.name, "label_file", index];
    const text = textOf(reading, file, true, "label file", path);
    if (text === undefined) continue;
    const parsed = parseDotenv(text, (name) => labels.get(name), { file });
    reading.diagnostics.push(...parsed.diagnostics);
    for (const [key, value] of parsed.values) labels.set(key, value);
  }
  return { ...Object.fromEntries(labels), ...service.labels };
};

const resolveService = (
  service: Service,
  environment: StringMap,
  reading: Reading,
  options: EnvFileOptions,
): Service => {
  const labels = resolvedLabels(service, reading);
  const labelled = labels === undefined ? service : { ...service, labels };
  if (!options.resolveEnvironment) return labelled;
  const resolved = resolvedEnvironment(service, environment, reading);
  const { env_file: _, ...rest } = labelled;
  return resolved === undefined ? rest : { ...rest, environment: resolved };
};

const filesOf = (service: Service, options: EnvFileOptions): ReadonlyArray<string> => [
  ...(service.label_file ?? []),
  ...(options.resolveEnvironment ? (service.env_file ?? []).map(({ path }) => path) : []),
];

/** Enabled services only. `tree` gives the spans of problems; all missing paths are asked for at once. */
export const resolveEnvFiles = (
  project: Project,
  tree: Tree,
  fetched: Fetched,
  options: EnvFileOptions,
): EnvFilesResolved => {
  const wanted = new Set(
    Object.values(project.services)
      .flatMap((service) => filesOf(service, options))
      .map((path) => absolute(options.cwd, path)),
  );
  const paths = Array.from(wanted).filter((path) => !fetched.has(path));
  if (paths.length > 0) return { _tag: "NeedFiles", paths };
  const reading: Reading = { tree, fetched, cwd: options.cwd, diagnostics: [] };
  const services = Object.fromEntries(
    Object.entries(project.services).map(([name, service]) => [
      name,
      resolveService(service, project.environment, reading, options),
    ]),
  );
  return { _tag: "Resolved", project: { ...project, services }, diagnostics: reading.diagnostics };
};
