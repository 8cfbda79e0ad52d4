// What `config --format json` prints, byte for byte as docker compose 2.40.3 does.
import { byBytes, indentedJson, type Json, type JsonObject } from "../hash/canonicalJson.ts";
import { withoutIpamOptions } from "../hash/networkHash.ts";
import type { FileObject, Network, Project } from "../model/Project.ts";
import type { Service } from "../model/Service.ts";
import { valueKey } from "../normalise/environment.ts";
import { timestampText } from "../source/goText.ts";
import type { Tree } from "../source/Tree.ts";
import { type Dialect, encodePlain, encodeStruct, keyOrder } from "./encode.ts";
import { fileObjectFields, modelFields, networkFields, serviceFields, volumeFields } from "./fields.ts";

/** `$` is doubled so that the output, read as a Compose file again, means the same. */
export const escapeDollars = (text: string): string => text.replaceAll("$", "$$$$");

const sortedSection = <A>(
  values: Readonly<Record<string, A>>,
  dialect: Dialect,
  encode: (value: A) => Json,
): JsonObject => {
  const order = keyOrder(dialect);
  return new Map(
    Object.entries(values)
      .sort(([a], [b]) => order(a, b))
      .map(([key, value]) => [key, encode(value)]),
  );
};

/** Label files are folded into `labels`, so they are not printed again. */
const printedService = (service: Service): Service => {
  const { label_file: _, ...printed } = service;
  return printed;
};

const withoutContent = (object: FileObject): FileObject => {
  const { content: _, ...printed } = object;
  return printed;
};

/** Content that came from the environment is never printed, a secret's never at all. */
const printedConfig = (config: FileObject): FileObject =>
  config.environment === undefined || config.environment === "" ? config : withoutContent(config);

/** The sections that are not empty, in docker compose's order of declaration. */
export const projectSections = (project: Project, dialect: Dialect): ReadonlyArray<readonly [string, JsonObject]> => {
  const network = (value: Network): Json => encodeStruct(networkFields, withoutIpamOptions(value), dialect);
  const sections: ReadonlyArray<readonly [string, JsonObject]> = [
    [
      "services",
      sortedSection(project.services, dialect, (value) => encodeStruct(serviceFields, printedService(value), dialect)),
    ],
    ["networks", sortedSection(project.networks, dialect, network)],
    ["volumes", sortedSection(project.volumes, dialect, (value) => encodeStruct(volumeFields, value, dialect))],
    [
      "secrets",
      sortedSection(project.secrets, dialect, (value) =>
        encodeStruct(fileObjectFields, withoutContent(value), dialect),
      ),
    ],
    [
      "configs",
      sortedSection(project.configs, dialect, (value) => encodeStruct(fileObjectFields, printedConfig(value), dialect)),
    ],
    ["models", sortedSection(project.models, dialect, (value) => encodeStruct(modelFields, value, dialect))],
  ];
  return sections.filter(([name, values]) => name === "services" || values.size > 0);
};

/** The project as JSON text without a newline at the end. `models` and nested `x-*` are not part of it. */
export const projectJson = (project: Project): string => {
  const entries: Array<readonly [string, Json]> = [
    ["name", project.name],
    ...projectSections(project, "json").filter(([name]) => name !== "models"),
    ...Object.entries(project.extensions).map(([key, value]) => [key, encodePlain(value, "json")] as const),
  ];
  return escapeDollars(indentedJson(new Map(entries.sort(([a], [b]) => byBytes(a, b)))));
};

/** A tree as JSON data with sorted keys: what `config --no-interpolate` prints. */
export const treeData = (tree: Tree, dialect: Dialect): Json => {
  switch (tree._tag) {
    case "Scalar":
      return tree.timestamp === true ? timestampText(String(tree.value)) : tree.value;
    case "List":
      return tree.items.length === 0 && dialect === "json" ? null : tree.items.map((item) => treeData(item, dialect));
    case "Map":
      return new Map(
        Array.from(tree.entries)
          .filter(([key]) => key !== valueKey)
          .map(([key, entry]) => [key, treeData(entry.value, dialect)] as const)
          .sort(([a], [b]) => keyOrder(dialect)(a, b)),
      );
  }
};

/** The merged model itself, for `config --no-interpolate`; here `$` stays as it was written. */
export const modelJson = (tree: Tree): string => indentedJson(treeData(tree, "json"));
