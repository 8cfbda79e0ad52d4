// A WaitFor step: until every container is what it should be, or one is known never to get there.
import type { Operation } from "@composure/core/plan/Operation";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import { describe } from "./culprit.ts";
import type { EngineApi } from "./Engine.ts";
import { EngineError, WaitFailed } from "./EngineError.ts";
import type { StepResult } from "./Event.ts";
import { type HasCheck, judge, type Verdict } from "./judge.ts";
import type { Watch } from "./watch.ts";

type WaitFor = Extract<Operation, { readonly _tag: "WaitFor" }>;

/** A container to wait for. `born`: this plan created it, so events have told everything about it. */
export interface Awaited {
  readonly id: string;
  readonly name: string;
  readonly born: boolean;
  readonly check: HasCheck;
}

interface Judged {
  readonly container: Awaited;
  readonly verdict: Verdict;
}

const judgeAll = (watch: Watch, operation: WaitFor, containers: ReadonlyArray<Awaited>): Result.Result<ReadonlyArray<Judged>, EngineError> => {
  const judged: Array<Judged> = [];
  for (const container of containers) {
    const known = watch.look(container.id);
    if (Result.isFailure(known)) return Result.fail(known.failure);
    judged.push({ container, verdict: judge(operation.condition, known.success, container.check) });
  }
  return Result.succeed(judged);
};

const untilMet = (engine: EngineApi, watch: Watch, operation: WaitFor, containers: ReadonlyArray<Awaited>): Effect.Effect<void, EngineError> =>
  Effect.gen(function* () {
    yield* watch.acquaint(containers.filter(({ born }) => !born).map(({ id }) => id));
    while (true) {
      const since = watch.version();
      const judged = yield* Effect.fromResult(judgeAll(watch, operation, containers));
      const asked = judged.find(({ verdict }) => verdict._tag === "Ask");
      if (asked !== undefined) {
        yield* watch.ask(asked.container.id);
        continue;
      }
      for (const { container, verdict } of judged) {
        if (verdict._tag === "Bad") return yield* yield* describe(engine, container, verdict.why, verdict.exitCode);
      }
      if (judged.every(({ verdict }) => verdict._tag === "Met")) return;
      yield* watch.change(since);
    }
  });

/** The first container that was not there yet when the time was over. */
const timedOut = (engine: EngineApi, watch: Watch, operation: WaitFor, containers: ReadonlyArray<Awaited>): Effect.Effect<never, EngineError> =>
  Effect.gen(function* () {
    const judged = yield* Effect.fromResult(judgeAll(watch, operation, containers));
    const late = judged.find(({ verdict }) => verdict._tag !== "Met") ?? judged[0];
    if (late !== undefined) return yield* yield* describe(engine, late.container, "timeout", undefined);
    return yield* new EngineError({ call: "waitFor", subject: operation.service, reason: new WaitFailed({ container: operation.service, why: "timeout", log: [] }) });
  });

const warningOf = ({ service }: WaitFor, error: EngineError): string => {
  const { reason } = error;
  const cause = reason._tag === "WaitFailed" ? `container ${reason.container}: ${reason.why}` : error.message;
  return `optional dependency "${service}" failed to start: ${cause}`;
};

/** All containers must meet the condition. A dependency that is not required becomes a warning. */
export const waitFor = (engine: EngineApi, watch: Watch, operation: WaitFor, containers: ReadonlyArray<Awaited>): Effect.Effect<StepResult, EngineError> => {
  const { timeout } = operation;
  const wait = untilMet(engine, watch, operation, containers);
  const bounded =
    timeout === undefined ? wait : Effect.timeoutOrElse(wait, { duration: `${timeout} seconds`, orElse: () => timedOut(engine, watch, operation, containers) });
  const result: Effect.Effect<StepResult, EngineError> = Effect.as(bounded, {});
  return operation.required ? result : Effect.catch(result, (error) => Effect.succeed({ warnings: [warningOf(operation, error)] }));
};
