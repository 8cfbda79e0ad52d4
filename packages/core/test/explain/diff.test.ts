// Differences between the configuration a container was made from and the one that is wanted.
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

  it("hides secrets in commands, healthchecks, hooks and log options too", () => {
    const before: Service = {
      ...web,
      command: ["redis-server", "--requirepass", "hunter2"],
      healthcheck: { test: ["CMD-SHELL", "curl http://me:hunter2@localhost/"] },
      logging: { driver: "splunk", options: { "splunk-token": "hunter2" } },
      pre_stop: [{ command: ["drain"], environment: { DRAIN_TOKEN: "hunter2" } }],
    };
    const after = JSON.parse(JSON.stringify(before).replaceAll("hunter2", "correct-horse")) as Service;
    const record = encodeRecord(before);
    assert.notInclude(JSON.stringify(decodeRecord(record)), "hunter2");
    const changes = diffConfig(record, after);
    assert.deepStrictEqual(
      changes.map((change) => `${change.path}: ${change.before} -> ${change.after}`),
      [
        "command: redis-server --requirepass (secret) -> redis-server --requirepass (secret)",
        "environment.DB_PASSWORD: (secret) -> (secret)",
        "healthcheck.test: CMD-SHELL curl http://me:(secret)@localhost/ -> CMD-SHELL curl http://me:(secret)@localhost/",
        "logging.options.splunk-token: (secret) -> (secret)",
        "pre_stop[0].environment.DRAIN_TOKEN: (secret) -> (secret)",
      ],
    );
  });

  it("a label that is no record explains nothing and does not throw", () => {
    for (const label of [undefined, "", "1:", "1:%%%", "1:AAAA", "2:eJw=", "x".repeat(100_000)]) {
      assert.deepStrictEqual(diffConfig(label, web), []);
    }
  });
});
