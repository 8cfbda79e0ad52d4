// A change that fails, on the simulated engine: what served before still serves, and the culprit is named in every kind of progress.
import { afterEach, describe, expect, it } from "vitest";
import { Stage, type StageOptions } from "./stage.ts";

const shop = (image: string, more = "") => `name: shop
services:
  a: { image: "${image}"${more} }
  b: { image: b:1, depends_on: [a], environment: { WITH: "${image}" } }
`;

let stages: Array<Stage> = [];
const stage = (more: string, options: StageOptions): Stage => {
  const made = new Stage(shop("a:1", more), options);
  stages.push(made);
  return made;
};
afterEach(() => {
  for (const made of stages) made.remove();
  stages = [];
});

const probed = ', healthcheck: { test: ["CMD", "probe"], interval: 1s, retries: 2 }';

describe("what served before still serves after", () => {
  it.each([
    ["a command that does not exist", "", { "a:2": { startFails: 'exec: "no-such-command": executable file not found in $PATH' } }, /container shop-a-1: starting failed: .*no-such-command/],
    ["the same behind a host port", ', ports: ["8080:80"]', { "a:2": { startFails: 'exec: "no-such-command": executable file not found in $PATH' } }, /kept serving: container shop-a-1/],
    ["a version that never becomes healthy", probed, { "a:2": { healthyAt: 0 } }, /container shop-a-1 is unhealthy/],
    ["a version that crashes again and again", `${probed}, restart: always`, { "a:2": { exits: { after: 100, code: 7 } } }, /container shop-a-1 keeps restarting \(last exit code 7\)/],
  ] as const)("%s", { timeout: 60_000 }, async (_, more, behaviours, told) => {
    const at = stage(more, { behaviours: behaviours as StageOptions["behaviours"] & {} });
    expect((await at.run("up -d --wait")).code).toBe(0);
    at.write("compose.yaml", shop("a:2", more));
    const failed = await at.run("up -d");
    expect(failed.code, failed.stderr).toBe(1);
    expect(failed.stderr).toMatch(told);
    expect((await at.run("ps --format json")).stdout.trim().split("\n").map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({ Name: "shop-a-1", Image: "a:1", State: "running" }),
      expect.objectContaining({ Name: "shop-b-1", State: "running" }),
    ]);
    expect((await at.run("ps -aq")).stdout.trim().split("\n")).toHaveLength(2);
  });

  it("is told to programs with everything that is known of the culprit", async () => {
    const at = stage(probed, { behaviours: { "a:2": { healthyAt: 0 } } });
    await at.run("up -d --wait");
    at.write("compose.yaml", shop("a:2", probed));
    const { code, stderr } = await at.run("--progress json up -d");
    expect(code).toBe(1);
    const lines = stderr.trim().split("\n").map((line) => JSON.parse(line) as { readonly report?: unknown });
    expect(lines.find(({ report }) => report !== undefined)).toMatchObject({
      error: true,
      report: {
        exitCode: 1,
        done: expect.arrayContaining(["container shop-b-1"]) as unknown,
        failed: [{ what: "container shop-a-1", container: "shop-a-1", why: "unhealthy", cause: "container shop-a-1 is unhealthy" }],
        skipped: [],
      },
    });
  });
});

/** The parent's new container does not start while the one that shares its network is already made anew. */
describe("a container that lives in another's network", () => {
  const pair = (image: string, ports = "") => `name: shop
services:
  vpn: { image: "${image}"${ports} }
  app: { image: "app:1", network_mode: "service:vpn" }
`;
  const states = async (at: Stage) =>
    (await at.run("ps -a --format json")).stdout.trim().split("\n").map((line) => {
      const { Name, Image, State } = JSON.parse(line) as Record<"Name" | "Image" | "State", string>;
      return `${Name} ${Image} ${State}`;
    }).toSorted();

  it.each([
    ["new one first", "", { startFails: "no such command" }],
    ["old one stops first", ', ports: ["8080:80"]', { startFails: "no such command" }],
    ["unhealthy", `${probed}`, { healthyAt: 0 }],
  ] as const)("serves again after its parent's replacement failed, and the next up converges: %s", { timeout: 60_000 }, async (_, more, broken) => {
    const at = stage("", { behaviours: { "vpn:2": broken } });
    at.write("compose.yaml", pair("vpn:1", more));
    expect((await at.run("up -d --wait")).code).toBe(0);
    at.write("compose.yaml", pair("vpn:2", more));
    const failed = await at.run("up -d --wait");
    expect(failed.code, failed.stderr).toBe(1);
    expect(await states(at)).toEqual(["shop-app-1 app:1 running", "shop-vpn-1 vpn:1 running"]);
    at.write("compose.yaml", pair("vpn:3", more));
    const mended = await at.run("up -d --wait");
    expect(mended.code, mended.stderr).toBe(0);
    expect(await states(at)).toEqual(["shop-app-1 app:1 running", "shop-vpn-1 vpn:3 running"]);
    expect((await at.run("plan --detailed-exitcode")).code).toBe(0);
  });
});
