// An attached `up`: runs the plan, shows output, and ends when the containers do, when one of them should end it all, or when told to.
import { Engine } from "@composure/engine/Engine";
import type { Outcome } from "@composure/engine/Event";
import type { EngineError } from "@composure/engine/EngineError";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Queue from "effect/Queue";
import * as Stream from "effect/Stream";
import type { Plan } from "@composure/core/plan/Plan";
import type { Output } from "../host/Host.ts";
import { logName } from "../logs/names.ts";
import { logWriter } from "../logs/Writer.ts";
import { describeError } from "../output/engineError.ts";
import type { Change } from "../pipeline/Change.ts";
import { reportOutcome } from "../pipeline/runChange.ts";
import { executePlan } from "../pipeline/execute.ts";
import { engineFailed, type Failure } from "../pipeline/Failure.ts";
import { planChange, type Planned } from "../pipeline/planning.ts";
import { exitCodeOf } from "../pipeline/report.ts";
import { interruptedCode, type SignalDesk } from "../engine/run.ts";
import { openScreen, type LiveScreen } from "../screen/live.ts";
import type { Session } from "../session.ts";
import type { Attachment } from "./Attachment.ts";
import { makeFollower, type Ended, type Follower } from "./Follower.ts";

type Happening =
  | { readonly _tag: "Planned"; readonly outcome: Outcome }
  | { readonly _tag: "Signal" }
  | { readonly _tag: "Ended"; readonly end: Ended }
  | { readonly _tag: "Gone" }
  | { readonly _tag: "Lost"; readonly error: EngineError }
  | { readonly _tag: "Stopped" };

/** Containers that the plan stops for good or replaces. */
const leavingOf = (plan: Plan): ReadonlySet<string> =>
  new Set(
    plan.steps.flatMap(({ operation, guard }) =>
      operation._tag === "RemoveContainer" && operation.container._tag === "Existing" && guard?._tag !== "Failed" ? [operation.container.id] : [],
    ),
  );

/** The names in "Attaching to": what runs or will run, as log lines call it. */
const attachedNames = (planned: Planned, attachment: Attachment, leaving: ReadonlySet<string>): ReadonlyArray<string> => {
  const { plan, observed } = planned;
  const names = new Set<string>();
  for (const { operation } of plan.steps) {
    if (operation._tag !== "CreateContainer" || !attachment.streamed(operation.spec.service.name)) continue;
    names.add(logName({ name: operation.name, labels: operation.spec.labels }, plan.project.name));
  }
  for (const container of observed.containers) {
    const service = container.labels["com.docker.compose.service"] ?? "";
    const oneOff = container.labels["com.docker.compose.oneoff"] === "True";
    if (!oneOff && !leaving.has(container.id) && attachment.streamed(service)) names.add(logName(container, plan.project.name));
  }
  return [...names].sort();
};

/** Stops (or kills) what this `up` stands for, through the same planning as the command of that name. */
const end = (change: Change, intent: "Stop" | "Kill", session: Session, screenOf: () => LiveScreen) =>
  Effect.gen(function* () {
    const services = change.intent._tag === "Up" ? change.intent.services : [];
    const asked: Change = {
      ...change,
      title: intent.toLowerCase(),
      intent: intent === "Stop" ? { _tag: "Stop", services } : { _tag: "Kill", services, signal: "SIGKILL" },
      policy: { ...change.policy, removeOrphans: false, ignoreOrphans: true, wait: false },
    };
    const planned = yield* planChange(asked);
    if (planned.plan.steps.length === 0) return;
    const outcome = yield* executePlan(planned.plan, asked, session, screenOf());
    yield* reportOutcome(planned, outcome, asked, session);
  });

interface Scene {
  readonly change: Change;
  readonly planned: Planned;
  readonly attachment: Attachment;
  readonly session: Session;
}

const makeOutput = (scene: Scene) => {
  const { session, attachment } = scene;
  const { host, settings, inks } = session;
  const plain = (_: unknown, text: string) => text;
  const writer = logWriter({ prefix: attachment.prefix, paint: attachment.colour ? inks.stdout : plain });
  let screen = openScreen(host, settings, scene.change.title);
  const write = (output: Output, text: string) => Effect.promise(async () => screen.write(output, text));
  return {
    writer,
    screen: () => screen,
    nextScreen: (title: string): LiveScreen => {
      screen.close();
      screen = openScreen(host, settings, title);
      return screen;
    },
    banner: (text: string) => (settings.progress === "quiet" ? Effect.void : write(settings.statusOnStdout ? host.stdout : host.stderr, `${text}\n`)),
    stdout: (text: string) => write(host.stdout, text),
    stderr: (text: string) => write(host.stderr, text),
    now: () => (attachment.timestamps ? new Date(host.now()).toISOString() : undefined),
  };
};

const followerOf = (scene: Scene, output: ReturnType<typeof makeOutput>, leaving: ReadonlySet<string>, engine: Engine["Service"], say: (happening: Happening) => Effect.Effect<unknown>): Follower => {
  const { planned, attachment } = scene;
  return makeFollower({
    engine,
    project: planned.plan.project.name,
    streamed: attachment.streamed,
    watched: attachment.watched,
    leaving,
    before: new Set(planned.observed.containers.map(({ id }) => id)),
    since: planned.observed.readAt,
    write: (name, lines) => {
      const time = output.now();
      const text = (stream: "stdout" | "stderr") => lines.filter((line) => line.stream === stream).map((line) => output.writer.line(name, line.text, time)).join("");
      const [out, err] = [text("stdout"), text("stderr")];
      return Effect.andThen(out === "" ? Effect.void : output.stdout(out), err === "" ? Effect.void : output.stderr(err));
    },
    status: (name, text) => output.stdout(output.writer.status(name, text)),
    complain: (name, error) => output.stderr(`cannot follow the output of ${name}: ${describeError(error).headline}\n`),
    ended: (happened) => Effect.asVoid(say({ _tag: "Ended", end: happened })),
    gone: Effect.asVoid(say({ _tag: "Gone" })),
  });
};

/** What the loop remembers between happenings. */
interface State {
  phase: "starting" | "running" | "stopping" | "killing";
  planDone: boolean;
  stopWanted: boolean;
  code: number | undefined;
  fromService: number | undefined;
}

export const runAttached = (change: Change, planned: Planned, attachment: Attachment, session: Session, signals: SignalDesk): Effect.Effect<number, Failure, Engine> =>
  Effect.scoped(
    Effect.gen(function* () {
      const engine = yield* Engine;
      const scene: Scene = { change, planned, attachment, session };
      const output = makeOutput(scene);
      const happenings = yield* Queue.unbounded<Happening>();
      const say = (happening: Happening) => Queue.offer(happenings, happening);
      const leaving = leavingOf(planned.plan);
      const follower = followerOf(scene, output, leaving, engine, say);
      signals.listener = () => void Queue.offerUnsafe(happenings, { _tag: "Signal" });

      // Connected before the first step, so that no start and no end is missed.
      const events = yield* engine.containerEvents(planned.plan.project.name).pipe(Effect.mapError(engineFailed));
      yield* Effect.forkScoped(events.pipe(Stream.runForEach(follower.hear), Effect.catch((error) => say({ _tag: "Lost", error }))));
      const names = attachedNames(planned, attachment, leaving);
      for (const name of names) output.writer.register(name);
      if (names.length > 0) yield* output.banner(`Attaching to ${names.join(", ")}`);
      for (const container of planned.observed.containers) {
        const { "com.docker.compose.service": service = "", "com.docker.compose.oneoff": oneOff } = container.labels;
        if (container.state === "running" && oneOff !== "True" && !leaving.has(container.id) && attachment.watched(service)) yield* follower.join(container);
      }
      const planFiber = yield* Effect.forkScoped(
        Effect.uninterruptible(Effect.tap(executePlan(planned.plan, change, session, output.screen()), (outcome) => say({ _tag: "Planned", outcome }))),
      );
      return yield* loop(scene, output, follower, happenings, planFiber);
    }),
  );

const loop = (
  scene: Scene,
  output: ReturnType<typeof makeOutput>,
  follower: Follower,
  happenings: Queue.Queue<Happening>,
  planFiber: Fiber.Fiber<Outcome>,
) =>
  Effect.gen(function* () {
    const { change, planned, attachment, session } = scene;
    const state: State = { phase: "starting", planDone: false, stopWanted: false, code: undefined, fromService: undefined };
    const finish = (code: number) => Effect.as(follower.drain(3), code);
    const ending = (intent: "Stop" | "Kill") =>
      Effect.forkScoped(
        end(change, intent, session, () => output.nextScreen(intent.toLowerCase())).pipe(
          Effect.catch((failure) => Effect.promise(async () => session.host.stderr.write(`${failure._tag === "EngineFailed" ? describeError(failure.error).headline : failure._tag}\n`))),
          Effect.andThen(Queue.offer(happenings, { _tag: "Stopped" })),
        ),
      );
    const beginStop = Effect.gen(function* () {
      state.phase = "stopping";
      state.stopWanted = true;
      // A plan under way must come to rest first; its end begins the stop.
      if (state.planDone) yield* ending("Stop");
      else planFiber.interruptUnsafe();
    });
    const signal = Effect.gen(function* () {
      state.code = interruptedCode;
      switch (state.phase) {
        case "starting":
        case "running":
          yield* output.banner("Gracefully Stopping... press Ctrl+C again to force");
          return yield* beginStop;
        case "stopping":
          state.phase = "killing";
          yield* output.banner("Killing...");
          return yield* ending("Kill");
        case "killing":
          return session.host.exit(interruptedCode);
      }
    });
    const ended = ({ service, code }: Ended) =>
      Effect.gen(function* () {
        if (service === attachment.exitCodeFrom) state.fromService ??= code;
        const aborts = attachment.abort === "exit" || (attachment.abort === "failure" && code !== 0);
        if (!aborts || state.phase === "stopping" || state.phase === "killing") return;
        state.code = code;
        yield* output.banner("Aborting on container exit...");
        yield* beginStop;
      });
    const result = () => (attachment.exitCodeFrom !== undefined && state.code !== interruptedCode ? (state.fromService ?? state.code ?? 0) : (state.code ?? 0));
    const planEnded = (outcome: Outcome) =>
      Effect.gen(function* () {
        state.planDone = true;
        const failed = exitCodeOf(outcome);
        if (!state.stopWanted || exitCodeOf({ ...outcome, interrupted: false }) !== 0) yield* reportOutcome(planned, outcome, change, session);
        if (state.stopWanted) return state.phase === "stopping" ? yield* Effect.as(ending("Stop"), undefined) : undefined;
        if (failed !== 0) return failed;
        state.phase = "running";
        yield* follower.settle.pipe(Effect.mapError(engineFailed));
        return follower.anyAlive() ? undefined : result();
      });
    /** The last ends arrive with the events, a little after the stop itself; they carry the exit code that was asked for. */
    const lastEnds = Effect.gen(function* () {
      while (follower.anyAlive()) {
        const happening = yield* Queue.take(happenings);
        if (happening._tag === "Ended") yield* ended(happening.end);
        else if (happening._tag === "Signal") return session.host.exit(interruptedCode);
      }
    }).pipe(Effect.timeoutOption("3 seconds"));
    for (;;) {
      const happening = yield* Queue.take(happenings);
      switch (happening._tag) {
        case "Planned": {
          const code = yield* planEnded(happening.outcome);
          if (code !== undefined) return yield* finish(code);
          break;
        }
        case "Signal":
          yield* signal;
          break;
        case "Ended":
          yield* ended(happening.end);
          if (state.phase === "running" && !follower.anyAlive()) return yield* finish(result());
          break;
        case "Gone":
          if (state.phase === "running" && !follower.anyAlive()) return yield* finish(result());
          break;
        case "Lost":
          return yield* Effect.fail(engineFailed(happening.error));
        case "Stopped":
          yield* lastEnds;
          return yield* finish(result());
      }
    }
  });
