// Loading as a whole: its rounds, discovery, and what a command line chooses.
import { describe, expect, test } from "vitest";
import { getIn } from "../../src/source/Tree.ts";
import { CWD, loaded, loadRounds, problems } from "./world.ts";

const one = "services: {web: {image: nginx}}\n";

describe("rounds", () => {
  test("the first asks for every place at once, and nothing is asked for twice", () => {
    const { rounds } = loadRounds({
      "compose.yaml": "include: [sub/a.yaml, sub/b.yaml]\nservices: {web: {extends: {file: base.yaml, service: b}}}\n",
      "sub/a.yaml": "services: {a: {image: a, env_file: [a.env]}}\n",
      "sub/a.env": "A=1\n",
      "sub/b.yaml": "services: {b: {image: b}}\n",
      "base.yaml": "services: {b: {image: b}}\n",
    });
    expect(rounds[0]).toContain(`${CWD}/compose.yaml`);
    expect(rounds[0]).toContain("/compose.yaml");
    expect(rounds[1]).toEqual(expect.arrayContaining([`${CWD}/base.yaml`, `${CWD}/sub/a.yaml`, `${CWD}/sub/b.yaml`]));
    const all = rounds.flat();
    expect(new Set(all).size).toBe(all.length);
    expect(rounds.length).toBeLessThanOrEqual(4);
  });
});

describe("discovery", () => {
  test("goes up to the folders above, and takes the override beside it", () => {
    const { project } = loaded(
      { "/home/me/compose.yml": one, "/home/me/docker-compose.override.yml": "services: {web: {hostname: h}}\n" },
      {},
    );
    expect(project.working_dir).toBe("/home/me");
    expect(project.config_files).toEqual(["/home/me/compose.yml", "/home/me/docker-compose.override.yml"]);
    expect(project.services["web"]?.hostname).toBe("h");
  });

  test("warns when there is a choice", () => {
    const { warnings, project } = loaded({ "compose.yaml": one, "docker-compose.yml": one });
    expect(project.config_files).toEqual([`${CWD}/compose.yaml`]);
    expect(warnings.map(({ message }) => message)).toEqual([
      `Found multiple config files with supported names: ${CWD}/compose.yaml, ${CWD}/docker-compose.yml`,
      `Using ${CWD}/compose.yaml`,
    ]);
  });

  test("standard input, and a file after it that sets the folder", () => {
    const { project } = loaded(
      { "sub/x.yaml": "services: {web: {build: .}}\n" },
      { files: ["-", "sub/x.yaml"], stdin: one },
    );
    expect(project.working_dir).toBe(`${CWD}/sub`);
    expect(project.services["web"]?.build?.context).toBe(`${CWD}/sub`);
  });

  test("nothing found, a missing file, a folder, a remote file", () => {
    expect(problems({})).toEqual(["no-configuration"]);
    expect(problems({}, { files: ["x.yaml"] })).toEqual(["file-missing"]);
    expect(problems({ sub: null }, { files: ["sub"] })).toEqual(["file-unreadable"]);
    expect(problems({}, { files: ["oci://registry/app", "https://github.com/a/b.git"] })).toEqual([
      "remote-file",
      "remote-file",
    ]);
  });
});

describe("environment", () => {
  const show = "services: {web: {image: 'i:${TAG:-none}'}}\n";
  const image = (world: Record<string, string>, changes = {}): string | undefined =>
    loaded({ "compose.yaml": show, ...world }, changes).project.services["web"]?.image;

  test("the process wins over .env, even with an empty value", () => {
    expect(image({ ".env": "TAG=file\n" })).toBe("i:file");
    expect(image({ ".env": "TAG=file\n" }, { env: { TAG: "process" } })).toBe("i:process");
    expect(image({ ".env": "TAG=file\n" }, { env: { TAG: "" } })).toBe("i:none");
  });

  test("--env-file and COMPOSE_ENV_FILES replace .env; later files win", () => {
    const world = { ".env": "TAG=dot\n", "a.env": "TAG=a\n", "b.env": "TAG=${TAG}b\n" };
    expect(image(world, { envFiles: ["a.env", "b.env"] })).toBe("i:ab");
    expect(image(world, { env: { COMPOSE_ENV_FILES: "a.env" } })).toBe("i:a");
    expect(problems({ "compose.yaml": show }, { envFiles: ["nope.env"] })).toEqual(["env-file-missing"]);
  });

  test("COMPOSE_ variables work from .env", () => {
    const { project } = loaded({
      ".env": "COMPOSE_FILE=x.yaml:y.yaml\nCOMPOSE_PROJECT_NAME=named\nCOMPOSE_PROFILES=p, q\n",
      "x.yaml": one,
      "y.yaml": "services: {extra: {image: e, profiles: [q]}}\n",
    });
    expect(project.name).toBe("named");
    expect(Object.keys(project.services)).toEqual(["web", "extra"]);
    expect(project.profiles).toEqual(["p", "q"]);
  });

  test("COMPOSE_DISABLE_ENV_FILE", () => {
    expect(image({ ".env": "TAG=file\n" }, { env: { COMPOSE_DISABLE_ENV_FILE: "1" } })).toBe("i:none");
    expect(problems({ "compose.yaml": show }, { env: { COMPOSE_DISABLE_ENV_FILE: "maybe" } })).toEqual(["environment"]);
  });

  test("a variable named __proto__ is only a variable", () => {
    expect(image({ ".env": "__proto__=x\nTAG=${__proto__}\n" })).toBe("i:x");
  });
});

describe("project name", () => {
  const name = (text: string, changes = {}): string => loaded({ "compose.yaml": text }, changes).project.name;

  test("flag, variable, file, folder", () => {
    const named = `name: In-File\n${one}`;
    expect(name(named, { projectName: "flag", env: { COMPOSE_PROJECT_NAME: "variable" } })).toBe("flag");
    expect(name(named, { env: { COMPOSE_PROJECT_NAME: "variable" } })).toBe("variable");
    expect(name(named)).toBe("in-file");
    expect(name(one)).toBe("app");
    expect(name(`name: \${X:-y}\n${one}`)).toBe("y");
  });

  test("refuses what docker compose refuses", () => {
    expect(problems({ "compose.yaml": one }, { projectName: "My App" })).toEqual(["project-name"]);
    expect(problems({ "compose.yaml": `name: \${NOPE}\n${one}` })).toEqual(["project-name"]);
    expect(problems({ "/___/compose.yaml": one }, { cwd: "/___" })).toEqual(["project-name"]);
  });
});

describe("origins", () => {
  test("a value knows its variables, where they come from, and what it replaced", () => {
    const { tree } = loaded(
      {
        "compose.yaml": "services:\n  web:\n    image: old\n",
        "compose.override.yaml": "services:\n  web:\n    image: ${NAME}:${TAG}-${UNSET}\n",
        ".env": "# c\nTAG=1\n",
      },
      { env: { NAME: "n" } },
    );
    const image = getIn(tree, ["services", "web", "image"]);
    expect(image).toMatchObject({ value: "n:1-", span: { file: `${CWD}/compose.override.yaml`, line: 3 } });
    expect(image?.origin).toEqual({
      written: "${NAME}:${TAG}-${UNSET}",
      variables: [
        { name: "NAME", source: { _tag: "Environment" } },
        { name: "TAG", source: { _tag: "EnvFile", span: { file: `${CWD}/.env`, line: 2, column: 1 } } },
        { name: "UNSET", source: { _tag: "Unset" } },
      ],
      replaced: [{ file: `${CWD}/compose.yaml`, line: 3, column: 12 }],
    });
  });

  test("variables are listed with their defaults", () => {
    const { variables } = loaded(
      { "compose.yaml": "services: {web: {image: '${A:-x}${B:?m}${C:+y}$D'}}\n" },
      {
        env: { B: "b" },
      },
    );
    expect(variables).toEqual([
      { name: "A", required: false, defaultValue: "x", alternateValue: "" },
      { name: "B", required: true, defaultValue: "", alternateValue: "" },
      { name: "C", required: false, defaultValue: "", alternateValue: "y" },
      { name: "D", required: false, defaultValue: "", alternateValue: "" },
    ]);
  });
});

describe("problems", () => {
  test("all of them at once, over files and stages, each with its line", () => {
    expect(
      problems(
        {
          "a.yaml":
            "services:\n  web:\n    image: ${X:?needed}\n    scale: many\n    nope: 1\n  db:\n    extends: gone\n",
          "b.yaml": "services:\n  web:\n    ports: 80\nwrong: 1\n",
        },
        { files: ["a.yaml", "b.yaml"] },
      ),
    ).toEqual([
      "a.yaml:3:12 variable-required",
      "a.yaml:4:12 cast",
      "a.yaml:7:14 extends",
      "a.yaml:5:5 unknown-key",
      "b.yaml:3:12 wrong-type",
      "b.yaml:4:1 unknown-key",
    ]);
  });

  test("show the line, but never one of an env file", () => {
    const { result } = loadRounds({ "compose.yaml": "services:\n  web: {imgae: x}\n" });
    expect(result._tag === "Invalid" && result.diagnostics[0]?.snippet).toBe("  web: {imgae: x}");
    const secret = loadRounds({ "compose.yaml": one, ".env": "PASSWORD='hunter2\n" }).result;
    expect(JSON.stringify(secret)).not.toContain("hunter2");
    expect(secret._tag).toBe("Invalid");
  });

  test("an empty file, a list, bad bytes", () => {
    expect(problems({ "compose.yaml": "" })).toEqual(["compose.yaml:1:1 empty-file"]);
    expect(problems({ "compose.yaml": "- a\n" })).toEqual(["compose.yaml:1:1 not-a-mapping"]);
    expect(problems({ "compose.yaml": "services: {}\n---\n" })).toContain("compose.yaml:2:4 not-a-mapping");
  });
});

describe("without interpolation", () => {
  test("values stay templates and do not have to make sense", () => {
    const { tree, warnings } = loaded(
      { "compose.yaml": "services: {web: {image: '${A}', scale: '${N}', ports: ['${P}:80']}}\n" },
      { noInterpolate: true },
    );
    expect(getIn(tree, ["services", "web", "ports", 0])).toMatchObject({ value: "${P}:80" });
    expect(warnings).toEqual([]);
  });
});
