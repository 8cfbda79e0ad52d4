// How the models of several files become one, and what `!reset` and `!override` take away.
import { describe, expect, test } from "vitest";
import { mergeModels } from "../../src/merge/merge.ts";
import { applyResets, resetService } from "../../src/merge/reset.ts";
import { enforceUnicity } from "../../src/merge/unicity.ts";
import { parseYaml } from "../../src/parse/yaml.ts";
import { getIn, type MapTree, type Plain, toPlain } from "../../src/source/Tree.ts";

const read = (text: string, file = "f.yaml"): MapTree => {
  const { documents, diagnostics } = parseYaml(text, file);
  expect(diagnostics).toEqual([]);
  return documents[0]?.tree as MapTree;
};

/** The service `a` after `over` went on top of `base`; both are the text of the service. */
const merged = (base: string, over: string): Plain => {
  const staged = mergeModels(read(`services: {a: ${base}}`), read(`services: {a: ${over}}`));
  expect(staged.diagnostics).toEqual([]);
  const service = getIn(enforceUnicity(staged.tree).tree, ["services", "a"]);
  return service === undefined ? null : toPlain(service);
};

describe("services", () => {
  test.each([
    ["scalars are replaced", "{image: a}", "{image: b}", { image: "b" }],
    ["null keeps what was there", "{image: a}", "{image: }", { image: "a" }],
    ["maps are merged", "{deploy: {replicas: 1}}", "{deploy: {mode: m}}", { deploy: { replicas: 1, mode: "m" } }],
    ["lists are appended", "{group_add: [a]}", "{group_add: [a, b]}", { group_add: ["a", "a", "b"] }],
    ["commands are replaced", "{command: [a, b]}", "{command: c}", { command: "c" }],
    ["a null command stays null", "{command: [a]}", "{command: }", { command: null }],
    [
      "environments of both forms",
      "{environment: {B: 1, A: }}",
      "{environment: [B=2, C]}",
      { environment: ["A", "B=2", "C"] },
    ],
    [
      "numbers as Go writes them",
      "{environment: {A: 1.50, B: 1e7, C: true}}",
      "{environment: {}}",
      {
        environment: ["A=1.5", "B=1e+07", "C=true"],
      },
    ],
    ["build texts", "{build: .}", "{build: {target: t}}", { build: { context: ".", target: "t" } }],
    [
      "depends_on of both forms",
      "{depends_on: [x]}",
      "{depends_on: {y: {condition: service_healthy}}}",
      {
        depends_on: {
          x: { condition: "service_started", required: true },
          y: { condition: "service_healthy" },
        },
      },
    ],
    [
      "networks of both forms",
      "{networks: [x]}",
      "{networks: {x: {aliases: [z]}}}",
      { networks: { x: { aliases: ["z"] } } },
    ],
    [
      "the same logging driver",
      "{logging: {driver: d, options: {a: b}}}",
      "{logging: {options: {c: d}}}",
      {
        logging: { driver: "d", options: { a: "b", c: "d" } },
      },
    ],
    [
      "another logging driver",
      "{logging: {driver: d, options: {a: b}}}",
      "{logging: {driver: e}}",
      { logging: { driver: "e" } },
    ],
    ["ulimits", "{ulimits: {nofile: {soft: 1, hard: 2}}}", "{ulimits: {nofile: 5}}", { ulimits: { nofile: 5 } }],
    [
      "extra_hosts accumulate",
      "{extra_hosts: [a=1, b=2]}",
      "{extra_hosts: {a: 1, b: 3}}",
      {
        extra_hosts: ["a=1", "b=2", "b=3"],
      },
    ],
    ["volumes by target", "{volumes: ['va:/x', 'vb:/y']}", "{volumes: ['vc:/x']}", { volumes: ["vc:/x", "vb:/y"] }],
    [
      "volumes without source",
      "{volumes: [/x]}",
      "{volumes: [{type: bind, source: /s, target: /x}]}",
      {
        volumes: [{ type: "bind", source: "/s", target: "/x" }],
      },
    ],
    ["devices by target", "{devices: ['/a:/x']}", "{devices: ['/b:/x:r']}", { devices: ["/b:/x:r"] }],
    [
      "secrets by target",
      "{secrets: [s]}",
      "{secrets: [{source: t, target: /run/secrets/s}]}",
      {
        secrets: [{ source: "t", target: "/run/secrets/s" }],
      },
    ],
    [
      "ports by everything but the mode",
      "{ports: ['80:80', {target: 81, mode: host}]}",
      "{ports: ['80:80', {target: 81}]}",
      {
        ports: ["80:80", { target: 81 }],
      },
    ],
  ])("%s", (_name, base, over, expected) => {
    expect(merged(base, over)).toEqual(expected);
  });
});

describe("address pools", () => {
  test("pools with the same subnet are merged, the others stay", () => {
    const base = read("networks: {n: {ipam: {config: [{subnet: A}, {subnet: B}]}}}");
    const over = read("networks: {n: {ipam: {config: [{subnet: B, gateway: g}, {subnet: C}]}}}");
    const { tree, diagnostics } = mergeModels(base, over);
    expect(toPlain(getIn(tree, ["networks", "n", "ipam", "config"]) as MapTree)).toEqual([
      { subnet: "A" },
      { subnet: "B", gateway: "g" },
      { subnet: "C" },
    ]);
    expect(diagnostics.map(({ severity, code }) => [severity, code])).toEqual([["warning", "pool-kept"]]);
  });
});

describe("places", () => {
  test("a value that replaces another remembers where that was", () => {
    const { tree } = mergeModels(
      read("services: {a: {image: x}}", "a.yaml"),
      read("services: {a: {image: y}}", "b.yaml"),
    );
    const image = getIn(tree, ["services", "a", "image"]);
    expect(image?.span.file).toBe("b.yaml");
    expect(image?.origin?.replaced?.map(({ file }) => file)).toEqual(["a.yaml"]);
  });

  test("a map on top of a list is a problem at its place", () => {
    const { tree, diagnostics } = mergeModels(
      read("services: {a: {cap_add: [x]}}"),
      read("services: {a: {cap_add: {}}}"),
    );
    expect(diagnostics).toMatchObject([{ code: "merge", path: "services.a.cap_add", span: { line: 1, column: 25 } }]);
    expect(toPlain(tree)).toEqual({ services: { a: { cap_add: ["x"] } } });
  });
});

describe("unicity", () => {
  test("an entry without a key is a problem", () => {
    const { diagnostics } = enforceUnicity(read("services: {a: {environment: [1], volumes: [{type: bind}]}}"));
    expect(diagnostics.map(({ path }) => path)).toEqual(["services.a.environment[0]", "services.a.volumes[0]"]);
  });

  test("a tree without duplicates comes back as it is", () => {
    const tree = read("services: {a: {environment: [A=1, B=1]}}");
    expect(enforceUnicity(tree).tree).toBe(tree);
  });
});

describe("reset", () => {
  const tree = read("services: {a: {image: i, ports: [x]}, b: {image: j}}\nvolumes: {v: }\n");

  test("takes keys out at any depth, and leaves lists alone", () => {
    const paths = [["services", "a", "ports", "0"], ["services", "b"], ["volumes"], ["nothing", "here"], []];
    expect(toPlain(applyResets(tree, paths))).toEqual({ services: { a: { image: "i", ports: ["x"] } } });
    expect(toPlain(applyResets(tree, [["services", "a", "ports"]]))).toMatchObject({ services: { a: { image: "i" } } });
  });

  test("of one service", () => {
    const service = getIn(tree, ["services", "a"]) as MapTree;
    const paths = [
      ["services", "a", "image"],
      ["services", "b", "ports"],
    ];
    expect(toPlain(resetService(service, "a", paths))).toEqual({ ports: ["x"] });
  });
});
