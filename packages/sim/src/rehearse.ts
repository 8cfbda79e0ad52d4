// One simulated run of a plan on a copy of a world: with assumed durations, with troubles, and with what follows a crash.
import type { Desired, InjectedFile } from "@composure/core/desired/Desired";
import { describeOperation } from "@composure/core/plan/describe";
import type { Plan, Step } from "@composure/core/plan/Plan";
import { Engine } from "@composure/engine/Engine";
import type { Event, Outcome } from "@composure/engine/Event";
import { Events } from "@composure/engine/Events";
import { execute } from "@composure/engine/execute";
import { type Report, summarise } from "@composure/engine/report";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type { Assumptions } from "./Assumptions.ts";
import { type Choice, inOrder } from "./Choice.ts";
import { coursesOf, type ServiceCourse } from "./course.ts";
import { advanceTo, fireNext, nextDue } from "./life.ts";
import { type Kernel, type KernelOptions, makeKernel } from "./Kernel.ts";
import { latencyOf, prepareWorld } from "./conditions.ts";
import { faultsOf, type Mishaps } from "./mishaps.ts";
import { copyWorld } from "./persist.ts";
import { makeEngine } from "./SimEngine.ts";
import { makeRecorder, type Recorder, type Timeline } from "./Timeline.ts";
import type { Trouble } from "./Trouble.ts";
import type { Millis, World } from "./World.ts";

/** What is rehearsed: a plan for a world, and how to plan again should the first attempt break off. */
export interface Subject {
  readonly world: World;
  readonly plan: Plan;
  readonly desired: Desired;
  readonly replan: (world: World) => Plan;
  /** The plan of a second, plain run, which is empty when all is as it should be; absent for commands that always do something. */
  readonly recheck?: (world: World) => Plan;
  readonly contents: (file: InjectedFile) => string;
  /** Replicas that should serve in the end, by service. */
  readonly wanted: ReadonlyMap<string, number>;
  readonly assumptions: Assumptions;
  readonly parallel?: number;
}

export interface RehearseOptions {
  readonly troubles?: ReadonlyArray<Trouble>;
  readonly choice?: Choice;
  /** Durations differ by chance from what is assumed: by up to this share of them. */
  readonly jitter?: number;
  /** No call takes any time: what remains is the order of calls. */
  readonly instant?: boolean;
  readonly kernel?: Pick<KernelOptions, "shuffleFibers" | "eventLag" | "abandoned">;
}

/** One run of a command. `how` is not "Finished" when the client died, would wait for ever, or went round in circles. */
export interface Attempt {
  readonly plan: Plan;
  readonly how: "Finished" | "Crashed" | "Stuck" | "Endless";
  readonly outcome?: Outcome;
  readonly report?: Report;
  readonly from: Millis;
  readonly to: Millis;
}

export interface Rehearsal {
  /** The command; after a crash or an interruption, the command again. */
  readonly attempts: ReadonlyArray<Attempt>;
  readonly timeline: Timeline;
  readonly services: ReadonlyArray<ServiceCourse>;
  /** As everything was in the end. */
  readonly world: World;
  /** Troubles that never came: their step did not run, their call was not made. */
  readonly missed: ReadonlyArray<Trouble>;
  /** 0, 1 or 130, of the last attempt. */
  readonly exitCode: number;
}

interface Run {
  readonly subject: Subject;
  readonly options: RehearseOptions;
  readonly world: World;
  readonly recorder: Recorder;
  readonly start: Millis;
}

/** A replacement's name until it is renamed is not for people. */
const temporary = /\b[0-9a-f]{12}_/g;

const outcomes = { StepDone: "done", StepFailed: "failed", StepSkipped: "broken off" } as const;

const transferOf = ({ operation }: Step): readonly ["pull" | "build", string] | undefined => {
  if (operation._tag === "PullImage") return ["pull", operation.image];
  return operation._tag === "BuildImage" ? ["build", operation.image] : undefined;
};

/** Writes steps and transfers down, and lets the troubles of a step happen. */
const listen = ({ world, recorder }: Run, attempt: number, mishaps: Mishaps, kernel: Kernel) => (event: Event): void => {
  switch (event._tag) {
    case "StepStarted": {
      const { step } = event;
      recorder.beginStep(world, { attempt, step: step.id, address: step.address, text: describeOperation(step.operation).replaceAll(temporary, "") });
      const transfer = transferOf(step);
      if (transfer !== undefined) recorder.beginTransfer(world, ...transfer);
      mishaps.started(step, kernel);
      return;
    }
    case "StepDone":
    case "StepFailed":
    case "StepSkipped": {
      const { step } = event;
      recorder.endStep(world, attempt, step.id, outcomes[event._tag]);
      const transfer = transferOf(step);
      if (transfer !== undefined) recorder.endTransfer(world, ...transfer);
      if (event._tag !== "StepSkipped") mishaps.ended(step, kernel);
      return;
    }
    case "StepProgress":
    case "StepNotNeeded":
    case "HookOutput":
    case "PlanStarted":
    case "PlanFinished":
      return;
  }
};

const attempt = (run: Run, plan: Plan, number: number, mishaps: Mishaps): Attempt => {
  const { subject, options, world, recorder, start } = run;
  const from = world.now - start;
  const kernel = makeKernel(world, {
    choice: options.choice ?? inOrder,
    faults: mishaps.faults,
    ...(options.instant === true ? {} : { latency: latencyOf(world, plan, subject.assumptions, options.jitter ?? 0) }),
    ...options.kernel,
    observe: (of) => recorder.look(of),
  });
  const emit = listen(run, number, mishaps, kernel);
  const program = execute(plan, { contents: subject.contents, ...(subject.parallel === undefined ? {} : { parallel: subject.parallel }) }).pipe(
    Effect.provideService(Events, { emit: (event) => Effect.sync(() => emit(event)) }),
    Effect.provideService(Engine, makeEngine(kernel.driver)),
  );
  const ended = kernel.run(program, { uninterruptible: true });
  recorder.look(world);
  const to = world.now - start;
  if (ended._tag !== "Finished") return { plan, how: ended._tag, from, to };
  if (Exit.isFailure(ended.exit)) throw new Error(String(ended.exit.cause));
  return { plan, how: "Finished", outcome: ended.exit.value, report: summarise(ended.exit.value), from, to };
};

/** Time that a container which is going to end, or crashes again and again, is watched after the plan. */
const patience: Millis = 30_000;
/** Nothing is watched for longer. */
const longest: Millis = 3_600_000;

const isRestless = (world: World): boolean => {
  const pending = new Set(world.timers.filter(({ what }) => what._tag === "Probe").map(({ container }) => container));
  return Object.values(world.containers).some(({ id, state, health }) => state === "running" && health === "starting" && pending.has(id)) || world.timers.some(({ what }) => what._tag === "Kill");
};

const isEnding = (world: World): boolean => Object.values(world.containers).some(({ state }) => state === "restarting") || world.timers.some(({ what }) => what._tag === "Exit");

const advance = ({ world, recorder, start }: Run, to: Millis): void => {
  while ((nextDue(world) ?? Infinity) - start <= to) {
    fireNext(world);
    recorder.look(world);
  }
  world.now = Math.max(world.now, start + to);
  recorder.look(world);
};

/**
 * What was begun goes on after the plan: probes, stops, restarts, and starting up of what has no healthcheck. A little
 * longer, so that the state in the end is seen, too.
 */
const settle = (run: Run): void => {
  const { world, recorder, start } = run;
  const ended = world.now - start;
  for (let next = nextDue(world); next !== undefined; next = nextDue(world)) {
    const wait = next - start - ended;
    if (!(isRestless(world) && wait <= longest) && !(isEnding(world) && wait <= patience)) break;
    advance(run, next - start);
  }
  const ready = recorder.readyAt();
  if (ready > world.now - start && ready - ended <= longest) advance(run, ready);
  const now = world.now - start;
  advance(run, now + Math.max(500, Math.round(now / 20)));
};

/** The command looks at the engine before it does anything. */
const reading: Millis = 50;

/** A copy of a world some time later, when what was begun in it has come to rest. */
export const rested = (world: World): World => {
  const later = copyWorld(world);
  const limit = later.now + longest;
  advanceTo(later, later.now + 2 * patience);
  for (let next = nextDue(later); next !== undefined && next <= limit && isRestless(later); next = nextDue(later)) fireNext(later);
  return later;
};

const brokeOff = ({ how, report }: Attempt): boolean => how === "Crashed" || report?.interrupted === true;

const exitCodeOf = ({ how, report }: Attempt): number => (how === "Finished" ? (report?.exitCode ?? 1) : 1);

/** Pure in its outcome: the subject's world is not touched. */
export const rehearse = (subject: Subject, options: RehearseOptions = {}): Rehearsal => {
  const world = copyWorld(subject.world);
  const troubles = options.troubles ?? [];
  prepareWorld(world, subject, troubles);
  const run: Run = { subject, options, world, recorder: makeRecorder(world, subject.plan.project.name), start: world.now };
  const mishaps = faultsOf(world, subject.plan, troubles, (what) => run.recorder.mark(world, what));
  if (options.instant !== true) advance(run, reading);
  const attempts = [attempt(run, subject.plan, 1, mishaps)];
  const [first] = attempts;
  if (first !== undefined && brokeOff(first)) {
    run.recorder.mark(world, first.how === "Crashed" ? "killed" : "interrupted");
    advance(run, first.to + subject.assumptions.rerun);
    run.recorder.mark(world, "next attempt");
    attempts.push(attempt(run, subject.replan(world), 2, mishaps.calm));
  }
  const last = attempts.at(-1) as Attempt;
  settle(run);
  const timeline = run.recorder.timeline(world, last.to);
  return { attempts, timeline, services: coursesOf(timeline, subject.wanted), world, missed: mishaps.missed(), exitCode: exitCodeOf(last) };
};
