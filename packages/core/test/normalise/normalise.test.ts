// Defaults, paths, environment and everything implicit that is made explicit.
import { describe, expect, it } from "vitest";
import { applyDefaults } from "../../src/normalise/defaults.ts";
import { resolveEnvironment, valueKey } from "../../src/normalise/environment.ts";
import { cleanPath, isWindowsAbsolute, joinPath, relativePath } from "../../src/normalise/goPath.ts";
import { normalise } from "../../src/normalise/normalise.ts";
import { resolvePaths, resolveServicePaths } from "../../src/normalise/paths.ts";
import { parseYaml } from "../../src/parse/yaml.ts";
import { getIn, toPlain, type Tree, type TreePath } from "../../src/source/Tree.ts";

const tree = (text: string): Tree => (parseYaml(text, "compose.yaml").documents[0] as { tree: Tree }).tree;
const at = (from: Tree, ...path: TreePath): unknown => {
  const found = getIn(from, path);
  return found === undefined ? undefined : JSON.parse(JSON.stringify(toPlain(found)));
};

describe("applyDefaults", () => {
  it("fills in what docker compose fills in, and nothing else", () => {
    const filled = applyDefaults(
      tree(`
services:
  a:
    build: {target: t, secrets: [{source: s}]}
    secrets: [{source: s}, {source: t, target: u}]
    configs: [{source: c}]
    ports: [{target: 80}, {target: 81, protocol: udp, mode: host}]
    gpus: [{driver: d}, {device_ids: [x]}]
    deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}
`),
    );
    expect(at(filled, "services", "a")).toEqual({
      build: { target: "t", secrets: [{ source: "s" }], context: "." },
      secrets: [
        { source: "s", target: "/run/secrets/s" },
        { source: "t", target: "u" },
      ],
      configs: [{ source: "c" }],
      ports: [
        { target: 80, protocol: "tcp", mode: "ingress" },
        { target: 81, protocol: "udp", mode: "host" },
      ],
      gpus: [{ driver: "d", count: "all" }, { device_ids: ["x"] }],
      deploy: { resources: { reservations: { devices: [{ capabilities: ["gpu"], count: "all" }] } } },
    });
  });
});

describe("paths", () => {
  it("clean, join and relate like Go", () => {
    expect(["", ".", "a//b/", "a/../..", "/..", "/a/./b/../c", "../x"].map(cleanPath)).toEqual([
      ".",
      ".",
      "a/b",
      "..",
      "/",
      "/a/c",
      "../x",
    ]);
    expect(joinPath("/w", "", "../x")).toBe("/x");
    expect(joinPath("", "")).toBe("");
    expect(relativePath("/a/b", "/a/c/d")).toBe("../c/d");
    expect(relativePath("/a", "/a")).toBe(".");
  });

  it("know Windows paths", () => {
    expect(["c:\\x", "C:/x", "\\\\host\\share\\x", "\\\\.\\pipe\\x"].map(isWindowsAbsolute)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(["c:x", "\\x", "x", "/x"].map(isWindowsAbsolute)).toEqual([false, false, false, false]);
  });

  const model = tree(`
services:
  a:
    build: {context: ./ctx, additional_contexts: {l: sub, r: docker-image://x, s: "service:b"}, ssh: {k: key}}
    env_file: [{path: e.env}, {path: /abs.env}, {path: ~/h.env}]
    label_file: [l]
    develop: {watch: [{path: src}]}
    volumes: [{type: bind, source: ../up}, {type: bind, source: "~"}, {type: volume, source: v}, {type: bind, source: 'c:\\x'}]
  b: {build: {context: "https://github.com/x/y.git"}}
configs: {c: {file: ./c}}
secrets: {s: {file: ~user/s}}
volumes:
  l: {driver: local, driver_opts: {o: bind, device: ./d}}
  m: {driver_opts: {o: bind, device: ./d}}
`);

  it("become absolute where docker compose makes them so", () => {
    const { tree: out, diagnostics } = resolvePaths(model, { workingDir: "/w", home: "/home/u" });
    expect(diagnostics).toEqual([]);
    expect(at(out, "services", "a")).toEqual({
      build: {
        context: "/w/ctx",
        additional_contexts: { l: "/w/sub", r: "docker-image://x", s: "service:b" },
        ssh: { k: "/w/key" },
      },
      env_file: [{ path: "/w/e.env" }, { path: "/abs.env" }, { path: "/home/u/h.env" }],
      label_file: ["/w/l"],
      develop: { watch: [{ path: "/w/src" }] },
      volumes: [
        { type: "bind", source: "/up" },
        { type: "bind", source: "/home/u" },
        { type: "volume", source: "v" },
        { type: "bind", source: "c:\\x" },
      ],
    });
    expect(at(out, "services", "b", "build", "context")).toBe("https://github.com/x/y.git");
    expect([at(out, "configs", "c", "file"), at(out, "secrets", "s", "file")]).toEqual(["/w/c", "/home/u/user/s"]);
    expect(at(out, "volumes", "l", "driver_opts", "device")).toBe("/w/d");
    expect(at(out, "volumes", "m", "driver_opts", "device")).toBe("./d");
  });

  it("stay relative to the extending file for a service of another file", () => {
    const service = getIn(model, ["services", "a"]) as Tree;
    const { tree: out } = resolveServicePaths(service, "a", { workingDir: "/w/sub", home: "/h", relativeTo: "/w" });
    expect(at(out, "build", "context")).toBe("sub/ctx");
    expect(at(out, "env_file", 1, "path")).toBe("/abs.env");
  });

  it("warn when there is no HOME and refuse a bind mount without a source", () => {
    const staged = resolvePaths(
      tree("services: {a: {volumes: [{type: bind, source: ~/x}, {type: bind, target: /t}]}}"),
      {
        workingDir: "/w",
        home: undefined,
      },
    );
    expect(staged.diagnostics.map(({ severity, path }) => `${severity} ${path}`)).toEqual([
      "warning services.a.volumes[0].source",
      "error services.a.volumes[1]",
    ]);
    expect(at(staged.tree, "services", "a", "volumes", 0, "source")).toBe("/w/~/x");
  });
});

describe("resolveEnvironment", () => {
  it("fills environment lists, and keeps what configs and secrets hold apart", () => {
    const out = resolveEnvironment(
      tree("services: {a: {environment: [A, B, C=1]}}\nsecrets: {s: {environment: A}, t: {environment: B}}"),
      { A: "x" },
    );
    expect(at(out, "services", "a", "environment")).toEqual(["A=x", "B", "C=1"]);
    expect(at(out, "secrets")).toEqual({ s: { environment: "A", [valueKey]: "x" }, t: { environment: "B" } });
  });
});

describe("normalise", () => {
  const options = { projectName: "p", environment: { E: "env" } };
  const normal = (text: string): Tree => {
    const { tree: out, diagnostics } = normalise(tree(text), options);
    expect(diagnostics).toEqual([]);
    return out;
  };

  it("joins services to the default network only when they have none", () => {
    const out = normal(
      "services: {a: {}, b: {networks: {}}, c: {network_mode: host}, d: {networks: {n: }}, e: {provider: {type: t}}}\nnetworks: {n: }",
    );
    expect(at(out, "services")).toEqual({
      a: { networks: { default: null } },
      b: { networks: { default: null } },
      c: { network_mode: "host" },
      d: { networks: { n: null } },
      e: { provider: { type: "t" } },
    });
    expect(at(out, "networks")).toEqual({ n: { name: "p_n" }, default: { name: "p_default" } });
  });

  it("adds no default network when nobody uses it", () => {
    expect(at(normal("services: {c: {network_mode: none}}"), "networks")).toBeUndefined();
  });

  it("names resources", () => {
    const out = normal("volumes: {v: , w: {name: real}, x: {external: true}}\nsecrets: {s: {file: f}}");
    expect(at(out, "volumes")).toEqual({ v: { name: "p_v" }, w: { name: "real" }, x: { external: true, name: "x" } });
    expect(at(out, "secrets", "s", "name")).toBe("p_s");
    expect(at(out, "name")).toBe("p");
  });

  it("implies dependencies, but never changes a written one", () => {
    const out = normal(`
services:
  a:
    networks: {n: }
    depends_on: {db: {condition: service_healthy, required: true}}
    links: ["db:alias", cache]
    ipc: service:ipc
    volumes_from: ["data:ro", "container:x"]
`);
    expect(at(out, "services", "a", "depends_on")).toEqual({
      db: { condition: "service_healthy", required: true },
      cache: { condition: "service_started", restart: true, required: true },
      ipc: { condition: "service_started", restart: true, required: true },
      data: { condition: "service_started", restart: false, required: true },
    });
  });

  it("fills in builds, arguments, environments and targets", () => {
    const out = normal(`
services:
  a: {networks: {n: }, build: {args: {E: , F: , G: g}}, environment: {E: , F: }, pull_policy: if_not_present}
  b: {networks: {n: }, build: {dockerfile_inline: x, args: [E, F, G=g]}, environment: [E, F], volumes: [{target: /a/../b/}]}
`);
    expect(at(out, "services", "a")).toEqual({
      networks: { n: null },
      build: { args: { E: "env", G: "g" }, context: ".", dockerfile: "Dockerfile" },
      environment: { E: "env", F: null },
      pull_policy: "missing",
    });
    expect(at(out, "services", "b")).toEqual({
      networks: { n: null },
      build: { dockerfile_inline: "x", args: ["E=env", "G=g"], context: "." },
      environment: ["E=env", "F"],
      volumes: [{ target: "/b" }],
    });
  });

  it("takes a one-letter volume for a volume when there is one, and says so", () => {
    const volumes =
      "[{type: volume, target: 'v:/d', volume: {}}, {type: bind, source: 'w:/e', target: ro}, {type: volume, target: 'x:/f', volume: {}}]";
    const { tree: out, diagnostics } = normalise(
      tree(`services: {a: {volumes: ${volumes}}}\nvolumes: {v: , w: }`),
      options,
    );
    expect(at(out, "services", "a", "volumes")).toEqual([
      { type: "volume", source: "v", target: "/d", volume: {} },
      { type: "volume", source: "w", target: "/e", read_only: true, volume: {} },
      { type: "volume", target: "x:/f", volume: {} },
    ]);
    expect(diagnostics.map(({ severity, path }) => `${severity} ${path}`)).toEqual([
      "warning services.a.volumes[0]",
      "warning services.a.volumes[1]",
    ]);
  });
});
