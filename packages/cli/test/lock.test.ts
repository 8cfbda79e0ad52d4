// The deploy lock as people meet it: who waits, who does not, what is said; in process on the simulated engine.
import { join } from "node:path";
import { lockLabels, lockVolume, type Lock } from "@composure/core/lock/lock";
import { decodeWorld, encodeWorld } from "@composure/sim/persist";
import * as Result from "effect/Result";
import { readFileSync, writeFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { machine, processIdentity } from "../src/lock/holder.ts";
import { Stage } from "./stage.ts";

const shop = (level: string) => `name: shop
services:
  web: { image: web:1, environment: { LEVEL: ${level} }, depends_on: [db] }
  db: { image: db:1 }
`;

let stages: Array<Stage> = [];
const stage = (): Stage => {
  const made = new Stage(shop("info"));
  stages.push(made);
  return made;
};
afterEach(() => {
  for (const made of stages) made.remove();
  stages = [];
});

const changeWorld = (at: Stage, change: (volumes: Record<string, unknown>) => void): void => {
  const path = join(at.folder, "sim.json");
  const world = Result.getOrThrow(decodeWorld(readFileSync(path, "utf8"), Date.now()));
  change(world.volumes as Record<string, unknown>);
  writeFileSync(path, encodeWorld(world));
};

const volumesOf = (at: Stage): ReadonlyArray<string> => Object.keys(Result.getOrThrow(decodeWorld(at.read("sim.json"), Date.now())).volumes);

/** Somebody else's lock, as of three seconds ago. */
const lockedBy = (at: Stage, more: Partial<Lock> = {}): void => {
  const now = Math.trunc(Date.now() / 1000);
  const lock: Lock = { project: "shop", owner: "bob@ci:7", reason: "up web", token: "bob", since: now - 3, expires: now + 60, machine: "ci", process: "7.1", ...more };
  const name = lockVolume("shop");
  changeWorld(at, (volumes) => Object.assign(volumes, { [name]: { name, driver: "local", labels: lockLabels(lock), anonymous: false, createdAt: 0 } }));
};

describe("while somebody else changes the project", () => {
  it("a command that would change it says who, what for, since when and what to do, and touches nothing", async () => {
    const at = stage();
    lockedBy(at);
    for (const line of ["up -d", "create", "up"]) {
      const { code, stdout, stderr } = await at.run(`--lock-timeout 0 ${line}`);
      expect({ code, stdout }, line).toEqual({ code: 1, stdout: "" });
      expect(stderr, line).toMatch(/shop is being changed by bob@ci:7 \(up web\) since \d\d:\d\d:\d\d UTC, for \d+ s/);
      expect(stderr, line).toContain("composure lock break");
    }
    expect((await at.run("ps -aq")).stdout).toBe("");
  });

  it("waits in line as long as it may, and says so once", async () => {
    const at = stage();
    lockedBy(at);
    const { code, stderr } = await at.run("--lock-timeout 1200ms up -d");
    expect(code).toBe(1);
    expect(stderr.match(/^waiting: /gm)).toHaveLength(1);
    expect((await at.run("up -d", { env: { COMPOSURE_LOCK_TIMEOUT: "0" } })).code).toBe(1);
    expect((await at.run("--lock-timeout soon up -d")).stderr).toContain('--lock-timeout takes a duration such as 30s or 5m, not "soon"');
    const json = await at.run("--progress json --lock-timeout 300ms up -d");
    expect(json.stderr.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as { readonly id?: string })).toContainEqual(expect.objectContaining({ id: "lock", status: "Waiting" }));
  });

  it("goes on when the lock is gone, with a plan made anew", async () => {
    const at = stage();
    lockedBy(at);
    const up = at.start("up -d");
    await up.says("waiting");
    const broken = await at.run("lock break");
    expect(broken).toMatchObject({ code: 0, stdout: "broke the lock of bob@ci:7 (up web) on shop; if that run still goes on, both may disturb each other\n" });
    expect((await up.done).code).toBe(0);
    expect((await at.run("ps --services")).stdout).toBe("db\nweb\n");
    expect(volumesOf(at)).toEqual([]);
  });

  it("ends at once on Ctrl-C, with the lock left alone", async () => {
    const at = stage();
    lockedBy(at);
    const up = at.start("up -d");
    await up.says("waiting");
    up.signal();
    expect((await up.done).code).toBe(130);
    expect(volumesOf(at)).toEqual([lockVolume("shop")]);
  });

  it("readers, and an up with nothing to do, never wait; kill does not either", async () => {
    const at = stage();
    await at.run("up -d");
    lockedBy(at);
    for (const line of ["ps", "plan", "up -d", "up -d --wait", "logs", "lock status", "config", "ls"]) {
      const { code, stderr } = await at.run(`--lock-timeout 0 ${line}`);
      expect(code, `${line}: ${stderr}`).toBe(0);
    }
    for (const line of ["kill web", "run -d web"]) expect((await at.run(`--lock-timeout 0 ${line}`)).code, line).toBe(0);
    for (const line of ["stop", "restart", "down", "start web", "scale web=2", "rm -fs"]) expect((await at.run(`--lock-timeout 0 ${line}`)).code, line).toBe(1);
  });
});

describe("a lock that is void", () => {
  it.each([
    ["of a process of this machine that is gone", { machine: machine(), process: "4194999.1" }],
    ["of another process with the same number", { machine: machine(), process: `${process.pid}.1` }],
    ["of another machine that has run out", { expires: 1 }],
  ])("%s hinders nobody", async (_, more) => {
    const at = stage();
    lockedBy(at, more);
    expect((await at.run("lock status")).stdout).toContain("the next run goes on without asking");
    expect(await at.run("--lock-timeout 0 up -d")).toMatchObject({ code: 0 });
    expect(volumesOf(at)).toEqual([]);
  });

  it("of a living process of this machine holds, also beyond its time", async () => {
    const at = stage();
    lockedBy(at, { machine: machine(), process: processIdentity(), expires: 1 });
    expect((await at.run("--lock-timeout 0 up -d")).code).toBe(1);
  });
});

describe("lock", () => {
  it("tells that nobody holds it, in words and as JSON", async () => {
    const at = stage();
    expect(await at.run("lock")).toEqual({ code: 0, stdout: "shop is not locked\n", stderr: "" });
    lockedBy(at);
    expect(JSON.parse((await at.run("lock status --format json")).stdout)).toMatchObject({ project: "shop", locked: true, owner: "bob@ci:7", reason: "up web", standing: "valid" });
    expect((await at.run("lock steal")).code).toBe(1);
  });
});

describe("the lock of a run", () => {
  it("is given back at its end, after a failure, and while an attached up shows output", async () => {
    const at = stage();
    const up = at.start("up");
    await up.says("Attaching to");
    await expect.poll(async () => (await at.run("lock")).stdout).toBe("shop is not locked\n");
    up.signal();
    expect((await up.done).code).toBe(130);
    expect(volumesOf(at)).toEqual([]);
    at.write("compose.yaml", shop("debug").replace("web:1", "bad/image:!"));
    await at.run("up -d");
    expect(volumesOf(at)).toEqual([]);
  });
});
