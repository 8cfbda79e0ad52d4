// Writes a typed value by its field table, as JSON data in docker compose's order.
import { byBytes, type Json, type JsonObject } from "../hash/canonicalJson.ts";
import type { EnvFile, Ulimit } from "../model/Service.ts";
import type { Field, Fields, Kind } from "./fields.ts";
import { byNature } from "./order.ts";
import { durationText, modeText, shortestFloat32, wholeNumber, wholeText } from "./numbers.ts";

/** JSON leaves out everything under `x-*`; YAML prints it, drops empty structs and spells a few values differently. */
export type Dialect = "json" | "yaml";

type Record_ = Readonly<Record<string, unknown>>;
type Pairs = ReadonlyArray<readonly [string, unknown]>;

/** Both formats sort the keys of maps, each in its own way. */
export const keyOrder = (dialect: Dialect): ((a: string, b: string) => number) =>
  dialect === "json" ? byBytes : byNature;

const sorted = (value: object, dialect: Dialect): Pairs => {
  const order = keyOrder(dialect);
  return Object.entries(value).sort(([a], [b]) => order(a, b));
};

const sortedMap = (value: object, dialect: Dialect, encodeItem: (item: unknown) => Json): JsonObject =>
  new Map(sorted(value, dialect).map(([key, item]) => [key, encodeItem(item)]));

/**
 * Extensions: printed as they were written, keys sorted. docker compose's JSON has null for an empty list there,
 * its YAML has the list.
 */
export const encodePlain = (value: unknown, dialect: Dialect): Json => {
  if (Array.isArray(value)) {
    return value.length === 0 && dialect === "json" ? null : value.map((item) => encodePlain(item, dialect));
  }
  if (value === null || value === undefined) return null;
  if (typeof value === "object") return sortedMap(value, dialect, (item) => encodePlain(item, dialect));
  return value as string | number | bigint | boolean;
};

const isZero = (value: unknown): boolean => {
  if (value === undefined || value === null || value === false || value === 0 || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && Object.keys(value).length === 0;
};

const hostList = (hosts: Readonly<Record<string, ReadonlyArray<string>>>): ReadonlyArray<string> =>
  Object.entries(hosts)
    .flatMap(([host, addresses]) => addresses.map((address) => `${host}=${address}`))
    .sort(byBytes);

const encodeUlimit = (ulimit: Ulimit, dialect: Dialect): Json => {
  if (ulimit.single !== undefined && ulimit.single !== 0) return wholeNumber(ulimit.single);
  const pairs: ReadonlyArray<readonly [string, number]> = [
    ["soft", ulimit.soft ?? 0],
    ["hard", ulimit.hard ?? 0],
  ];
  return new Map(
    pairs.filter(([, limit]) => dialect === "yaml" || limit !== 0).map(([key, limit]) => [key, wholeNumber(limit)]),
  );
};

const encodeEnvFile = (file: EnvFile, dialect: Dialect): Json => {
  if (file.required) return file.path;
  const pairs: Array<readonly [string, Json]> = [
    ["path", file.path],
    ["required", file.required],
  ];
  if (dialect === "json" && file.format !== undefined && file.format !== "") pairs.push(["format", file.format]);
  return new Map(pairs);
};

const encodeKind = (kind: Kind, value: unknown, dialect: Dialect): Json => {
  switch (kind._tag) {
    case "Text":
      return (value as string | undefined) ?? "";
    case "Flag":
      return (value as boolean | undefined) ?? false;
    case "Integer":
    case "DeviceCount":
      return wholeNumber((value as number | undefined) ?? 0);
    case "Float32":
      return shortestFloat32((value as number | undefined) ?? 0);
    case "Bytes":
      return wholeText((value as number | undefined) ?? 0);
    case "Duration":
      return durationText((value as number | undefined) ?? 0);
    case "FileMode":
      return modeText(value as number);
    case "Command":
      return (value as ReadonlyArray<string> | null | undefined) ?? null;
    case "HealthTest":
    case "Texts":
      return value as ReadonlyArray<string>;
    case "TextMap":
    case "MultiOptions":
      return sortedMap(value as object, dialect, (item) => item as Json);
    case "Hosts":
      return hostList(value as Readonly<Record<string, ReadonlyArray<string>>>);
    case "Ulimit":
      return encodeUlimit(value as Ulimit, dialect);
    case "EnvFile":
      return encodeEnvFile(value as EnvFile, dialect);
    case "Ssh":
      return (value as ReadonlyArray<{ id: string; path?: string }>).map(({ id, path }) =>
        path === undefined || path === "" ? id : `${id}=${path}`,
      );
    case "Struct":
      return encodeStruct(kind.fields, value, dialect);
    case "List":
      return (value as ReadonlyArray<unknown>).map((item) => encodeKind(kind.of, item, dialect));
    case "MapOf":
      return sortedMap(value as object, dialect, (item) => (item === null ? null : encodeKind(kind.of, item, dialect)));
  }
};

const encodeField = (field: Field, value: unknown, dialect: Dialect): Json | undefined => {
  if (field.kind._tag === "Command" && dialect === "yaml") {
    return value === undefined || value === null ? undefined : (value as Json);
  }
  switch (field.presence) {
    case "nonZero":
      return isZero(value) ? undefined : encodeKind(field.kind, value, dialect);
    case "set":
      return value === undefined || value === null ? undefined : encodeKind(field.kind, value, dialect);
    case "always":
      return encodeKind(field.kind, value, dialect);
    case "inline": {
      const encoded = encodeKind(field.kind, value, dialect);
      return dialect === "yaml" && (encoded as JsonObject).size === 0 ? undefined : encoded;
    }
  }
};

/** One struct. `value` may be undefined: then only the fields that are always there are written. */
export const encodeStruct = (fields: Fields, value: unknown, dialect: Dialect): JsonObject => {
  const from = (value ?? {}) as Record_;
  const out = new Map<string, Json>();
  for (const field of fields) {
    const encoded = encodeField(field, from[field.name], dialect);
    if (encoded !== undefined) out.set(dialect === "json" ? field.jsonKey : field.name, encoded);
  }
  if (dialect === "yaml" && from["extensions"] !== undefined) {
    for (const [key, item] of sorted(from["extensions"] as object, dialect)) out.set(key, encodePlain(item, dialect));
  }
  return out;
};
