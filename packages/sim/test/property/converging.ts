// What every up comes to: it succeeds, another changes nothing, and what is there is what was asked for.
import type { Step } from "@composure/core/plan/Plan";
import { advanceTo } from "../../src/life.ts";
import { copyWorld } from "../../src/persist.ts";
import type { Deployment } from "../../src/simulate.ts";
import { isLive, type World } from "../../src/World.ts";
import { deploy, freshWorld, type Loaded, numberOf, planFor, read, type Scenario, serviceOf } from "../scenario.ts";
import { holds, same } from "./claims.ts";
import { failuresOf, interleaving } from "./Property.ts";

/** A job that nobody waits for runs at every up, as with docker compose. */
const runsJobAgain = ({ project }: Loaded, { operation, address, reason }: Step): boolean => {
  const job = address.split(":")[1] ?? "";
  if (operation._tag !== "StartContainer" || reason._tag !== "NotRunning" || project.services[job]?.command?.[0] !== "true") return false;
  return Object.values(project.services).every(({ depends_on }) => depends_on?.[job]?.condition !== "service_completed_successfully");
};

const looks = new Set(["PullImage", "BuildImage", "WaitFor"]);

/** What another up would change. Pulls and builds that bring nothing new leave the steps behind them undone. */
const changesOf = (world: World, loaded: Loaded): ReadonlyArray<Step> => {
  const plan = planFor(world, loaded);
  const wanted = plan.steps.filter((step) => !looks.has(step.operation._tag) && !runsJobAgain(loaded, step));
  if (wanted.length === 0) return [];
  const { outcome } = deploy(copyWorld(world), loaded);
  return wanted.filter(({ id }) => outcome?.steps.some(({ step, outcome: ended }) => step.id === id && ended._tag !== "NotNeeded") === true);
};

/** As many replicas as wanted, under their names and numbers, made from what the file says. */
const isRight = (world: World, { desired, project }: Loaded, what: string): void => {
  advanceTo(world, world.now);
  for (const { name, replicas } of desired.services) {
    const all = Object.values(world.containers).filter((container) => serviceOf(container) === name);
    same(all.length, replicas, `containers of ${name}\n${what}`);
    same(new Set(all.map(numberOf)).size, replicas, `numbers of ${name} are not different\n${what}`);
    const own = project.services[name]?.container_name;
    for (const container of all) {
      // A name that somebody else gave stays.
      same(container.name.replace(/^(moved-)+/, ""), own ?? `${project.name}-${name}-${numberOf(container)}`, what);
      same(container.spec.image, project.services[name]?.image ?? container.spec.image, `image of ${container.name}\n${what}`);
      same(container.spec.service.command ?? null, project.services[name]?.command ?? null, `command of ${container.name}\n${what}`);
      same(container.spec.service.environment ?? null, project.services[name]?.environment ?? null, `environment of ${container.name}\n${what}`);
      const isJob = project.services[name]?.command?.[0] === "true";
      holds(isJob ? container.state === "exited" && container.exitCode === 0 : isLive(container) && container.state !== "paused", `${container.name} is ${container.state}\n${what}`);
    }
  }
};

/** A run without faults succeeds, leaves nothing to do, and what is there is right. */
export const converge = (world: World, loaded: Loaded, seed: number, what: string): Deployment => {
  const deployment = deploy(world, loaded, interleaving(seed));
  const story = `${what}\n${deployment.calls.join("\n")}`;
  same(deployment.how, "Finished", story);
  same(failuresOf(deployment), [], story);
  const again = changesOf(world, loaded).map(({ id, operation, reason, address }) => `#${id} ${operation._tag} ${address} ${JSON.stringify(reason)}`);
  same(again, [], `an up after it still changes something: ${story}`);
  isRight(world, loaded, story);
  return deployment;
};

export const temporaryNames = (world: World): ReadonlyArray<string> =>
  Object.values(world.containers)
    .map(({ name }) => name)
    .filter((name) => !/^((p|q)-[a-d]-\d+|named-[a-d])$/.test(name));

/** The world after the first project's up. */
export const begun = (scenario: Scenario): { readonly world: World; readonly first: Loaded; readonly second: Loaded } => {
  const world = freshWorld(scenario);
  const first = read(scenario.first);
  converge(world, first, scenario.seed, "the first up");
  return { world, first, second: read(scenario.second) };
};

export const orphansOf = (scenario: Scenario, world: World): ReadonlySet<string> =>
  new Set(Object.values(world.containers).filter((container) => !(serviceOf(container) in scenario.second.services)).map(({ name }) => name));
