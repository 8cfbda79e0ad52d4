// Properties of the commands besides `up`: down, stop, start, restart, pause, create, rm; also when they need two attempts.
import type { Intent } from "@composure/core/policy/Intent";
import { faultAtChange } from "../../src/faults.ts";
import { advanceTo } from "../../src/life.ts";
import type { World } from "../../src/World.ts";
import { deploy, digest, freshWorld, liveOf, type Loaded, planFor, read, type Scenario } from "../scenario.ts";
import { holds, same } from "./claims.ts";
import { failuresOf, interleaving, type Property } from "./Property.ts";

const all = { services: [] } as const;
const down = (volumes: boolean): Intent => ({ _tag: "Down", ...all, volumes, images: "none" });

const begun = (scenario: Scenario): { readonly world: World; readonly loaded: Loaded } => {
  const world = freshWorld(scenario);
  const loaded = read(scenario.first);
  deploy(world, loaded);
  advanceTo(world, world.now);
  return { world, loaded };
};

/** A command that breaks off somewhere, then the same command again, undisturbed: it fails in no other way than is expected. */
const twice = (scenario: Scenario, world: World, loaded: Loaded, intent: Intent, expected = /^$/): string => {
  const { fault } = scenario;
  const at = scenario.at % 8;
  const broken = deploy(world, loaded, { ...interleaving(scenario.seed), faults: faultAtChange(at, fault) }, intent);
  advanceTo(world, world.now);
  const second = deploy(world, loaded, interleaving(scenario.seed + 1), intent);
  advanceTo(world, world.now);
  const what = `${JSON.stringify(fault)} at change ${at}\n${broken.calls.join("\n")}\n--\n${second.calls.join("\n")}`;
  same(failuresOf(second).filter((failure) => !expected.test(failure)), [], what);
  return what;
};

const states = (world: World): ReadonlyArray<string> => Object.values(world.containers).map(({ state }) => state);
const serving = (scenario: Scenario, world: World): ReadonlyArray<string> =>
  Object.entries(scenario.first.services)
    .flatMap(([name, { command }]) => (command?.[0] === "true" ? [] : liveOf(world, name).map((container) => container.name)))
    .toSorted();

const downLeaves = (scenario: Scenario): void => {
  const { world, loaded } = begun(scenario);
  const what = twice(scenario, world, loaded, down(false));
  same(digest(world), ["network bridge", "network host", "network none", ...("data" in (scenario.first.volumes ?? {}) ? ["volume p_data"] : [])], what);
  same(planFor(world, loaded, {}, down(false)).steps, [], what);
};

const downWithVolumes = (scenario: Scenario): void => {
  const { world, loaded } = begun(scenario);
  const before = new Set(Object.values(world.containers).flatMap(({ mounts }) => mounts.map(({ name }) => name)));
  deploy(world, loaded, interleaving(scenario.seed), down(true));
  same(Object.keys(world.volumes).filter((name) => before.has(name)), [], "volumes are left");
};

const upAgain = (scenario: Scenario): void => {
  const { world, loaded } = begun(scenario);
  const before = digest(world);
  twice(scenario, world, loaded, down(false));
  same(failuresOf(deploy(world, loaded, interleaving(scenario.seed))), [], "up after down");
  same(digest(world), before, "up after down");
};

const reverse =
  (intent: Intent) =>
  (scenario: Scenario): void => {
    const { world, loaded } = begun(scenario);
    const options = {
      ...interleaving(scenario.seed),
      observe: (now: World, label: { readonly method: string } | null) => {
        if (label?.method !== "stopContainer") return;
        for (const [name, { depends_on }] of Object.entries(scenario.first.services)) {
          for (const dependency of Object.keys(depends_on ?? {})) {
            const stopped = Object.values(now.containers).some((container) => container.spec.service.name === dependency && container.state === "exited" && container.stoppedByHand);
            if (stopped) same(liveOf(now, name).map((container) => container.name), [], `${name} runs while ${dependency} was stopped`);
          }
        }
      },
    };
    deploy(world, loaded, options, intent);
  };

const stopsAndStarts = (scenario: Scenario): void => {
  const { world, loaded } = begun(scenario);
  const before = serving(scenario, world);
  const stopped = twice(scenario, world, loaded, { _tag: "Stop", ...all });
  holds(states(world).every((state) => state === "exited"), `${states(world).join()}\n${stopped}`);
  const started = twice(scenario, world, loaded, { _tag: "Start", ...all });
  same(serving(scenario, world), before, started);
};

const restarts = (scenario: Scenario): void => {
  const { world, loaded } = begun(scenario);
  const before = serving(scenario, world);
  const runs = new Map(Object.values(world.containers).map(({ id, run }) => [id, run]));
  const what = twice(scenario, world, loaded, { _tag: "Restart", ...all, withDependents: true });
  same(serving(scenario, world), before, what);
  holds(Object.values(world.containers).every(({ id, run }) => run > (runs.get(id) ?? 0)), `not every container was restarted\n${what}`);
};

const pauses = (scenario: Scenario): void => {
  // A daemon that restarts ends what is paused.
  if (scenario.fault._tag === "EngineRestart") return;
  const { world, loaded } = begun(scenario);
  const before = digest(world);
  const live = serving(scenario, world);
  // What is paused already is asked for again, and the engine says so.
  const what = twice(scenario, world, loaded, { _tag: "Pause", ...all }, /is already paused/);
  holds(Object.values(world.containers).every(({ name, state }) => !live.includes(name) || state === "paused"), `not everything is paused\n${what}`);
  twice(scenario, world, loaded, { _tag: "Unpause", ...all });
  same(digest(world), before, "after pause and unpause");
};

const creates = (scenario: Scenario): void => {
  const world = freshWorld(scenario);
  const loaded = read(scenario.first);
  const what = twice(scenario, world, loaded, { _tag: "Create", ...all });
  holds(states(world).every((state) => state === "created"), what);
  const made = Object.keys(world.containers).toSorted();
  same(failuresOf(deploy(world, loaded, interleaving(scenario.seed))), [], what);
  same(Object.keys(world.containers).toSorted(), made, what);
};

const removes = (scenario: Scenario): void => {
  const { world, loaded } = begun(scenario);
  const networks = Object.keys(world.networks);
  const what = twice(scenario, world, loaded, { _tag: "Remove", ...all, stop: true, volumes: false });
  same(states(world), [], what);
  same(Object.keys(world.networks), networks, what);
};

export const commands: ReadonlyArray<Property> = [
  { name: "down leaves nothing but volumes, also when it needs two attempts", check: downLeaves },
  { name: "down with volumes leaves nothing at all", check: downWithVolumes },
  { name: "up after down is as it was", check: upAgain },
  { name: "down stops dependents before what they depend on", check: reverse(down(false)) },
  { name: "stop stops dependents before what they depend on", check: reverse({ _tag: "Stop", ...all }) },
  { name: "a stop stops everything, a start brings it back", check: stopsAndStarts },
  { name: "a restart restarts everything and leaves it running", check: restarts },
  { name: "a pause and its end change nothing else", check: pauses },
  { name: "what create makes, up only starts", check: creates },
  { name: "rm --stop removes all containers and nothing else", check: removes },
];
