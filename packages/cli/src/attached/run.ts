// An attached `up`: runs the plan, shows output, and ends when the containers do, when one of them should end it all, or when told to.
import { Engine } from "@composure/engine/Engine";
import type { Event } from "@composure/engine/Event";
import type { HeldLock } from "@composure/engine/lock";
import type { ObservedContainer } from "@composure/core/observed/Observed";
import type { Plan } from "@composure/core/plan/Plan";
import * as Effect from "effect/Effect";
import * as Queue from "effect/Queue";
import * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import type { SignalDesk } from "../engine/run.ts";
import { logName } from "../logs/names.ts";
import { describeError } from "../output/engineError.ts";
import type { Change } from "../pipeline/Change.ts";
import { executePlan } from "../pipeline/execute.ts";
import { engineFailed, type Failure } from "../pipeline/Failure.ts";
import type { Planned } from "../pipeline/planning.ts";
import type { Session } from "../session.ts";
import type { Attachment } from "./Attachment.ts";
import { Course, type Happening } from "./Course.ts";
import { Follower } from "./Follower.ts";
import { AttachedOutput } from "./output.ts";

/** Containers that the plan takes away; those of the way back stay. */
const leavingOf = (plan: Plan): ReadonlySet<string> =>
  new Set(
    plan.steps.flatMap(({ operation, guard }) =>
      operation._tag === "RemoveContainer" && operation.container._tag === "Existing" && guard?._tag !== "Failed" ? [operation.container.id] : [],
    ),
  );

const serviceOf = (container: ObservedContainer): string => container.labels["com.docker.compose.service"] ?? "";
const isOneOff = (container: ObservedContainer): boolean => container.labels["com.docker.compose.oneoff"] === "True";

/** The names in "Attaching to": what runs or will run, as log lines call it. */
const attachedNames = ({ plan, observed }: Planned, attachment: Attachment, leaving: ReadonlySet<string>): ReadonlyArray<string> => {
  const names = new Set<string>();
  for (const { operation } of plan.steps) {
    if (operation._tag !== "CreateContainer" || !attachment.streamed(operation.spec.service.name)) continue;
    names.add(logName({ name: operation.name, labels: operation.spec.labels }, plan.project.name));
  }
  for (const container of observed.containers) {
    if (!isOneOff(container) && !leaving.has(container.id) && attachment.streamed(serviceOf(container))) names.add(logName(container, plan.project.name));
  }
  return [...names].sort();
};

/** Before a container of old is started, its output is connected. */
const attachingAhead = (follower: Follower, scope: Scope.Scope) => (event: Event) => {
  if (event._tag !== "StepStarted") return Effect.void;
  const { operation } = event.step;
  const starts = operation._tag === "StartContainer" && operation.container._tag === "Existing" ? operation.container.id : undefined;
  return starts === undefined ? Effect.void : Scope.provide(follower.attachAhead(starts), scope);
};

export const runAttached = (
  change: Change,
  planned: Planned,
  lock: HeldLock,
  attachment: Attachment,
  session: Session,
  signals: SignalDesk,
  watching: ((say: (text: string) => Effect.Effect<void>) => Effect.Effect<never, Failure, Engine>) | undefined,
): Effect.Effect<number, Failure, Engine> =>
  Effect.scoped(
    Effect.gen(function* () {
      const engine = yield* Engine;
      const { plan, observed } = planned;
      const happenings = yield* Queue.unbounded<Happening>();
      const say = (happening: Happening) => Effect.asVoid(Queue.offer(happenings, happening));
      const leaving = leavingOf(plan);
      const output = new AttachedOutput(session, attachment, change.title);
      const follower = new Follower({
        engine,
        project: plan.project.name,
        streamed: attachment.streamed,
        watched: attachment.watched,
        leaving,
        before: new Map(observed.containers.map((container) => [container.id, container])),
        since: observed.readAt,
        write: (name, lines) => output.lines(name, lines),
        status: (name, text) => output.status(name, text),
        complain: (name, error) => output.complain(`cannot follow the output of ${name}: ${describeError(error).headline}`),
        ended: (end) => say({ _tag: "Ended", end }),
        gone: say({ _tag: "Gone" }),
      });
      signals.listener = () => void Queue.offerUnsafe(happenings, { _tag: "Signal" });
      // Connected before the first step, so that no start and no end is missed.
      const events = yield* Effect.mapError(engine.containerEvents(plan.project.name), engineFailed);
      yield* Effect.forkScoped(
        events.pipe(
          Stream.runForEach((event) => follower.hear(event)),
          Effect.catch((error) => say({ _tag: "Lost", error })),
        ),
      );
      const names = attachedNames(planned, attachment, leaving);
      for (const name of names) output.writer.register(name);
      if (names.length > 0) yield* output.banner(`Attaching to ${names.join(", ")}`);
      for (const container of observed.containers) {
        if (container.state === "running" && !isOneOff(container) && !leaving.has(container.id) && attachment.watched(serviceOf(container))) yield* follower.join(container);
      }
      const ahead = attachingAhead(follower, yield* Effect.scope);
      const hearing = (event: Event) => Effect.andThen(ahead(event), output.hook(event, plan.project.name));
      // Whoever looks at output for hours keeps nobody from deploying.
      const executing = Effect.ensuring(executePlan(plan, change, session, output.screen, hearing), lock.giveBack);
      const planFiber = yield* Effect.forkScoped(
        Effect.tap(executing, (outcome) => say({ _tag: "PlanEnded", outcome })),
        // Also before it has begun: its outcome is waited for.
        { uninterruptible: true },
      );
      return yield* new Course({ change, planned, attachment, session, output, follower, happenings, planFiber, watch: watching?.((text) => output.banner(text)) }).run();
    }),
  );
