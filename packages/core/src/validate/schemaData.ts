// The Compose Specification's JSON Schema as data, typed by the keywords it uses.
import data from "../../schema/compose-spec.json" with { type: "json" };

/** The keywords of JSON Schema draft 7 that the schema uses; a test fails when a new one appears. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | ReadonlyArray<string>;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: ReadonlyArray<string>;
  readonly items?: Schema;
  readonly oneOf?: ReadonlyArray<Schema>;
  readonly enum?: ReadonlyArray<string | number | boolean | null>;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly uniqueItems?: boolean;
}

export const composeSchema = data as unknown as Schema;

const definitions = (data as unknown as { readonly definitions: Readonly<Record<string, Schema>> }).definitions;

const references = /^#\/definitions\/(.+)$/;

const resolved = new Map<Schema, Schema>();

/** The schema that a `$ref` stands for; what is said beside the reference (a description) stays. */
export const resolveSchema = (schema: Schema): Schema => {
  if (schema.$ref === undefined) return schema;
  const known = resolved.get(schema);
  if (known !== undefined) return known;
  // A dangling reference would be a fault of the carried file, which the tests rule out.
  const target = resolveSchema(definitions[references.exec(schema.$ref)?.[1] ?? ""] ?? {});
  const made = schema.description === undefined ? target : { ...target, description: schema.description };
  resolved.set(schema, made);
  return made;
};
