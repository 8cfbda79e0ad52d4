// The JSON Schema (2020-12) of a described document.
import type { Node, Property } from "./shape.ts";

type Schema = Readonly<Record<string, unknown>>;
/** `open`: unknown fields are fine, as readers should treat them; `closed`: they are errors, as our own tests do. */
export type Strictness = "open" | "closed";

interface Context {
  readonly definitions: Map<string, Schema>;
  readonly strictness: Strictness;
}

const objectSchema = (properties: ReadonlyArray<Property>, head: Schema, context: Context): Schema => {
  const required = [...Object.keys(head), ...properties.filter(({ optional }) => !optional).map(({ name }) => name)];
  return {
    type: "object",
    properties: {
      ...head,
      ...Object.fromEntries(properties.map(({ name, node }) => [name, schemaOf(node, context)])),
    },
    ...(required.length === 0 ? {} : { required }),
    ...(context.strictness === "closed" ? { additionalProperties: false } : {}),
  };
};

const nullableSchema = (schema: Schema): Schema =>
  typeof schema["type"] === "string"
    ? { ...schema, type: [schema["type"], "null"] }
    : { anyOf: [schema, { type: "null" }] };

const reference = (node: Extract<Node, { readonly _tag: "Named" }>, context: Context): Schema => {
  if (!context.definitions.has(node.name)) {
    context.definitions.set(node.name, {});
    context.definitions.set(node.name, { description: node.description, ...schemaOf(node.node(), context) });
  }
  return { $ref: `#/$defs/${node.name}` };
};

const schemaOf = (node: Node, context: Context): Schema => {
  switch (node._tag) {
    case "Text":
      return { type: "string", ...(node.pattern === undefined ? {} : { pattern: node.pattern }) };
    case "Flag":
      return { type: "boolean" };
    case "Number":
      return {
        type: node.whole ? "integer" : "number",
        ...(node.minimum === undefined ? {} : { minimum: node.minimum }),
      };
    case "Words":
      return { enum: node.words };
    case "Constant":
      return { const: node.value };
    case "List":
      return { type: "array", items: schemaOf(node.of, context) };
    case "MapOf":
      return { type: "object", additionalProperties: schemaOf(node.of, context) };
    case "Nullable":
      return nullableSchema(schemaOf(node.of, context));
    case "Struct":
      return objectSchema(node.properties, {}, context);
    case "Variant":
      return {
        oneOf: Array.from(node.cases, ([tag, properties]) =>
          objectSchema(properties, { _tag: { const: tag } }, context),
        ),
      };
    case "Named":
      return reference(node, context);
  }
};

export interface SchemaHead {
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

export const jsonSchema = (node: Node, head: SchemaHead, strictness: Strictness = "open"): Schema => {
  const context: Context = { definitions: new Map(), strictness };
  const root = schemaOf(node, context);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: head.id,
    title: head.title,
    description: head.description,
    ...root,
    $defs: Object.fromEntries([...context.definitions].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
};
