// Validates the accumulated model against the Compose Specification's JSON Schema (L9).
import type { Diagnostic } from "../source/Diagnostic.ts";
import { fault, nameOf, nearest } from "../source/problem.ts";
import type { Span } from "../source/Span.ts";
import { type ListTree, type MapTree, type ScalarTree, type Tree, type TreePath } from "../source/Tree.ts";
import { composeSchema, resolveSchema, type Schema } from "./schemaData.ts";

/** One way in which a value does not fit. `rank` is how deep it is: among alternatives the deepest is the real fault. */
interface Failure {
  readonly code: string;
  readonly message: string;
  readonly path: TreePath;
  readonly span: Span;
  /** Worked out only for the problems that are shown. */
  readonly hint: () => string | undefined;
  readonly rank: number;
  /** The types that were wanted, when the type alone was wrong. */
  readonly wanted: ReadonlyArray<string>;
}
type Failures = ReadonlyArray<Failure>;

/** A value under check. Its path is spelled out only when something is wrong. */
interface Place {
  readonly tree: Tree;
  readonly above: Place | undefined;
  readonly step: string | number;
  readonly depth: number;
  /** The key's place; for values that are spread over further lines it is the better one to point at. */
  readonly span: Span;
}

const below = (above: Place, step: string | number, tree: Tree, span: Span): Place => ({
  tree,
  above,
  step,
  depth: above.depth + 1,
  span,
});

const pathOf = (place: Place): TreePath => {
  const steps: Array<string | number> = [];
  for (let at: Place = place; at.above !== undefined; at = at.above) steps.push(at.step);
  return steps.reverse();
};

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

/** The narrowest type of a value. */
const typeOf = (tree: Tree): string => {
  if (tree._tag !== "Scalar") return tree._tag === "List" ? "array" : "object";
  // Unquoted dates have a type of their own in YAML, which no schema allows.
  if (tree.timestamp === true) return "date";
  switch (typeof tree.value) {
    case "string":
      return "string";
    case "boolean":
      return "boolean";
    case "bigint":
      return "integer";
    case "number":
      return Number.isInteger(tree.value) ? "integer" : "number";
    default:
      return "null";
  }
};

const hasType = (wanted: string | ReadonlyArray<string>, tree: Tree): boolean => {
  const found = typeOf(tree);
  if (typeof wanted === "string") return wanted === found || (wanted === "number" && found === "integer");
  return wanted.includes(found) || (found === "integer" && wanted.includes("number"));
};

const failure = (
  place: Place,
  code: string,
  message: string,
  more: {
    readonly hint?: string | undefined | (() => string | undefined);
    readonly rank?: number;
    readonly wanted?: ReadonlyArray<string>;
  } = {},
): Failure => ({
  code,
  message,
  path: pathOf(place),
  span: place.tree._tag === "Scalar" && place.tree.value !== null ? place.tree.span : place.span,
  hint: typeof more.hint === "function" ? more.hint : () => more.hint as string | undefined,
  rank: more.rank ?? place.depth,
  wanted: more.wanted ?? [],
});

const wrongType = (place: Place, wanted: ReadonlyArray<string>, description: string | undefined): Failure => {
  const found = typeOf(place.tree);
  const name = nameOf(pathOf(place));
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

const checkScalar = (schema: Schema, place: Place, tree: ScalarTree, into: Array<Failure>): void => {
  const { value } = tree;
  const name = (): string => nameOf(pathOf(place));
  const allowed = schema.enum;
  if (allowed !== undefined && !allowed.some((one) => one === value)) {
    const hint = (): string | undefined => {
      const near = typeof value === "string" ? nearest(value, allowed.map(String)) : undefined;
      return near === undefined ? schema.description : `did you mean "${near}"?`;
    };
    const message = `${name()} must be ${allowed.map((one) => `"${String(one)}"`).join(" or ")}`;
    into.push(failure(place, "invalid-value", message, { hint }));
  }
  if (schema.pattern !== undefined && typeof value === "string" && !patternOf(schema.pattern).test(value)) {
    const message = `${name()} has the wrong form, it must match ${schema.pattern}`;
    into.push(failure(place, "invalid-value", message, { hint: schema.description }));
  }
  if (typeof value === "number" || typeof value === "bigint") {
    if (schema.minimum !== undefined && value < schema.minimum) {
      into.push(failure(place, "invalid-value", `${name()} must be ${schema.minimum} or more`));
    }
    if (schema.maximum !== undefined && value > schema.maximum) {
      into.push(failure(place, "invalid-value", `${name()} must be ${schema.maximum} or less`));
    }
  }
};

const checkList = (schema: Schema, place: Place, tree: ListTree, into: Array<Failure>): void => {
  const { items } = schema;
  if (schema.uniqueItems === true) findDuplicate(place, tree, into);
  if (items === undefined) return;
  for (let index = 0; index < tree.items.length; index++) {
    const item = tree.items[index] as Tree;
    check(items, below(place, index, item, item.span), into);
  }
};

/** The same text for trees that are the same; the order of keys does not count. */
const identity = (tree: Tree): string => {
  switch (tree._tag) {
    case "Scalar":
      return `${typeof tree.value} ${JSON.stringify(String(tree.value))}`;
    case "List":
      return `[${tree.items.map(identity).join(",")}]`;
    case "Map":
      return `{${[...tree.entries]
        .map(([key, { value }]) => `${JSON.stringify(key)}:${identity(value)}`)
        .sort()
        .join(",")}}`;
  }
};

/** Only the first pair is told. */
const findDuplicate = (place: Place, tree: ListTree, into: Array<Failure>): void => {
  if (tree.items.length < 2) return;
  const seen = new Map<string, number>();
  for (const [index, item] of tree.items.entries()) {
    const key = identity(item);
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, index);
      continue;
    }
    const message = `items ${first} and ${index} of ${nameOf(pathOf(place))} are the same`;
    const at = below(place, index, item, item.span);
    into.push(failure(at, "duplicate-item", message, { hint: "remove one of them" }));
    return;
  }
};

const unknownKey = (schema: Schema, place: Place, key: string, span: Span): Failure => {
  const known = Object.keys(schema.properties ?? {});
  const patterns = Object.keys(schema.patternProperties ?? {}).filter((pattern) => pattern !== "^x-");
  const at = below(place, key, place.tree, span);
  if (known.length === 0 && patterns.length > 0) {
    const hint = `names must match ${patterns.join(" or ")}`;
    return failure(at, "invalid-name", `"${key}" is not allowed as a name here`, { hint });
  }
  const hint = (): string | undefined => {
    const near = nearest(key, known);
    if (near !== undefined) return `did you mean "${near}"?`;
    const misplaced =
      place.above === undefined && place.tree._tag === "Map" ? serviceOutside(place.tree, key) : undefined;
    return misplaced ?? (known.length > 0 && known.length <= 12 ? `known keys: ${known.join(", ")}` : undefined);
  };
  return failure(at, "unknown-key", `unknown key "${key}"`, { hint });
};

const serviceOutside = (root: MapTree, key: string): string | undefined => {
  const value = root.entries.get(key)?.value;
  const service = value?._tag === "Map" && (value.entries.has("image") || value.entries.has("build"));
  return service ? `if "${key}" is a service, put it under services:` : undefined;
};

const checkMap = (schema: Schema, place: Place, tree: MapTree, into: Array<Failure>): void => {
  for (const key of schema.required ?? []) {
    if (!tree.entries.has(key)) into.push(failure(place, "missing-key", `${nameOf(pathOf(place))} lacks "${key}"`));
  }
  const byPattern = patternProperties(schema);
  for (const [key, entry] of tree.entries) {
    const at = below(place, key, entry.value, entry.span);
    const property = Object.hasOwn(schema.properties ?? {}, key) ? schema.properties?.[key] : undefined;
    let known = property !== undefined;
    if (property !== undefined) check(property, at, into);
    for (const [pattern, inner] of byPattern) {
      if (!pattern.test(key)) continue;
      known = true;
      check(inner, at, into);
    }
    if (known) continue;
    if (schema.additionalProperties === false) into.push(unknownKey(schema, place, key, entry.span));
    else if (typeof schema.additionalProperties === "object") check(schema.additionalProperties, at, into);
  }
};

const deepest = (failures: Failures): number =>
  failures.reduce((most, { rank }) => Math.max(most, rank), Number.NEGATIVE_INFINITY);

/** The alternative that the value most likely wanted to be: of the right type, then the one that fits furthest down. */
const checkOneOf = (schema: Schema, alternatives: ReadonlyArray<Schema>, place: Place, into: Array<Failure>): void => {
  const attempt = (alternative: Schema): Array<Failure> => {
    const failures: Array<Failure> = [];
    check(alternative, place, failures);
    return failures;
  };
  // Those of the wrong type come last: mostly another one fits, and a failure is dear to describe.
  const tried = alternatives.map((alternative) => {
    const { type } = resolveSchema(alternative);
    return type === undefined || hasType(type, place.tree) ? attempt(alternative) : undefined;
  });
  const fitting = tried.filter((failures) => failures?.length === 0).length;
  if (fitting === 1) return;
  const results = tried.map((failures, index) => failures ?? attempt(alternatives[index] as Schema));
  if (fitting > 1) {
    into.push(failure(place, "invalid-value", `${nameOf(pathOf(place))} can be read in more than one way`));
    return;
  }
  const here = (failures: Failures): Failure | undefined =>
    failures.find((one) => one.wanted.length > 0 && one.path.length === place.depth);
  const typed = results.filter((failures) => here(failures) === undefined);
  if (typed.length === 0) {
    const wanted = results.flatMap((failures) => here(failures)?.wanted ?? []);
    into.push(wrongType(place, wanted, schema.description));
    return;
  }
  const chosen = typed.reduce((best, failures) => {
    const deeper = deepest(failures) - deepest(best);
    return deeper > 0 || (deeper === 0 && failures.length < best.length) ? failures : best;
  });
  for (const one of chosen) into.push(one);
};

function check(written: Schema, place: Place, into: Array<Failure>): void {
  const schema = resolveSchema(written);
  const { tree } = place;
  if (schema.type !== undefined) {
    if (!hasType(schema.type, tree)) {
      const wanted = typeof schema.type === "string" ? [schema.type] : schema.type;
      into.push(wrongType(place, wanted, schema.description));
      return;
    }
  }
  if (schema.oneOf !== undefined) checkOneOf(schema, schema.oneOf, place, into);
  switch (tree._tag) {
    case "Scalar":
      return checkScalar(schema, place, tree, into);
    case "List":
      return checkList(schema, place, tree, into);
    case "Map":
      return checkMap(schema, place, tree, into);
  }
}

const patterns = new Map<string, RegExp>();

const patternOf = (source: string): RegExp => {
  const known = patterns.get(source);
  if (known !== undefined) return known;
  // Go's dot stops only at a newline, where JavaScript's stops at every line separator.
  const made = new RegExp(source.replace(/(^|[^\\])\.(?=[+*])/g, "$1[^\\n]"), "u");
  patterns.set(source, made);
  return made;
};

const noPatterns: ReadonlyArray<readonly [RegExp, Schema]> = [];
const patternsBySchema = new Map<Schema, ReadonlyArray<readonly [RegExp, Schema]>>();

const patternProperties = (schema: Schema): ReadonlyArray<readonly [RegExp, Schema]> => {
  if (schema.patternProperties === undefined) return noPatterns;
  const known = patternsBySchema.get(schema);
  if (known !== undefined) return known;
  const made = Object.entries(schema.patternProperties).map(([pattern, inner]) => [patternOf(pattern), inner] as const);
  patternsBySchema.set(schema, made);
  return made;
};

/** Nobody reads more problems than this; a hostile file could cause millions. */
const MAX_SHOWN = 1_000;

/** All faults of the model against the schema, one diagnostic per real fault. */
export const validateSchema = (tree: Tree): ReadonlyArray<Diagnostic> => {
  const failures: Array<Failure> = [];
  check(composeSchema, { tree, above: undefined, step: "", depth: 0, span: tree.span }, failures);
  return failures
    .slice(0, MAX_SHOWN)
    .map(({ code, message, path, span, hint }) => fault(code, message, { path, span }, hint()));
};
