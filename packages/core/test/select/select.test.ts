// Profiles, named services, and the files of environments and labels.
import { describe, expect, it } from "vitest";
import type { FileContent } from "../../src/load/Load.ts";
import type { Project } from "../../src/model/Project.ts";
import type { Service } from "../../src/model/Service.ts";
import { resolveEnvFiles } from "../../src/select/envFiles.ts";
import { enableServices, selectProfiles } from "../../src/select/profiles.ts";
import { select } from "../../src/select/select.ts";
import { map } from "../../src/source/Tree.ts";

const needs = (...names: ReadonlyArray<string>): Pick<Service, "depends_on"> => ({
  depends_on: Object.fromEntries(names.map((name) => [name, { condition: "service_started", required: true }])),
});

const project = (services: Readonly<Record<string, Omit<Service, "name">>>, more: Partial<Project> = {}): Project => ({
  name: "p",
  working_dir: "/w",
  config_files: [],
  env_files: [],
  environment: {},
  profiles: [],
  services: Object.fromEntries(Object.entries(services).map(([name, service]) => [name, { name, ...service }])),
  disabled_services: {},
  networks: {},
  volumes: {},
  secrets: {},
  configs: {},
  models: {},
  compatibility: false,
  extensions: {},
  ...more,
});

const names = (chosen: Project): string => `${Object.keys(chosen.services)} | ${Object.keys(chosen.disabled_services)}`;

describe("profiles", () => {
  const all = project({ a: {}, b: { profiles: ["x"] }, c: { profiles: ["y", "z"] } });
  it.each([
    [[], "a | b,c"],
    [["x"], "a,b | c"],
    [["z"], "a,c | b"],
    [["*"], "a,b,c | "],
  ])("%j", (profiles, expected) => {
    expect(names(selectProfiles(all, profiles))).toBe(expected);
  });

  it("naming a service enables its profiles, so also others that have them", () => {
    const shared = project({ a: {}, b: { profiles: ["x"] }, c: { profiles: ["x"] }, d: { profiles: ["y"] } });
    expect(names(enableServices(selectProfiles(shared, []), ["b"]))).toBe("a,b,c | d");
    expect(names(enableServices(selectProfiles(shared, []), ["a", "nobody"]))).toBe("a | b,c,d");
  });
});

describe("select", () => {
  const all = project(
    {
      web: { ...needs("db"), networks: { front: null }, volumes: [{ type: "volume", source: "v", target: "/v" }] },
      db: { networks: { back: null } },
      worker: { ...needs("db", "web") },
      wiki: {},
    },
    { networks: { front: {}, back: {}, unused: {} }, volumes: { v: {}, u: {} } },
  );
  const options = { services: [], withDependencies: true, allResources: false };
  const chosen = (services: ReadonlyArray<string>, more = {}): Project =>
    select(all, { ...options, services, ...more }).project;

  it("keeps everything when nothing is named, but drops unused resources", () => {
    expect(names(chosen([]))).toBe("web,db,worker,wiki | ");
    expect(Object.keys(chosen([]).networks)).toEqual(["front", "back"]);
    expect(Object.keys(chosen([]).volumes)).toEqual(["v"]);
    expect(Object.keys(chosen([], { allResources: true }).networks)).toEqual(["front", "back", "unused"]);
  });

  it("keeps the named services and what they depend on", () => {
    expect(names(chosen(["web"]))).toBe("web,db | worker,wiki");
    expect(Object.keys(chosen(["db"]).networks)).toEqual(["back"]);
  });

  it("cuts dependencies with --no-deps", () => {
    const alone = chosen(["worker"], { withDependencies: false });
    expect(names(alone)).toBe("worker | web,db,wiki");
    expect(alone.services["worker"]?.depends_on).toEqual({});
  });

  it("takes glob patterns", () => {
    expect(names(chosen(["w[a-i]*"]))).toBe("web,db,wiki | worker");
    expect(names(chosen(["d?"]))).toBe("db | web,worker,wiki");
  });

  it("names what it does not find, and what was meant", () => {
    const { diagnostics } = select(all, { ...options, services: ["wbe", "[", "wiki"] });
    expect(diagnostics.map(({ message, hint }) => [message, hint])).toEqual([
      ["no such service: wbe", 'did you mean "web"?'],
      ["no such service: [", undefined],
    ]);
    const off = selectProfiles(project({ a: needs("b"), b: { profiles: ["x", "y"] } }), []);
    expect(select(off, { ...options, services: ["a"] }).diagnostics.map(({ hint }) => hint)).toEqual([
      "enable the profile x or y",
    ]);
  });
});

describe("resolveEnvFiles", () => {
  const tree = map([], { file: "compose.yaml", line: 1, column: 1 });
  const text = (content: string): FileContent => ({ _tag: "Text", content });
  const options = { resolveEnvironment: true, cwd: "/" };
  const file = (path: string, required = true, format?: string) => ({
    path,
    required,
    ...(format === undefined ? {} : { format }),
  });

  const resolved = (service: Omit<Service, "name">, files: Readonly<Record<string, FileContent>>, environment = {}) => {
    const result = resolveEnvFiles(
      project({ a: service }, { environment }),
      tree,
      new Map(Object.entries(files)),
      options,
    );
    if (result._tag === "NeedFiles") throw new Error(`needs ${result.paths}`);
    return { service: result.project.services["a"] as Service, messages: result.diagnostics.map(({ code }) => code) };
  };

  it("asks for all missing files at once", () => {
    const service = { env_file: [file("/e"), file("/f", false)], label_file: ["/l"] };
    expect(resolveEnvFiles(project({ a: service, b: service }), tree, new Map([["/f", text("")]]), options)).toEqual({
      _tag: "NeedFiles",
      paths: ["/l", "/e"],
    });
  });

  it("lets later files win, and environment win over all", () => {
    const { service } = resolved(
      { env_file: [file("/e"), file("/f")], environment: { B: "own", N: null, P: null } },
      { "/e": text("A=1\nB=1\nC=1\nN=1\nP=1\n"), "/f": text("C=2\nD=${A}${B}${X}\n") },
      { P: "process", X: "x" },
    );
    expect(service.environment).toEqual({ A: "1", B: "own", C: "2", D: "1ownx", N: null, P: "process" });
    expect(service.env_file).toBeUndefined();
  });

  it("reads raw files without quotes or variables", () => {
    expect(
      resolved({ env_file: [file("/e", true, "raw")] }, { "/e": text("A='${B}'\nH\n") }, { H: "h" }).service
        .environment,
    ).toEqual({
      A: "'${B}'",
      H: "h",
    });
    expect(resolved({ env_file: [file("/e", true, "json")] }, { "/e": text("A=1") }).messages).toEqual([
      "invalid-value",
    ]);
  });

  it("misses only files that are required", () => {
    const missing: FileContent = { _tag: "Missing" };
    expect(resolved({ env_file: [file("/e", false)] }, { "/e": missing }).messages).toEqual([]);
    expect(resolved({ env_file: [file("/e")] }, { "/e": missing }).messages).toEqual(["file-not-found"]);
    expect(resolved({ env_file: [file("/e")] }, { "/e": { _tag: "Directory" } }).messages).toEqual([
      "file-is-directory",
    ]);
    expect(resolved({ label_file: ["/l"] }, { "/l": missing }).messages).toEqual(["file-not-found"]);
  });

  it("folds label files in, own labels win, an earlier file wins inside a later one", () => {
    const { service } = resolved(
      { label_file: ["/l", "/m"], labels: { own: "o" } },
      { "/l": text("a=1\nown=x\n"), "/m": text("a=2\nb=${a}\n") },
    );
    expect(service.labels).toEqual({ a: "2", b: "1", own: "o" });
    expect(service.label_file).toEqual(["/l", "/m"]);
  });

  it("leaves env files alone when told so", () => {
    const result = resolveEnvFiles(project({ a: { env_file: [file("/e")] } }), tree, new Map(), {
      ...options,
      resolveEnvironment: false,
    });
    expect(result).toMatchObject({ _tag: "Resolved", project: { services: { a: { env_file: [{ path: "/e" }] } } } });
  });
});
