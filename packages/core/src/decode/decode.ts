// Turns the normalised tree into the typed project (P3-P5).
import type { FileObject, Model, Network, Project, Volume } from "../model/Project.ts";
import type { Extensions, Service } from "../model/Service.ts";
import { valueKey } from "../normalise/environment.ts";
import {
  type Fields,
  fileObjectFields,
  type Kind,
  modelFields,
  networkFields,
  serviceFields,
  volumeFields,
} from "../print/fields.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import { named, type Problems, type Reading, refuse, warnExtensionKey, within } from "../source/reading.ts";
import { timestampText } from "../source/goText.ts";
import {
  get,
  getIn,
  isNull,
  mapEntries,
  mapItems,
  type MapTree,
  toPlain,
  type Tree,
  type TreePath,
} from "../source/Tree.ts";
import { readLeaf } from "./kinds.ts";

/** What a project holds besides its files. */
export interface DecodeContext {
  readonly name: string;
  readonly workingDir: string;
  readonly configFiles: ReadonlyArray<string>;
  readonly envFiles: ReadonlyArray<string>;
  readonly environment: Readonly<Record<string, string>>;
  readonly profiles: ReadonlyArray<string>;
  readonly compatibility: boolean;
}

export interface Decoded {
  readonly project: Project;
  readonly diagnostics: ReadonlyArray<Diagnostic>;
}

const datesAsText = (tree: Tree): Tree => {
  switch (tree._tag) {
    case "Scalar":
      return tree.timestamp === true ? { ...tree, value: timestampText(String(tree.value)) } : tree;
    case "List":
      return mapItems(tree, datesAsText);
    case "Map":
      return mapEntries(tree, datesAsText);
  }
};

const extensionsOf = (tree: MapTree): Extensions | undefined => {
  let found: Array<readonly [string, unknown]> | undefined;
  for (const [key, entry] of tree.entries) {
    if (key.startsWith("x-") && key !== valueKey) (found ??= []).push([key, toPlain(datesAsText(entry.value))]);
  }
  return found === undefined ? undefined : (Object.fromEntries(found) as Extensions);
};

const readStruct = (fields: Fields, reading: Reading): Readonly<Record<string, unknown>> | undefined => {
  const { tree } = reading;
  if (tree._tag !== "Map") return refuse(reading, `${named(reading)} must be a mapping`);
  const out: Record<string, unknown> = {};
  for (const field of fields) {
    const value = tree.entries.get(field.name)?.value;
    if (value === undefined || isNull(value)) continue;
    const decoded = readKind(field.kind, within(reading, field.name, value));
    if (decoded !== undefined) out[field.name] = decoded;
  }
  // The struct fields that are always present have no absent state in the model.
  for (const field of fields) {
    if (field.presence === "always" && field.kind._tag !== "Command") out[field.name] ??= zeroOf(field.kind);
  }
  const extensions = extensionsOf(tree);
  return extensions === undefined ? out : { ...out, extensions };
};

const zeroOf = (kind: Kind): unknown => (kind._tag === "Text" ? "" : kind._tag === "Flag" ? false : 0);

const readMapOf = (kind: Kind, nullable: boolean, reading: Reading): Readonly<Record<string, unknown>> | undefined => {
  const { tree } = reading;
  if (tree._tag !== "Map") return refuse(reading, `${named(reading)} must be a mapping`);
  const pairs: Array<readonly [string, unknown]> = [];
  for (const [key, { value }] of tree.entries) {
    const empty = isNull(value);
    if (nullable) warnExtensionKey(reading, key);
    if (empty && nullable) pairs.push([key, null]);
    const decoded = empty ? undefined : readKind(kind, within(reading, key, value));
    if (decoded !== undefined) pairs.push([key, decoded]);
  }
  return Object.fromEntries(pairs);
};

const readKind = (kind: Kind, reading: Reading): unknown => {
  switch (kind._tag) {
    case "Struct":
      return readStruct(kind.fields, reading);
    case "List":
      if (reading.tree._tag !== "List") return refuse(reading, `${named(reading)} must be a list`);
      return reading.tree.items
        .map((item, index) => readKind(kind.of, within(reading, index, item)))
        .filter((item) => item !== undefined);
    case "MapOf":
      return readMapOf(kind.of, kind.nullable, reading);
    default:
      return readLeaf(kind, reading);
  }
};

/** The tables give every field its type in the model; that is the one place where the compiler has to trust them. */
const section = <A>(
  tree: Tree,
  name: string,
  fields: Fields,
  problems: Problems,
  finish: (value: Readonly<Record<string, unknown>>, key: string) => Readonly<Record<string, unknown>>,
): Readonly<Record<string, A>> => {
  const resources = get(tree, name);
  if (resources?._tag !== "Map") return {};
  const pairs: Array<readonly [string, A]> = [];
  for (const [key, { value }] of resources.entries) {
    const path: TreePath = [name, key];
    const decoded = isNull(value) ? {} : readStruct(fields, { tree: value, path, problems });
    if (decoded !== undefined) pairs.push([key, finish(decoded, key) as A]);
  }
  return Object.fromEntries(pairs);
};

/** What a variable holds goes to `content`. */
const readFileObjects = (tree: Tree, name: string, problems: Problems): Readonly<Record<string, FileObject>> =>
  section<FileObject>(tree, name, fileObjectFields, problems, (value, key) => {
    const held = getIn(tree, [name, key, valueKey]);
    return held?._tag === "Scalar" ? { ...value, content: String(held.value) } : value;
  });

const same = (value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => value;

/** Reads the whole tree; the project is what could be read even when there are errors. */
export const decodeProject = (tree: Tree, context: DecodeContext): Decoded => {
  const diagnostics: Array<Diagnostic> = [];
  const problems: Problems = { add: (diagnostic) => diagnostics.push(diagnostic) };
  const project: Project = {
    name: context.name,
    working_dir: context.workingDir,
    config_files: context.configFiles,
    env_files: context.envFiles,
    environment: context.environment,
    profiles: context.profiles,
    services: section<Service>(tree, "services", serviceFields, problems, (value, name) => ({ name, ...value })),
    disabled_services: {},
    networks: section<Network>(tree, "networks", networkFields, problems, same),
    volumes: section<Volume>(tree, "volumes", volumeFields, problems, same),
    secrets: readFileObjects(tree, "secrets", problems),
    configs: readFileObjects(tree, "configs", problems),
    models: section<Model>(tree, "models", modelFields, problems, same),
    compatibility: context.compatibility,
    extensions: (tree._tag === "Map" ? extensionsOf(tree) : undefined) ?? {},
  };
  return { project, diagnostics };
};
