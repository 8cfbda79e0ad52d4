// Random scenarios: a project on a reachable world, an edit of it, faults on the way; what must hold is in properties.test.ts.
import { desire } from "@composure/core/desired/desire";
import type { Desired } from "@composure/core/desired/Desired";
import type { Project } from "@composure/core/model/Project";
import type { Plan } from "@composure/core/plan/Plan";
import type { Intent } from "@composure/core/policy/Intent";
import type { Policy } from "@composure/core/policy/Policy";
import { type Choice, seeded } from "../src/Choice.ts";
import * as containers from "../src/containers.ts";
import { type Fault, type Faults, noFaults } from "../src/faults.ts";
import { type ComposeFile, drawFeatures, drawProject, editProject, generatedImages } from "../src/generate.ts";
import { pushImage } from "../src/images.ts";
import { advanceTo } from "../src/life.ts";
import { type Deployment, executeOn, loadFiles, planOn, type RunOptions } from "../src/simulate.ts";
import { isLive, makeWorld, type SimContainer, type World } from "../src/World.ts";

/** All that a run depends on, as data: it can be printed, made smaller and run again. */
export interface Scenario {
  /** Of the interleavings, and of what else is drawn on the way. */
  readonly seed: number;
  readonly first: ComposeFile;
  readonly second: ComposeFile;
  readonly apiVersion: string;
  /** Of the up over the edited project. */
  readonly policy: Partial<Policy>;
  /** What goes wrong, and at which change of the engine. */
  readonly fault: Fault;
  readonly at: number;
  /** The same for a second run that breaks off. */
  readonly again: { readonly fault: Fault; readonly at: number };
}

const faults: ReadonlyArray<Fault> = [
  { _tag: "Crash", effect: false },
  { _tag: "Crash", effect: true },
  { _tag: "FailBefore" },
  { _tag: "FailAfter" },
  { _tag: "Interrupt" },
  { _tag: "EngineRestart" },
  { _tag: "Hang" },
];
const faultOf = (seed: number): Fault => faults[seed % faults.length] ?? { _tag: "Interrupt" };

/** Draws of a scenario's own; another `use`, other draws. */
export const dice = ({ seed }: Scenario, use: number): Choice => seeded(seed * 31 + use);

const hasJobs = ({ services }: ComposeFile): boolean => Object.values(services).some(({ command }) => command?.[0] === "true");

const needsHealth = ({ services }: ComposeFile): boolean => JSON.stringify(services).includes("service_healthy");

/**
 * `--wait` refuses jobs that nobody waits for, as docker compose does. A volume is made anew only when nobody else holds
 * it. A service that is not to be replaced does not get the healthcheck that another one waits for.
 */
const settle = (policy: Partial<Policy>, second: ComposeFile): Partial<Policy> => {
  const { wait, allowDestroy, recreate, ...rest } = policy;
  const keeps = recreate !== undefined && !(recreate === "never" && needsHealth(second)) ? { recreate } : {};
  return { ...rest, ...keeps, ...(wait === true && !hasJobs(second) ? { wait } : {}), ...(allowDestroy !== undefined && rest.removeOrphans === true ? { allowDestroy } : {}) };
};

const drawPolicy = (choice: Choice): Partial<Policy> => ({
  ...(choice(6) === 0 ? { recreate: choice(2) === 0 ? "force" : "never" } : {}),
  ...(choice(6) === 0 ? { recreateDependencies: "force" } : {}),
  ...(choice(6) === 0 ? { renewAnonymousVolumes: true, recreate: "force" } : {}),
  ...(choice(2) === 0 ? { removeOrphans: true } : {}),
  ...(choice(6) === 0 ? { order: "stop-first" } : {}),
  ...(choice(4) === 0 ? { pull: "always" } : {}),
  ...(choice(4) === 0 ? { wait: true } : {}),
  ...(choice(4) === 0 ? { build: "always" } : {}),
  ...(choice(3) === 0 ? { allowDestroy: ["volume:data"] } : {}),
});

export const drawScenario = (seed: number): Scenario => {
  const choice = seeded(seed);
  const features = drawFeatures(choice);
  const first = drawProject(choice, features);
  const second = editProject(choice, features, first);
  const apiVersion = choice(2) === 0 ? "1.41" : "1.51";
  const policy = settle(drawPolicy(choice), second);
  return { seed, first, second, apiVersion, policy, fault: faultOf(seed), at: choice(24), again: { fault: faultOf(seed + 1), at: choice(24) } };
};

export const freshWorld = ({ apiVersion }: Pick<Scenario, "apiVersion">): World => makeWorld({ apiVersion, images: generatedImages });

export interface Loaded {
  readonly project: Project;
  readonly desired: Desired;
}

export const read = (file: ComposeFile): Loaded => {
  const project = loadFiles({ files: { "compose.yaml": file } });
  const desired = desire(project);
  if (desired._tag === "Failure") throw new Error(desired.failure.map(({ message }) => message).join());
  return { project, desired: desired.success };
};

const up: Intent = { _tag: "Up", services: [] };

export const planFor = (world: World, loaded: Loaded, policy: Partial<Policy> = {}, intent: Intent = up): Plan => {
  advanceTo(world, world.now);
  return planOn(world, intent, loaded.desired, { policy });
};

/** What has been tried so far, for reports. */
export const tally = { runs: 0, calls: 0, faults: 0, crashes: 0 };

/** Counts the faults that hit. */
const counted = (faults: Faults): Faults => (index, label) => {
  const fault = faults(index, label);
  if (fault !== undefined) tally.faults += 1;
  if (fault?._tag === "Crash") tally.crashes += 1;
  return fault;
};

export const deploy = (world: World, loaded: Loaded, options: RunOptions = {}, intent: Intent = up): Deployment => {
  const plan = planFor(world, loaded, options.policy, intent);
  const deployment = executeOn(world, plan, loaded.project, { ...options, faults: counted(options.faults ?? noFaults) });
  tally.runs += 1;
  tally.calls += deployment.calls.length;
  return deployment;
};

const label = (container: SimContainer, name: string): string => container.spec.labels[`com.docker.compose.${name}`] ?? "";
export const serviceOf = (container: SimContainer): string => label(container, "service");
export const numberOf = (container: SimContainer): string => label(container, "container-number");

export const liveOf = (world: World, service: string): ReadonlyArray<SimContainer> =>
  Object.values(world.containers).filter((container) => serviceOf(container) === service && isLive(container));

/** Anonymous volumes by "service number target". */
export const anonymousVolumes = (world: World): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const container of Object.values(world.containers)) {
    for (const { name, destination } of container.mounts) {
      if (name !== undefined && world.volumes[name]?.anonymous === true) found.set(`${serviceOf(container)} ${numberOf(container)} ${destination}`, name);
    }
  }
  return found;
};

/** What a user would compare when everything has come to rest: names, states, images, hashes, mounts of named volumes, networks. Ids left out. */
export const digest = (world: World): ReadonlyArray<string> => {
  advanceTo(world, world.now);
  return describe(world);
};

const describe = (world: World): ReadonlyArray<string> => [
  ...Object.values(world.containers)
    .map((container) =>
      [
        // Which numbers replicas have depends on what was there when they were made: gaps are not filled.
        container.spec.service.scale === undefined ? container.name : serviceOf(container),
        container.state,
        container.spec.image,
        container.imageId.slice(7, 15),
        (container.endpoints.map(({ network, networkId }) => `${network}${networkId === "" || world.networks[networkId]?.name === network ? "" : "?"}`)).toSorted().join("+"),
        container.mounts.map(({ name, destination }) => `${name === undefined || world.volumes[name]?.anonymous === true ? "anonymous" : name}:${destination}`).toSorted().join("+"),
      ].join(" "),
    )
    .toSorted(),
  ...Object.values(world.networks).map(({ name }) => `network ${name}`).toSorted(),
  ...Object.values(world.volumes).filter(({ anonymous }) => !anonymous).map(({ name }) => `volume ${name}`).toSorted(),
];

/** Somebody else does something to the project's containers or to the registry. */
export const interfere = (world: World, choice: Choice): string => {
  const all = Object.values(world.containers);
  const chosen = all[choice(Math.max(1, all.length))];
  if (chosen === undefined) return "nothing";
  const { id, name } = chosen;
  switch (choice(7)) {
    case 0:
      containers.beginStop(world, id, 0);
      return `stop ${name}`;
    case 1:
      containers.removeContainer(world, id, { force: true, volumes: false });
      return `remove ${name}`;
    case 2:
      containers.killContainer(world, id, "KILL");
      return `kill ${name}`;
    case 3:
      containers.pauseContainer(world, id);
      return `pause ${name}`;
    case 4:
      pushImage(world, chosen.spec.image);
      return `push ${chosen.spec.image}`;
    case 5:
      containers.renameContainer(world, id, `moved-${name}`);
      return `rename ${name}`;
    default:
      return "nothing";
  }
};
