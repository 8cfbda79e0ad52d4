// How an attached `up` goes on: what to do about each thing that happens, until it ends with an exit code.
import type { StringMap } from "@composure/core/model/Service";
import type { Engine } from "@composure/engine/Engine";
import type { EngineError } from "@composure/engine/EngineError";
import type { Outcome } from "@composure/engine/Event";
import * as Effect from "effect/Effect";
import type * as Fiber from "effect/Fiber";
import * as Queue from "effect/Queue";
import type * as Scope from "effect/Scope";
import { interruptedCode } from "../engine/run.ts";
import { lockFor } from "../lock/deployLock.ts";
import { describeError } from "../output/engineError.ts";
import type { Change } from "../pipeline/Change.ts";
import { executePlan } from "../pipeline/execute.ts";
import { engineFailed, type Failure } from "../pipeline/Failure.ts";
import { planChange, type Planned } from "../pipeline/planning.ts";
import { exitCodeOf } from "../pipeline/report.ts";
import { reportOutcome } from "../pipeline/runChange.ts";
import type { Session } from "../session.ts";
import type { Attachment } from "./Attachment.ts";
import type { Ended, Follower } from "./Follower.ts";
import type { AttachedOutput } from "./output.ts";

export type Happening =
  /** The plan of `up` came to its end. */
  | { readonly _tag: "PlanEnded"; readonly outcome: Outcome }
  | { readonly _tag: "Signal" }
  | { readonly _tag: "Ended"; readonly end: Ended }
  | { readonly _tag: "Gone" }
  | { readonly _tag: "Lost"; readonly error: EngineError }
  /** The watch cannot go on. */
  | { readonly _tag: "WatchEnded"; readonly failure: Failure }
  /** Everything was stopped, or killed. */
  | { readonly _tag: "Stopped" };

export interface CourseParts {
  readonly change: Change;
  readonly planned: Planned;
  readonly attachment: Attachment;
  readonly session: Session;
  readonly output: AttachedOutput;
  readonly follower: Follower;
  readonly happenings: Queue.Queue<Happening>;
  readonly planFiber: Fiber.Fiber<Outcome>;
  /** Begins when everything is up. With it, `up` does not end by itself: a container that is gone may be about to be replaced. */
  readonly watch: Effect.Effect<never, Failure, Engine> | undefined;
}

type Act<A = void> = Effect.Effect<A, Failure, Engine | Scope.Scope>;

/** The services that this `up` was asked for; none means all. */
const askedFor = (change: Change): ReadonlyArray<string> => (change.intent._tag === "Up" ? change.intent.services : []);

/** Stops, or kills, what this `up` stands for, through the same planning as the command of that name. */
const endChange = (change: Change, intent: "Stop" | "Kill"): Change => {
  const services = askedFor(change);
  return {
    ...change,
    title: intent.toLowerCase(),
    intent: intent === "Stop" ? { _tag: "Stop", services } : { _tag: "Kill", services, signal: "SIGKILL" },
    policy: { ...change.policy, removeOrphans: false, ignoreOrphans: true, wait: false },
  };
};

/** Containers of the services in question that stand still already. */
const stoppedNames = ({ plan, observed }: Planned): ReadonlyArray<string> => {
  const services = "services" in plan.intent ? plan.intent.services : [];
  const isMeant = (labels: StringMap) => {
    const service = labels["com.docker.compose.service"] ?? "";
    return labels["com.docker.compose.oneoff"] !== "True" && (services.length === 0 || services.includes(service));
  };
  return observed.containers.filter(({ state, labels }) => state === "exited" && isMeant(labels)).map(({ name }) => name).sort();
};

export class Course {
  private readonly parts: CourseParts;
  private phase: "starting" | "running" | "stopping" | "killing" = "starting";
  private planEnded = false;
  private code: number | undefined;
  /** The first exit code of the service of --exit-code-from. */
  private chosenCode: number | undefined;

  constructor(parts: CourseParts) {
    this.parts = parts;
  }

  private get isEnding(): boolean {
    return this.phase === "stopping" || this.phase === "killing";
  }

  private result(): number {
    const { exitCodeFrom } = this.parts.attachment;
    const own = this.code ?? 0;
    return exitCodeFrom === undefined || own === interruptedCode ? own : (this.chosenCode ?? own);
  }

  /** The exit code once nothing is left to wait for. */
  private whenQuiet(): number | undefined {
    const { follower, watch } = this.parts;
    return this.phase === "running" && watch === undefined && !follower.anyAlive() ? this.result() : undefined;
  }

  private beginWatch(): Act {
    const { watch, happenings } = this.parts;
    if (watch === undefined) return Effect.void;
    return Effect.asVoid(Effect.forkScoped(Effect.catch(watch, (failure) => Queue.offer(happenings, { _tag: "WatchEnded", failure }))));
  }

  private finish(code: number): Act<number> {
    return Effect.as(this.parts.follower.drain(3), code);
  }

  private end(intent: "Stop" | "Kill"): Act {
    const { change, session, output, happenings } = this.parts;
    const asked = endChange(change, intent);
    const work = Effect.gen(function* () {
      const planned = yield* planChange(asked);
      yield* output.alreadyStopped(stoppedNames(planned));
      const lock = yield* lockFor(planned, asked, session);
      const { plan } = lock.late ? yield* planChange(asked) : planned;
      if (plan.steps.length === 0) return;
      const outcome = yield* executePlan(plan, asked, session, output.nextScreen(asked.title), (event) => output.hook(event, plan.project.name));
      yield* reportOutcome(plan, outcome, asked, session);
    }).pipe(Effect.scoped);
    const complaining = Effect.catch(work, (failure) =>
      output.complain(failure._tag === "EngineFailed" ? describeError(failure.error).headline : `cannot ${asked.title}: ${failure._tag === "Refused" ? failure.message : "the files have problems"}`),
    );
    return Effect.asVoid(Effect.forkScoped(Effect.andThen(complaining, Queue.offer(happenings, { _tag: "Stopped" }))));
  }

  private beginStop(): Act {
    this.phase = "stopping";
    // A plan under way must come to rest first; its end begins the stop.
    if (this.planEnded) return this.end("Stop");
    this.parts.planFiber.interruptUnsafe();
    return Effect.void;
  }

  private onSignal(): Act {
    const { output, session } = this.parts;
    this.code = interruptedCode;
    switch (this.phase) {
      case "starting":
      case "running":
        return Effect.andThen(output.banner("Gracefully Stopping... press Ctrl+C again to force"), Effect.suspend(() => this.beginStop()));
      case "stopping":
        this.phase = "killing";
        return Effect.andThen(output.banner("Killing..."), this.end("Kill"));
      case "killing":
        return session.host.exit(interruptedCode);
    }
  }

  private onPlanEnded(outcome: Outcome): Act<number | undefined> {
    const { planned, change, session, follower } = this.parts;
    this.planEnded = true;
    return Effect.gen({ self: this }, function* () {
      const failed = exitCodeOf({ ...outcome, interrupted: false });
      if (!this.isEnding || failed !== 0) yield* reportOutcome(planned.plan, outcome, change, session);
      if (this.phase === "stopping") yield* this.end("Stop");
      if (this.isEnding) return undefined;
      if (failed !== 0) return failed;
      this.phase = "running";
      yield* Effect.mapError(follower.settle, engineFailed);
      yield* this.beginWatch();
      return this.whenQuiet();
    });
  }

  private onEnded({ service, name, code }: Ended): Act<number | undefined> {
    const { attachment, output } = this.parts;
    if (service === attachment.exitCodeFrom) this.chosenCode ??= code;
    const aborts = attachment.abort === "exit" || (attachment.abort === "failure" && code !== 0);
    if (aborts && !this.isEnding) {
      this.code = code;
      // Its end is what ends it all: that is said even when its output is not shown.
      const told = attachment.streamed(service) ? Effect.void : output.status(name, `exited with code ${code}`);
      const banner = Effect.andThen(told, output.banner("Aborting on container exit..."));
      return Effect.as(Effect.andThen(banner, Effect.suspend(() => this.beginStop())), undefined);
    }
    return Effect.succeed(this.whenQuiet());
  }

  /** The last ends arrive with the events, a little after the stop itself; they carry the exit code that was asked for. */
  private lastEnds(): Act {
    const { happenings, follower, session, change } = this.parts;
    // Dependencies of what was asked for go on: nobody stopped them.
    const asked = askedFor(change);
    const stopped = (service: string) => asked.length === 0 || asked.includes(service);
    const hearing = Effect.gen({ self: this }, function* () {
      while (follower.isBusy(stopped) || Queue.sizeUnsafe(happenings) > 0) {
        const happening = yield* Queue.take(happenings);
        if (happening._tag === "Ended") yield* this.onEnded(happening.end);
        if (happening._tag === "Signal") return session.host.exit(interruptedCode);
      }
    });
    return Effect.asVoid(Effect.timeoutOption(hearing, "3 seconds"));
  }

  private react(happening: Happening): Act<number | undefined> {
    switch (happening._tag) {
      case "PlanEnded":
        return this.onPlanEnded(happening.outcome);
      case "Signal":
        return Effect.as(this.onSignal(), undefined);
      case "Ended":
        return this.onEnded(happening.end);
      case "Gone":
        return Effect.succeed(this.whenQuiet());
      case "WatchEnded":
        return Effect.fail(happening.failure);
      case "Lost":
        return Effect.fail(engineFailed(happening.error));
      case "Stopped":
        return Effect.map(this.lastEnds(), () => this.result());
    }
  }

  /** Until the end: the exit code. */
  run(): Act<number> {
    return Effect.gen({ self: this }, function* () {
      for (;;) {
        const code = yield* this.react(yield* Queue.take(this.parts.happenings));
        if (code !== undefined) return yield* this.finish(code);
      }
    });
  }
}
