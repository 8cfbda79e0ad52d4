// Roads of a build beyond a folder and an engine: contexts elsewhere, pushes, checks, builders by name, saved plans.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Checkout, checkOut } from "../src/checkout.ts";
import { type ContextServer, serveContext } from "../src/contextServer.ts";
import { buildxPath, type ClientConfig, clientConfig } from "../src/plugins.ts";
import { onEngine } from "./gate.ts";
import { succeeded } from "./scenarios/lifecycle.ts";

const withBuildx = test.skipIf(buildxPath() === undefined);
const ways: ReadonlyArray<string> = buildxPath() === undefined ? ["0"] : ["1", "0"];

let config: ClientConfig;
let server: ContextServer;
beforeAll(async () => {
  config = await clientConfig();
  server = await serveContext({
    Dockerfile: "FROM composure/test-idle\nCOPY sub/here /here\n",
    "sub/Dockerfile": "FROM composure/test-idle\nCOPY here /here\nRUN test ! -e /sub\n",
    "sub/here": "so far away\n",
  });
});
afterAll(async () => {
  server.close();
  await config.close();
});

onEngine("a build", ({ client, subject }) => {
  let checkout: Checkout;
  let images: ReadonlyArray<string> = [];
  const forget = () => Promise.all(images.map((image) => client.request("DELETE", `/images/${image}?force=1`)));
  afterEach(async () => {
    await forget();
    images = [];
    await checkout.dispose();
  });
  const run = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) =>
    checkout.run(subject, args, { env: { DOCKER_BUILDKIT: "1", DOCKER_CONFIG: config.folder, ...env } });

  const isOld = async (): Promise<boolean> => {
    const { ApiVersion } = JSON.parse((await client.request("GET", "/version")).body.toString()) as { ApiVersion: string };
    return Number(ApiVersion.split(".")[1]) < 44;
  };

  test("from git, from a folder of a branch in git, and from an archive", async () => {
    checkout = await checkOut({ client, purpose: "contexts" });
    const names = ["repository", "branch", "archive"];
    images = names.map((name) => `${checkout.project}-${name}`);
    await checkout.write(
      "compose.yaml",
      `services:
  repository: { build: "${server.repository}" }
  branch: { build: "${server.repository}#master:sub" }
  archive: { build: { context: "${server.archive}" } }
`,
    );
    const old = await isOld();
    for (const way of ways) {
      const built = await run(["build"], { DOCKER_BUILDKIT: way });
      // The BuildKit of Docker 20.10 knows of no folders in git.
      const without = old && way === "1" ? "branch" : "";
      if (without === "") succeeded(built);
      else expect(built.stderr).toContain("a folder within a git repository needs a newer engine");
      for (const name of names) expect(await client.hasImage(`${checkout.project}-${name}:latest`), name).toBe(name !== without);
      await forget();
    }
  });

  test("is pushed, and pulled again", async () => {
    checkout = await checkOut({ client, purpose: "pushed" });
    const image = `127.0.0.1:5000/${checkout.project}:1`;
    images = [image];
    await checkout.write(
      "compose.yaml",
      `services: { app: { image: "${image}", build: { dockerfile_inline: "FROM composure/test-idle\\nENV WAY=$WAY\\n" } } }\n`,
    );
    for (const way of ways) {
      const env = { DOCKER_BUILDKIT: way, WAY: `way-${way}` };
      succeeded(await run(["build", "--push"], env));
      await forget();
      expect(await client.hasImage(image)).toBe(false);
      succeeded(await run(["pull"], env));
      expect((await client.request("GET", `/images/${image}/json`)).body.toString()).toContain(`"WAY=way-${way}"`);
    }
  });

  withBuildx("is checked: findings are printed, and are no success; engines that cannot check say so", async () => {
    checkout = await checkOut({ client, purpose: "checked" });
    await checkout.write("compose.yaml", 'services: { app: { build: { dockerfile_inline: "FROM composure/test-idle as base\\n" } } }\n');
    const checked = await run(["build", "--check"]);
    expect(checked.code, checked.output).toBe(1);
    if (await isOld()) expect(checked.stderr).toContain("checks need a newer engine");
    else expect(checked.stdout).toContain("FromAsCasing");
    expect(await client.hasImage(`${checkout.project}-app:latest`)).toBe(false);
  });

  withBuildx("is done by the builder that is named", async () => {
    checkout = await checkOut({ client, purpose: "builder" });
    images = [`${checkout.project}-app`];
    await checkout.write("compose.yaml", 'services: { app: { build: { dockerfile_inline: "FROM composure/test-idle\\n" } } }\n');
    const failed = await run(["build", "--builder", "nobody"]);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/no builder "nobody" found/);
    succeeded(await run(["build", "--builder", "default"]));
    expect(await client.hasImage(`${checkout.project}-app:latest`)).toBe(true);
  });

  withBuildx("of a saved plan gets its secrets, which are not in the file", async () => {
    checkout = await checkOut({ client, purpose: "saved" });
    images = [`${checkout.project}-app`];
    await checkout.write(
      "compose.yaml",
      `services:
  app:
    stop_grace_period: 0s
    build:
      dockerfile_inline: |
        FROM composure/test-idle
        RUN --mount=type=secret,id=air --mount=type=secret,id=paper grep -q '^bl.wn$$' /run/secrets/air && grep -q '^wr.tten$$' /run/secrets/paper
      secrets: [air, paper]
secrets: { air: { environment: AIR }, paper: { file: paper.txt } }
`,
    );
    await checkout.write("paper.txt", "written\n");
    const planned = succeeded(await run(["plan", "--out", "plan.json"], { AIR: "blown" }));
    expect(planned.output + (await readFile(join(checkout.directory, "plan.json"), "utf8"))).not.toMatch(/blown|written/);
    succeeded(await run(["apply", "plan.json"], { AIR: "blown" }));
    expect(await client.containers(checkout.project)).toHaveLength(1);
  });
});
