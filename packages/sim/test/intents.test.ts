// What must hold for the commands besides `up`, over generated reachable worlds and with faults on the way.
import type { Intent } from "@composure/core/policy/Intent";
import { assert, describe, it } from "@effect/vitest";
import { faultAtChange } from "../src/faults.ts";
import { advanceTo } from "../src/life.ts";
import type { World } from "../src/World.ts";
import { deploy, digest, freshWorld, liveOf, type Loaded, planFor, read, type Scenario } from "./scenario.ts";
import { eachSeed, failuresOf, faultFor, interleaving, timeout } from "./seeds.ts";

const all = { services: [] } as const;
const down = (volumes: boolean): Intent => ({ _tag: "Down", ...all, volumes, images: "none" });

const begun = (scenario: Scenario): { readonly world: World; readonly loaded: Loaded } => {
  const world = freshWorld(scenario);
  const loaded = read(scenario.first);
  deploy(world, loaded);
  advanceTo(world, world.now);
  return { world, loaded };
};

/** A command that breaks off somewhere, then the same command again, undisturbed. */
const twice = (scenario: Scenario, world: World, loaded: Loaded, intent: Intent): string => {
  const { fault, at } = faultFor(scenario);
  const broken = deploy(world, loaded, { ...interleaving(scenario.seed), faults: faultAtChange(at % 8, fault) }, intent);
  advanceTo(world, world.now);
  const second = deploy(world, loaded, interleaving(scenario.seed + 1), intent);
  advanceTo(world, world.now);
  const what = `${JSON.stringify(fault)} at change ${at % 8}\n${broken.calls.join("\n")}\n--\n${second.calls.join("\n")}`;
  assert.deepStrictEqual(failuresOf(second), [], what);
  return what;
};

const states = (world: World): ReadonlyArray<string> => Object.values(world.containers).map(({ state }) => state);
const serving = (scenario: Scenario, world: World): ReadonlyArray<string> => Object.entries(scenario.first.services).flatMap(([name, { command }]) => (command?.[0] === "true" ? [] : liveOf(world, name).map((container) => container.name))).toSorted();

describe("down", () => {
  it("leaves nothing but volumes, also when it needs two attempts", { timeout }, eachSeed((scenario) => {
    const { world, loaded } = begun(scenario);
    const what = twice(scenario, world, loaded, down(false));
    assert.deepStrictEqual(digest(world), ["network bridge", "network host", "network none", ...("data" in (scenario.first.volumes ?? {}) ? ["volume p_data"] : [])], what);
    assert.deepStrictEqual(planFor(world, loaded, {}, down(false)).steps, [], what);
  }));
  it("with volumes leaves nothing at all", { timeout }, eachSeed((scenario) => {
    const { world, loaded } = begun(scenario);
    const before = new Set(Object.values(world.containers).flatMap(({ mounts }) => mounts.map(({ name }) => name)));
    deploy(world, loaded, interleaving(scenario.seed), down(true));
    assert.deepStrictEqual(Object.keys(world.volumes).filter((name) => before.has(name)), []);
  }));
  it("and up again is as it was", { timeout }, eachSeed((scenario) => {
    const { world, loaded } = begun(scenario);
    const before = digest(world);
    twice(scenario, world, loaded, down(false));
    assert.deepStrictEqual(failuresOf(deploy(world, loaded, interleaving(scenario.seed))), []);
    assert.deepStrictEqual(digest(world), before);
  }));
  it("stops dependents before what they depend on", { timeout }, eachSeed((scenario) => {
    const { world, loaded } = begun(scenario);
    deploy(world, loaded, {
      ...interleaving(scenario.seed),
      observe: (now, label) => {
        if (label?.method !== "stopContainer") return;
        for (const [name, { depends_on }] of Object.entries(scenario.first.services)) {
          for (const dependency of Object.keys(depends_on ?? {})) {
            const stopped = Object.values(now.containers).some((container) => container.spec.service.name === dependency && container.state === "exited" && container.stoppedByHand);
            if (stopped) assert.deepStrictEqual(liveOf(now, name).map((container) => container.name), [], `${name} runs while ${dependency} was stopped`);
          }
        }
      },
    }, down(false));
  }));
});

describe("stop, start, restart", () => {
  it("a stop stops everything, a start brings it back", { timeout }, eachSeed((scenario) => {
    const { world, loaded } = begun(scenario);
    const before = serving(scenario, world);
    const stopped = twice(scenario, world, loaded, { _tag: "Stop", ...all });
    assert.isTrue(states(world).every((state) => state === "exited"), `${states(world).join()}\n${stopped}`);
    const started = twice(scenario, world, loaded, { _tag: "Start", ...all });
    assert.deepStrictEqual(serving(scenario, world), before, started);
  }));
  it("a restart leaves everything running", { timeout }, eachSeed((scenario) => {
    const { world, loaded } = begun(scenario);
    const before = serving(scenario, world);
    const what = twice(scenario, world, loaded, { _tag: "Restart", ...all, withDependents: true });
    assert.deepStrictEqual(serving(scenario, world), before, what);
  }));
  it("a pause and its end change nothing else", { timeout }, eachSeed((scenario) => {
    const { world, loaded } = begun(scenario);
    // A daemon that restarts ends what is paused.
    if (faultFor(scenario).fault._tag === "EngineRestart") return;
    const before = digest(world);
    twice(scenario, world, loaded, { _tag: "Pause", ...all });
    twice(scenario, world, loaded, { _tag: "Unpause", ...all });
    assert.deepStrictEqual(digest(world), before);
  }));
});

describe("create and rm", () => {
  it("what create makes, up only starts", { timeout }, eachSeed((scenario) => {
    const world = freshWorld(scenario);
    const loaded = read(scenario.first);
    const what = twice(scenario, world, loaded, { _tag: "Create", ...all });
    assert.isTrue(states(world).every((state) => state === "created"), what);
    const made = Object.keys(world.containers).toSorted();
    assert.deepStrictEqual(failuresOf(deploy(world, loaded, interleaving(scenario.seed))), [], what);
    assert.deepStrictEqual(Object.keys(world.containers).toSorted(), made, what);
  }));
  it("rm --stop removes all containers and nothing else", { timeout }, eachSeed((scenario) => {
    const { world, loaded } = begun(scenario);
    const networks = Object.keys(world.networks);
    const what = twice(scenario, world, loaded, { _tag: "Remove", ...all, stop: true, volumes: false });
    assert.deepStrictEqual(states(world), [], what);
    assert.deepStrictEqual(Object.keys(world.networks), networks);
  }));
});
