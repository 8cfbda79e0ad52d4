// What docker's and Compose's variables change, whole commands on the simulated engine.
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { GlobalOptions } from "../src/argv/globals.ts";
import type { Host } from "../src/host/Host.ts";
import { onDockerGone } from "../src/host/pluginSocket.ts";
import { readSettings } from "../src/settings.ts";
import { Stage } from "./stage.ts";

const two = `name: shop
services:
  web: { image: "web:1" }
  db: { image: "db:1" }
`;
const one = 'name: shop\nservices:\n  web: { image: "web:1" }\n';

let at: Stage;
afterEach(() => at.remove());

const run = (line: string, env: Readonly<Record<string, string>>) => at.run(line, { env });

describe("COMPOSE_ variables", () => {
  it("FILE and PATH_SEPARATOR", async () => {
    at = new Stage(one);
    at.write("more.yaml", 'services: { extra: { image: "extra:1" } }\n');
    const told = await run("config --services", { COMPOSE_FILE: "compose.yaml,more.yaml", COMPOSE_PATH_SEPARATOR: "," });
    expect(told.stdout.split("\n").filter(Boolean).sort()).toEqual(["extra", "web"]);
  });

  it("COMPATIBILITY", async () => {
    at = new Stage(one);
    expect((await run("up -d", { COMPOSE_COMPATIBILITY: "true" })).stderr).toContain("shop_web_1");
  });

  it("PARALLEL_LIMIT", async () => {
    at = new Stage(two);
    const wrong = await run("up -d", { COMPOSE_PARALLEL_LIMIT: "many" });
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('COMPOSE_PARALLEL_LIMIT must be an integer (found: "many")') as unknown });
    const settings = (parallel: number, limit: string) =>
      readSettings({ parallel } as GlobalOptions, { env: { COMPOSE_PARALLEL_LIMIT: limit }, stdout: {}, stderr: {} } as unknown as Host);
    expect(settings(-1, "3")).toMatchObject({ parallel: 3 });
    expect(settings(2, "3")).toMatchObject({ parallel: 2 });
    expect(settings(-1, "0")).not.toHaveProperty("parallel");
  });

  it("IGNORE_ORPHANS and REMOVE_ORPHANS", async () => {
    at = new Stage(two);
    await at.run("up -d");
    at.write("compose.yaml", one);
    expect((await at.run("up -d")).stderr).toContain("shop-db-1");
    expect((await run("up -d", { COMPOSE_IGNORE_ORPHANS: "1" })).stderr).not.toContain("shop-db-1");
    expect(await run("up -d --remove-orphans", { COMPOSE_IGNORE_ORPHANS: "1" })).toMatchObject({ code: 1 });
    expect((await run("up -d", { COMPOSE_REMOVE_ORPHANS: "true" })).stderr).toContain("Container shop-db-1  Removed");
  });

  it("ANSI, PROGRESS, NO_COLOR and wrong values of them", async () => {
    at = new Stage(one);
    expect(await run("up -d", { COMPOSE_ANSI: "sometimes" })).toMatchObject({ code: 1, stderr: expect.stringContaining("sometimes") as unknown });
    expect((await run("plan", { COMPOSE_ANSI: "always" })).stdout).toContain("\u001b[");
    expect((await run("plan", { COMPOSE_ANSI: "always", NO_COLOR: "1" })).stdout).not.toContain("\u001b[");
    expect(await run("up -d", { COMPOSE_PROGRESS: "fancy" })).toMatchObject({ code: 1 });
    const json = await run("up -d", { COMPOSE_PROGRESS: "json" });
    expect(json.stderr.split("\n").filter(Boolean).map((line) => JSON.parse(line) as unknown).length).toBeGreaterThan(2);
    expect((await run("up -d --force-recreate", { COMPOSE_PROGRESS: "quiet" })).stderr).toBe("");
  });

  it("MENU, EXPERIMENTAL and CONVERT_WINDOWS_PATHS change nothing", async () => {
    at = new Stage(one);
    const plain = await run("plan", {});
    expect(await run("plan", { COMPOSE_MENU: "true", COMPOSE_EXPERIMENTAL: "1", COMPOSE_CONVERT_WINDOWS_PATHS: "1" })).toEqual(plain);
  });
});

describe("DOCKER_ variables", () => {
  it("DEFAULT_PLATFORM is pulled, created and built for", async () => {
    at = new Stage('name: shop\nservices: { web: { image: "web:1" }, own: { image: "own:1", platform: linux/386 }, made: { build: . } }\n');
    const told = await run("plan --format json", { DOCKER_DEFAULT_PLATFORM: "linux/arm64" });
    const { steps } = JSON.parse(told.stdout) as { steps: ReadonlyArray<{ operation: { _tag: string; image?: string; platform?: string } }> };
    const platforms = Object.fromEntries(steps.flatMap(({ operation: { image, platform } }) => (image === undefined ? [] : [[image, platform]])));
    expect(platforms).toEqual({ "web:1": "linux/arm64", "own:1": "linux/386", "shop-made": "linux/arm64" });
    at.write("compose.yaml", "name: shop\nservices: { made: { build: { context: ., platforms: [linux/amd64] } } }\n");
    const refused = await run("plan", { DOCKER_DEFAULT_PLATFORM: "windows/amd64" });
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('service "made" build.platforms does not support value set by DOCKER_DEFAULT_PLATFORM: windows/amd64') as unknown,
    });
  });

  it("CLI_PLUGIN_SOCKET: we hear of it when docker goes away", async () => {
    at = new Stage(one);
    const path = join(at.folder, "docker.sock");
    // Whoever connects is left alone at once.
    const server = createServer((socket: Socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(path, resolve));
    await new Promise<void>((resolve) => onDockerGone({ DOCKER_CLI_PLUGIN_SOCKET: path }, resolve));
    server.close();
    // Nobody there: nothing is heard, and nothing breaks.
    onDockerGone({ DOCKER_CLI_PLUGIN_SOCKET: join(at.folder, "none.sock") }, () => expect.unreachable())();
  });
});
