// Builds with docker's buildx and with the engine's own builder: what reaches them, what they say, how they end.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Checkout, checkOut } from "../src/checkout.ts";
import { buildxPath, type ClientConfig, clientConfig } from "../src/plugins.ts";
import { succeeded } from "./scenarios/lifecycle.ts";
import { onEngine, onEngineWithPeer } from "./gate.ts";

const buildx = buildxPath();
const withBuildx = test.skipIf(buildx === undefined);

const put = async (checkout: Checkout, files: Readonly<Record<string, string>>): Promise<void> => {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(checkout.directory, name)), { recursive: true });
    await writeFile(join(checkout.directory, name), text);
  }
};

interface Image {
  readonly Id: string;
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
}

let config: ClientConfig;
beforeAll(async () => {
  config = await clientConfig();
});
afterAll(() => config.close());

const everything = `services:
  web:
    image: \${NAME}-web
    command: idle
    build:
      context: app
      dockerfile: web.Dockerfile
      target: last
      args: { WHO: "$\${nobody}", FROM_HERE: }
      labels: { kind: web }
      tags: ["\${NAME}-web:second"]
      extra_hosts: ["friend:10.9.8.7"]
      secrets: [paper, { source: air, target: wind }]
secrets:
  paper: { file: ./paper.txt }
  air: { environment: AIR }
`;

const files = {
  "compose.yaml": everything,
  "paper.txt": "written\n",
  "app/keep": "kept\n",
  "app/drop": "dropped\n",
  "app/.dockerignore": "keep\n",
  "app/web.Dockerfile.dockerignore": "drop\n",
  "app/web.Dockerfile": `FROM composure/test-idle AS base
ARG WHO
ARG FROM_HERE
RUN --mount=type=secret,id=paper --mount=type=secret,id=wind grep -q "^wr.tten$" /run/secrets/paper && grep -q "^bl.wn$" /run/secrets/wind
RUN echo "who is $WHO, here is $FROM_HERE" && grep 10.9.8.7 /etc/hosts
FROM base AS last
COPY . /app
RUN test -e /app/keep && test ! -e /app/drop && test ! -e /run/secrets/paper
FROM base
RUN false
`,
};

onEngine("buildx", ({ client, subject }) => {
  let checkout: Checkout;
  afterEach(async () => {
    for (const name of ["web", "web:second", "base", "app", "bad", "good"])
      await client.request("DELETE", `/images/${checkout.project}-${name}?force=1`);
    await checkout.dispose();
  });
  const run = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) =>
    checkout.run(subject, args, {
      env: { DOCKER_BUILDKIT: "1", DOCKER_CONFIG: config.folder, NAME: checkout.project, ...env },
    });
  const image = async (name: string): Promise<Image> =>
    JSON.parse((await client.request("GET", `/images/${checkout.project}-${name}/json`)).body.toString()) as Image;

  withBuildx("is told everything; secrets reach it and stay out of all that is printed", async () => {
    checkout = await checkOut({ client, purpose: "bake" });
    await put(checkout, files);
    const env = { AIR: "blown", FROM_HERE: "dusk" };
    const built = succeeded(await run(["build", "--progress", "plain"], env));
    expect(built.stdout).toContain("who is ${nobody}, here is dusk");
    expect(built.stderr).toMatch(/Image \S+-web +Built/);
    expect(built.output).not.toMatch(/written|blown/);
    const { Id, Config } = await image("web");
    expect((await image("web:second")).Id).toBe(Id);
    expect(Config.Labels).toMatchObject({ kind: "web", "com.docker.compose.service": "web" });
    const printed = succeeded(await run(["build", "--print"], env));
    expect(printed.output).not.toMatch(/written|blown/);
    expect(JSON.parse(printed.stdout)).toHaveProperty("target.web.secret");

    succeeded(await run(["up", "-d"], env));
    const [before] = await client.containers(checkout.project);
    succeeded(await run(["up", "-d", "--build"], env));
    const [after] = await client.containers(checkout.project);
    expect(after?.id, "the same image again: nothing is replaced").toBe(before?.id);
    expect((await image("web")).Id).toBe(Id);
  });

  withBuildx("a build that fails shows its last words, and hinders no other", async () => {
    checkout = await checkOut({ client, purpose: "bakefail" });
    await put(checkout, {
      "compose.yaml": `services:
  bad: { build: { dockerfile_inline: "FROM composure/test-idle\\nRUN echo the reason is $$((6 * 7)) && exit 9" } }
  good: { build: { dockerfile_inline: "FROM composure/test-idle\\nRUN echo well" } }
`,
    });
    const failed = await run(["build", "--quiet"]);
    expect(failed.code, failed.output).toBe(1);
    expect(failed.stderr).toMatch(/error: image \S+-bad: .*exit code: 9/);
    expect(failed.stderr).toContain("the reason is 42");
    expect(failed.stdout).toBe("");
    expect(await image("good")).toHaveProperty("Id");
  });

  withBuildx("an interrupt ends it", async () => {
    checkout = await checkOut({ client, purpose: "bakestop" });
    await put(checkout, {
      "compose.yaml": `services: { web: { build: { dockerfile_inline: "FROM composure/test-idle\\nRUN echo begun && sleep 300" } } }\n`,
    });
    const running = checkout.start(subject, ["build", "--progress", "plain"], {
      env: { DOCKER_BUILDKIT: "1", DOCKER_CONFIG: config.folder },
    });
    await running.line(/^web \| begun/);
    running.signal("SIGINT");
    const ended = await running.done;
    expect(ended.code).toBe(130);
    expect(ended.stderr).toMatch(/interrupted/);
  });

  withBuildx("a base built by another service comes first", async () => {
    checkout = await checkOut({ client, purpose: "bakebase" });
    await put(checkout, {
      "compose.yaml": `services:
  app: { build: { dockerfile_inline: "FROM ${checkout.project}-base\\nRUN cat /made" }, depends_on: [base] }
  base: { build: { dockerfile_inline: "FROM composure/test-idle\\nRUN echo here > /made" } }
`,
    });
    for (const env of [{ DOCKER_BUILDKIT: "1" }, { DOCKER_BUILDKIT: "0" }]) {
      succeeded(await run(["build"], env));
      await client.request("DELETE", `/images/${checkout.project}-base?force=1`);
      await client.request("DELETE", `/images/${checkout.project}-app?force=1`);
    }
  });

  test("what the engine's own builder cannot do is said", async () => {
    checkout = await checkOut({ client, purpose: "classic" });
    const cases: ReadonlyArray<readonly [string, string]> = [
      ["platforms: [linux/amd64, linux/arm64]", "multi-arch build"],
      ["privileged: true", "privileged mode"],
      ["ssh: [default]", "SSH keys"],
    ];
    for (const [line, what] of cases) {
      await put(checkout, { "compose.yaml": `services: { web: { build: { context: ., ${line} } } }\n`, Dockerfile: "FROM scratch\n" });
      const failed = await run(["build"], { DOCKER_BUILDKIT: "0" });
      expect(failed.code).toBe(1);
      expect(failed.stderr).toContain(`the classic builder doesn't support ${what}, set DOCKER_BUILDKIT=1 to use BuildKit`);
    }
  });
});

/** The text with the group's targets sorted: docker compose lists them in an order of chance. */
const orderly = (printed: string): string => {
  const list = /(?<="group": \{\s+"default": \{\s+"targets": \[)[^\]]*(?=\])/;
  return printed.replace(list, (names) => Array.from(names.matchAll(/"[^"]+"/g), String).sort().join());
};

onEngineWithPeer("the bake file", ({ client, subject, peer }) => {
  withBuildx("is the one that docker compose writes", async () => {
    const checkout = await checkOut({ client, purpose: "print" });
    await put(checkout, {
      "compose.yaml": `services:
  a.b:
    build:
      context: .
      dockerfile: s/Df
      args: { X: "a$\${b}", Y: }
      labels: { l1: v1 }
      target: t
      tags: [x:1, x:2]
      cache_from: ["type=registry,ref=x"]
      cache_to: [type=inline]
      extra_hosts: ["h:1.2.3.4", "h:1.2.3.5"]
      network: host
      shm_size: 64m
      ulimits: { nproc: { soft: 5, hard: 6 } }
      # One only: docker compose prints several in an order of chance.
      ssh: ["k=./s/key"]
      secrets: [one, { source: two, target: deux }]
      platforms: [linux/amd64]
      pull: true
      no_cache: true
      privileged: true
      entitlements: [network.host]
      provenance: mode=max
      sbom: true
      additional_contexts: { res: ./s, o: "service:o" }
  o:
    image: oo
    build: { context: "https://example.com/a/b.git#main:sub", dockerfile: X }
    platform: linux/amd64
secrets: { one: { file: ./s/f.txt }, two: { environment: TWO } }
`,
    });
    const env = { DOCKER_BUILDKIT: "1", DOCKER_CONFIG: config.folder, TWO: "2" };
    for (const args of [["build", "--print"], ["build", "--print", "--no-cache", "--pull", "--push", "o"]]) {
      const [ours, theirs] = [await checkout.run(subject, args, { env }), await checkout.run(peer, args, { env })];
      expect(orderly(succeeded(ours).stdout)).toBe(orderly(succeeded(theirs).stdout));
    }
    await checkout.dispose();
  });
});
