// Deploys Compose files on a simulated engine: the same loading, planning and executing as on a real one, in microseconds.
import { desire } from "@composure/core/desired/desire";
import type { Desired } from "@composure/core/desired/Desired";
import type { FileContent, LoadRequest } from "@composure/core/load/Load";
import { load } from "@composure/core/load/loadProject";
import type { Project } from "@composure/core/model/Project";
import { observeQuery } from "@composure/core/observed/query";
import { makePlan } from "@composure/core/plan/makePlan";
import type { Plan } from "@composure/core/plan/Plan";
import type { Intent } from "@composure/core/policy/Intent";
import type { Policy } from "@composure/core/policy/Policy";
import { decodeSnapshot } from "@composure/core/snapshot/snapshot";
import type { Diagnostic } from "@composure/core/source/Diagnostic";
import { Engine } from "@composure/engine/Engine";
import type { Event, Outcome } from "@composure/engine/Event";
import { Events } from "@composure/engine/Events";
import { execute } from "@composure/engine/execute";
import { type Report, summarise } from "@composure/engine/report";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import { type Choice, inOrder } from "./Choice.ts";
import type { Faults } from "./faults.ts";
import { type KernelOptions, makeKernel } from "./Kernel.ts";
import { observe } from "./observe.ts";
import type { Exploration } from "./explore.ts";
import { worldFromObserved } from "./seed.ts";
import { makeEngine } from "./SimEngine.ts";
import { rested } from "./rehearse.ts";
import type { Scene } from "./scene.ts";
import { explore, type ExploreWhatIf, type Many, whatIf, type WhatIf, type WhatIfOptions } from "./whatIf.ts";
import { isLive, makeWorld, type World, type WorldOptions } from "./World.ts";

export interface SimulateOptions {
  /** Texts (or data, written as JSON) by path; relative paths are below `/project`. */
  readonly files: Readonly<Record<string, string | object>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly profiles?: ReadonlyArray<string>;
  /** The project's name; by default the file's, or "project". */
  readonly name?: string;
  readonly engine?: WorldOptions;
  /** What the engine holds, as `composure snapshot` printed it; nothing by default. */
  readonly state?: string;
}

export interface RunOptions extends Partial<Omit<KernelOptions, "faults" | "choice">> {
  readonly policy?: Partial<Policy>;
  readonly scale?: Readonly<Record<string, number>>;
  readonly parallel?: number;
  readonly faults?: Faults;
  /** Which interleaving; the calls in the order in which they are made by default. */
  readonly choice?: Choice;
}

/** What became of one command. */
export interface Deployment {
  readonly plan: Plan;
  /** "Finished", or how the client ended: "Crashed", "Stuck" (it would wait for ever), "Endless". */
  readonly how: "Finished" | "Crashed" | "Stuck" | "Endless";
  /** Absent unless the client came to an end. */
  readonly outcome?: Outcome;
  readonly report?: Report;
  /** "startContainer p-web-1", in the order in which they acted. */
  readonly calls: ReadonlyArray<string>;
  readonly events: ReadonlyArray<Event>;
}

/** What a simulation of a change takes: what the command would be told, and what is to go wrong. */
export interface ChangeOptions extends WhatIfOptions {
  /** `up` by default. */
  readonly intent?: Intent;
  readonly policy?: Partial<Policy>;
  readonly scale?: Readonly<Record<string, number>>;
  readonly parallel?: number;
}

export interface Simulation {
  readonly world: World;
  readonly plan: (intent: Intent, options?: RunOptions) => Plan;
  readonly run: (intent: Intent, options?: RunOptions) => Deployment;
  /** `run` of everything in the files. */
  readonly up: (options?: RunOptions) => Deployment;
  readonly down: (options?: RunOptions & { readonly volumes?: boolean }) => Deployment;
  /** What would happen, over time: on a copy of the world, with assumed durations. Nothing is changed. */
  readonly whatIf: (options?: ChangeOptions) => WhatIf;
  /** The same with a crash of the client after each step: `total` steps, of which `converged` end well. */
  readonly crashPoints: (options?: ChangeOptions & ExploreWhatIf) => Exploration;
  /** The same with so many seeds. */
  readonly interleavings: (runs: number, options?: ChangeOptions & ExploreWhatIf) => Exploration;
  /** The same in every order of engine calls; undefined when there are too many. */
  readonly allOrders: (options?: ChangeOptions & ExploreWhatIf) => Exploration | undefined;
  /** Writes files anew; those that are not named stay. */
  readonly edit: (files: SimulateOptions["files"]) => void;
  /** Names of the containers that run, sorted. */
  readonly running: () => ReadonlyArray<string>;
}

/** The files, or the request, are wrong: the problems stand in the message. */
export class SimulationRefused extends Error {
  override readonly name = "SimulationRefused";
  readonly diagnostics: ReadonlyArray<Diagnostic>;
  constructor(diagnostics: ReadonlyArray<Diagnostic>) {
    super(diagnostics.map(({ span, message, hint }) => `${span === undefined ? "" : `${span.file}:${span.line}:${span.column}: `}${message}${hint === undefined ? "" : ` (${hint})`}`).join("\n"));
    this.diagnostics = diagnostics;
  }
}

const root = "/project";
const absolute = (path: string): string => (path.startsWith("/") ? path : `${root}/${path}`);
const textOf = (content: string | object): string => (typeof content === "string" ? content : JSON.stringify(content));

const servicesOf = (intent: Intent): ReadonlyArray<string> => intent.services;

/** Loads until nothing is missing; what is not among the files does not exist. */
export const loadFiles = (options: SimulateOptions, services: ReadonlyArray<string> = []): Project => {
  const request: LoadRequest = { cwd: root, env: options.env ?? {}, files: [], profiles: options.profiles ?? [], envFiles: [], services, withDependencies: true, ...(options.name === undefined ? {} : { projectName: options.name }) };
  const known = new Map<string, FileContent>(Object.entries(options.files).map(([path, content]) => [absolute(path), { _tag: "Text", content: textOf(content) }]));
  while (true) {
    const result = load(request, known);
    switch (result._tag) {
      case "Loaded":
        return result.project;
      case "Invalid":
        throw new SimulationRefused(result.diagnostics);
      case "NeedFiles":
        for (const path of result.paths) known.set(path, { _tag: "Missing" });
    }
  }
};

/** The policy of a plain `up`. */
export const plainPolicy: Policy = {
  recreate: "diverged",
  recreateDependencies: "diverged",
  renewAnonymousVolumes: false,
  removeOrphans: false,
  ignoreOrphans: false,
  build: "auto",
  order: "auto",
  wait: false,
  allowDestroy: [],
  now: 0,
};

/** Reads the world and plans: two pure calls. */
export const planOn = (world: World, intent: Intent, desired: Desired, options: RunOptions = {}): Plan => {
  const policy: Policy = { ...plainPolicy, now: Math.floor(world.now / 1000), ...options.policy };
  const observed = observe(world, observeQuery(intent, desired, policy), "sim");
  const made = makePlan(intent, desired, observed, policy);
  if (made._tag === "Failure") throw new SimulationRefused(made.failure);
  return made.success;
};

const contentsOf = (project: Project) => (file: { readonly kind: "config" | "secret"; readonly key: string }): string =>
  (file.kind === "config" ? project.configs : project.secrets)[file.key]?.content ?? "";

/** Executes a plan on a world, in a kernel of its own. */
export const executeOn = (world: World, plan: Plan, project: Project, options: RunOptions = {}): Deployment => {
  const { policy: _policy, scale: _scale, parallel, ...kernelOptions } = options;
  const kernel = makeKernel(world, { choice: inOrder, ...kernelOptions });
  const events: Array<Event> = [];
  const program = execute(plan, { contents: contentsOf(project), ...(parallel === undefined ? {} : { parallel }) }).pipe(
    Effect.provideService(Events, { emit: (event) => Effect.sync(() => void events.push(event)) }),
    Effect.provideService(Engine, makeEngine(kernel.driver)),
  );
  const run = kernel.run(program, { uninterruptible: true });
  const calls = kernel.trace.map(({ method, subject }) => `${method} ${subject}`);
  if (run._tag !== "Finished") return { plan, how: run._tag, calls, events };
  if (Exit.isFailure(run.exit)) throw new Error(String(run.exit.cause));
  return { plan, how: "Finished", outcome: run.exit.value, report: summarise(run.exit.value), calls, events };
};

const beginning = (options: SimulateOptions): World => {
  if (options.state === undefined) return makeWorld(options.engine);
  const observed = decodeSnapshot(options.state);
  if (observed._tag === "Failure") throw new SimulationRefused(observed.failure);
  const desired = desire(loadFiles(options));
  const world = worldFromObserved(observed.success, desired._tag === "Success" ? desired.success : undefined);
  Object.assign(world.behaviours, options.engine?.behaviours);
  return world;
};

const refuse = (diagnostics: ReadonlyArray<Diagnostic>): never => {
  throw new SimulationRefused(diagnostics);
};

/** A project on an engine of its own. Synchronous: each command returns when it has ended, however long it took in simulated time. */
export const simulate = (options: SimulateOptions): Simulation => {
  const world = beginning(options);
  let files = options.files;
  const wanted = (intent: Intent, run: Pick<RunOptions, "scale">) => {
    const project = loadFiles({ ...options, files }, servicesOf(intent));
    const desired = desire(project, run.scale === undefined ? {} : { scale: run.scale });
    if (desired._tag === "Failure") throw new SimulationRefused(desired.failure);
    return { project, desired: desired.success };
  };
  const read = (intent: Intent, run: RunOptions) => {
    const { project, desired } = wanted(intent, run);
    return { project, plan: planOn(world, intent, desired, run) };
  };
  const run: Simulation["run"] = (intent, runOptions = {}) => {
    const { project, plan } = read(intent, runOptions);
    return executeOn(world, plan, project, runOptions);
  };
  const scene = ({ intent = { _tag: "Up", services: [] }, policy = {}, scale, parallel }: ChangeOptions): Scene => {
    const { project, desired } = wanted(intent, scale === undefined ? {} : { scale });
    // What sim.up() began has come to rest by the time of the next change.
    const later = rested(world);
    return {
      world: later,
      intent,
      desired,
      policy,
      plan: planOn(later, intent, desired, { policy }),
      planFor: (then, other) => planOn(then, intent, desired, { policy: other }),
      contents: contentsOf(project),
      ...(parallel === undefined ? {} : { parallel }),
    };
  };
  const many = (which: Many, change: ChangeOptions & ExploreWhatIf): Exploration | undefined => explore(scene(change), which, change, refuse);
  return {
    world,
    plan: (intent, runOptions = {}) => read(intent, runOptions).plan,
    run,
    up: (runOptions) => run({ _tag: "Up", services: [] }, runOptions),
    down: ({ volumes = false, ...runOptions } = {}) => run({ _tag: "Down", services: [], volumes, images: "none" }, runOptions),
    whatIf: (change = {}) => whatIf(scene(change), change, refuse),
    crashPoints: (change = {}) => many({ _tag: "CrashPoints" }, change) as Exploration,
    interleavings: (runs, change = {}) => many({ _tag: "Interleavings", runs, first: change.seed ?? 1 }, change) as Exploration,
    allOrders: (change = {}) => many({ _tag: "All" }, change),
    edit: (changed) => {
      files = { ...files, ...changed };
    },
    running: () =>
      Object.values(world.containers)
        .filter((container) => isLive(container))
        .map(({ name }) => name)
        .toSorted(),
  };
};
