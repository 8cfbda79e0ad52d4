// Properties with company: another project on the engine, another deployer, a storm of faults, a client that dies anywhere.
import { desire } from "@composure/core/desired/desire";
import type { Intent } from "@composure/core/policy/Intent";
import { Engine } from "@composure/engine/Engine";
import { Events } from "@composure/engine/Events";
import { execute } from "@composure/engine/execute";
import * as Effect from "effect/Effect";
import type { Choice } from "../../src/Choice.ts";
import { type Fault, faultAtChange, type Faults } from "../../src/faults.ts";
import type { ComposeFile } from "../../src/generate.ts";
import { makeKernel } from "../../src/Kernel.ts";
import { advanceTo } from "../../src/life.ts";
import { copyWorld } from "../../src/persist.ts";
import { makeEngine } from "../../src/SimEngine.ts";
import { loadFiles } from "../../src/simulate.ts";
import type { World } from "../../src/World.ts";
import { anonymousVolumes, deploy, dice, freshWorld, interfere, planFor, read, type Scenario, tally } from "../scenario.ts";
import { same } from "./claims.ts";
import { begun, converge, temporaryNames } from "./converging.ts";
import { keepsVolumes } from "./edited.ts";
import { failuresOf, interleaving, type Property } from "./Property.ts";

/** Somebody else's project, with services of the same names. */
const neighbour: ComposeFile = {
  name: "q",
  services: {
    a: { image: "app:1", volumes: ["data:/srv", "/cache"] },
    b: { image: "redis:7", depends_on: { a: { condition: "service_started" } }, networks: { front: null } },
  },
  networks: { front: {} },
  volumes: { data: {} },
};

const mine = (labels: Readonly<Record<string, string>>): boolean => labels["com.docker.compose.project"] === "q";

/** Everything of the neighbour's, with ids and times. */
const neighbours = (world: World): unknown => ({
  containers: Object.values(world.containers).filter(({ spec }) => mine(spec.labels)).map(({ id, name, state, startedAt, run, mounts }) => ({ id, name, state, startedAt, run, mounts })),
  networks: Object.values(world.networks).filter(({ labels }) => mine(labels)).map(({ id, name }) => ({ id, name })),
  volumes: Object.values(world.volumes).filter(({ labels }) => mine(labels)).map(({ name }) => name),
  missing: Object.values(world.containers).filter(({ spec }) => mine(spec.labels)).flatMap(({ mounts }) => mounts.filter(({ name }) => name !== undefined && world.volumes[name] === undefined)),
});

const leavesOthersAlone = (scenario: Scenario): void => {
  const world = freshWorld(scenario);
  deploy(world, read(neighbour));
  advanceTo(world, world.now);
  const before = neighbours(world);
  const second = read(scenario.second);
  deploy(world, read(scenario.first), interleaving(scenario.seed));
  same(neighbours(world), before, "after the up of another project");
  deploy(world, second, { ...interleaving(scenario.seed), policy: { ...scenario.policy, removeOrphans: true } });
  same(neighbours(world), before, "after another up of another project");
  deploy(world, second, interleaving(scenario.seed), { _tag: "Down", services: [], volumes: true, images: "all" } as Intent);
  same(neighbours(world), before, "after the down of another project");
};

/** One service by name: what it needs comes up, nothing else is touched. */
const onlyTheNamed = (scenario: Scenario): void => {
  const { world } = begun(scenario);
  const names = Object.keys(scenario.second.services).toSorted();
  const named = names[dice(scenario, 5)(names.length)] ?? "a";
  const project = loadFiles({ files: { "compose.yaml": scenario.second } }, [named]);
  const desired = desire(project);
  if (desired._tag === "Failure") throw new Error(desired.failure.map(({ message }) => message).join());
  const taking = new Set(desired.success.services.map(({ name }) => name));
  const hanging = JSON.stringify(scenario.second.services).includes('"restart":true') || JSON.stringify(scenario.second.services).includes("service:") || JSON.stringify(scenario.second.services).includes("volumes_from");
  const sharing = JSON.stringify([scenario.first.networks, scenario.first.volumes]) !== JSON.stringify([scenario.second.networks, scenario.second.volumes]);
  if (hanging || sharing) return;
  const others = (): unknown => Object.values(world.containers).filter(({ spec }) => !taking.has(spec.service.name)).map(({ id, name, startedAt, run }) => ({ id, name, startedAt, run }));
  const before = others();
  const { removeOrphans: _, allowDestroy: __, ...policy } = scenario.policy;
  const deployment = deploy(world, { project, desired: desired.success }, { ...interleaving(scenario.seed), policy }, { _tag: "Up", services: [named] });
  same(others(), before, `up ${named} touched other services\n${deployment.calls.join("\n")}`);
};

/** Two ups at the same time, in one interleaving. Either may fail; nothing hangs, and a third up puts it right. */
const twoDeployers = (scenario: Scenario): void => {
  const { world, first, second } = begun(scenario);
  const before = anonymousVolumes(world);
  const plans = [planFor(world, second, scenario.policy), planFor(world, dice(scenario, 6)(2) === 0 ? first : second, scenario.policy)];
  const kernel = makeKernel(world, interleaving(scenario.seed));
  const run = kernel.run(
    Effect.all(plans.map((plan) => execute(plan, { contents: () => "a=1" })), { concurrency: "unbounded" }).pipe(Effect.provide(Events.silent), Effect.provideService(Engine, makeEngine(kernel.driver))),
    { uninterruptible: true },
  );
  tally.runs += 2;
  const what = `two at once\n${kernel.trace.map(({ method, subject }) => `${method} ${subject}`).join("\n")}\n--`;
  same(run._tag, "Finished", what);
  converge(world, second, scenario.seed + 1, what);
  keepsVolumes(scenario, before, world, what);
};

const weather = (choice: Choice): Fault => {
  switch (choice(8)) {
    case 0:
      return { _tag: "FailBefore" };
    case 1:
      return { _tag: "FailAfter" };
    case 2:
      return { _tag: "Hang" };
    case 3:
      return { _tag: "EngineRestart" };
    case 4:
      return { _tag: "Crash", effect: choice(2) === 0 };
    case 5:
      return { _tag: "Interrupt" };
    case 6:
      return { _tag: "Slow", millis: choice(5000) };
    default:
      return { _tag: "Interference", change: (world) => void interfere(world, choice) };
  }
};

/** Many faults in one run, of kinds that are drawn for it. */
const storm = (choice: Choice): Faults => {
  const kinds = Array.from({ length: 8 }, () => choice(2) === 1);
  const rare = 4 + choice(12);
  return () => {
    if (choice(rare) !== 0) return undefined;
    const drawn = choice(8);
    return kinds[drawn] === true ? weather((bound) => (bound === 8 ? drawn : choice(bound))) : undefined;
  };
};

const weathersStorms = (scenario: Scenario): void => {
  const { world, second } = begun(scenario);
  const calls: Array<string> = [];
  for (let round = 0; round < 3; round += 1) {
    const choice = dice(scenario, 10 + round);
    const options = { ...interleaving(scenario.seed + round), policy: scenario.policy, faults: storm(choice), latency: () => choice(4) * 100 };
    const deployment = deploy(world, second, options);
    calls.push(...deployment.calls, `-- ${deployment.how}`);
    same(["Finished", "Crashed"].includes(deployment.how), true, calls.join("\n"));
  }
  converge(world, second, scenario.seed, calls.join("\n"));
  same(temporaryNames(world).filter((name) => !name.startsWith("moved-")), [], calls.join("\n"));
};

/** Dies before and after every call of an up, and finishes with the next. */
const diesAnywhere = (scenario: Scenario): void => {
  const base = begun(scenario);
  const before = anonymousVolumes(base.world);
  for (let at = 0; ; at += 1) {
    let hit = false;
    for (const effect of [false, true]) {
      const world = copyWorld(base.world);
      const broken = deploy(world, base.second, { ...interleaving(scenario.seed + at), policy: scenario.policy, faults: faultAtChange(at, { _tag: "Crash", effect }) });
      hit ||= broken.how === "Crashed";
      if (broken.how !== "Crashed") continue;
      const what = `dies ${effect ? "after" : "before"} change ${at}\n${broken.calls.join("\n")}\n--`;
      converge(world, base.second, scenario.seed + 1, what);
      keepsVolumes(scenario, before, world, what);
    }
    if (!hit) return;
  }
};

/** Two services swap what they publish: who starts first finds the port free, and both serve in the end. */
const handsPortsOver = (scenario: Scenario): void => {
  const file = (a: string, b: string): ComposeFile => ({
    name: "p",
    services: {
      a: { image: "app:1", ports: [`${a}:80`], environment: { V: a }, ...(scenario.seed % 2 === 0 ? {} : { depends_on: { b: { condition: "service_started" } } }) },
      b: { image: "app:1", ports: [`${b}:80`], environment: { V: b }, ...(scenario.seed % 3 === 0 ? { scale: 1, restart: "always" } : {}) },
    },
  });
  const world = freshWorld(scenario);
  converge(world, read(file("8000", "8001")), scenario.seed, "before");
  for (const [a, b] of [["8001", "8000"], ["8002", "8001"]] as const) {
    const loaded = read(file(a, b));
    const deployment = deploy(world, loaded, interleaving(scenario.seed));
    same(failuresOf(deployment), [], deployment.calls.join("\n"));
    converge(world, loaded, scenario.seed, deployment.calls.join("\n"));
  }
};

export const company: ReadonlyArray<Property> = [
  { name: "host ports pass from one service to another in one up", check: handsPortsOver },
  { name: "another project on the engine is never touched", check: leavesOthersAlone },
  { name: "up of one service touches only what it needs", check: onlyTheNamed },
  { name: "two deployers at once: a third up puts it right", check: twoDeployers },
  { name: "after storms of faults one calm up converges", check: weathersStorms },
  { name: "a client that dies at any call has its work finished by the next", check: diesAnywhere },
];

