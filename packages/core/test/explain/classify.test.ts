// What a changed field asks for: nothing, an update in place, or a new container.
import { assert, describe, it } from "@effect/vitest";
import { classifyChange, classifyChanges, gentleFields } from "../../src/explain/classify.ts";
import type { Service } from "../../src/model/Service.ts";
import { diffConfig } from "../../src/explain/diff.ts";
import { encodeRecord } from "../../src/explain/record.ts";
import { serviceFields } from "../../src/print/fields.ts";

const effect = (path: string, after: string | null = "x") => classifyChange({ path, before: "y", after }).effect;

describe("what a changed field asks for", () => {
  it("nothing, where the container does not hold it", () => {
    for (const path of [
      "develop.watch[0].path",
      "deploy.update_config.order",
      "attach",
      "pre_stop[0].command",
      "stop_grace_period",
      "deploy.restart_policy.delay",
    ]) {
      assert.strictEqual(effect(path), "Nothing", path);
    }
  });
  it("an update, where the engine can do it in place", () => {
    for (const path of [
      "mem_limit",
      "cpus",
      "pids_limit",
      "deploy.resources.limits.memory",
      "restart",
      "deploy.restart_policy.condition",
      "blkio_config.weight",
    ]) {
      assert.strictEqual(effect(path), "Update", path);
    }
  });
  it("a new container, where a limit goes away; a restart policy may go", () => {
    assert.strictEqual(effect("mem_limit", null), "Recreate");
    assert.strictEqual(effect("deploy.resources.limits.cpus", null), "Recreate");
    assert.strictEqual(effect("restart", null), "Update");
  });
  it("a rename for container_name", () => assert.strictEqual(effect("container_name"), "Rename"));
  it("a new container for everything else, and for look-alikes of what is gentle", () => {
    for (const path of [
      "image",
      "environment.cpus",
      "labels",
      "cpu_count",
      "restarted",
      "deploy.resources.reservations.devices[0].count",
      "blkio_config.weight_device[0].Path",
      "mem_swappiness",
    ]) {
      assert.strictEqual(effect(path), "Recreate", path);
    }
  });
  it("together what the worst of them asks for; unknown changes are not trusted", () => {
    const change = (path: string) => ({ path, before: "1", after: "2" });
    assert.strictEqual(classifyChanges([change("attach"), change("mem_limit")]), "Update");
    assert.strictEqual(classifyChanges([change("attach"), change("image")]), "Recreate");
    assert.strictEqual(classifyChanges([change("attach")]), "Nothing");
    assert.strictEqual(classifyChanges([]), "Recreate");
  });
  it("each rule is about a field that exists, and says why in a sentence", () => {
    const known = new Set(serviceFields.map(({ name }) => name));
    for (const { path, why } of gentleFields) {
      assert.isTrue(known.has(path.split(".")[0] ?? ""), path);
      assert.match(why, /^[A-Z].*\.$/);
    }
  });
  it("holds for the differences that records really give", () => {
    const before: Service = {
      name: "a",
      image: "i",
      restart: "no",
      cpus: 1,
      deploy: { update_config: { order: "stop-first" } },
      stop_grace_period: 1e9,
    };
    const after: Service = {
      name: "a",
      image: "i",
      restart: "always",
      cpus: 2,
      deploy: { update_config: { order: "start-first" } },
      stop_grace_period: 2e9,
    };
    const changes = diffConfig(encodeRecord(before), after);
    assert.deepStrictEqual(
      changes.map((change) => `${change.path} ${classifyChange(change).effect}`),
      ["cpus Update", "deploy.update_config.order Nothing", "restart Update", "stop_grace_period Nothing"],
    );
  });
});
