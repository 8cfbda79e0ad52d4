// The small API for tests of a deployment, as a user would use it.
import { assert, describe, it } from "@effect/vitest";
import { faultOn, pushImage, simulate, SimulationRefused } from "../src/index.ts";

const compose = (tag: string): string => `
services:
  web:
    image: nginx:${tag}
    depends_on: { db: { condition: service_healthy } }
  db:
    image: postgres:16
    healthcheck: { test: [CMD, pg_isready], interval: 2s }
`;
const files = (tag: string) => ({ "compose.yaml": compose(tag) });

describe("simulate", () => {
  it("deploys files", () => {
    const sim = simulate({ files: files("1") });
    const first = sim.up();
    assert.strictEqual(first.report?.exitCode, 0);
    assert.deepStrictEqual(sim.running(), ["project-db-1", "project-web-1"]);
    assert.deepStrictEqual(first.calls.filter((call) => call.startsWith("start")), ["startContainer project-db-1", "startContainer project-web-1"]);
    assert.deepStrictEqual(sim.plan({ _tag: "Up", services: [] }).steps, []);
  });

  it("replaces what changed, and goes on after a crash", () => {
    const sim = simulate({ files: files("1") });
    sim.up();
    sim.edit(files("2"));
    const broken = sim.up({ faults: faultOn("stopContainer", "project-web-1", { _tag: "Crash", effect: false }) });
    assert.strictEqual(broken.how, "Crashed");
    assert.strictEqual(sim.running().length, 3, "old and new run side by side");
    assert.strictEqual(sim.up().report?.exitCode, 0);
    assert.deepStrictEqual(sim.running(), ["project-db-1", "project-web-1"]);
  });

  it("tells what a failed dependency prevents", () => {
    const sim = simulate({ files: files("1"), engine: { behaviours: { db: { healthyAt: 0, prints: ["no space left"] } } } });
    const [failure] = sim.up().report?.failures ?? [];
    assert.deepInclude(failure?.error.reason, { _tag: "WaitFailed", why: "unhealthy", log: ["no space left"] });
    assert.deepStrictEqual(failure?.prevented.map(({ operation }) => operation._tag), ["StartContainer"]);
  });

  it("pulls what was pushed", () => {
    const sim = simulate({ files: files("1") });
    sim.up();
    pushImage(sim.world, "nginx:1");
    assert.deepStrictEqual(sim.up().calls, []);
    const before = Object.keys(sim.world.containers);
    const second = sim.up({ policy: { pull: "always" } });
    assert.strictEqual(second.report?.exitCode, 0);
    assert.deepStrictEqual(sim.running(), ["project-db-1", "project-web-1"]);
    assert.strictEqual(Object.keys(sim.world.containers).filter((id) => !before.includes(id)).length, 1, second.calls.join("\n"));
  });

  it("takes everything down", () => {
    const sim = simulate({ files: files("1") });
    sim.up();
    sim.down();
    assert.deepStrictEqual(Object.keys(sim.world.containers), []);
  });

  it("refuses files that are wrong, with every problem", () => {
    assert.throws(() => simulate({ files: { "compose.yaml": "services: { web: { imgae: x } }" } }).up(), SimulationRefused);
  });
});
