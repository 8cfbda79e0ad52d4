// What `config` prints: YAML text as docker compose 2.40.3 writes it.
import type { Json, JsonObject } from "../hash/canonicalJson.ts";
import type { Project } from "../model/Project.ts";
import type { Tree } from "../source/Tree.ts";
import { encodePlain } from "./encode.ts";
import { escapeDollars, projectSections, treeData } from "./json.ts";
import { floatText } from "./numbers.ts";
import { byNature } from "./order.ts";
import { yamlKey, yamlText } from "./yamlScalar.ts";

const isObject = (value: Json): value is JsonObject => value instanceof Map;

const numberText = (value: number): string => {
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(value)) return value > 0 ? ".inf" : "-.inf";
  return Number.isInteger(value) ? String(value) : floatText(value);
};

/** The text after a key or a dash; nested values start on the line below, at `indent`. */
const valueText = (value: Json, indent: string): string => {
  if (value === null) return "null";
  switch (typeof value) {
    case "string":
      return yamlText(value, indent);
    case "number":
      return numberText(value);
    case "bigint":
    case "boolean":
      return String(value);
    default:
      return isObject(value) ? `\n${indent}${mapText(value, indent)}` : `\n${indent}${listText(value, indent)}`;
  }
};

const isEmpty = (value: Json): boolean =>
  typeof value === "object" && value !== null && (isObject(value) ? value.size === 0 : value.length === 0);

const entryText = (key: string, value: Json, indent: string): string => {
  const inner = `${indent}  `;
  const written = yamlKey(key);
  const lead = written === undefined ? `? ${yamlText(key, inner)}\n${indent}` : written;
  if (isEmpty(value)) return `${lead}: ${isObject(value) ? "{}" : "[]"}`;
  const text = valueText(value, inner);
  return text.startsWith("\n") ? `${lead}:${text}` : `${lead}: ${text}`;
};

const mapText = (value: JsonObject, indent: string): string =>
  Array.from(value, ([key, item]) => entryText(key, item, indent)).join(`\n${indent}`);

const listText = (value: ReadonlyArray<Json>, indent: string): string =>
  value
    .map((item) => {
      const inner = `${indent}  `;
      if (isEmpty(item)) return isObject(item) ? "- {}" : "- []";
      // Nested maps and lists begin on the line of the dash.
      return `- ${valueText(item, inner).replace(/^\n */, "")}`;
    })
    .join(`\n${indent}`);

/** Any JSON data as a YAML document. */
export const documentText = (value: JsonObject): string => (value.size === 0 ? "{}\n" : `${mapText(value, "")}\n`);

/** The project as data: what its YAML says. Values under `x-*` keys are part of it. */
export const projectData = (project: Project): JsonObject => {
  const entries: Array<readonly [string, Json]> = [
    ...(project.name === "" ? [] : [["name", project.name] as const]),
    ...projectSections(project, "yaml"),
    ...Object.entries(project.extensions)
      .sort(([a], [b]) => byNature(a, b))
      .map(([key, value]) => [key, encodePlain(value, "yaml")] as const),
  ];
  return new Map(entries);
};

/** The project as YAML, with a newline at the end. */
export const projectYaml = (project: Project): string => escapeDollars(documentText(projectData(project)));

/** The merged model itself, for `config --no-interpolate`; here `$` stays as it was written. */
export const modelYaml = (tree: Tree): string => documentText(treeData(tree, "yaml") as JsonObject);
