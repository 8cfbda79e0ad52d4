// Properties of an up over an edited project: what serves goes on serving, what is kept is kept, and breaks are completed.
import { inOrder } from "../../src/Choice.ts";
import { faultAtChange } from "../../src/faults.ts";
import type { World } from "../../src/World.ts";
import { anonymousVolumes, deploy, dice, interfere, liveOf, planFor, type Scenario, serviceOf } from "../scenario.ts";
import { atLeast, holds, same } from "./claims.ts";
import { begun, converge, orphansOf, temporaryNames } from "./converging.ts";
import { failuresOf, interleaving, type Property } from "./Property.ts";

/** Services that serve before, are wanted after, and may be expected to go on serving. */
const lasting = (scenario: Scenario, world: World): ReadonlyArray<string> =>
  Object.entries(scenario.second.services)
    // A container in another's network cannot outlive it, so its old one may have nowhere to go back to.
    .filter(([name, { command, network_mode, scale }]) => network_mode === undefined && scale !== 0 && command?.[0] !== "true" && liveOf(world, name).length > 0)
    // Whoever lets a volume be destroyed lets its users stop.
    .filter(([, { volumes, volumes_from }]) => scenario.policy.allowDestroy === undefined || (volumes_from === undefined && volumes?.includes("data:/srv") !== true))
    .map(([name]) => name);

/** Volumes of replicas that are still wanted, at places where the service still keeps an anonymous volume. */
export const keepsVolumes = (scenario: Scenario, before: ReadonlyMap<string, string>, world: World, what = ""): void => {
  if (scenario.policy.renewAnonymousVolumes === true) return;
  const after = anonymousVolumes(world);
  for (const [place, volume] of before) {
    const [name = "", number = "", target = ""] = place.split(" ");
    const service = scenario.second.services[name];
    if (service === undefined || Number(number) > (service.scale ?? 1)) continue;
    const wanted = service.volumes?.includes(target) === true || (target === "/data" && service.image.startsWith("redis"));
    // A container whose named volume is destroyed starts from nothing.
    const destroyed = scenario.policy.allowDestroy !== undefined && service.volumes?.includes("data:/srv") === true;
    if (!wanted || destroyed || service.volumes_from !== undefined) continue;
    same(after.get(place), volume, `${place}: another volume\n${what}`);
    holds(world.volumes[volume] !== undefined, `${place}: its volume is gone\n${what}`);
  }
};

const converges = (scenario: Scenario): void => {
  const { world, second } = begun(scenario);
  const { policy } = scenario;
  const before = anonymousVolumes(world);
  const deployment = deploy(world, second, { ...interleaving(scenario.seed), policy });
  same(failuresOf(deployment), [], deployment.calls.join("\n"));
  converge(world, second, scenario.seed, `${deployment.calls.join("\n")}\n--`);
  keepsVolumes(scenario, before, world, deployment.calls.join("\n"));
  if (policy.removeOrphans === true) same([...orphansOf(scenario, world)], [], "orphans are left");
};

const goesOnServing = (scenario: Scenario): void => {
  const { world, second } = begun(scenario);
  const { policy } = scenario;
  const plan = planFor(world, second, policy);
  const stopFirst = new Set(plan.notices.flatMap((notice) => (notice._tag === "StopFirst" ? [notice.service] : [])));
  // A dependency that asks for it takes its dependents down with it.
  const follows = (name: string): boolean => Object.values(scenario.second.services[name]?.depends_on ?? {}).some(({ restart }) => restart === true);
  const services = lasting(scenario, world).filter((name) => !stopFirst.has(name) && !follows(name));
  const least = new Map(services.map((name) => [name, Math.min(liveOf(world, name).length, scenario.second.services[name]?.scale ?? 1)]));
  deploy(world, second, {
    ...interleaving(scenario.seed),
    policy,
    observe: (now, label) => {
      for (const [name, count] of least) atLeast(liveOf(now, name).length, count, `${name} after ${label?.method} ${label?.subject}`);
    },
  });
};

/** Stop-first takes no more replicas down at a time than the file allows; by default one. */
const fewAtATime = (scenario: Scenario): void => {
  const { world, second } = begun(scenario);
  const services = lasting(scenario, world).filter((name) => !Object.values(scenario.second.services[name]?.depends_on ?? {}).some(({ restart }) => restart === true));
  const least = new Map(
    services.flatMap((name): ReadonlyArray<readonly [string, number]> => {
      const { deploy: how, scale = 1 } = scenario.second.services[name] ?? { image: "" };
      const width = (how as { readonly update_config?: { readonly parallelism?: number } } | undefined)?.update_config?.parallelism ?? 1;
      return width === 0 ? [] : [[name, Math.min(liveOf(world, name).length, scale) - width] as const];
    }),
  );
  deploy(world, second, {
    ...interleaving(scenario.seed),
    policy: scenario.policy,
    observe: (now, label) => {
      for (const [name, count] of least) atLeast(liveOf(now, name).length, count, `${name} after ${label?.method} ${label?.subject}`);
    },
  });
};

const breaksOff = (scenario: Scenario): void => {
  const { world, second } = begun(scenario);
  const before = anonymousVolumes(world);
  const { fault, at } = scenario;
  const broken = deploy(world, second, { ...interleaving(scenario.seed), policy: scenario.policy, faults: faultAtChange(at, fault) });
  const what = `${JSON.stringify(fault)} at change ${at}\n${broken.calls.join("\n")}\n--`;
  converge(world, second, scenario.seed + 1, what);
  const orphans = orphansOf(scenario, world);
  same(temporaryNames(world).filter((name) => !orphans.has(name)), [], what);
  keepsVolumes(scenario, before, world, what);
};

const breaksOffTwice = (scenario: Scenario): void => {
  const { world, second } = begun(scenario);
  const before = anonymousVolumes(world);
  const calls: Array<string> = [];
  for (const [round, { fault, at }] of [scenario, scenario.again].entries()) {
    const options = { ...interleaving(scenario.seed + round), policy: scenario.policy, faults: faultAtChange(at, fault) };
    calls.push(`${JSON.stringify(fault)} at ${at}`, ...deploy(world, second, options).calls, "--");
  }
  converge(world, second, scenario.seed + 1, calls.join("\n"));
  keepsVolumes(scenario, before, world, calls.join("\n"));
};

const leavesNothingDown = (scenario: Scenario): void => {
  const { world, second } = begun(scenario);
  const services = lasting(scenario, world);
  const fault = ([{ _tag: "FailBefore" }, { _tag: "Interrupt" }, { _tag: "FailAfter" }] as const)[scenario.seed % 3] ?? { _tag: "Interrupt" };
  const { at } = scenario;
  const broken = deploy(world, second, { ...interleaving(scenario.seed), policy: scenario.policy, faults: faultAtChange(at, fault) });
  for (const name of services) {
    atLeast(liveOf(world, name).length, 1, `${name} is down after ${JSON.stringify(fault)} at change ${at}\n${broken.calls.join("\n")}\n${failuresOf(broken).join("\n")}`);
  }
};

const putsRight = (scenario: Scenario): void => {
  const { world, second } = begun(scenario);
  const before = anonymousVolumes(world);
  const choice = dice(scenario, 1);
  const done: Array<string> = [];
  for (let left = 1 + choice(2); left > 0; left -= 1) done.push(interfere(world, choice));
  const deployment = deploy(world, second, { ...interleaving(scenario.seed), policy: scenario.policy });
  const what = `${done.join(", ")}\n${deployment.calls.join("\n")}\n${failuresOf(deployment).join("\n")}\n--`;
  same(deployment.how, "Finished", what);
  same(failuresOf(deployment), [], what);
  converge(world, second, scenario.seed, what);
  if (!done.some((one) => one.startsWith("remove "))) keepsVolumes(scenario, before, world, what);
};

/** Services that the edit and the flags do not concern: the same in both files, and so is all they use. */
const unconcerned = ({ first, second, policy }: Scenario): ReadonlyArray<string> => {
  const forced = policy.recreate === "force" || policy.recreateDependencies === "force" || policy.renewAnonymousVolumes === true;
  if (forced || JSON.stringify([first.networks, first.volumes, first.configs]) !== JSON.stringify([second.networks, second.volumes, second.configs])) return [];
  return Object.entries(second.services)
    .filter(([name, service]) => JSON.stringify(first.services[name]) === JSON.stringify(service))
    .filter(([, { network_mode, volumes_from, depends_on, command }]) => network_mode === undefined && volumes_from === undefined && command?.[0] !== "true" && !Object.values(depends_on ?? {}).some(({ restart }) => restart === true))
    // A pull may bring another image than the build of the same name had made, and a build another than the last one.
    .filter(() => !JSON.stringify(second.services).includes('"build"') || (policy.pull !== "always" && policy.build !== "always" && !JSON.stringify(second.services).includes('"always"')))
    .map(([name]) => name);
};

const leavesAlone = (scenario: Scenario): void => {
  const { world, second } = begun(scenario);
  const looksOf = (name: string) => Object.values(world.containers).filter((container) => serviceOf(container) === name).map(({ id, name: called, state, startedAt, run }) => ({ id, called, state, startedAt, run }));
  const services = unconcerned(scenario);
  const before = services.map(looksOf);
  const deployment = deploy(world, second, { ...interleaving(scenario.seed), policy: scenario.policy });
  same(services.map(looksOf), before, `of ${services.join()}: touched, although nothing of theirs was changed\n${deployment.calls.join("\n")}`);
};

/** The containers of a service, and when each was started. */
const startsOf = (world: World, service: string) => Object.values(world.containers).filter((container) => serviceOf(container) === service).map(({ id, run }) => ({ id, run }));

/** `restart: true`: whoever asks for it is started again after a dependency was replaced. */
const followsItsDependency = (scenario: Scenario): void => {
  const { world, second } = begun(scenario);
  const names = Object.keys(scenario.second.services);
  const before = new Map(names.map((name) => [name, startsOf(world, name)]));
  const deployment = deploy(world, second, { ...interleaving(scenario.seed), policy: scenario.policy });
  const isNew = (name: string): boolean => startsOf(world, name).some(({ id }) => !(before.get(name) ?? []).some((old) => old.id === id));
  for (const name of names) {
    const { depends_on, command } = scenario.second.services[name] ?? { image: "" };
    if (command?.[0] === "true" || (before.get(name)?.length ?? 0) === 0) continue;
    for (const [dependency, { restart }] of Object.entries(depends_on ?? {})) {
      const old = before.get(dependency) ?? [];
      // A replica more is no reason to restart.
      const isReplaced = old.length > 0 && isNew(dependency) && !old.every(({ id }) => startsOf(world, dependency).some((now) => now.id === id));
      if (restart !== true || !isReplaced || (scenario.second.services[dependency]?.scale ?? 1) < old.length) continue;
      const kept = startsOf(world, name).filter(({ id, run }) => (before.get(name) ?? []).some((one) => one.id === id && one.run === run));
      same(kept, [], `${name} was not started again although ${dependency} was replaced\n${deployment.calls.join("\n")}`);
    }
  }
};

const changing = (tag: string): boolean => !["PullImage", "BuildImage", "WaitFor"].includes(tag);

/** At the first change, in order, nothing else has been done: what needs a change has not begun, and must not any more. */
const stopsWhenInterrupted = (scenario: Scenario): void => {
  const { world, second } = begun(scenario);
  const { outcome, calls } = deploy(world, second, { choice: inOrder, policy: scenario.policy, faults: faultAtChange(0, { _tag: "Interrupt" }) });
  if (outcome?.interrupted !== true) return;
  const ended = new Map(outcome.steps.map(({ step, outcome: end }) => [step.id, { step, end }]));
  for (const { step, outcome: end } of outcome.steps) {
    const waited = step.needs.some((need) => changing(ended.get(need)?.step.operation._tag ?? "") && ended.get(need)?.end._tag === "Done");
    if (!waited || JSON.stringify(step.guard ?? "").includes("Failed")) continue;
    holds(end._tag === "Skipped" || end._tag === "NotNeeded", `#${step.id} ${step.operation._tag} ${step.address} began after the interruption\n${calls.join("\n")}`);
  }
};

export const edited: ReadonlyArray<Property> = [
  { name: "an up over an edited project converges", check: converges },
  { name: "a service that can be replaced start-first never stops serving", check: goesOnServing },
  { name: "no more replicas are down at a time than the file allows", check: fewAtATime },
  { name: "an up that breaks off is completed by the next one, and no anonymous volume is lost", check: breaksOff },
  { name: "an up that breaks off twice is completed by the third", check: breaksOffTwice },
  { name: "an up that fails or is interrupted leaves nothing down that served", check: leavesNothingDown },
  { name: "what others did in between is found and put right", check: putsRight },
  { name: "services that the edit does not concern are not touched", check: leavesAlone },
  { name: "who asks for it is started again when its dependency is replaced", check: followsItsDependency },
  { name: "after an interruption nothing begins that was waiting", check: stopsWhenInterrupted },
];

