// Chooses the name of the project (C9). Source: compose-go cli/options.go and loader.go.
import { interpolate } from "../interpolate/interpolate.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import type { Environment } from "../source/Environment.ts";
import { goText } from "../source/goText.ts";
import { fault } from "../source/problem.ts";
import { get, isNull, map, type ScalarTree, type Tree } from "../source/Tree.ts";
import type { LoadRequest } from "./Load.ts";

/** `name` is "" when nothing usable was found; that is an error of its own, later. */
export interface ProjectName {
  readonly name: string;
  readonly diagnostics: ReadonlyArray<Diagnostic>;
}

/** Lower case, only a-z 0-9 _ and -, starting with a letter or digit. */
export const normaliseProjectName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, "")
    .replace(/^[_-]+/, "");

const checked = (name: string): ProjectName => {
  const normal = normaliseProjectName(name);
  if (normal === name) return { name, diagnostics: [] };
  const message = `invalid project name "${name}": must consist only of lowercase alphanumeric characters, hyphens, and underscores as well as start with a letter or number`;
  const hint = normal === "" ? "Choose a name such as my-project." : `For example: ${normal}`;
  return { name: normal, diagnostics: [fault("project-name", message, {}, hint)] };
};

const writtenName = (document: Tree): ScalarTree | undefined => {
  const name = get(document, "name");
  return name?._tag === "Scalar" && !isNull(name) && goText(name) !== "" ? name : undefined;
};

const fromFiles = (
  request: LoadRequest,
  documents: ReadonlyArray<ReadonlyArray<Tree>>,
  environment: Environment,
): ProjectName | undefined => {
  const written = documents
    .flat()
    .map(writtenName)
    .findLast((name) => name !== undefined);
  if (written === undefined) return undefined;
  const single = map([["name", { span: written.span, value: written }]], written.span);
  const staged = request.noInterpolate === true ? { tree: single, diagnostics: [] } : interpolate(single, environment);
  const filled = get(staged.tree, "name");
  const name = filled?._tag === "Scalar" ? goText(filled) : "";
  return {
    name: request.noNormalize === true ? name : normaliseProjectName(name),
    diagnostics: staged.diagnostics,
  };
};

/** `documents` are the YAML documents of each file, in order. `folder` is the project's working directory. */
export const chooseProjectName = (
  request: LoadRequest,
  documents: ReadonlyArray<ReadonlyArray<Tree>>,
  environment: Environment,
  folder: string,
): ProjectName => {
  if (request.projectName !== undefined && request.projectName !== "") return checked(request.projectName);
  const variable = environment.get("COMPOSE_PROJECT_NAME")?.value ?? "";
  if (variable !== "") return checked(variable);
  const named = fromFiles(request, documents, environment);
  // A name in the first document of any file means that the folder is never used, even when the name comes out empty.
  const first = documents.some((inFile) => inFile[0] !== undefined && writtenName(inFile[0]) !== undefined);
  const base = first ? "" : normaliseProjectName(folder.split("/").at(-1) ?? "");
  return { name: named === undefined || named.name === "" ? base : named.name, diagnostics: named?.diagnostics ?? [] };
};
