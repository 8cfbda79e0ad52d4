// Validates the accumulated model against the Compose Specification's JSON Schema (L9).
import type { Diagnostic } from "../source/Diagnostic.ts";
import { fault, nameOf, nearest } from "../source/problem.ts";
import type { Span } from "../source/Span.ts";
import { type ListTree, type MapTree, sameTree, type ScalarTree, type Tree, type TreePath } from "../source/Tree.ts";
import { composeSchema, resolveSchema, type Schema } from "./schemaData.ts";

/** One way in which a value does not fit. `rank` is how deep it is: among alternatives the deepest is the real fault. */
interface Failure {
  readonly code: string;
  readonly message: string;
  readonly path: TreePath;
  readonly span: Span;
  readonly hint: string | undefined;
  readonly rank: number;
  /** The types that were wanted, when the type alone was wrong. */
  readonly wanted: ReadonlyArray<string>;
}
type Failures = ReadonlyArray<Failure>;

/** A value under check, with the schema that its place gives it. */
interface Place {
  readonly tree: Tree;
  readonly path: TreePath;
  /** The key's place; for values that are spread over further lines it is the better one to point at. */
  readonly span: Span;
}

const typeNames: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "true or false",
  integer: "a whole number",
  null: "empty",
  number: "a number",
  object: "a mapping",
  string: "text",
};

const describeTypes = (types: ReadonlyArray<string>): string => {
  const words = [...new Set(types)].sort().map((type) => typeNames[type] ?? type);
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
};

const valueTypes = (tree: Tree): ReadonlyArray<string> => {
  if (tree._tag !== "Scalar") return [tree._tag === "List" ? "array" : "object"];
  // Unquoted dates have a type of their own in YAML, which no schema allows.
  if (tree.timestamp === true) return ["date"];
  switch (typeof tree.value) {
    case "string":
      return ["string"];
    case "boolean":
      return ["boolean"];
    case "bigint":
      return ["integer", "number"];
    case "number":
      return Number.isInteger(tree.value) ? ["integer", "number"] : ["number"];
    default:
      return ["null"];
  }
};

const failure = (
  place: Place,
  code: string,
  message: string,
  more: { readonly hint?: string | undefined; readonly rank?: number; readonly wanted?: ReadonlyArray<string> } = {},
): Failure => ({
  code,
  message,
  path: place.path,
  span: place.tree._tag === "Scalar" && place.tree.value !== null ? place.tree.span : place.span,
  hint: more.hint,
  rank: more.rank ?? place.path.length,
  wanted: more.wanted ?? [],
});

const wrongType = (place: Place, wanted: ReadonlyArray<string>, description: string | undefined): Failure => {
  const [found = ""] = valueTypes(place.tree);
  const name = nameOf(place.path);
  const is = found === "date" ? "a date" : (typeNames[found] ?? found);
  const quote = found === "date" || ((found === "integer" || found === "number") && wanted.includes("string"));
  // An example in the description says more than quotes would: `interval: 90` needs a unit.
  const example = description?.includes("e.g.") === true;
  const hint =
    found === "null"
      ? "give it a value or remove the key"
      : quote && !example
        ? "put the value in quotes"
        : description;
  return failure(place, "wrong-type", `${name} must be ${describeTypes(wanted)}, it is ${is}`, { hint, wanted });
};

const checkScalar = (schema: Schema, place: Place, tree: ScalarTree): Failures => {
  const { value } = tree;
  const name = nameOf(place.path);
  const found: Array<Failure> = [];
  if (schema.enum !== undefined && !schema.enum.some((allowed) => allowed === value)) {
    const near = typeof value === "string" ? nearest(value, schema.enum.map(String)) : undefined;
    const hint = near === undefined ? schema.description : `did you mean "${near}"?`;
    const message = `${name} must be ${schema.enum.map((allowed) => `"${String(allowed)}"`).join(" or ")}`;
    found.push(failure(place, "invalid-value", message, { hint }));
  }
  if (schema.pattern !== undefined && typeof value === "string" && !patternOf(schema.pattern).test(value)) {
    const message = `${name} has the wrong form, it must match ${schema.pattern}`;
    found.push(failure(place, "invalid-value", message, { hint: schema.description }));
  }
  if (typeof value === "number" || typeof value === "bigint") {
    if (schema.minimum !== undefined && value < schema.minimum) {
      found.push(failure(place, "invalid-value", `${name} must be ${schema.minimum} or more`));
    }
    if (schema.maximum !== undefined && value > schema.maximum) {
      found.push(failure(place, "invalid-value", `${name} must be ${schema.maximum} or less`));
    }
  }
  return found;
};

const checkList = (schema: Schema, place: Place, tree: ListTree): Failures => {
  const found: Array<Failure> = [];
  const { items } = schema;
  if (schema.uniqueItems === true) found.push(...duplicates(place, tree));
  if (items === undefined) return found;
  for (const [index, item] of tree.items.entries()) {
    found.push(...check(items, { tree: item, path: [...place.path, index], span: item.span }));
  }
  return found;
};

/** The earlier item that each item equals, if any; texts and numbers, the common case, are found without comparing all. */
const duplicates = (place: Place, tree: ListTree): Failures => {
  const scalars = new Map<string, number>();
  for (const [index, item] of tree.items.entries()) {
    const key = item._tag === "Scalar" ? `${typeof item.value} ${String(item.value)}` : undefined;
    const first =
      key === undefined ? tree.items.findIndex((other) => sameTree(other, item)) : (scalars.get(key) ?? index);
    if (key !== undefined) scalars.set(key, first);
    if (first === index) continue;
    const path = [...place.path, index];
    const message = `items ${first} and ${index} of ${nameOf(place.path)} are the same`;
    return [failure({ tree: item, path, span: item.span }, "duplicate-item", message, { hint: "remove one of them" })];
  }
  return [];
};

const unknownKey = (schema: Schema, place: Place, key: string, span: Span): Failure => {
  const known = Object.keys(schema.properties ?? {});
  const patterns = Object.keys(schema.patternProperties ?? {}).filter((pattern) => pattern !== "^x-");
  const below: Place = { tree: place.tree, path: [...place.path, key], span };
  const rank = place.path.length + 1;
  if (known.length === 0 && patterns.length > 0) {
    const hint = `names must match ${patterns.join(" or ")}`;
    return failure(below, "invalid-name", `"${key}" is not allowed as a name here`, { rank, hint });
  }
  const near = nearest(key, known);
  const misplaced = place.path.length === 0 && place.tree._tag === "Map" ? serviceOutside(place.tree, key) : undefined;
  const listed = known.length > 0 && known.length <= 12 ? `known keys: ${known.join(", ")}` : undefined;
  const hint = near !== undefined ? `did you mean "${near}"?` : (misplaced ?? listed);
  return failure(below, "unknown-key", `unknown key "${key}"`, { rank, hint });
};

const serviceOutside = (root: MapTree, key: string): string | undefined => {
  const value = root.entries.get(key)?.value;
  const service = value?._tag === "Map" && (value.entries.has("image") || value.entries.has("build"));
  return service ? `if "${key}" is a service, put it under services:` : undefined;
};

const checkMap = (schema: Schema, place: Place, tree: MapTree): Failures => {
  const found: Array<Failure> = [];
  for (const key of schema.required ?? []) {
    if (!tree.entries.has(key)) found.push(failure(place, "missing-key", `${nameOf(place.path)} lacks "${key}"`));
  }
  const patterns = Object.entries(schema.patternProperties ?? {});
  for (const [key, entry] of tree.entries) {
    const below: Place = { tree: entry.value, path: [...place.path, key], span: entry.span };
    const property = Object.hasOwn(schema.properties ?? {}, key) ? schema.properties?.[key] : undefined;
    const matching = patterns.filter(([pattern]) => patternOf(pattern).test(key));
    if (property !== undefined) found.push(...check(property, below));
    for (const [, inner] of matching) found.push(...check(inner, below));
    if (property !== undefined || matching.length > 0) continue;
    if (schema.additionalProperties === false) found.push(unknownKey(schema, place, key, entry.span));
    else if (typeof schema.additionalProperties === "object") found.push(...check(schema.additionalProperties, below));
  }
  return found;
};

/** The alternative that the value most likely wanted to be: of the right type, then the one that fits furthest down. */
const checkOneOf = (alternatives: ReadonlyArray<Schema>, place: Place, description: string | undefined): Failures => {
  const results = alternatives.map((alternative) => check(alternative, place));
  const fitting = results.filter((failures) => failures.length === 0).length;
  if (fitting === 1) return [];
  if (fitting > 1) return [failure(place, "invalid-value", `${nameOf(place.path)} can be read in more than one way`)];
  const here = (failures: Failures): Failure | undefined =>
    failures.find((one) => one.wanted.length > 0 && one.path.length === place.path.length);
  const typed = results.filter((failures) => here(failures) === undefined);
  if (typed.length === 0) {
    return [
      wrongType(
        place,
        results.flatMap((failures) => here(failures)?.wanted ?? []),
        description,
      ),
    ];
  }
  const depth = (failures: Failures): number => Math.max(...failures.map(({ rank }) => rank));
  return typed.reduce((best, failures) => {
    const deeper = depth(failures) - depth(best);
    return deeper > 0 || (deeper === 0 && failures.length < best.length) ? failures : best;
  });
};

const check = (written: Schema, place: Place): Failures => {
  const schema = resolveSchema(written);
  const { tree } = place;
  if (schema.type !== undefined) {
    const wanted = typeof schema.type === "string" ? [schema.type] : schema.type;
    if (!valueTypes(tree).some((type) => wanted.includes(type))) return [wrongType(place, wanted, schema.description)];
  }
  const inner = schema.oneOf === undefined ? [] : checkOneOf(schema.oneOf, place, schema.description);
  switch (tree._tag) {
    case "Scalar":
      return [...inner, ...checkScalar(schema, place, tree)];
    case "List":
      return [...inner, ...checkList(schema, place, tree)];
    case "Map":
      return [...inner, ...checkMap(schema, place, tree)];
  }
};

const patterns = new Map<string, RegExp>();

const patternOf = (source: string): RegExp => {
  const known = patterns.get(source);
  if (known !== undefined) return known;
  // Go's dot stops only at a newline, where JavaScript's stops at every line separator.
  const made = new RegExp(source.replace(/(^|[^\\])\.(?=[+*])/g, "$1[^\\n]"), "u");
  patterns.set(source, made);
  return made;
};

/** All faults of the model against the schema, one diagnostic per real fault. */
export const validateSchema = (tree: Tree): ReadonlyArray<Diagnostic> =>
  check(composeSchema, { tree, path: [], span: tree.span }).map(({ code, message, path, span, hint }) =>
    fault(code, message, { path, span }, hint),
  );
