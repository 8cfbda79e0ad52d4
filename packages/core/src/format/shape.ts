// What a JSON document looks like, as data: decoders, key order and JSON Schemas all follow from one description.
import { byBytes } from "../hash/canonicalJson.ts";
import { type Diagnostic } from "../source/Diagnostic.ts";
import { fault } from "../source/problem.ts";

export interface Property {
  readonly name: string;
  readonly node: Node;
  readonly optional: boolean;
}

/** Untyped description. `Variant` is a union of objects told apart by their `_tag`. */
export type Node =
  | { readonly _tag: "Text"; readonly pattern?: string }
  | { readonly _tag: "Flag" }
  | { readonly _tag: "Number"; readonly whole: boolean; readonly minimum?: number }
  | { readonly _tag: "Words"; readonly words: ReadonlyArray<string> }
  | { readonly _tag: "Constant"; readonly value: string | number }
  | { readonly _tag: "List"; readonly of: Node }
  | { readonly _tag: "MapOf"; readonly of: Node }
  | { readonly _tag: "Nullable"; readonly of: Node }
  | { readonly _tag: "Struct"; readonly properties: ReadonlyArray<Property> }
  | { readonly _tag: "Variant"; readonly cases: ReadonlyMap<string, ReadonlyArray<Property>> }
  /** A shape with a name of its own in the JSON Schema; `node` is a function because shapes may contain themselves. */
  | { readonly _tag: "Named"; readonly name: string; readonly description: string; readonly node: () => Node };

/** A description of JSON data of type `A`. */
export interface Shape<A> {
  readonly node: Node;
  /** Never there: it ties the description to its type. */
  readonly type?: (value: A) => A;
}
export interface OptionalShape<A> {
  readonly optional: Shape<A>;
}

/** One shape per field; the compiler checks that every field of `A` is described, and which may be absent. */
export type FieldShapes<A> = {
  readonly [K in keyof A]-?: {} extends Pick<A, K> ? OptionalShape<Exclude<A[K], undefined>> : Shape<A[K]>;
};
type Tagged = { readonly _tag: string };
export type CaseShapes<A extends Tagged> = {
  readonly [T in A["_tag"]]: FieldShapes<Omit<Extract<A, { readonly _tag: T }>, "_tag">>;
};

export const text: Shape<string> = { node: { _tag: "Text" } };
export const flag: Shape<boolean> = { node: { _tag: "Flag" } };
export const number: Shape<number> = { node: { _tag: "Number", whole: false } };
export const whole: Shape<number> = { node: { _tag: "Number", whole: true } };
export const position: Shape<number> = { node: { _tag: "Number", whole: true, minimum: 1 } };
export const pattern = <A extends string>(source: string): Shape<A> => ({ node: { _tag: "Text", pattern: source } });
/** Every word of the type must be listed: the record's keys are the words. */
export const words = <A extends string>(all: Readonly<Record<A, true>>): Shape<A> => ({
  node: { _tag: "Words", words: Object.keys(all) },
});
export const constant = <A extends string | number>(value: A): Shape<A> => ({ node: { _tag: "Constant", value } });
export const list = <A>(of: Shape<A>): Shape<ReadonlyArray<A>> => ({ node: { _tag: "List", of: of.node } });
export const mapOf = <A>(of: Shape<A>): Shape<Readonly<Record<string, A>>> => ({
  node: { _tag: "MapOf", of: of.node },
});
export const nullable = <A>(of: Shape<A>): Shape<A | null> => ({ node: { _tag: "Nullable", of: of.node } });
export const optional = <A>(shape: Shape<A>): OptionalShape<A> => ({ optional: shape });

const properties = (fields: Readonly<Record<string, Shape<never> | OptionalShape<never>>>): ReadonlyArray<Property> =>
  Object.entries(fields).map(([name, field]) =>
    "optional" in field
      ? { name, node: field.optional.node, optional: true }
      : { name, node: field.node, optional: false },
  );

type AnyFields = Readonly<Record<string, Shape<never> | OptionalShape<never>>>;

export const struct = <A>(fields: FieldShapes<A>): Shape<A> => ({
  node: { _tag: "Struct", properties: properties(fields as unknown as AnyFields) },
});

export const variant = <A extends Tagged>(cases: CaseShapes<A>): Shape<A> => ({
  node: {
    _tag: "Variant",
    cases: new Map(Object.entries<AnyFields>(cases as never).map(([tag, fields]) => [tag, properties(fields)])),
  },
});

export const named = <A>(name: string, description: string, shape: () => Shape<A>): Shape<A> => ({
  node: { _tag: "Named", name, description, node: () => shape().node },
});

type Path = ReadonlyArray<string | number>;
type Faults = ReadonlyArray<Diagnostic>;

const wrong = (path: Path, wanted: string): Faults => [
  fault("invalid-document", path.length === 0 ? `expected ${wanted}` : `${path.join(".")}: expected ${wanted}`, {
    path,
  }),
];

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const checkProperties = (
  properties: ReadonlyArray<Property>,
  value: Readonly<Record<string, unknown>>,
  path: Path,
  tagged: boolean,
): Faults => {
  const known = new Set(properties.map(({ name }) => name));
  if (tagged) known.add("_tag");
  const unknown = Object.keys(value).filter((key) => !known.has(key));
  return [
    ...unknown.flatMap((key) => wrong([...path, key], "nothing here: no such field in this version")),
    ...properties.flatMap(({ name, node, optional }) => {
      if (Object.hasOwn(value, name)) return check(node, value[name], [...path, name]);
      return optional ? [] : wrong([...path, name], "a value");
    }),
  ];
};

const checkVariant = (cases: ReadonlyMap<string, ReadonlyArray<Property>>, value: unknown, path: Path): Faults => {
  if (!isRecord(value)) return wrong(path, "an object");
  const tag = value["_tag"];
  const found = typeof tag === "string" ? cases.get(tag) : undefined;
  if (found === undefined) return wrong([...path, "_tag"], `one of ${[...cases.keys()].join(", ")}`);
  return checkProperties(found, value, path, true);
};

/** Everything in `value` that does not fit, with its place. */
export const check = (node: Node, value: unknown, path: Path = []): Faults => {
  switch (node._tag) {
    case "Text":
      return typeof value === "string" && (node.pattern === undefined || new RegExp(node.pattern, "u").test(value))
        ? []
        : wrong(path, node.pattern === undefined ? "text" : `text like ${node.pattern}`);
    case "Flag":
      return typeof value === "boolean" ? [] : wrong(path, "true or false");
    case "Number":
      return typeof value === "number" &&
        (!node.whole || Number.isInteger(value)) &&
        value >= (node.minimum ?? -Infinity)
        ? []
        : wrong(path, node.whole ? "a whole number" : "a number");
    case "Words":
      return typeof value === "string" && node.words.includes(value)
        ? []
        : wrong(path, `one of ${node.words.join(", ")}`);
    case "Constant":
      return value === node.value ? [] : wrong(path, JSON.stringify(node.value));
    case "List":
      return Array.isArray(value)
        ? value.flatMap((item: unknown, index) => check(node.of, item, [...path, index]))
        : wrong(path, "a list");
    case "MapOf":
      return isRecord(value)
        ? Object.entries(value).flatMap(([key, item]) => check(node.of, item, [...path, key]))
        : wrong(path, "an object");
    case "Nullable":
      return value === null ? [] : check(node.of, value, path);
    case "Struct":
      return isRecord(value) ? checkProperties(node.properties, value, path, false) : wrong(path, "an object");
    case "Variant":
      return checkVariant(node.cases, value, path);
    case "Named":
      return check(node.node(), value, path);
  }
};

const arrangeProperties = (
  properties: ReadonlyArray<Property>,
  value: Readonly<Record<string, unknown>>,
  head: ReadonlyArray<readonly [string, unknown]>,
): unknown =>
  Object.fromEntries([
    ...head,
    ...properties
      .filter(({ name }) => value[name] !== undefined)
      .map(({ name, node }) => [name, arrange(node, value[name])] as const),
  ]);

/** The same value with its fields in the described order and its maps sorted: equal values print equally. Undescribed fields go. */
export const arrange = (node: Node, value: unknown): unknown => {
  switch (node._tag) {
    case "Text":
    case "Flag":
    case "Number":
    case "Words":
    case "Constant":
      return value;
    case "List":
      return (value as ReadonlyArray<unknown>).map((item) => arrange(node.of, item));
    case "MapOf": {
      const entries = Object.entries(value as Readonly<Record<string, unknown>>).sort(([a], [b]) => byBytes(a, b));
      return Object.fromEntries(entries.map(([key, item]) => [key, arrange(node.of, item)]));
    }
    case "Nullable":
      return value === null ? null : arrange(node.of, value);
    case "Struct":
      return arrangeProperties(node.properties, value as Readonly<Record<string, unknown>>, []);
    case "Variant": {
      const record = value as Readonly<Record<string, unknown>>;
      return arrangeProperties(node.cases.get(record["_tag"] as string) ?? [], record, [["_tag", record["_tag"]]]);
    }
    case "Named":
      return arrange(node.node(), value);
  }
};
