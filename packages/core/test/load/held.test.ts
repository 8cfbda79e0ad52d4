// Values that variables hold for configs and secrets, and profiles of services, through the whole of loading.
import { describe, expect, it } from "vitest";
import type { FileContent, Loaded, LoadRequest } from "../../src/load/Load.ts";
import { load } from "../../src/load/loadProject.ts";
import { modelJson, projectJson } from "../../src/print/json.ts";
import { modelYaml, projectYaml } from "../../src/print/yaml.ts";

const loaded = (files: Readonly<Record<string, string>>, more: Partial<LoadRequest> = {}): Loaded => {
  const request: LoadRequest = {
    cwd: "/w",
    env: { VALUE: "hidden" },
    files: ["compose.yaml"],
    profiles: [],
    envFiles: [],
    services: [],
    ...more,
  };
  const fetched = new Map<string, FileContent>();
  for (;;) {
    const result = load(request, fetched);
    if (result._tag === "Loaded") return result;
    if (result._tag === "Invalid") throw new Error(JSON.stringify(result.diagnostics));
    for (const path of result.paths) {
      const text = files[path];
      fetched.set(path, text === undefined ? { _tag: "Missing" } : { _tag: "Text", content: text });
    }
  }
};

const part =
  "services: {p: {image: i, configs: [c], secrets: [s]}}\nconfigs: {c: {environment: VALUE}}\nsecrets: {s: {environment: VALUE}}";

describe("what variables hold for configs and secrets", () => {
  it("reaches the project, also from an included file", () => {
    const { project } = loaded({ "/w/compose.yaml": "include: [part.yaml]", "/w/part.yaml": part });
    expect(project.configs["c"]).toEqual({ name: "w_c", environment: "VALUE", content: "hidden" });
    expect(project.secrets["s"]).toEqual({ name: "w_s", environment: "VALUE", content: "hidden" });
  });

  it("is never printed", () => {
    const files = { "/w/compose.yaml": part };
    const { project } = loaded(files);
    const { tree } = loaded(files, { noInterpolate: true });
    const printed = [projectJson(project), projectYaml(project), modelJson(tree), modelYaml(tree)].join("\n");
    expect(printed).toContain("VALUE");
    expect(printed).not.toContain("hidden");
  });
});

describe("profiles of services", () => {
  const files = {
    "/w/compose.yaml":
      'services: {a: {image: i, profiles: ["${DEBUG:-}"]}, b: {image: i, profiles: [x], env_file: e, label_file: l}}',
    "/w/e": "E=1",
    "/w/l": "l=1",
  };

  it("an empty one is active unless others are named", () => {
    expect(Object.keys(loaded(files).project.services)).toEqual(["a"]);
    expect(Object.keys(loaded(files, { profiles: ["x"] }).project.services)).toEqual(["b"]);
    expect(Object.keys(loaded(files, { env: { DEBUG: "y" } }).project.services)).toEqual([]);
  });

  it("a named service is read like any other, files and all", () => {
    const { project } = loaded(files, { services: ["b"] });
    expect(project.services["b"]).toMatchObject({ environment: { E: "1" }, labels: { l: "1" } });
  });
});
