// From the tree to the typed model: conversions, and what is refused with its place.
import { describe, expect, it } from "vitest";
import { type Decoded, decodeProject } from "../../src/decode/decode.ts";
import { parseYaml } from "../../src/parse/yaml.ts";
import type { Tree } from "../../src/source/Tree.ts";

const context = {
  name: "p",
  workingDir: "/w",
  configFiles: [],
  envFiles: [],
  environment: {},
  profiles: [],
  compatibility: false,
};

const decode = (text: string): Decoded =>
  decodeProject((parseYaml(text, "compose.yaml").documents[0] as { tree: Tree }).tree, context);

const service = (body: string): unknown => {
  const decoded = decode(`services: {a: {${body}}}`);
  expect(decoded.diagnostics).toEqual([]);
  return decoded.project.services["a"];
};

const found = (body: string): ReadonlyArray<string> =>
  decode(`services: {a: {${body}}}`).diagnostics.map(
    ({ severity, path, message }) => `${severity} ${path}: ${message}`,
  );

describe("decodeProject", () => {
  it.each([
    ["command: [a, b]", { command: ["a", "b"] }],
    ["command: a 'b c'", { command: ["a", "b c"] }],
    ["command: ''", { command: [] }],
    ["command:", {}],
    ["mem_limit: 1g, memswap_limit: -1, shm_size: '64m'", { mem_limit: 2 ** 30, memswap_limit: -1, shm_size: 2 ** 26 }],
    ["cpus: '0.5', cpu_percent: 10", { cpus: 0.5, cpu_percent: 10 }],
    [
      "healthcheck: {test: curl x, interval: 1m30s, retries: 3}",
      { healthcheck: { test: ["CMD-SHELL", "curl x"], interval: 90e9, retries: 3 } },
    ],
    ["environment: [A=1, B, C=]", { environment: { A: "1", B: null, C: "" } }],
    [
      "environment: {A: 1, B: , C: true, D: 1.10, E: 1e21}",
      { environment: { A: "1", B: null, C: "true", D: "1.1", E: "1e+21" } },
    ],
    ["labels: [a=b=c, d]", { labels: { a: "b=c", d: "" } }],
    ["labels: {a: , b: 5}", { labels: { a: "", b: "5" } }],
    ["ulimits: {a: 5, b: {soft: 1, hard: 2}}", { ulimits: { a: { single: 5 }, b: { soft: 1, hard: 2 } } }],
    [
      "secrets: [{source: s, mode: '0440'}, {source: t, mode: 0400}]",
      {
        secrets: [
          { source: "s", mode: 0o440 },
          { source: "t", mode: 0o400 },
        ],
      },
    ],
    ["extra_hosts: {a: 1.2.3.4, b: [::1]}", { extra_hosts: { a: ["1.2.3.4"], b: ["::1"] } }],
    ["gpus: [{count: all}]", { gpus: [{ count: -1 }] }],
    ["build: {ssh: {default: , k: /key}}", { build: { ssh: [{ id: "default" }, { id: "k", path: "/key" }] } }],
    ["networks: {n: , m: {aliases: [x]}}", { networks: { n: null, m: { aliases: ["x"] } } }],
    ["expose: [80, '90-91']", { expose: ["80", "90-91"] }],
    ["ports: [{target: 80, published: 8080}]", { ports: [{ target: 80, published: "8080" }] }],
    ["x-a: {b: [1]}, deploy: {x-c: 2}", { deploy: { extensions: { "x-c": 2 } }, extensions: { "x-a": { b: [1] } } }],
    [
      "provider: {type: t, options: {a: [1, 2], b: c}}",
      { provider: { type: "t", options: { a: ["1", "2"], b: ["c"] } } },
    ],
  ])("%s", (body, expected) => {
    expect(service(body)).toEqual({ name: "a", ...expected });
  });

  it.each([
    ["mem_limit: 5x", 'error services.a.mem_limit: mem_limit: "5x" is not a size'],
    ["stop_grace_period: '90'", 'error services.a.stop_grace_period: stop_grace_period: "90" is not a duration'],
    [
      'command: "a \'b"',
      "error services.a.command: command cannot be split into words: it has an unterminated quote or an unexpected parenthesis",
    ],
    ["environment: ['A =1']", 'error services.a.environment[0]: the variable name "A " ends with a space'],
    [
      "blkio_config: {weight: '300'}",
      "error services.a.blkio_config.weight: weight must be a whole number without quotes, it is text",
    ],
    ["storage_opt: {size: 1.5}", "error services.a.storage_opt.size: size must be text, it is a number"],
    [
      "secrets: [{source: s, mode: '0999'}]",
      "error services.a.secrets[0].mode: mode must be a file mode in octal digits, it is text",
    ],
    ["extra_hosts: [a]", 'error services.a.extra_hosts: extra_hosts: "a" has no address, write it as host=address'],
    [
      "mem_limit: 1.5",
      "warning services.a.mem_limit: the size 1.5 is read as 1 bytes; docker compose ignores sizes written as a decimal number",
    ],
  ])("reports %s", (body, message) => {
    expect(found(body)).toEqual([message]);
  });

  it("keeps x- keys of free-form maps, and says that docker compose does not", () => {
    const { project, diagnostics } = decode("services: {a: {labels: {x-a: 1}, networks: {x-n: }, deploy: {x-d: 1}}}");
    expect(project.services["a"]).toMatchObject({ labels: { "x-a": "1" }, networks: { "x-n": null } });
    expect(diagnostics.map(({ code, path }) => `${code} ${path}`)).toEqual([
      "extension-key services.a.labels",
      "extension-key services.a.networks",
    ]);
  });

  it("reports every fault at once", () => {
    expect(found("mem_limit: x, stop_grace_period: y, expose: [[1]]")).toHaveLength(3);
  });

  it("keeps names that every object has", () => {
    const { project } = decode("services: {__proto__: {image: i, environment: {__proto__: x, constructor: y}}}");
    const own = Object.getOwnPropertyDescriptor(project.services, "__proto__")?.value as { environment: object };
    expect(Object.entries(own.environment)).toEqual([
      ["__proto__", "x"],
      ["constructor", "y"],
    ]);
  });

  it("keeps dates of extensions as docker compose prints them", () => {
    expect(decode("x-d: 2024-01-02\nx-e: [2001-12-14 21:59:43.10]").project.extensions).toEqual({
      "x-d": "2024-01-02T00:00:00Z",
      "x-e": ["2001-12-14T21:59:43.1Z"],
    });
  });
});
