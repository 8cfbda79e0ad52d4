// Where the new value of a changed field is written.
import { assert, describe, it } from "@effect/vitest";
import { diffConfig } from "../../src/explain/diff.ts";
import { fieldPath, locateChanges, locatePlan } from "../../src/explain/locate.ts";
import { encodeRecord } from "../../src/explain/record.ts";
import type { FileContent, Loaded, LoadRequest } from "../../src/load/Load.ts";
import { load } from "../../src/load/loadProject.ts";
import { replicaAddress } from "../../src/plan/Address.ts";
import type { FieldChange } from "../../src/plan/Reason.ts";
import { renderSpan } from "../../src/source/Span.ts";
import { shop } from "../format/shop.ts";

const loaded = (files: Readonly<Record<string, string>>): Loaded => {
  const request: LoadRequest = {
    cwd: "/w",
    env: {},
    files: Object.keys(files),
    profiles: [],
    envFiles: [],
    services: [],
  };
  const fetched = new Map<string, FileContent>([["/w/.env", { _tag: "Missing" }]]);
  for (const [name, content] of Object.entries(files)) fetched.set(`/w/${name}`, { _tag: "Text", content });
  const result = load(request, fetched);
  if (result._tag !== "Loaded") throw new Error(JSON.stringify(result));
  return result;
};

const before = `services:
  web:
    image: nginx:1
    environment: { LOG: info }
    mem_limit: 512m
    ports: ["8080:80"]
`;
const base = `services:
  web:
    image: nginx:1
    environment:
      LOG: info
      MODE: fast
    ports:
      - "8080:80"
      - "8443:443"
    labels:
      traefik.rule: Host
`;
const override = `services:
  web:
    image: nginx:2
    environment:
      LOG: debug
    healthcheck:
      test: ok
`;

const lines = (changes: ReadonlyArray<FieldChange>) =>
  changes.map(({ path, span }) => `${path} ${span === undefined ? "nowhere" : renderSpan(span)}`);

describe("places of changed fields", () => {
  const old = loaded({ "compose.yaml": before }).project.services["web"];
  const { project, tree } = loaded({ "base.yaml": base, "override.yaml": override });
  const web = project.services["web"];
  if (old === undefined || web === undefined) throw new Error("no web");

  it("are those of the new value, in the file that wrote it last", () => {
    assert.deepStrictEqual(lines(locateChanges(diffConfig(encodeRecord(old), web), tree, "web")), [
      "environment.LOG /w/override.yaml:5:12",
      "environment.MODE /w/base.yaml:6:13",
      "healthcheck.test /w/override.yaml:7:13",
      "image /w/override.yaml:3:12",
      'labels["traefik.rule"] /w/base.yaml:11:21',
      "mem_limit nowhere",
      "ports /w/base.yaml:7:5",
    ]);
  });

  it("go to the deepest written part, and nowhere for what no file wrote", () => {
    const changes = ["ports[1].published", "ports[1].mode", "hostname", "environment.NEW"].map((path) => ({
      path,
      before: null,
      after: "x",
    }));
    assert.deepStrictEqual(lines(locateChanges(changes, tree, "web")), [
      "ports[1].published /w/base.yaml:9:9",
      "ports[1].mode /w/base.yaml:9:9",
      "hostname nowhere",
      "environment.NEW /w/override.yaml:4:5",
    ]);
    assert.deepStrictEqual(locateChanges(changes, tree, "db"), changes);
  });

  it("get into a plan without changing anything else", () => {
    const step = {
      ...shop.steps[0],
      id: 1,
      address: replicaAddress("web", 1),
      reason: { _tag: "ConfigChanged", fields: [{ path: "image", before: "nginx:1", after: "nginx:2" }] },
    };
    const plan = { ...shop, steps: [step as (typeof shop.steps)[number]] };
    const [located] = locatePlan(plan, tree).steps;
    assert.deepStrictEqual(located?.reason, {
      _tag: "ConfigChanged",
      fields: [
        { path: "image", before: "nginx:1", after: "nginx:2", span: { file: "/w/override.yaml", line: 3, column: 12 } },
      ],
    });
    assert.deepStrictEqual(
      locatePlan(shop, tree).steps.map(({ id, needs, operation }) => [id, needs, operation]),
      shop.steps.map(({ id, needs, operation }) => [id, needs, operation]),
    );
  });

  it("paths come apart as they were put together", () => {
    assert.deepStrictEqual(fieldPath('a.b[0].c["x.y\\"]"][12].d-e'), ["a", "b", 0, "c", 'x.y"]', 12, "d-e"]);
  });
});
