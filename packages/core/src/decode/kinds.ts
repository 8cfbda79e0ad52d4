// Reads single values of the tree as the kinds that the field tables name.
import * as Result from "effect/Result";
import type { Kind, ListForm, MapForm, Width } from "../print/fields.ts";
import { goText } from "../source/goText.ts";
import { named, type Reading, refuse, warn, warnExtensionKey, within } from "../source/reading.ts";
import { isNull, type ScalarTree, type Tree } from "../source/Tree.ts";
import { parseByteSize } from "./byteSize.ts";
import { parseDuration } from "./duration.ts";
import { hostsFromList, hostsFromMap } from "./hosts.ts";
import { splitWords } from "./words.ts";

const settle = <A>(reading: Reading, result: Result.Result<A, string>): A | undefined =>
  Result.isSuccess(result) ? result.success : refuse(reading, `${named(reading)}: ${result.failure}`);

const typeWord = (tree: Tree): string => {
  switch (tree._tag) {
    case "List":
      return "a list";
    case "Map":
      return "a mapping";
    case "Scalar":
      if (tree.value === null) return "empty";
      if (typeof tree.value === "string") return "text";
      return typeof tree.value === "boolean" ? "a boolean" : "a number";
  }
};

const mismatch = (reading: Reading, wanted: string): undefined =>
  refuse(reading, `${named(reading)} must be ${wanted}, it is ${typeWord(reading.tree)}`);

const isWhole = (tree: ScalarTree): boolean =>
  typeof tree.value === "bigint" ||
  (typeof tree.value === "number" && Number.isInteger(tree.value) && tree.float !== true);

/** Texts, and whole numbers as their digits; other scalars would print differently than they were written. */
export const readText = (reading: Reading): string | undefined => {
  const { tree } = reading;
  if (tree._tag === "Scalar" && (typeof tree.value === "string" || isWhole(tree))) return goText(tree);
  return mismatch(reading, "text");
};

const readFlag = (reading: Reading): boolean | undefined => {
  const { tree } = reading;
  if (tree._tag !== "Scalar") return mismatch(reading, "true or false");
  if (typeof tree.value === "boolean") return tree.value;
  const word = typeof tree.value === "string" ? tree.value.toLowerCase() : "";
  if (["true", "y", "yes", "on"].includes(word)) return true;
  if (["false", "n", "no", "off"].includes(word)) return false;
  return mismatch(reading, "true or false");
};

const readInteger = (reading: Reading, width: Width): number | undefined => {
  const { tree } = reading;
  if (tree._tag !== "Scalar") return mismatch(reading, "a whole number");
  const { value } = tree;
  let number: number;
  if (typeof value === "number" || typeof value === "bigint") number = Math.trunc(Number(value));
  else if (typeof value === "string" && width === "int" && /^[+-]?\d+$/.test(value)) number = Number(value);
  else return mismatch(reading, typeof value === "string" ? "a whole number without quotes" : "a whole number");
  if (Math.abs(number) > 2 ** 63) return refuse(reading, `${named(reading)} is too large`);
  if (width !== "int" && number < 0) return refuse(reading, `${named(reading)} must not be negative`);
  return number;
};

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const readFloat = (reading: Reading): number | undefined => {
  const { tree } = reading;
  if (tree._tag !== "Scalar") return mismatch(reading, "a number");
  const { value } = tree;
  if (typeof value === "number" || typeof value === "bigint") return Math.fround(Number(value));
  if (typeof value === "string" && decimal.test(value)) return Math.fround(Number(value));
  return mismatch(reading, "a number");
};

const readBytes = (reading: Reading): number | undefined => {
  const { tree } = reading;
  if (tree._tag !== "Scalar") return mismatch(reading, "a size");
  const { value } = tree;
  if (typeof value === "string") return settle(reading, parseByteSize(value));
  if (typeof value !== "number" && typeof value !== "bigint") return mismatch(reading, "a size");
  if (!isWhole(tree)) {
    if (!Number.isFinite(Number(value))) return mismatch(reading, "a size");
    const size = Math.trunc(Number(value));
    warn(
      reading,
      "float-size",
      `the size ${goText(tree)} is read as ${size} bytes; docker compose ignores sizes written as a decimal number`,
      `write ${size} or a text with a unit such as "512m"`,
    );
    return size;
  }
  return Number(value);
};

const readDuration = (reading: Reading): number | undefined => {
  const { tree } = reading;
  return tree._tag === "Scalar" ? settle(reading, parseDuration(goText(tree))) : mismatch(reading, "a duration");
};

const readFileMode = (reading: Reading): number | undefined => {
  const { tree } = reading;
  if (tree._tag === "Scalar" && isWhole(tree)) return Number(tree.value);
  if (tree._tag === "Scalar" && typeof tree.value === "string" && /^[+-]?[0-7]+$/.test(tree.value)) {
    return Number.parseInt(tree.value, 8);
  }
  return mismatch(reading, "a file mode in octal digits");
};

const readDeviceCount = (reading: Reading): number | undefined => {
  const { tree } = reading;
  if (tree._tag === "Scalar" && isWhole(tree)) return Number(tree.value);
  if (tree._tag === "Scalar" && typeof tree.value === "string") {
    if (tree.value.toLowerCase() === "all") return -1;
    if (/^[+-]?\d+$/.test(tree.value)) return Number(tree.value);
  }
  return mismatch(reading, '"all" or a number');
};

const readItems = <A>(reading: Reading, item: (reading: Reading) => A | undefined): ReadonlyArray<A> | undefined => {
  const { tree } = reading;
  if (tree._tag !== "List") return mismatch(reading, "a list");
  return tree.items
    .map((value, index) => item(within(reading, index, value)))
    .filter((value): value is Awaited<A> & A => value !== undefined);
};

const readPrinted = (reading: Reading): string | undefined =>
  reading.tree._tag === "Scalar" ? goText(reading.tree) : mismatch(reading, "text");

const readTexts = (reading: Reading, form: ListForm): ReadonlyArray<string> | undefined => {
  const { tree } = reading;
  if (form !== "strict" && tree._tag === "Scalar" && typeof tree.value === "string") return [tree.value];
  return readItems(reading, form === "printed" ? readPrinted : readText);
};

const readCommand = (reading: Reading): ReadonlyArray<string> | undefined => {
  const { tree } = reading;
  if (tree._tag === "List") return readItems(reading, readText);
  if (tree._tag !== "Scalar" || typeof tree.value !== "string") return mismatch(reading, "a command line or a list");
  const split = splitWords(tree.value);
  if (Result.isFailure(split)) return refuse(reading, `${named(reading)} cannot be split into words: ${split.failure}`);
  const { words, operator } = split.success;
  if (operator !== undefined) {
    warn(
      reading,
      "shell-operator",
      `no shell runs this command: "${operator}" and what follows are passed on as arguments (docker compose drops them)`,
      `write [sh, -c, "..."] to have a shell, or quote "${operator}" to pass it on without this warning`,
    );
  }
  return words;
};

const readHealthTest = (reading: Reading): ReadonlyArray<string> | undefined => {
  const { tree } = reading;
  if (tree._tag === "Scalar" && typeof tree.value === "string") return ["CMD-SHELL", tree.value];
  return readItems(reading, readText);
};

type Pair = readonly [key: string, value: string | null];

const pairsOfMap = (reading: Reading, form: MapForm): ReadonlyArray<Pair> | undefined => {
  const { tree } = reading;
  if (tree._tag !== "Map") return mismatch(reading, "a mapping");
  const pairs: Array<Pair> = [];
  for (const [key, { value }] of tree.entries) {
    const item = within(reading, key, value);
    warnExtensionKey(reading, key);
    if (value._tag === "Scalar" && value.value === null) pairs.push([key, form === "environment" ? null : ""]);
    else {
      const text = form === "strict" ? readText(item) : readPrinted(item);
      if (text !== undefined) pairs.push([key, text]);
    }
  }
  return pairs;
};

const pairsOfList = (reading: Reading, form: MapForm): ReadonlyArray<Pair> | undefined =>
  readItems(reading, (item): Pair | undefined => {
    const text = readPrinted(item);
    if (text === undefined) return undefined;
    const at = text.indexOf("=");
    const key = at < 0 ? text : text.slice(0, at);
    if (form === "environment" && /\s$/.test(key)) {
      return refuse(item, `the variable name "${key}" ends with a space`, 'remove the space before "="');
    }
    return [key, at >= 0 ? text.slice(at + 1) : form === "environment" ? null : ""];
  });

const readTextMap = (reading: Reading, form: MapForm): Readonly<Record<string, string | null>> | undefined => {
  const asList = reading.tree._tag === "List" && form !== "options" && form !== "strict";
  const pairs = asList ? pairsOfList(reading, form) : pairsOfMap(reading, form);
  return pairs === undefined ? undefined : Object.fromEntries(pairs);
};

const readMultiOptions = (reading: Reading): Readonly<Record<string, ReadonlyArray<string>>> | undefined => {
  const { tree } = reading;
  if (tree._tag !== "Map") return mismatch(reading, "a mapping");
  const options: Array<readonly [string, ReadonlyArray<string>]> = [];
  for (const [key, { value }] of tree.entries) {
    const item = within(reading, key, value);
    const texts = value._tag === "List" ? readItems(item, readPrinted) : [readPrinted(item)];
    const read = (texts ?? []).filter((text) => text !== undefined);
    if (read.length > 0) options.push([key, read]);
  }
  return Object.fromEntries(options);
};

const readHosts = (reading: Reading): Readonly<Record<string, ReadonlyArray<string>>> | undefined => {
  const { tree } = reading;
  if (tree._tag === "List") return settle(reading, hostsFromList(readItems(reading, readPrinted) ?? []));
  if (tree._tag !== "Map") return mismatch(reading, "a list or a mapping");
  const hosts = new Map<string, ReadonlyArray<string>>();
  for (const [host, { value }] of tree.entries) {
    const item = within(reading, host, value);
    if (value._tag === "List") hosts.set(host, readItems(item, readPrinted) ?? []);
    else hosts.set(host, [isNull(value) ? "" : (readPrinted(item) ?? "")]);
  }
  return settle(reading, hostsFromMap(hosts));
};

const readUlimit = (reading: Reading): unknown => {
  const { tree } = reading;
  if (tree._tag !== "Map") {
    const single = readInteger(reading, "int");
    return single === undefined ? undefined : { single };
  }
  const limit = (name: "soft" | "hard"): Record<string, number> => {
    const value = tree.entries.get(name)?.value;
    const number = value === undefined ? undefined : readInteger(within(reading, name, value), "int");
    return number === undefined ? {} : { [name]: number };
  };
  return { ...limit("soft"), ...limit("hard") };
};

const readEnvFile = (reading: Reading): unknown => {
  const { tree } = reading;
  if (tree._tag !== "Map") {
    const path = readText(reading);
    return path === undefined ? undefined : { path, required: true };
  }
  const at = (name: string): Reading | undefined => {
    const value = tree.entries.get(name)?.value;
    return value === undefined ? undefined : within(reading, name, value);
  };
  const [path, required, format] = [at("path"), at("required"), at("format")];
  return {
    path: (path && readText(path)) ?? "",
    required: (required && readFlag(required)) ?? false,
    ...(format === undefined ? {} : { format: readText(format) ?? "" }),
  };
};

const readSsh = (reading: Reading): unknown => {
  const { tree } = reading;
  if (tree._tag !== "Map") return mismatch(reading, "a mapping");
  return Array.from(tree.entries, ([id, { value }]) => {
    const path = value._tag === "Scalar" && value.value === null ? undefined : readPrinted(within(reading, id, value));
    return path === undefined ? { id } : { id, path };
  });
};

/** A kind that holds no further kinds. */
export type Leaf = Exclude<Kind, { readonly _tag: "Struct" | "List" | "MapOf" }>;

export const readLeaf = (kind: Leaf, reading: Reading): unknown => {
  switch (kind._tag) {
    case "Text":
      return readText(reading);
    case "Flag":
      return readFlag(reading);
    case "Integer":
      return readInteger(reading, kind.width);
    case "Float32":
      return readFloat(reading);
    case "Bytes":
      return readBytes(reading);
    case "Duration":
      return readDuration(reading);
    case "FileMode":
      return readFileMode(reading);
    case "DeviceCount":
      return readDeviceCount(reading);
    case "Command":
      return readCommand(reading);
    case "HealthTest":
      return readHealthTest(reading);
    case "Texts":
      return readTexts(reading, kind.form);
    case "TextMap":
      return readTextMap(reading, kind.form);
    case "MultiOptions":
      return readMultiOptions(reading);
    case "Hosts":
      return readHosts(reading);
    case "Ulimit":
      return readUlimit(reading);
    case "EnvFile":
      return readEnvFile(reading);
    case "Ssh":
      return readSsh(reading);
  }
};
