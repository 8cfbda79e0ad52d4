// The Compose Specification's schema over trees: places, messages, hints.
import { describe, expect, it } from "vitest";
import { parseYaml } from "../../src/parse/yaml.ts";
import type { Tree } from "../../src/source/Tree.ts";
import { validateSchema } from "../../src/validate/schema.ts";
import { composeSchema, resolveSchema, type Schema } from "../../src/validate/schemaData.ts";

const tree = (text: string): Tree => {
  const parsed = parseYaml(text, "compose.yaml");
  expect(parsed.diagnostics).toEqual([]);
  return (parsed.documents[0] as { tree: Tree }).tree;
};

/** "line:column code path: message (hint)" of every fault. */
const faults = (text: string): ReadonlyArray<string> =>
  validateSchema(tree(text)).map(
    ({ code, message, path, span, hint }) =>
      `${span?.line}:${span?.column} ${code} ${path}: ${message}${hint === undefined ? "" : ` (${hint})`}`,
  );

const service = (body: string): string => `services:\n  web:\n    image: i\n${body.replace(/^/gm, "    ")}`;

describe("validateSchema", () => {
  it("accepts a plain file", () => {
    expect(faults(service("ports: ['80']\nenvironment: [A=1]\nx-any: {b: [1]}\ncommand:\ndeploy:"))).toEqual([]);
  });

  it("names an unknown key and what was probably meant", () => {
    expect(faults(service("imgae: x"))).toEqual([
      '4:5 unknown-key services.web.imgae: unknown key "imgae" (did you mean "image"?)',
    ]);
    expect(faults("services: {}\nweb: {image: i}")).toEqual([
      '2:1 unknown-key web: unknown key "web" (if "web" is a service, put it under services:)',
    ]);
    expect(faults(service("healthcheck:\n  tset: x"))).toEqual([
      '5:7 unknown-key services.web.healthcheck.tset: unknown key "tset" (did you mean "test"?)',
    ]);
  });

  it("says what is wrong with a name", () => {
    expect(faults("services:\n  'my web': {image: i}")).toEqual([
      '2:3 invalid-name services.my web: "my web" is not allowed as a name here (names must match ^[a-zA-Z0-9._-]+$)',
    ]);
  });

  it("names all types that a value may have", () => {
    expect(faults(service("environment: 5"))).toEqual([
      "4:18 wrong-type services.web.environment: environment must be a list or a mapping, it is a whole number (Add environment variables. You can use either an array or a list of KEY=VAL pairs.)",
    ]);
    expect(faults(service("depends_on:"))).toEqual([
      "4:5 wrong-type services.web.depends_on: depends_on must be a list or a mapping, it is empty (give it a value or remove the key)",
    ]);
  });

  it("goes into the alternative that was meant", () => {
    expect(faults(service("build:\n  context: 1\n  cntext: ."))).toEqual([
      "5:16 wrong-type services.web.build.context: context must be text, it is a whole number (put the value in quotes)",
      '6:7 unknown-key services.web.build.cntext: unknown key "cntext" (did you mean "context"?)',
    ]);
    expect(faults(service("environment: {A: [1]}"))).toEqual([
      "4:19 wrong-type services.web.environment.A: A must be true or false, empty, a number or text, it is a list (Value for the key, which can be a string, number, boolean, or null.)",
    ]);
    expect(faults(service("depends_on: {db: {condition: healthy}}"))).toEqual([
      '4:34 invalid-value services.web.depends_on.db.condition: condition must be "service_started" or "service_healthy" or "service_completed_successfully" (did you mean "service_healthy"?)',
    ]);
  });

  it("asks for quotes around numbers and dates, and says where", () => {
    expect(faults(service("healthcheck: {interval: 90}"))).toEqual([
      "4:29 wrong-type services.web.healthcheck.interval: interval must be text, it is a whole number (Time between running the check (e.g., '1s', '1m30s'). Default: 30s.)",
    ]);
    expect(faults(service("environment: {D: 2024-01-02}"))[0]).toContain("it is a date (put the value in quotes)");
  });

  it("reports every fault, in file order", () => {
    const found = faults(service("imgae: x\nprivileged: [no]\nsecurity_opt: [a, b, a]\nmem_swappiness: yes"));
    expect(found.map((line) => line.split(":")[0])).toEqual(["4", "5", "6"]);
    expect(found[2]).toContain("items 0 and 2 of security_opt are the same");
  });

  it("requires keys", () => {
    expect(faults(service("depends_on: {db: {}}"))).toEqual([
      '4:18 missing-key services.web.depends_on.db: db lacks "condition"',
    ]);
  });

  it("treats keys of every object's prototype as unknown keys", () => {
    expect(faults(service("constructor: 1\n__proto__: {}\ntoString: x")).map((line) => line.split(" ")[1])).toEqual([
      "unknown-key",
      "unknown-key",
      "unknown-key",
    ]);
  });
});

describe("the carried schema", () => {
  const keywords = new Set<string>();
  const references: Array<Schema> = [];
  const walk = (schema: Schema): void => {
    for (const key of Object.keys(schema)) keywords.add(key);
    if (schema.$ref !== undefined) references.push(schema);
    const maps = [
      schema.properties,
      schema.patternProperties,
      (schema as { definitions?: Record<string, Schema> }).definitions,
    ];
    for (const inner of maps.flatMap((map) => Object.values(map ?? {}))) walk(inner);
    for (const inner of schema.oneOf ?? []) walk(inner);
    if (schema.items !== undefined) walk(schema.items);
    if (typeof schema.additionalProperties === "object") walk(schema.additionalProperties);
  };
  walk(composeSchema);

  it("uses only keywords that are interpreted or carry no rule", () => {
    expect([...keywords].sort()).toEqual(
      [
        "$id",
        "$ref",
        "$schema",
        "additionalProperties",
        "default",
        "definitions",
        "deprecated",
        "description",
        "enum",
        "items",
        "maximum",
        "minimum",
        "oneOf",
        "pattern",
        "patternProperties",
        "properties",
        "required",
        "title",
        "type",
        "uniqueItems",
      ].sort(),
    );
  });

  it("has no dangling reference", () => {
    for (const reference of references) expect(Object.keys(resolveSchema(reference)).length).toBeGreaterThan(1);
  });
});
