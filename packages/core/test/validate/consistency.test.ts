// Rules across services and resources, one case each.
import { describe, expect, it } from "vitest";
import { decodeProject } from "../../src/decode/decode.ts";
import type { Project } from "../../src/model/Project.ts";
import { parseYaml } from "../../src/parse/yaml.ts";
import { selectProfiles } from "../../src/select/profiles.ts";
import type { Tree } from "../../src/source/Tree.ts";
import { alignReplicas, checkConsistency, checkContainerNames } from "../../src/validate/consistency.ts";

const context = {
  name: "p",
  workingDir: "/w",
  configFiles: [],
  envFiles: [],
  environment: {},
  profiles: [],
  compatibility: false,
};

const load = (text: string): { readonly project: Project; readonly tree: Tree } => {
  const { tree } = parseYaml(text, "compose.yaml").documents[0] as { tree: Tree };
  const { project, diagnostics } = decodeProject(tree, context);
  expect(diagnostics).toEqual([]);
  return { project: selectProfiles(project, []), tree };
};

const faults = (text: string): ReadonlyArray<string> => {
  const { project, tree } = load(text);
  return checkConsistency(project, tree).map(
    ({ code, path, hint }) => `${code} ${path}${hint === undefined ? "" : ` (${hint})`}`,
  );
};

describe("checkConsistency", () => {
  it.each([
    ["services: {a: {image: i}, b: {build: {context: .}}, c: {provider: {type: t}}}", []],
    ["services: {a: {}}", ["no-image services.a (add image: or build:)"]],
    [
      "services: {a: {build: {context: ., dockerfile: d, dockerfile_inline: x}}}",
      ["dockerfile-conflict services.a.build.dockerfile"],
    ],
    [
      "services: {a: {build: {context: ., additional_contexts: {x: 'service:webb', y: 'service:c'}}}, web: {build: {context: .}}, c: {image: i}}",
      [
        'undefined-service services.a.build.additional_contexts.x (did you mean "web"?)',
        "context-without-build services.a.build.additional_contexts.y",
      ],
    ],
    [
      "services: {a: {platform: linux/amd64, build: {context: ., platforms: [linux/arm64]}}}",
      ["platform-missing services.a.build.platforms"],
    ],
    [
      "services: {a: {image: i, network_mode: host, networks: {n: }}}\nnetworks: {n: }",
      ["network-mode-conflict services.a.network_mode (keep one of them)"],
    ],
    [
      "services: {a: {image: i, networks: {frnt: }}}\nnetworks: {front: }",
      ['undefined-network services.a.networks.frnt (did you mean "front"?)'],
    ],
    ["services: {a: {image: i, network_mode: 'service:x'}}", ["undefined-service services.a.network_mode"]],
    [
      "services: {a: {image: i, healthcheck: {test: [curl]}}}",
      ['healthcheck-test services.a.healthcheck.test (write the command as one text, or begin the list with "CMD")'],
    ],
    [
      "services: {a: {image: i, depends_on: {b: {condition: service_started, required: true}}}, b: {image: i, profiles: [p]}}",
      ["undefined-dependency services.a.depends_on.b (enable the profile p, or write required: false)"],
    ],
    [
      "services: {a: {image: i, depends_on: {b: {condition: service_started, required: false}}}, b: {image: i, profiles: [p]}}",
      [],
    ],
    [
      "services: {a: {image: i, depends_on: {b: {condition: service_started, required: false}}}}",
      ["undefined-dependency services.a.depends_on.b"],
    ],
    [
      "services: {a: {image: i, volumes: [{type: volume, source: v, target: /t}]}}",
      ["undefined-volume services.a.volumes[0] (declare it: volumes: { v: ... })"],
    ],
    [
      "services: {a: {image: i, secrets: [{source: s}], configs: [{source: c}], models: {m: }}}",
      [
        "undefined-config services.a.configs[0] (declare it: configs: { c: ... })",
        "undefined-model services.a.models.m (declare it: models: { m: ... })",
        "undefined-secret services.a.secrets[0] (declare it: secrets: { s: ... })",
      ],
    ],
    [
      "services: {a: {image: i, scale: 2, deploy: {replicas: 3}}}",
      ["conflicting-values services.a.scale (keep one of them)"],
    ],
    ["services: {a: {image: i, scale: -1}}", ["invalid-value services.a.scale"]],
    [
      "services: {a: {image: i, deploy: {replicas: 2}, container_name: c}}",
      ["container-name-scale services.a.container_name (remove container_name, or scale to 1)"],
    ],
    [
      "services: {a: {image: i, cpus: 1, mem_limit: 5, deploy: {resources: {limits: {cpus: '1.0', memory: '6'}}}}}",
      ["conflicting-values services.a.mem_limit (keep one of them)"],
    ],
    [
      "services: {a: {image: i, develop: {watch: [{path: x, action: sync}, {path: x, action: rebuild}]}}}",
      ["watch-target services.a.develop.watch[0]"],
    ],
    [
      "services: {a: {image: i, tmpfs: ['/t:size=1m'], volumes: [{type: bind, source: /s, target: /t}]}}",
      ["duplicate-mount services.a.volumes[0]"],
    ],
    [
      "services: {}\nsecrets: {s: {driver: d}}",
      ["source-missing secrets.s (add file: or environment:, or mark it external)"],
    ],
  ])("%s", (text, expected) => {
    expect(faults(text)).toEqual(expected);
  });

  it("names a dependency cycle in order, once", () => {
    const on = (name: string): string => `depends_on: {${name}: {condition: service_started, required: true}}`;
    const { project, tree } = load(
      `services: {b: {image: i, ${on("c")}}, c: {image: i, ${on("a")}}, a: {image: i, ${on("b")}}}`,
    );
    expect(checkConsistency(project, tree).map(({ message }) => message)).toEqual([
      "dependency cycle detected: a -> b -> c -> a",
    ]);
  });

  it("does not look at disabled services", () => {
    expect(
      faults("services: {a: {image: i}, b: {profiles: [p], depends_on: {x: {condition: service_started}}}}"),
    ).toEqual([]);
  });

  it("reports everything at once, with places", () => {
    const { project, tree } = load("services:\n  a:\n    image: i\n    networks:\n      n:\n  b: {}\n");
    expect(checkConsistency(project, tree).map(({ span }) => `${span?.line}:${span?.column}`)).toEqual(["5:7", "6:3"]);
  });
});

describe("alignReplicas", () => {
  it("lets scale speak for deploy.replicas", () => {
    const { project } = load(
      "services: {a: {image: i, scale: 2, deploy: {mode: replicated}}, b: {image: i, scale: 2}}",
    );
    const aligned = alignReplicas(project);
    expect(aligned.services["a"]?.deploy).toEqual({ mode: "replicated", replicas: 2 });
    expect(aligned.services["b"]?.deploy).toBeUndefined();
  });
});

describe("checkContainerNames", () => {
  it("refuses one name for two services", () => {
    const { project, tree } = load("services: {a: {image: i, container_name: x}, b: {image: i, container_name: x}}");
    expect(checkContainerNames(project, tree).map(({ code, path }) => `${code} ${path}`)).toEqual([
      "container-name-taken services.b.container_name",
    ]);
  });
});
