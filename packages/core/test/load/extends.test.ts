// Services that extend others, in the same file and in others.
import { describe, expect, test } from "vitest";
import { CWD, loaded, problems } from "./world.ts";

describe("the same file", () => {
  test("a chain, in any order", () => {
    const { services } = loaded({
      "compose.yaml":
        "services:\n  c: {extends: b, environment: {C: 1}}\n  a: {image: i, environment: {A: 1}}\n  b: {extends: {service: a}, environment: {B: 1}}\n",
    }).project;
    expect(services["c"]?.environment).toEqual({ A: "1", B: "1", C: "1" });
    expect(services["c"]?.image).toBe("i");
  });

  test("what a later file changes in the base does not arrive", () => {
    const { services } = loaded(
      { "a.yaml": "services: {a: {extends: b}, b: {image: one}}\n", "b.yaml": "services: {b: {image: two}}\n" },
      { files: ["a.yaml", "b.yaml"] },
    ).project;
    expect([services["a"]?.image, services["b"]?.image]).toEqual(["one", "two"]);
  });

  test("!reset and !override work against the base", () => {
    const { services } = loaded({
      "compose.yaml":
        "services:\n  b: {image: i, ports: ['80'], dns: [1.1.1.1]}\n  a:\n    extends: b\n    ports: !reset []\n    dns: !override [8.8.8.8]\n",
    }).project;
    expect(services["a"]?.ports).toBeUndefined();
    expect(services["a"]?.dns).toEqual(["8.8.8.8"]);
  });

  test("a chain of thousands", () => {
    const lines = Array.from({ length: 5_000 }, (_, i) => `  s${i + 1}: {extends: s${i}}`);
    const { services } = loaded({
      "compose.yaml": `services:\n${lines.toReversed().join("\n")}\n  s0: {image: i}\n`,
    }).project;
    expect(services["s5000"]?.image).toBe("i");
  });
});

describe("another file", () => {
  test("paths start at that file, and names of nested files too", () => {
    const { services } = loaded({
      "compose.yaml": "services: {a: {extends: {file: sub/base.yaml, service: b}}}\n",
      "sub/base.yaml": "services: {b: {extends: {file: more/deep.yaml, service: c}, volumes: ['./b:/b']}}\n",
      "sub/more/deep.yaml": "services: {c: {build: ./c, env_file: [{path: c.env, required: false}]}}\n",
    }).project;
    expect(services["a"]?.build?.context).toBe(`${CWD}/sub/more/c`);
    expect(services["a"]?.volumes?.[0]?.source).toBe(`${CWD}/sub/b`);
  });

  test("its short forms merge with those of the extending service", () => {
    const { services } = loaded({
      "compose.yaml": "services: {a: {extends: {file: base.yaml, service: b}, ports: ['80:80', '81:81']}}\n",
      "base.yaml": "services: {b: {image: i, ports: ['80:80']}}\n",
    }).project;
    expect(services["a"]?.ports?.map(({ published }) => published)).toEqual(["80", "81"]);
  });
});

describe("problems", () => {
  test.each([
    ["services: {a: {extends: gone}}\n", ["compose.yaml:1:25 extends"]],
    ["services: {a: {extends: {}}}\n", ["compose.yaml:1:25 extends"]],
    ["services: {a: {extends: {service: b, file: gone.yaml}}}\n", ["compose.yaml:1:44 file-missing"]],
    ["services: {a: {extends: {service: b, file: oci://x}}}\n", ["compose.yaml:1:44 remote-file"]],
    ["services: {a: {extends: a}}\n", ["compose.yaml:1:25 extends-cycle"]],
    ["services: {a: {extends: b}, b: {extends: a}}\n", ["compose.yaml:1:25 extends-cycle"]],
    ["services: []\n", ["compose.yaml:1:11 wrong-type"]],
  ])("%s", (text, expected) => {
    expect(problems({ "compose.yaml": text })).toEqual(expected);
  });

  test("a cycle over files, and a file that extends itself by name", () => {
    const base = "services: {b: {extends: {file: compose.yaml, service: a}}}\n";
    const main = "services: {a: {extends: {file: base.yaml, service: b}}}\n";
    expect(problems({ "compose.yaml": main, "base.yaml": base })).toContainEqual(
      expect.stringContaining("extends-cycle"),
    );
  });

  test("a service name that every object has", () => {
    expect(problems({ "compose.yaml": "services: {a: {extends: constructor}}\n" })).toEqual([
      "compose.yaml:1:25 extends",
    ]);
    expect(problems({ "compose.yaml": "services: {a: {extends: __proto__}}\n" })).toEqual([
      "compose.yaml:1:25 extends",
    ]);
  });
});
