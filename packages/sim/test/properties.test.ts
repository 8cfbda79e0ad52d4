// What must hold for every project, every interleaving and every fault: laws 2, 3 and 5, over generated reachable worlds.
import { assert, describe, it } from "@effect/vitest";
import type { Step } from "@composure/core/plan/Plan";
import { faultAtChange, noFaults } from "../src/faults.ts";
import type { Deployment } from "../src/simulate.ts";
import { copyWorld } from "../src/persist.ts";
import { isLive, type World } from "../src/World.ts";
import { anonymousVolumes, deploy, digest, freshWorld, interfere, type Loaded, liveOf, planFor, read, type Scenario } from "./scenario.ts";
import { eachSeed, failuresOf, faultFor, interleaving, timeout } from "./seeds.ts";

/** A job that nobody waits for runs at every up, as with docker compose. */
const runsJobAgain = ({ project }: Loaded, { operation, address, reason }: Step): boolean =>
  operation._tag === "StartContainer" && reason._tag === "NotRunning" && project.services[address.split(":")[1] ?? ""]?.command?.[0] === "true";

const looks = new Set(["PullImage", "BuildImage", "WaitFor"]);

/** What another up would change. Pulls and builds that bring nothing new leave the steps behind them undone. */
const changesOf = (world: World, loaded: Loaded): ReadonlyArray<Step> => {
  const plan = planFor(world, loaded);
  const wanted = plan.steps.filter((step) => !looks.has(step.operation._tag) && !runsJobAgain(loaded, step));
  if (wanted.length === 0) return [];
  const { outcome } = deploy(copyWorld(world), loaded);
  return wanted.filter(({ id }) => outcome?.steps.some(({ step, outcome: ended }) => step.id === id && ended._tag !== "NotNeeded") === true);
};

/** A run without faults succeeds, and leaves nothing to do. */
const converge = (world: World, loaded: Loaded, seed: number, what: string): Deployment => {
  const deployment = deploy(world, loaded, interleaving(seed));
  assert.strictEqual(deployment.how, "Finished", what);
  assert.deepStrictEqual(failuresOf(deployment), [], `${what}\n${deployment.calls.join("\n")}`);
  const again = changesOf(world, loaded).map(({ id, operation, reason, address }) => `#${id} ${operation._tag} ${address} ${JSON.stringify(reason)}`);
  assert.deepStrictEqual(again, [], `${what}: an up after it still changes something\n${deployment.calls.join("\n")}`);
  return deployment;
};

const temporaryNames = (world: World): ReadonlyArray<string> =>
  Object.values(world.containers)
    .map(({ name }) => name)
    .filter((name) => !/^(p-[a-d]-\d+|named-[a-d])$/.test(name));

const begun = (scenario: Scenario): { readonly world: World; readonly first: Loaded; readonly second: Loaded } => {
  const world = freshWorld(scenario);
  const first = read(scenario.first);
  converge(world, first, scenario.seed, "the first up");
  return { world, first, second: read(scenario.second) };
};

describe("up", () => {
  it("succeeds, and a second up has nothing to do", { timeout }, eachSeed((scenario) => {
    const world = freshWorld(scenario);
    converge(world, read(scenario.first), scenario.seed, "up");
    assert.deepStrictEqual(temporaryNames(world), []);
  }));

  it("never starts a dependent before its dependency is what it must be", { timeout }, eachSeed((scenario) => {
    const world = freshWorld(scenario);
    const loaded = read(scenario.first);
    const started = new Set<string>();
    deploy(world, loaded, {
      ...interleaving(scenario.seed),
      observe: (now, label) => {
        if (label?.method !== "startContainer") return;
        const service = loaded.desired.services.find(({ name }) => label.subject.replace(/^named-/, "p-").startsWith(`p-${name}`))?.name ?? "";
        for (const [dependency, { condition }] of Object.entries(scenario.first.services[service]?.depends_on ?? {})) {
          const all = Object.values(now.containers).filter((container) => container.spec.service.name === dependency);
          const wanted = scenario.first.services[dependency]?.scale ?? 1;
          assert.strictEqual(all.length, wanted, `${service} starts while ${dependency} is not all there`);
          for (const container of all) {
            assert.isNotNull(container.startedAt, `${service} starts before ${container.name}`);
            if (condition === "service_healthy") assert.strictEqual(container.health, "healthy", `${service} starts while ${container.name} is not healthy`);
            if (condition === "service_completed_successfully") assert.deepInclude({ state: container.state, exitCode: container.exitCode }, { state: "exited", exitCode: 0 });
          }
        }
        started.add(service);
      },
    });
    assert.strictEqual(started.size, loaded.desired.services.length);
  }));

  it("the same input gives the same plan, whatever the order in the file", { timeout }, eachSeed((scenario) => {
    const world = freshWorld(scenario);
    converge(world, read(scenario.first), scenario.seed, "the first up");
    const { services } = scenario.second;
    const turned = { ...scenario.second, services: Object.fromEntries(Object.entries(services).toReversed()) };
    const plan = JSON.stringify(planFor(world, read(scenario.second)));
    assert.strictEqual(JSON.stringify(planFor(copyWorld(world), read(scenario.second))), plan);
    assert.strictEqual(JSON.stringify(planFor(world, read(turned))), plan);
  }));
});

describe("an up that breaks off", () => {
  it("is completed by the next one: as if nothing had happened", { timeout }, eachSeed((scenario) => {
    const loaded = read(scenario.first);
    const { fault, at } = faultFor(scenario);
    const world = freshWorld(scenario);
    const broken = deploy(world, loaded, { ...interleaving(scenario.seed), faults: faultAtChange(at, fault) });
    const what = `${JSON.stringify(fault)} at change ${at}\n${broken.calls.join("\n")}\n`;
    converge(world, loaded, scenario.seed + 1, what);
    const calm = freshWorld(scenario);
    deploy(calm, loaded, { faults: noFaults });
    assert.deepStrictEqual(digest(world), digest(calm), what);
    assert.deepStrictEqual(temporaryNames(world), [], what);
  }));
});

/** Services that serve before, are wanted after, and may be expected to go on serving. */
const lasting = (scenario: Scenario, world: World): ReadonlyArray<string> =>
  Object.entries(scenario.second.services)
    // A container in another's network cannot outlive it, so its old one may have nowhere to go back to.
    .filter(([name, { command, network_mode, scale }]) => network_mode === undefined && scale !== 0 && command?.[0] !== "true" && liveOf(world, name).length > 0)
    // Whoever lets a volume be destroyed lets its users stop.
    .filter(([, { volumes, volumes_from }]) => scenario.policy.allowDestroy === undefined || (volumes_from === undefined && volumes?.includes("data:/srv") !== true))
    .map(([name]) => name);

describe("an up over an edited project", () => {
  it("converges", { timeout }, eachSeed((scenario) => {
    const { world, second } = begun(scenario);
    const { policy } = scenario;
    const before = anonymousVolumes(world);
    const deployment = deploy(world, second, { ...interleaving(scenario.seed), policy });
    assert.deepStrictEqual(failuresOf(deployment), [], deployment.calls.join("\n"));
    converge(world, second, scenario.seed, "the up after it");
    keepsVolumes(scenario, before, world);
    const orphans = Object.values(world.containers).filter((container) => !(container.spec.service.name in scenario.second.services));
    if (policy.removeOrphans === true) assert.deepStrictEqual(orphans, []);
  }));

  it("never stops a service that can be replaced start-first", { timeout }, eachSeed((scenario) => {
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
        for (const [name, count] of least) assert.isAtLeast(liveOf(now, name).length, count, `${name} after ${label?.method} ${label?.subject}`);
      },
    });
  }));

  it("that breaks off is completed by the next one, and no anonymous volume is lost", { timeout }, eachSeed((scenario) => {
    const { world, second } = begun(scenario);
    const before = anonymousVolumes(world);
    const { fault, at } = faultFor(scenario);
    const broken = deploy(world, second, { ...interleaving(scenario.seed), policy: scenario.policy, faults: faultAtChange(at, fault) });
    const what = `${JSON.stringify(fault)} at change ${at}\n${broken.calls.join("\n")}\n`;
    converge(world, second, scenario.seed + 1, what);
    const orphans = Object.values(world.containers).filter((container) => !(container.spec.service.name in scenario.second.services));
    assert.deepStrictEqual(temporaryNames(world).filter((name) => orphans.every((orphan) => orphan.name !== name)), [], what);
    keepsVolumes(scenario, before, world, what);
  }));

  it("that breaks off twice is completed by the third", { timeout }, eachSeed((scenario) => {
    const { world, second } = begun(scenario);
    const before = anonymousVolumes(world);
    const calls: Array<string> = [];
    for (const round of [0, 1]) {
      const { fault, at } = faultFor({ ...scenario, seed: scenario.seed + round });
      calls.push(`${JSON.stringify(fault)} at ${at}`, ...deploy(world, second, { ...interleaving(scenario.seed + round), policy: scenario.policy, faults: faultAtChange(at, fault) }).calls, "--");
    }
    converge(world, second, scenario.seed + 1, calls.join("\n"));
    keepsVolumes(scenario, before, world, calls.join("\n"));
  }));

  it("that fails or is interrupted leaves nothing down that served", { timeout }, eachSeed((scenario) => {
    const { world, second } = begun(scenario);
    const services = lasting(scenario, world);
    const fault = ([{ _tag: "FailBefore" }, { _tag: "Interrupt" }, { _tag: "FailAfter" }] as const)[scenario.seed % 3] ?? { _tag: "Interrupt" };
    const at = scenario.choice(24);
    const broken = deploy(world, second, { ...interleaving(scenario.seed), policy: scenario.policy, faults: faultAtChange(at, fault) });
    for (const name of services) {
      assert.isAtLeast(liveOf(world, name).length, 1, `${name} is down after ${JSON.stringify(fault)} at change ${at}\n${broken.calls.join("\n")}\n${failuresOf(broken).join("\n")}`);
    }
  }));

  it("finds what others did in between, and puts it right", { timeout }, eachSeed((scenario) => {
    const { world, second } = begun(scenario);
    const before = anonymousVolumes(world);
    const removed = new Set<string>();
    const done: Array<string> = [];
    for (let left = 1 + scenario.choice(2); left > 0; left -= 1) {
      const what = interfere(world, scenario.choice);
      done.push(what);
      if (what.startsWith("remove ")) removed.add(what.slice("remove ".length));
    }
    const deployment = deploy(world, second, { ...interleaving(scenario.seed), policy: scenario.policy });
    const what = `${done.join(", ")}\n${deployment.calls.join("\n")}\n${failuresOf(deployment).join("\n")}`;
    assert.strictEqual(deployment.how, "Finished", what);
    assert.deepStrictEqual(failuresOf(deployment), [], what);
    converge(world, second, scenario.seed, what);
    if (removed.size === 0) keepsVolumes(scenario, before, world, what);
  }));
});

/** Volumes of replicas that are still wanted, at places where the service still keeps an anonymous volume. */
const keepsVolumes = (scenario: Scenario, before: ReadonlyMap<string, string>, world: World, what = ""): void => {
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
    assert.strictEqual(after.get(place), volume, `${place}: another volume\n${what}`);
    assert.isDefined(world.volumes[volume]);
    assert.isTrue(Object.values(world.containers).some((container) => isLive(container) || container.mounts.some((mount) => mount.name === volume)));
  }
};
