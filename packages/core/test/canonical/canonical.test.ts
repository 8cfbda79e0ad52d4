// Short syntaxes and the long forms they stand for.
import { describe, expect, it } from "vitest";
import { canonicalise, canonicaliseService } from "../../src/canonical/canonical.ts";
import { parseYaml } from "../../src/parse/yaml.ts";
import { getIn, toPlain, type Tree } from "../../src/source/Tree.ts";

const tree = (text: string): Tree => {
  const parsed = parseYaml(text, "compose.yaml");
  expect(parsed.diagnostics).toEqual([]);
  return (parsed.documents[0] as { tree: Tree }).tree;
};

const strict = { ignoreParseErrors: false };
const lenient = { ignoreParseErrors: true };

/** The long form of one attribute of a service. */
const long = (attribute: string, value: string): unknown => {
  const staged = canonicalise(tree(`services: {a: {${attribute}: ${value}}}`), strict);
  expect(staged.diagnostics).toEqual([]);
  const at = getIn(staged.tree, ["services", "a", ...attribute.split(": {")]);
  return at === undefined ? undefined : JSON.parse(JSON.stringify(toPlain(at)));
};

const refused = (attribute: string, value: string): ReadonlyArray<string> =>
  canonicalise(tree(`services: {a: {${attribute}: ${value}}}`), strict).diagnostics.map(
    ({ path, message }) => `${path}: ${message}`,
  );

describe("ports", () => {
  const tcp = { mode: "ingress", protocol: "tcp" };
  it.each([
    ["[80]", [{ ...tcp, target: 80 }]],
    ['["8080:80"]', [{ ...tcp, target: 80, published: "8080" }]],
    [
      '["127.0.0.1:8080:80/UDP"]',
      [{ mode: "ingress", host_ip: "127.0.0.1", target: 80, published: "8080", protocol: "udp" }],
    ],
    ['["127.0.0.1::80"]', [{ ...tcp, host_ip: "127.0.0.1", target: 80 }]],
    ['["[::1]:80:80"]', [{ ...tcp, host_ip: "::1", target: 80, published: "80" }]],
    ['["3000-3002:80"]', [{ ...tcp, target: 80, published: "3000-3002" }]],
    [
      '["8-10:98-100"]',
      [
        { ...tcp, target: 100, published: "10" },
        { ...tcp, target: 98, published: "8" },
        { ...tcp, target: 99, published: "9" },
      ],
    ],
    ["[{target: 80}]", [{ target: 80 }]],
  ])("%s", (written, expected) => {
    expect(long("ports", written)).toEqual(expected);
  });

  it.each([
    ['["x"]', '"x" is not a port: "x" is not a container port'],
    ['["x:80"]', '"x:80" is not a port: "x" is not a host port'],
    ['["80/foo"]', '"80/foo" is not a port: "foo" is not tcp, udp or sctp'],
    [
      '["1-3:80-81"]',
      '"1-3:80-81" is not a port: the ranges of host ports (1-3) and container ports (80-81) differ in length',
    ],
    ['["::1:80:80"]', '"::1:80:80" is not a port: the address ::1 needs brackets: [::1]'],
    ['["1.2.3:80:80"]', '"1.2.3:80:80" is not a port: "1.2.3" is not an IP address'],
    ['["8080:"]', '"8080:" is not a port: the container port is missing'],
    ['["65536"]', '"65536" is not a port: "65536" is not a container port'],
    ["[1.5]", '"1.5" is not a port: "1.5" is not a container port'],
  ])("refuses %s", (written, message) => {
    expect(refused("ports", written)).toEqual([`services.a.ports[0]: ${message}`]);
  });

  it("stays as written when a template cannot be parsed", () => {
    const staged = canonicalise(tree('services: {a: {ports: ["${P}:80", "81"]}}'), lenient);
    expect(staged.diagnostics).toEqual([]);
    expect(toPlain(getIn(staged.tree, ["services", "a", "ports"]) as Tree)).toEqual(["${P}:80", "81"]);
  });
});

describe("volumes", () => {
  const bind = { create_host_path: true };
  it.each([
    ["/d", { type: "volume", target: "/d" }],
    ["/data", { type: "volume", target: "/data", volume: {} }],
    ["/d/", { type: "volume", target: "/d", volume: {} }],
    ["ab", { type: "volume", target: "ab" }],
    ["v1:/d:ro", { type: "volume", source: "v1", target: "/d", read_only: true, volume: {} }],
    ["v1:/d:nocopy,cached", { type: "volume", source: "v1", target: "/d", volume: { nocopy: true } }],
    ["./x:/d", { type: "bind", source: "./x", target: "/d", bind }],
    [
      "~/x:/d:rshared,Z",
      { type: "bind", source: "~/x", target: "/d", bind: { propagation: "rshared", selinux: "Z", ...bind } },
    ],
    ["C:/x:/d", { type: "bind", source: "C:/x", target: "/d", bind }],
    ["\\\\.\\pipe\\x:/d", { type: "bind", source: "\\\\.\\pipe\\x", target: "/d", bind }],
    ["v1:/d:z", { type: "volume", source: "v1", target: "/d", bind: { selinux: "z" }, volume: {} }],
    ["${A:-x}:/d", { type: "volume", source: "${A:-x}", target: "/d", volume: {} }],
  ])("%s", (written, expected) => {
    expect(long("volumes", `['${written}']`)).toEqual([expected]);
  });

  it.each([
    ["", '"" is not a volume: it is empty'],
    ["v1::/d", '"v1::/d" is not a volume: a part between the colons is empty'],
    ["v1:/d:ro:x", '"v1:/d:ro:x" is not a volume: it has too many colons'],
  ])("refuses '%s'", (written, message) => {
    expect(refused("volumes", `['${written}']`)).toEqual([`services.a.volumes[0]: ${message}`]);
  });
});

describe("other short forms", () => {
  it.each([
    ["build", ".", { context: "." }],
    ["env_file", "x.env", [{ path: "x.env", required: true }]],
    [
      "env_file",
      "[a.env, {path: b.env, required: false}]",
      [
        { path: "a.env", required: true },
        { path: "b.env", required: false },
      ],
    ],
    ["label_file", "x", ["x"]],
    ["dns", "8.8.8.8", ["8.8.8.8"]],
    ["dns", '["", 8.8.8.8]', ["8.8.8.8"]],
    ["networks", "[a, b]", { a: null, b: null }],
    ["gpus", "all", [{ count: "all" }]],
    ["secrets", "[s, {source: t, mode: 0440}]", [{ source: "s" }, { source: "t", mode: 0o440 }]],
    ["depends_on", "[b]", { b: { condition: "service_started", required: true } }],
    [
      "depends_on",
      "{b: {condition: service_healthy, restart: true}}",
      { b: { condition: "service_healthy", restart: true, required: true } },
    ],
    [
      "devices",
      '["/dev/a", "/dev/b:/dev/c:r"]',
      [
        { source: "/dev/a", target: "/dev/a", permissions: "rwm" },
        { source: "/dev/b", target: "/dev/c", permissions: "r" },
      ],
    ],
    [
      "build",
      "{context: ., ssh: [default, k=/key], provenance: true, additional_contexts: [a=b=c]}",
      {
        context: ".",
        ssh: { default: null, k: "/key" },
        provenance: "true",
        additional_contexts: { a: "b=c" },
      },
    ],
  ])("%s: %s", (attribute, written, expected) => {
    expect(long(attribute, written)).toEqual(expected);
  });

  it("refuses what has no long form, with its place", () => {
    expect(refused("devices", '["a:b:c:d"]')).toEqual([
      'services.a.devices[0]: "a:b:c:d" has too many colons for a device',
    ]);
    expect(refused("build", "{ssh: [mykey]}")).toEqual([
      'services.a.build.ssh: an ssh key is written as "default" or as id=path',
    ]);
    expect(refused("build", "{additional_contexts: [a]}")).toEqual([
      "services.a.build.additional_contexts: every entry of additional_contexts must be written as key=value",
    ]);
  });

  it("keeps the place of a short form in every part of the long one", () => {
    const staged = canonicalise(tree("services:\n  a:\n    ports:\n      - 8080:80"), strict);
    expect(getIn(staged.tree, ["services", "a", "ports", 0, "published"])?.span).toEqual({
      file: "compose.yaml",
      line: 4,
      column: 9,
    });
  });

  it("turns external.name into name and warns", () => {
    const staged = canonicalise(tree("volumes: {v: {external: {name: real}}}"), strict);
    expect(toPlain(staged.tree)).toEqual({ volumes: { v: { external: true, name: "real" } } });
    expect(staged.diagnostics.map(({ severity, code }) => [severity, code])).toEqual([["warning", "external-name"]]);
    const conflict = canonicalise(tree("volumes: {v: {name: n, external: {name: real}}}"), strict);
    expect(conflict.diagnostics.map(({ severity }) => severity)).toEqual(["warning", "error"]);
  });

  it("reads one service of another file the same way", () => {
    const staged = canonicaliseService(tree("{build: ., networks: [n]}"), "a");
    expect(toPlain(staged.tree)).toEqual({ build: { context: "." }, networks: { n: null } });
  });

  it("returns the same tree when nothing is short", () => {
    const already = tree("services: {a: {image: i, build: {context: .}}}");
    expect(canonicalise(already, strict).tree).toBe(already);
  });
});
