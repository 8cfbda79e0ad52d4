// Where each value of a project comes from.
import { assert, describe, it } from "@effect/vitest";
import * as Result from "effect/Result";
import { type Definition, provenance, type Provenance } from "../../src/explain/provenance.ts";
import type { FileContent, Loaded, LoadRequest } from "../../src/load/Load.ts";
import { load } from "../../src/load/loadProject.ts";
import { renderSpan } from "../../src/source/Span.ts";

type Files = Readonly<Record<string, string>>;

const loaded = (files: Files, env: Readonly<Record<string, string>> = {}): Loaded => {
  const request: LoadRequest = {
    cwd: "/w",
    env,
    files: Object.keys(files).filter((name) => name.startsWith("compose") && name.endsWith(".yaml")),
    profiles: [],
    envFiles: [],
    services: [],
  };
  const fetched = new Map<string, FileContent>();
  for (const [name, content] of Object.entries(files)) fetched.set(`/w/${name}`, { _tag: "Text", content });
  for (;;) {
    const result = load(request, fetched);
    if (result._tag === "Invalid") throw new Error(JSON.stringify(result));
    if (result._tag === "Loaded") return result;
    for (const path of result.paths) if (!fetched.has(path)) fetched.set(path, { _tag: "Missing" });
  }
};

const found = (result: Result.Result<Provenance, unknown>): Provenance => {
  if (Result.isFailure(result)) throw new Error(JSON.stringify(result.failure));
  return result.success;
};

const explain = (files: Files, path: string, env: Readonly<Record<string, string>> = {}): Provenance =>
  found(provenance(loaded(files, env), path));

const place = (definition: Definition | null): string =>
  definition === null ? "nowhere" : `${renderSpan(definition.span)} ${definition.line?.trim() ?? ""}`;

const base = `name: shop
services:
  web:
    image: "nginx:\${TAG:-1}"
    environment:
      LOG: info
      MODE: fast
      FROM_SHELL:
    env_file: [common.env, own.env]
    ports:
      - "\${PORT}:80"
    links: [db]
  db:
    image: postgres
    command: serve --fast
    labels: { traefik.rule: Host, plain: x }
    environment:
      - DB_PASSWORD=hunter2 and more
      - DB_URL=postgres://app:s3cret@db/app
    networks: [back]
  off:
    image: x
    profiles: [never]
networks: { back: {} }
`;
const override = `services:
  web:
    environment:
      LOG: debug
    ports:
      - target: 443
        published: "8443"
  db:
    environment:
      DB_PASSWORD: other-secret
`;
const files: Files = {
  "compose.yaml": base,
  "compose.over.yaml": override,
  ".env": "# ports\nPORT=8080\nEMPTY=\n",
  "common.env": "A=1\nB=common\nMODE=slow\n",
  "own.env": "B=own ${PORT}\nC='$PORT'\n",
};

describe("where a value comes from", () => {
  it("a scalar: its line, and the one that it overrode", () => {
    const { definition, overrode, value, added } = explain(files, "services.web.environment.LOG");
    assert.strictEqual(value, "debug");
    assert.strictEqual(place(definition), "/w/compose.over.yaml:4:12 LOG: debug");
    assert.deepStrictEqual(overrode.map(place), ["/w/compose.yaml:6:12 LOG: info"]);
    assert.strictEqual(added, null);
  });

  it("variables: an env file's line, the process, a default, nothing", () => {
    const port = explain(files, "services.web.ports[0].published");
    assert.strictEqual(port.value, "8080");
    assert.strictEqual(place(port.definition), '/w/compose.yaml:11:9 - "${PORT}:80"');
    assert.deepStrictEqual(
      port.variables.map((feed) => [feed.name, feed.from, place(feed.definition)]),
      [["PORT", "env file", "/w/.env:2:1 PORT=8080"]],
    );
    const tag = (env: Readonly<Record<string, string>>) => explain(files, "services.web.image", env).variables;
    assert.deepStrictEqual(tag({}), [{ name: "TAG", from: "default", definition: null, default: "1" }]);
    assert.deepStrictEqual(tag({ TAG: "2" }), [{ name: "TAG", from: "environment", definition: null, default: null }]);
    assert.deepStrictEqual(tag({ TAG: "" }), [{ name: "TAG", from: "environment", definition: null, default: "1" }]);
  });

  it("a variable that is passed on by its name alone", () => {
    const { definition, variables, value } = explain(files, "services.web.environment.FROM_SHELL", { FROM_SHELL: "x" });
    assert.strictEqual(value, "x");
    assert.strictEqual(place(definition), "/w/compose.yaml:8:7 FROM_SHELL:");
    assert.deepStrictEqual(
      variables.map(({ name, from }) => [name, from]),
      [["FROM_SHELL", "environment"]],
    );
  });

  it("env_file: which file and line won, which lost, and what fed it", () => {
    const b = explain(files, "services.web.environment.B");
    assert.strictEqual(b.value, "own 8080");
    assert.strictEqual(place(b.definition), "/w/own.env:1:1 B=own ${PORT}");
    assert.deepStrictEqual(b.overrode.map(place), ["/w/common.env:2:1 B=common"]);
    assert.deepStrictEqual(
      b.variables.map(({ name, definition }) => [name, place(definition)]),
      [["PORT", "/w/.env:2:1 PORT=8080"]],
    );
    assert.deepStrictEqual(explain(files, "services.web.environment.C").variables, []);
    const mode = explain(files, "services.web.environment.MODE");
    assert.strictEqual(mode.value, "fast");
    assert.strictEqual(place(mode.definition), "/w/compose.yaml:7:13 MODE: fast");
    assert.deepStrictEqual(mode.overrode.map(place), ["/w/common.env:3:1 MODE=slow"]);
  });

  it("what nobody wrote says why it is there", () => {
    const added = (path: string): string | null => {
      const { definition, added: why } = explain(files, path);
      return `${why} ${place(definition)}`;
    };
    assert.strictEqual(added("services.web.ports[0].protocol"), "default nowhere");
    assert.strictEqual(added("services.web.networks.default"), "default network nowhere");
    assert.strictEqual(added("networks.default"), "default network nowhere");
    assert.strictEqual(added("services.web.depends_on"), "implied nowhere");
    assert.strictEqual(added("networks.back.name"), "default nowhere");
    assert.strictEqual(added("services.web.ports[0].mode"), "default nowhere");
    assert.strictEqual(
      added("services.web.depends_on.db.condition"),
      "implied by links /w/compose.yaml:12:13 links: [db]",
    );
  });

  it("a piece of a larger value points at the whole", () => {
    const word = explain(files, "services.db.command[1]");
    assert.strictEqual(word.value, "--fast");
    assert.strictEqual(word.within, "services.db.command");
    assert.strictEqual(place(word.definition), "/w/compose.yaml:15:14 command: serve --fast");
  });

  it("one entry for each part of a map or list", () => {
    const places = explain(files, "services.web.environment").entries.map(
      ({ key, value, span, added }) => `${key}=${String(value)} ${span === null ? added : renderSpan(span)}`,
    );
    assert.sameMembers(places, [
      "A=1 /w/common.env:1:1",
      "B=own 8080 /w/own.env:1:1",
      "C=$PORT /w/own.env:2:1",
      "FROM_SHELL=null /w/compose.yaml:8:7",
      "LOG=debug /w/compose.over.yaml:4:12",
      "MODE=fast /w/compose.yaml:7:13",
    ]);
    assert.deepStrictEqual(
      explain(files, "services.web.ports").entries.map(({ path, span }) => [path, span?.file]),
      [
        ["services.web.ports[0]", "/w/compose.yaml"],
        ["services.web.ports[1]", "/w/compose.over.yaml"],
      ],
    );
    assert.include(
      explain(files, "services.web").entries.map(({ key }) => key),
      "image",
    );
  });

  it("keys with dots, with quotes and without", () => {
    for (const path of ['services.db.labels["traefik.rule"]', "services.db.labels.traefik.rule"]) {
      const { value, definition } = explain(files, path);
      assert.strictEqual(value, "Host", path);
      assert.strictEqual(definition?.span.line, 16);
    }
    assert.include(
      explain(files, "services.db.labels").entries.map(({ path }) => path),
      'services.db.labels["traefik.rule"]',
    );
  });

  it("a service whose profile is off is explained, and said to be off", () => {
    const { note, definition, value } = explain(files, "services.off.image");
    assert.strictEqual(value, "x");
    assert.include(note, "profile is off");
    assert.strictEqual(definition?.span.line, 22);
  });

  it("extends: the extending service overrode its base", () => {
    const one = {
      "compose.yaml": "services:\n  web:\n    extends: { file: common.yaml, service: base }\n    image: b\n",
      "common.yaml": "services:\n  base:\n    image: a\n    hostname: h\n",
    };
    assert.deepStrictEqual(explain(one, "services.web.image").overrode.map(place), ["/w/common.yaml:3:12 image: a"]);
    assert.strictEqual(place(explain(one, "services.web.hostname").definition), "/w/common.yaml:4:15 hostname: h");
  });
});

describe("paths that lead nowhere", () => {
  const refused = (path: string): string => {
    const result = provenance(loaded(files), path);
    if (Result.isSuccess(result)) throw new Error("found");
    return `${result.failure.message}; ${result.failure.hint ?? ""}`;
  };
  it("name what is near", () => {
    assert.strictEqual(
      refused("services.wbe.image"),
      'there is no "wbe" in services; did you mean "services.web.image"?',
    );
    assert.strictEqual(refused("web.image"), 'there is no "web" in the project; did you mean "services.web.image"?');
    assert.strictEqual(
      refused("services.web.ports[7]"),
      "there is no item 7 in services.web.ports; it has 2, counted from 0",
    );
    assert.include(refused("services.db.labels.plan"), 'did you mean "services.db.labels.plain"?');
    assert.include(refused("services.web.image.tag"), "services.web.image has no parts");
  });
});

describe("secrets", () => {
  const everything = (path: string, more: Files = {}, env: Readonly<Record<string, string>> = {}): string =>
    JSON.stringify(explain({ ...files, ...more }, path, env));

  it("show neither in values nor in lines, of this definition or of those that it overrode", () => {
    for (const path of ["services.db.environment.DB_PASSWORD", "services.db.environment", "services.db", "services"]) {
      const text = everything(path);
      for (const secret of ["hunter2", "and more", "other-secret", "s3cret"]) assert.notInclude(text, secret, path);
    }
    const { value, definition, overrode } = explain(files, "services.db.environment.DB_PASSWORD");
    assert.strictEqual(value, "(secret)");
    assert.strictEqual(place(definition), "/w/compose.over.yaml:10:20 DB_PASSWORD: (secret)");
    assert.deepStrictEqual(overrode.map(place), ["/w/compose.yaml:18:9 - DB_PASSWORD=(secret)"]);
  });

  it("of the neighbours in the same line stay hidden, and so do defaults", () => {
    const flow = `services:
  web:
    image: x
    environment: { LEVEL: info, API_TOKEN: "abc def", B: "\${X_SECRET:-fallback1}" }
    command: ["run", "--password", "topsecret"]
`;
    for (const path of ["LEVEL", "API_TOKEN", "B"]) {
      const text = everything(`services.web.environment.${path}`, { "compose.yaml": flow, "compose.over.yaml": "{}" });
      assert.notInclude(text, "abc def");
      assert.notInclude(text, "fallback1");
    }
    assert.notInclude(
      everything("services.web.command[0]", { "compose.yaml": flow, "compose.over.yaml": "{}" }),
      "topsecret",
    );
  });

  it("that a variable carries into a value of another name stay hidden", () => {
    const carried = {
      "compose.yaml": 'services:\n  web:\n    image: x\n    command: "run ${DB_PASSWORD}"\n',
      "compose.over.yaml": "{}",
      ".env": "DB_PASSWORD=carried-away\n",
    };
    for (const path of ["services.web.command", "services.web.command[1]", "services.web"]) {
      assert.notInclude(everything(path, carried), "carried-away", path);
    }
    const { variables } = explain({ ...files, ...carried }, "services.web.command");
    assert.strictEqual(place(variables[0]?.definition ?? null), "/w/.env:1:1 DB_PASSWORD=(secret)");
  });

  it("that are common words hide nothing else", () => {
    const one = {
      "compose.yaml":
        "services:\n  db:\n    image: postgres:16\n    environment: { POSTGRES_PASSWORD: '${POSTGRES_PASSWORD:-postgres}', POSTGRES_DB: postgres }\n",
      "compose.over.yaml": "{}",
    };
    assert.strictEqual(explain(one, "services.db.image").value, "postgres:16");
    assert.strictEqual(place(explain(one, "services.db.image").definition), "/w/compose.yaml:3:12 image: postgres:16");
    assert.deepStrictEqual(explain(one, "services.db.environment").value, {
      POSTGRES_DB: "postgres",
      POSTGRES_PASSWORD: "(secret)",
    });
    const { definition, variables } = explain(one, "services.db.environment.POSTGRES_PASSWORD");
    assert.notInclude(definition?.line, "postgres");
    assert.strictEqual(variables[0]?.default, "(secret)");
  });

  it("that a variable gives to a secret stay hidden", () => {
    const one = {
      "compose.yaml": "services:\n  web: { image: x, secrets: [a] }\nsecrets:\n  a:\n    environment: PLAIN\n",
      "compose.over.yaml": "{}",
    };
    for (const path of ["secrets", "secrets.a"]) assert.notInclude(everything(path, one, { PLAIN: "content" }), "content");
  });
});
