// composure simulate: pictures, faults and assumptions of whole commands, on what the simulated engine in a file holds.
import { afterEach, describe, expect, it } from "vitest";
import { Stage, type StageOptions } from "./stage.ts";

const shop = `name: shop
services:
  web:
    image: web:1
    depends_on: { db: { condition: service_healthy } }
    environment: { LEVEL: "\${LEVEL:-info}" }
    scale: 2
  db:
    image: db:1
    environment: { CACHE: "\${CACHE:-1}" }
    healthcheck: { test: [CMD, ready], interval: 1s }
    volumes: ["data:/data"]
volumes: { data: {} }
`;

let stages: Array<Stage> = [];
const stage = (compose = shop, options: StageOptions = {}): Stage => {
  const made = new Stage(compose, options);
  stages.push(made);
  return made;
};
afterEach(() => {
  for (const made of stages) made.remove();
  stages = [];
});

/** The place of the simulated engine's file differs from run to run. */
const stable = (at: Stage, text: string): string => text.replaceAll(at.folder, "/folder");

/** The first command loads everything; a machine may be busy. */
const timeout = 240_000;

describe("the picture", { timeout }, () => {
  it("of a change to what runs", async () => {
    const at = stage();
    await at.run("up -d");
    const told = await at.run("simulate", { env: { LEVEL: "debug", CACHE: "2" } });
    expect(told.code).toBe(0);
    expect(told.stderr).toBe("");
    await expect(stable(at, told.stdout)).toMatchFileSnapshot("golden/simulate-change.txt");
    expect((await at.run("plan")).stdout).toContain("nothing to do");
  });

  it("of a project that was never up, and of one with nothing to do", async () => {
    const at = stage();
    const first = await at.run("simulate");
    expect(first.code).toBe(0);
    expect(first.stdout).toMatch(/db +0 → 1 +1 +0s, serves from/);
    await at.run("up -d");
    const idle = await at.run("simulate");
    expect(idle.stdout).toContain("Nothing to do");
    expect(idle.code).toBe(0);
  });

  it("of other commands", async () => {
    const at = stage();
    await at.run("up -d");
    expect((await at.run("simulate --intent down")).stdout).toMatch(/web +2 → 0 +– +stopped/);
    expect((await at.run("simulate --intent restart db")).stdout).toMatch(/db +1 → 1 +0 +2\.\d?s|db +1 → 1 +0 +1\.\d?s/);
    expect(await at.run("simulate --intent fly")).toMatchObject({ code: 1, stderr: expect.stringContaining('unknown intent "fly"') as unknown });
  });

  it("has colours only where they are wanted, and fits the terminal", async () => {
    const at = stage();
    await at.run("up -d");
    const coloured = await at.run("--ansi always simulate --force-recreate");
    // eslint-disable-next-line no-control-regex
    expect(coloured.stdout).toMatch(/\u001b\[32m█/);
    const plain = await at.run("simulate --force-recreate", { env: { NO_COLOR: "1" }, answers: [] });
    expect(plain.stdout).not.toContain("\u001b");
    expect(Math.max(...plain.stdout.split("\n").filter((line) => /[█·]/.test(line)).map((line) => line.length))).toBeLessThanOrEqual(100);
  });
});

describe("faults and assumptions", { timeout }, () => {
  it("an unhealthy successor: the old one keeps serving, or comes back", async () => {
    const at = stage();
    await at.run("up -d");
    const told = await at.run("simulate --force-recreate --fault db:unhealthy");
    expect(told.code).toBe(1);
    expect(told.stdout).toContain("container shop-db-1 is unhealthy");
    expect(told.stdout).toContain("x unhealthy");
    await expect(stable(at, told.stdout)).toMatchFileSnapshot("golden/simulate-unhealthy.txt");
  });

  it("a client that dies: the next run goes on", async () => {
    const at = stage();
    await at.run("up -d");
    const told = await at.run("simulate --fault kill@5 --assume rerun");
    expect(told.stderr).toContain('"rerun" is incomplete: a duration');
    const killed = await at.run("simulate --fault kill@5", { env: { CACHE: "2" } });
    expect(killed.code).toBe(0);
    expect(killed.stdout).toContain("† the client is killed");
    expect(killed.stdout).toContain("up again from");
  });

  it("points at what it does not understand, all of it at once", async () => {
    const at = stage();
    const told = await at.run("simulate --fault wep:unhealthy --fault kil@7 --fault db:unhelthy --assume db:redy");
    expect(told).toMatchObject({ code: 1, stdout: "" });
    await expect(told.stderr).toMatchFileSnapshot("golden/simulate-errors.txt");
  });
});
