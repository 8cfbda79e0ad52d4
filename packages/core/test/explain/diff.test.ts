import { assert, describe, it } from "@effect/vitest";
import { diffConfig } from "../../src/explain/diff.ts";
import { decodeRecord, encodeRecord } from "../../src/explain/record.ts";
import type { Service } from "../../src/model/Service.ts";

const web: Service = {
  name: "web",
  image: "nginx:1",
  environment: { LOG: "info", DB_PASSWORD: "hunter2", __proto__x: "y" },
  ports: [{ target: 80, published: "8080", protocol: "tcp", mode: "ingress" }],
  command: ["run", "--fast"],
};

describe("explain", () => {
  it("an unchanged service has no changes", () => {
    assert.deepStrictEqual(diffConfig(encodeRecord(web), web), []);
  });

  it("names each changed field with its old and new value", () => {
    const next: Service = {
      ...web,
      image: "nginx:2",
      environment: { LOG: "debug", DB_PASSWORD: "hunter2", NEW: "1" },
      ports: [{ target: 80, published: "9090", protocol: "tcp", mode: "ingress" }],
      command: ["run"],
      hostname: "h",
    };
    assert.deepStrictEqual(diffConfig(encodeRecord(web), next), [
      { path: "command", before: "run --fast", after: "run" },
      { path: "environment.LOG", before: "info", after: "debug" },
      { path: "environment.NEW", before: null, after: "1" },
      { path: "environment.__proto__x", before: "y", after: null },
      { path: "hostname", before: null, after: "h" },
      { path: "image", before: "nginx:1", after: "nginx:2" },
      { path: "ports[0].published", before: "8080", after: "9090" },
    ]);
  });

  it("shows that a secret changed, never its value, and does not store it", () => {
    const record = encodeRecord(web);
    const next: Service = { ...web, environment: { ...web.environment, DB_PASSWORD: "correct horse" } };
    const changes = diffConfig(record, next);
    assert.deepStrictEqual(changes, [{ path: "environment.DB_PASSWORD", before: "(secret)", after: "(secret)" }]);
    assert.notInclude(JSON.stringify(decodeRecord(record)), "hunter2");
  });

  it("a label that is no record explains nothing and does not throw", () => {
    for (const label of [undefined, "", "1:", "1:%%%", "1:AAAA", "2:eJw=", "x".repeat(100_000)]) {
      assert.deepStrictEqual(diffConfig(label, web), []);
    }
  });
});
