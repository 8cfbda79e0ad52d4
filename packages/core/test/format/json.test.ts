// Plans as JSON: the document, its schema, and the way back.
import { assert, describe, it } from "@effect/vitest";
import { Ajv2020 } from "ajv/dist/2020.js";
import * as Result from "effect/Result";
import { readFileSync } from "node:fs";
import { planSchema } from "../../src/format/document.ts";
import { decodePlan, encodePlan, planDocument } from "../../src/format/json.ts";
import { maskSecrets } from "../../src/explain/secrets.ts";
import { planShape } from "../../src/format/planShape.ts";
import { arrange, check } from "../../src/format/shape.ts";
import { expectGolden } from "./golden.ts";
import { shop } from "./shop.ts";

const decoded = (text: string) => {
  const result = decodePlan(text);
  if (Result.isFailure(result)) throw new Error(result.failure.map(({ message }) => message).join("\n"));
  return result.success;
};
/** The complaints about the document with one value changed; `undefined` takes it out. */
const faults = (path: string, value: unknown): ReadonlyArray<string> => {
  const document: unknown = JSON.parse(encodePlan(shop));
  const keys = path.split(".");
  const last = keys.pop() as string;
  const parent = keys.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], document) as Record<
    string,
    unknown
  >;
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  const result = decodePlan(JSON.stringify(document));
  return Result.isFailure(result) ? result.failure.map(({ message }) => message) : [];
};

describe("plan as JSON", () => {
  it("comes back as it went, but for the secrets and the x- fields", () => {
    const again = decoded(encodePlan(shop));
    assert.deepStrictEqual(again, arrange(planShape.node, maskSecrets(shop)));
    assert.strictEqual(encodePlan(again), encodePlan(shop));
  });

  it("holds no secret", () => {
    assert.notInclude(encodePlan(shop), "hunter2");
    assert.include(encodePlan(shop), "redis-server");
  });

  it("does not depend on the order in which objects were made", () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, item]) => [key, reversed(item)]),
      );
    };
    assert.strictEqual(encodePlan(reversed(shop) as typeof shop), encodePlan(shop));
  });

  it("fits its JSON Schema, and leaves nothing undescribed", () => {
    const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });
    const validate = ajv.compile(planSchema("closed"));
    const document: unknown = JSON.parse(encodePlan(shop));
    assert.isTrue(validate(document), JSON.stringify(validate.errors?.slice(0, 3)));
    assert.isFalse(validate({ ...(document as object), surprise: 1 }));
    const { steps } = document as { steps: ReadonlyArray<object> };
    assert.isFalse(validate({ ...(document as object), steps: [{ ...steps[0], operation: { _tag: "Explode" } }] }));
  });

  it("the schema in the repository is the one that is meant", () => {
    expectGolden(
      `${JSON.stringify(planSchema(), null, 2)}\n`,
      new URL("../../schema/plan.schema.json", import.meta.url),
    );
    const published = JSON.parse(
      readFileSync(new URL("../../schema/plan.schema.json", import.meta.url), "utf8"),
    ) as object;
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(published);
    assert.isTrue(validate(planDocument(shop)));
    assert.isTrue(validate({ ...planDocument(shop), future: true }), "readers of version 1 accept new fields");
  });

  it("refuses what is no plan, with the place", () => {
    assert.deepStrictEqual(faults("headline", "another"), [], "what is derived is not read");
    assert.deepStrictEqual(faults("format", "x"), ['this is no plan: "format" is not "composure/plan"']);
    assert.match(faults("version", 2)[0] ?? "", /version 2; this version of Composure reads 1/);
    assert.match(
      faults("steps.0.operation._tag", "Explode")[0] ?? "",
      /^steps\.0\.operation\._tag: expected one of PullImage/,
    );
    assert.deepStrictEqual(faults("steps.4.operation.spec.image", undefined), [
      "steps.4.operation.spec.image: expected a value",
    ]);
    assert.deepStrictEqual(faults("steps.4.operation.spec.number", 1.5), [
      "steps.4.operation.spec.number: expected a whole number",
    ]);
    assert.match(faults("steps.0.extra", 1)[0] ?? "", /^steps\.0\.extra: /);
    assert.match(faults("steps.0.needs", [7])[0] ?? "", /step 1 comes before step 7/);
    assert.match(faults("steps.6.operation.container.step", 30)[0] ?? "", /step 7 comes before step 30/);
    assert.match(faults("steps.2.id", 9)[0] ?? "", /expected id 3/);
    const broken = decodePlan(encodePlan(shop).slice(0, 1000));
    assert.isTrue(Result.isFailure(broken));
  });

  it("every field of the types is described", () => {
    assert.deepStrictEqual(check(planShape.node, arrange(planShape.node, shop)), []);
  });
});
