// What config prints: JSON, YAML, lists, and the numbers and texts in them.
import { describe, expect, it } from "vitest";
import { decodeProject } from "../../src/decode/decode.ts";
import type { Project } from "../../src/model/Project.ts";
import { parseYaml } from "../../src/parse/yaml.ts";
import { modelJson, projectJson } from "../../src/print/json.ts";
import {
  environmentLines,
  hashLines,
  imageNames,
  profileNames,
  serviceNames,
  variablesJson,
  variablesTable,
  variablesYaml,
} from "../../src/print/lists.ts";
import { durationText, floatText, modeText, shortestFloat32 } from "../../src/print/numbers.ts";
import { byNature } from "../../src/print/order.ts";
import { modelYaml, projectYaml } from "../../src/print/yaml.ts";
import { yamlKey, yamlText } from "../../src/print/yamlScalar.ts";
import type { Tree } from "../../src/source/Tree.ts";

const context = {
  name: "p",
  workingDir: "/w",
  configFiles: [],
  envFiles: [],
  environment: { B: "2", A: "1" },
  profiles: [],
  compatibility: false,
};
const tree = (text: string): Tree => (parseYaml(text, "compose.yaml").documents[0] as { tree: Tree }).tree;
const project = (text: string): Project => decodeProject(tree(text), context).project;

describe("numbers as Go prints them", () => {
  it("durations", () => {
    const texts = [0, 1, 1_500, 100_000, 2_500_000, 90e9, 3600e9, 93_784_005_000_000, -5e9].map(durationText);
    expect(texts).toEqual(["0s", "1ns", "1.5µs", "100µs", "2.5ms", "1m30s", "1h0m0s", "26h3m4.005s", "-5s"]);
  });
  it("floats", () => {
    expect([0, 1.1, 1e21, 1_234_567.891, 123_456.5, 0.0001, 0.00001, -2.5, Infinity, NaN].map(floatText)).toEqual([
      "0",
      "1.1",
      "1e+21",
      "1.234567891e+06",
      "123456.5",
      "0.0001",
      "1e-05",
      "-2.5",
      "+Inf",
      "NaN",
    ]);
    expect([0.1, 1 / 3, 16_777_217.7, 0.30000001, 1.2e-7].map(shortestFloat32)).toEqual([
      0.1, 0.33333334, 16_777_218, 0.3, 1.2e-7,
    ]);
  });
  it("modes", () => {
    expect([0o440, 0, 0o1777].map(modeText)).toEqual(["0440", "00", "01777"]);
  });
});

const everything = `
services:
  a:
    image: "i$x"
    build: {context: /c, ssh: {default: , k: /key}}
    environment: {B: , "10": "<a&b>", "9": "007"}
    deploy: {replicas: 2, x-d: 1}
    ulimits: {nofile: {soft: 5}}
    blkio_config: {weight_device: [{path: /d, weight: 5}]}
    env_file: [{path: /e, required: false, format: raw}]
    label_file: [/l]
    develop: {watch: [{path: /p, action: rebuild}]}
    x-s: []
models: {m: {model: ai/x}}
secrets: {s: {environment: E, "x-#value": hidden}}
configs: {c: {environment: E, "x-#value": hidden}, d: {content: shown}}
networks: {net: {ipam: {options: {a: b}}}}
x-top: {e: []}
`;

describe("projectJson", () => {
  it("prints what docker compose prints, in its order, and no held value", () => {
    const json = projectJson(project(everything));
    expect(json).not.toContain("hidden");
    expect(json.replaceAll(/\s+/g, "")).toBe(
      '{"configs":{"c":{"environment":"E"},"d":{"content":"shown"}},"name":"p","networks":{"net":{"ipam":{}}},"secrets":{"s":{"environment":"E"}},' +
        '"services":{"a":{"build":{"context":"/c","ssh":["default","k=/key"]},"develop":{"watch":[{"path":"/p","action":"rebuild","exec":{"command":null}}]},' +
        '"blkio_config":{"weight_device":[{"Path":"/d","Weight":5}]},"command":null,"deploy":{"replicas":2,"resources":{},"placement":{}},"entrypoint":null,' +
        '"environment":{"10":"\\u003ca\\u0026b\\u003e","9":"007","B":null},"env_file":[{"path":"/e","required":false,"format":"raw"}],"image":"i$$x","ulimits":{"nofile":{"soft":5}}}},' +
        '"x-top":{"e":null}}',
    );
  });
});

describe("projectYaml", () => {
  it("prints extensions and models, and drops empty structs", () => {
    expect(projectYaml(project(everything))).toBe(`name: p
services:
  a:
    build:
      context: /c
      ssh:
        - default
        - k=/key
    develop:
      watch:
        - path: /p
          action: rebuild
    blkio_config:
      weight_device:
        - path: /d
          weight: 5
    deploy:
      replicas: 2
      x-d: 1
    environment:
      "9": "007"
      "10": <a&b>
      B: null
    env_file:
      - path: /e
        required: false
    image: i$$x
    ulimits:
      nofile:
        soft: 5
        hard: 0
    x-s: []
networks:
  net: {}
secrets:
  s:
    environment: E
configs:
  c:
    environment: E
  d:
    content: shown
models:
  m:
    model: ai/x
x-top:
  e: []
`);
  });
});

describe("the model without interpolation", () => {
  const model = tree(
    "services: {b: {image: '${I}', command: []}, a: {scale: 1}}\nsecrets: {s: {environment: E, x-#value: hidden}}",
  );
  it("is printed with sorted keys and its dollars as they are", () => {
    expect(modelJson(model).replaceAll(/\s+/g, "")).toBe(
      '{"secrets":{"s":{"environment":"E"}},"services":{"a":{"scale":1},"b":{"command":null,"image":"${I}"}}}',
    );
    expect(modelYaml(model)).toBe(
      "secrets:\n  s:\n    environment: E\nservices:\n  a:\n    scale: 1\n  b:\n    command: []\n    image: ${I}\n",
    );
  });
});

// Each text as `docker compose config` 2.40.3 printed it.
describe("yamlText", () => {
  it.each([
    ["a b", "a b"],
    ["", '""'],
    ["1", '"1"'],
    ["0x1f", '"0x1f"'],
    ["1e3", '"1e3"'],
    ["true", '"true"'],
    ["yes", '"yes"'],
    ["~", '"~"'],
    ["null", '"null"'],
    ["2020-01-01", '"2020-01-01"'],
    ["1:20", '"1:20"'],
    ["<<", "<<"],
    ["a: b", "'a: b'"],
    ["a #b", "'a #b'"],
    ["a#b", "a#b"],
    ["- a", "'- a'"],
    ["-a", "-a"],
    ["it's", "it's"],
    ["'a", "'''a'"],
    [" a", "' a'"],
    ["a\tb", '"a\\tb"'],
    ["{a", "'{a'"],
    ["a{", "a{"],
    ["é", "é"],
    ["\u{1f600}", '"\\U0001F600"'],
    ["\u00a0", "\u00a0"],
    ["\u0085", '"\\N"'],
    ["\ufeffa]", '"\\uFEFF\\x61\\x5D"'],
    ["a\r", '"a\\r"'],
    ["a\nb", "|-\n    a\n    b"],
    ["a\n", "|\n    a"],
    ["a\n\n", "|+\n    a\n"],
    [" a\nb", "|2-\n     a\n    b"],
    ["a \nb", '"a \\nb"'],
    ["a\n\nb\n", "|\n    a\n\n    b"],
    ["x\u2028y", "'x\u2028    y'"],
  ])("%j", (text, expected) => {
    expect(yamlText(text, "    ")).toBe(expected);
  });

  it("writes keys on one line or not at all", () => {
    expect([yamlKey("a b"), yamlKey("1"), yamlKey("a\nb"), yamlKey("k".repeat(129))]).toEqual([
      "a b",
      '"1"',
      undefined,
      undefined,
    ]);
  });
});

describe("byNature", () => {
  it("sorts numbers by value and letters after the rest", () => {
    expect(["b10", "b9", "a", "_", "B", "a1", "10", "9", "b09", "a-b", "ab"].sort(byNature)).toEqual([
      "_",
      "9",
      "10",
      "B",
      "a",
      "a-b",
      "a1",
      "ab",
      "b9",
      "b09",
      "b10",
    ]);
  });
});

describe("lists", () => {
  const on = (name: string): string => `depends_on: {${name}: {condition: service_started}}`;
  const several = project(
    `services: {a: {build: {context: .}, ${on("z")}}, z: {image: i, profiles: [q, p]}, b: {image: j, profiles: [p]}}`,
  );

  it("name services after what they depend on", () => {
    expect(serviceNames(several)).toEqual(["z", "a", "b"]);
    expect(imageNames(several)).toEqual(["i", "j", "p-a"]);
    expect(imageNames({ ...several, compatibility: true })).toContain("p_a");
    expect(profileNames(several)).toEqual(["p", "q"]);
    expect(environmentLines(several)).toEqual(["A=1", "B=2"]);
  });

  it("print hashes, and refuse unknown names", () => {
    expect(
      hashLines(project("services: {a: {image: busybox, networks: {default: }, label_file: [/l]}}"), []),
    ).toMatchObject({
      success: ["a 2afd7866203dca40993313263173003833e9de9c3ad83f2f59484e32a5605234"],
    });
    expect(hashLines(several, ["b", "x"])).toMatchObject({ failure: [{ message: "no such service: x" }] });
  });

  it("print variables", () => {
    const variables = [
      { name: "B", required: false, defaultValue: "d", alternateValue: "" },
      { name: "A", required: true, defaultValue: "", alternateValue: "alt" },
    ];
    expect(variablesTable(variables)).toEqual([
      "NAME                REQUIRED            DEFAULT VALUE       ALTERNATE VALUE",
      "A                   true                                    alt",
      "B                   false               d                   ",
    ]);
    expect(JSON.parse(variablesJson(variables))).toEqual({
      A: { Name: "A", DefaultValue: "", PresenceValue: "alt", Required: true },
      B: { Name: "B", DefaultValue: "d", PresenceValue: "", Required: false },
    });
    expect(variablesYaml(variables)).toContain('    defaultvalue: ""\n');
  });
});
