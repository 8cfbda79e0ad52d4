// Properties of the first up of a project: order, readiness, failures that stay in their branch, limits, and breaks.
import type { Faults } from "../../src/faults.ts";
import { faultAtChange, noFaults } from "../../src/faults.ts";
import { copyWorld } from "../../src/persist.ts";
import type { World } from "../../src/World.ts";
import { isLive } from "../../src/World.ts";
import { deploy, dice, digest, freshWorld, type Loaded, planFor, read, type Scenario, serviceOf } from "../scenario.ts";
import { atLeast, holds, same } from "./claims.ts";
import { begun, converge, temporaryNames } from "./converging.ts";
import { failuresOf, interleaving, type Property } from "./Property.ts";

const converges = (scenario: Scenario): void => {
  const world = freshWorld(scenario);
  converge(world, read(scenario.first), scenario.seed, "up");
  same(temporaryNames(world), [], "temporary names are left");
};

/** The service that a call is about, by its container's name. */
const serviceIn = ({ desired }: Loaded, subject: string): string =>
  desired.services.find(({ name }) => subject.replace(/^named-/, "p-").startsWith(`p-${name}`))?.name ?? "";

const order = (scenario: Scenario): void => {
  const world = freshWorld(scenario);
  const loaded = read(scenario.first);
  const started = new Set<string>();
  deploy(world, loaded, {
    ...interleaving(scenario.seed),
    observe: (now, label) => {
      if (label?.method !== "startContainer") return;
      const service = serviceIn(loaded, label.subject);
      for (const [dependency, { condition }] of Object.entries(scenario.first.services[service]?.depends_on ?? {})) {
        const all = Object.values(now.containers).filter((container) => container.spec.service.name === dependency);
        same(all.length, scenario.first.services[dependency]?.scale ?? 1, `${service} starts while ${dependency} is not all there`);
        for (const container of all) {
          holds(container.startedAt !== null, `${service} starts before ${container.name}`);
          if (condition === "service_healthy") same(container.health, "healthy", `${service} starts while ${container.name} is not healthy`);
          if (condition === "service_completed_successfully") same([container.state, container.exitCode], ["exited", 0], `${service} starts while ${container.name} has not completed`);
        }
      }
      started.add(service);
    },
  });
  same(started.size, loaded.desired.services.filter(({ replicas }) => replicas > 0).length, "services that started");
};

const sameBytes = (scenario: Scenario): void => {
  const { world, second } = begun(scenario);
  const turned = { ...scenario.second, services: Object.fromEntries(Object.entries(scenario.second.services).toReversed()) };
  const plan = JSON.stringify(planFor(world, second, scenario.policy));
  same(JSON.stringify(planFor(copyWorld(world), read(scenario.second), scenario.policy)), plan, "the same input");
  same(JSON.stringify(planFor(world, read(turned), scenario.policy)), plan, "services in another order");
};

const breaksOff = (scenario: Scenario): void => {
  const loaded = read(scenario.first);
  const { fault, at } = scenario;
  const world = freshWorld(scenario);
  const broken = deploy(world, loaded, { ...interleaving(scenario.seed), faults: faultAtChange(at, fault) });
  const what = `${JSON.stringify(fault)} at change ${at}\n${broken.calls.join("\n")}\n--`;
  converge(world, loaded, scenario.seed + 1, what);
  const calm = freshWorld(scenario);
  deploy(calm, loaded, { faults: noFaults });
  same(digest(world), digest(calm), what);
  same(temporaryNames(world), [], what);
};

/** Services that a service needs, directly or through others, also those whose containers it joins. */
export const needsOf = ({ services }: Scenario["first"], name: string, found: Set<string> = new Set()): Set<string> => {
  const { depends_on, network_mode, volumes_from } = services[name] ?? { image: "" };
  const direct = [...Object.keys(depends_on ?? {}), ...(network_mode === undefined ? [] : [network_mode.replace("service:", "")]), ...(volumes_from ?? [])];
  for (const need of direct) {
    if (found.has(need)) continue;
    found.add(need);
    needsOf({ services } as Scenario["first"], need, found);
  }
  return found;
};

type Trouble = "start" | "create" | "unhealthy" | "job";

/** What can go wrong with a service so that whoever needs it must not start. */
const troubleOf = (scenario: Scenario, culprit: string): Trouble => {
  const { healthcheck, command } = scenario.first.services[culprit] ?? { image: "" };
  const waiting = Object.values(scenario.first.services).map(({ depends_on }) => depends_on?.[culprit]?.condition);
  const possible: Array<Trouble> = ["start", "create"];
  const strict = (condition: string): boolean => waiting.some((one) => one !== undefined) && waiting.every((one) => one === undefined || one === condition);
  if (healthcheck !== undefined && strict("service_healthy")) possible.push("unhealthy");
  if (command?.[0] === "true" && strict("service_completed_successfully")) possible.push("job");
  return possible[dice(scenario, 3)(possible.length)] ?? "start";
};

/** Sets the trouble up and gives the faults that make it. */
const makeTrouble = (world: World, trouble: Trouble, loaded: Loaded, culprit: string): Faults => {
  switch (trouble) {
    case "unhealthy":
      world.behaviours[culprit] = { healthyAt: 0 };
      return noFaults;
    case "job":
      world.behaviours[culprit] = { exits: { after: 0, code: 3 } };
      return noFaults;
    case "start":
    case "create":
      return (_, label) => (label.method === `${trouble}Container` && serviceIn(loaded, label.subject) === culprit ? { _tag: "FailBefore" } : undefined);
  }
};

const staysInBranch = (scenario: Scenario): void => {
  const world = freshWorld(scenario);
  const loaded = read(scenario.first);
  const names = Object.keys(scenario.first.services).filter((name) => scenario.first.services[name]?.scale !== 0);
  const culprit = names[dice(scenario, 2)(names.length)] ?? "a";
  const trouble = troubleOf(scenario, culprit);
  const deployment = deploy(world, loaded, { ...interleaving(scenario.seed), faults: makeTrouble(world, trouble, loaded, culprit) });
  const what = `${trouble} of ${culprit}\n${deployment.calls.join("\n")}\n${failuresOf(deployment).join("\n")}`;
  same(deployment.how, "Finished", what);
  holds((deployment.report?.exitCode ?? 0) !== 0, `the failure shows in no exit code: ${what}`);
  for (const [name, { scale = 1 }] of Object.entries(scenario.first.services)) {
    const all = Object.values(world.containers).filter((container) => serviceOf(container) === name);
    const needs = needsOf(scenario.first, name);
    if (needs.has(culprit)) for (const { startedAt, name: container } of all) holds(startedAt === null, `${container} was started although it needs ${culprit}: ${what}`);
    else if (name !== culprit) {
      const isJob = scenario.first.services[name]?.command?.[0] === "true";
      for (const container of all) holds(container.startedAt !== null && (isJob || isLive(container)), `${container.name} does not run although it has nothing to do with ${culprit}: ${what}`);
      atLeast(all.length, scale, `${name} is not there although it has nothing to do with ${culprit}: ${what}`);
    }
  }
};

const calls = new Set(["WaitFor", "RunHook", "RunHookContainer"]);

const limited = (scenario: Scenario): void => {
  const parallel = 1 + dice(scenario, 4)(3);
  const { world, second } = begun(scenario);
  const deployment = deploy(world, second, { ...interleaving(scenario.seed), policy: scenario.policy, parallel, latency: (_, choice) => choice(3) });
  let under = 0;
  let most = 0;
  for (const event of deployment.events) {
    if (!("step" in event) || calls.has(event.step.operation._tag)) continue;
    if (event._tag === "StepStarted") under += 1;
    if (event._tag === "StepDone" || event._tag === "StepFailed") under -= 1;
    most = Math.max(most, under);
  }
  // A step's end is told a moment after its call has ended, when the next one may have begun.
  holds(most <= parallel * 2, `${most} calls at once instead of ${parallel}`);
};

export const first: ReadonlyArray<Property> = [
  { name: "up succeeds, is right, and a second up has nothing to do", check: converges },
  { name: "a dependent never starts before its dependency is what it must be", check: order },
  { name: "the same input gives the same plan, whatever the order in the file", check: sameBytes },
  { name: "a first up that breaks off is completed by the next one: as if nothing had happened", check: breaksOff },
  { name: "what needs a failed service never starts, everything else comes up", check: staysInBranch },
  { name: "no more calls at once than allowed", check: limited },
];
