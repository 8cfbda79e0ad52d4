// Included files: their paths, their variables, and what may change them.
import { describe, expect, test } from "vitest";
import { CWD, loaded, problems } from "./world.ts";

describe("include", () => {
  test("paths start at the included file; its .env fills in what is missing", () => {
    const { services, volumes } = loaded(
      {
        "compose.yaml": "include: [sub/inner.yaml]\nservices: {web: {image: w, depends_on: [db]}}\n",
        "sub/inner.yaml":
          "services: {db: {build: ., image: 'db:${TAG}-${OUTER}', volumes: ['data:/d']}}\nvolumes: {data: }\n",
        "sub/.env": "TAG=1\nOUTER=inner\n",
      },
      { env: { OUTER: "outer" } },
    ).project;
    expect(services["db"]).toMatchObject({ image: "db:1-outer", build: { context: `${CWD}/sub` } });
    expect(volumes["data"]?.name).toBe("app_data");
  });

  test("nested, with overrides, a project directory and env files", () => {
    const { services } = loaded({
      "compose.yaml": "include:\n  - path: [a/one.yaml, a/two.yaml]\n    project_directory: b\n    env_file: [x.env]\n",
      "a/one.yaml": "include: [c/three.yaml]\nservices: {s: {image: '${X}', build: ./ctx}}\n",
      "a/two.yaml": "services: {s: {hostname: h}}\n",
      "b/c/three.yaml": "services: {t: {build: .}}\n",
      "b/.env": "X=unused\n",
      "x.env": "X=used\n",
    }).project;
    expect(services["s"]).toMatchObject({ image: "used", hostname: "h", build: { context: `${CWD}/b/ctx` } });
    expect(services["t"]?.build?.context).toBe(`${CWD}/b/c`);
  });

  test("a further file may change what was included; the including one may not", () => {
    const inner = "services: {s: {image: one, ports: ['80:80']}}\n";
    const { services } = loaded({
      "compose.yaml": "include: [inner.yaml]\n",
      "compose.override.yaml": "services: {s: {image: two}}\n",
      "inner.yaml": inner,
    }).project;
    expect(services["s"]?.image).toBe("two");
    expect(
      problems({ "compose.yaml": "include: [inner.yaml]\nservices: {s: {image: two}}\n", "inner.yaml": inner }),
    ).toEqual(["compose.yaml:2:12 include-conflict"]);
  });

  test("the same resource twice is fine when it is the same", () => {
    const { networks } = loaded({
      "compose.yaml": "include: [a.yaml, b.yaml]\n",
      "a.yaml": "include: [common.yaml]\nservices: {a: {image: a, networks: [n]}}\n",
      "b.yaml": "include: [common.yaml]\nservices: {b: {image: b, networks: [n]}}\n",
      "common.yaml": "networks: {n: {driver: bridge}}\n",
    }).project;
    expect(Object.keys(networks)).toEqual(["n"]);
  });

  test("a secret from the environment of the included file", () => {
    const { secrets } = loaded({
      "compose.yaml": "include: [sub/i.yaml]\n",
      "sub/i.yaml": "services: {a: {image: a, secrets: [s]}}\nsecrets: {s: {environment: TOKEN}}\n",
      "sub/.env": "TOKEN=t\n",
    }).project;
    expect(secrets["s"]?.content).toBe("t");
  });
});

describe("problems", () => {
  test.each([
    ["include: x.yaml\n", ["compose.yaml:1:10 include"]],
    ["include: [5]\n", ["compose.yaml:1:11 include"]],
    ["include: [{path: {a: b}}]\n", ["compose.yaml:1:18 include"]],
    ["include: [gone.yaml]\n", ["compose.yaml:1:11 file-missing"]],
    ["include: [{path: c.yaml, env_file: gone.env}]\n", ["compose.yaml:1:36 env-file-missing"]],
    ["include: [git@github.com:a/b.git]\n", ["compose.yaml:1:11 remote-file"]],
    ["include: [compose.yaml]\n", ["compose.yaml:1:11 include-cycle"]],
  ])("%s", (text, expected) => {
    expect(problems({ "compose.yaml": text, "c.yaml": "services: {c: {image: c}}\n" })).toEqual(expected);
  });

  test("a cycle through an override path ends too", () => {
    expect(
      problems({
        "compose.yaml": "include: [{path: [a.yaml, compose.yaml]}]\nservices: {x: {image: x}}\n",
        "a.yaml": "services: {a: {image: a}}\n",
      }),
    ).toContainEqual(expect.stringContaining("include-cycle"));
  });

  test("problems of an included file are at that file", () => {
    expect(problems({ "compose.yaml": "include: [i.yaml]\n", "i.yaml": "services:\n  a:\n    imagee: x\n" })).toEqual([
      "i.yaml:3:5 unknown-key",
    ]);
  });
});
