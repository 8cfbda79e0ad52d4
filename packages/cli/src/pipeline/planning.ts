// From a change to a plan: one reading of the engine, one pure call.
import { desire } from "@composure/core/desired/desire";
import { hostFileProblems, hostPathsOf, withHostFiles } from "@composure/core/desired/hostFiles";
import { desiredFromObserved } from "@composure/core/desired/fromObserved";
import type { Desired } from "@composure/core/desired/Desired";
import { locateDiagnostics, locatePlan } from "@composure/core/explain/locate";
import type { Observed } from "@composure/core/observed/Observed";
import { finishDiagnostics } from "@composure/core/load/finish";
import { observeQuery } from "@composure/core/observed/query";
import { makePlan } from "@composure/core/plan/makePlan";
import type { Plan } from "@composure/core/plan/Plan";
import type { Diagnostic } from "@composure/core/source/Diagnostic";
import { Engine, type EngineApi } from "@composure/engine/Engine";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import { readContent } from "../load/files.ts";
import { readHostFiles } from "../load/hostFiles.ts";
import type { Change } from "./Change.ts";
import { engineFailed, type Failure } from "./Failure.ts";

/** What was wanted, what was found, and what follows. */
export interface Planned {
  readonly desired: Desired;
  readonly observed: Observed;
  readonly plan: Plan;
  /** Milliseconds since the epoch by our clock when the engine was read. */
  readonly readHere: number;
}

/** With the lines they are about; never those of an env file, which may hold secrets. */
const withLines = (diagnostics: ReadonlyArray<Diagnostic>): ReadonlyArray<Diagnostic> => {
  const texts = new Map<string, string>();
  for (const { span } of diagnostics) {
    if (span === undefined || texts.has(span.file) || !/\.(?:ya?ml|json)$/.test(span.file)) continue;
    const found = readContent(span.file);
    if (found._tag === "Text") texts.set(span.file, found.content);
  }
  return finishDiagnostics(diagnostics, texts);
};

const placed = (change: Change, diagnostics: ReadonlyArray<Diagnostic>): ReadonlyArray<Diagnostic> => {
  switch (change.source._tag) {
    case "ByName":
      return diagnostics;
    case "FromFiles":
      return withLines(locateDiagnostics(diagnostics, change.source.loaded.tree));
  }
};

const orInvalid = <A>(change: Change, result: Result.Result<A, ReadonlyArray<Diagnostic>>): Effect.Effect<A, Failure> =>
  Effect.fromResult(Result.mapError(result, (diagnostics): Failure => ({ _tag: "Invalid", diagnostics: placed(change, diagnostics) })));

const wanted = (change: Change): Effect.Effect<Desired | undefined, Failure> => {
  switch (change.source._tag) {
    case "ByName":
      return Effect.succeed(undefined);
    case "FromFiles":
      return orInvalid(
        change,
        desire(change.source.loaded.project, {
          scale: change.scale,
          proxyEnvironment: change.proxyEnvironment,
          deployer: change.deployer,
          ...(change.whole === undefined ? {} : { whole: change.whole }),
        }),
      );
  }
};

/** The engine sees the files of this machine: they can be looked at before anything is touched. */
const isHere = ({ kind, target }: EngineApi): boolean => kind === "sim" || /^(unix|npipe):/.test(target);

const makesContainers = ({ intent }: Change): boolean => intent._tag === "Up" || intent._tag === "Create" || intent._tag === "Run";

/** What mounted files come to, and which of them are missing. */
const withFiles = (change: Change, engine: EngineApi, known: Desired | undefined): Effect.Effect<Desired | undefined, Failure> => {
  if (known === undefined || !isHere(engine) || !makesContainers(change)) return Effect.succeed(known);
  const files = readHostFiles(hostPathsOf(known));
  const problems = hostFileProblems(known, files);
  return orInvalid(change, problems.length > 0 ? Result.fail(problems) : Result.succeed(withHostFiles(known, files)));
};

/** What the files ask for, with what the files that they mount come to. */
export const wantedHere = (change: Change, engine: EngineApi): Effect.Effect<Desired | undefined, Failure> =>
  Effect.flatMap(wanted(change), (known) => withFiles(change, engine, known));

/** What the engine holds of all that the change is about. */
export const observeChange = (change: Change): Effect.Effect<{ readonly known: Desired | undefined; readonly observed: Observed; readonly readHere: number }, Failure, Engine> =>
  Effect.gen(function* () {
    const engine = yield* Engine;
    const known = yield* wantedHere(change, engine);
    const query = observeQuery(change.intent, known ?? change.name, change.policy);
    const observed = yield* engine.observe(query).pipe(Effect.mapError(engineFailed));
    return { known, observed, readHere: yield* Clock.currentTimeMillis };
  });

const planWith = (change: Change, known: Desired | undefined, observed: Observed, readHere: number): Effect.Effect<Planned, Failure> => {
  const desired = known ?? desiredFromObserved(change.name, observed);
  return Effect.map(orInvalid(change, makePlan(change.intent, desired, observed, change.policy)), (plan) => ({
    desired,
    observed,
    plan: change.source._tag === "FromFiles" ? locatePlan(plan, change.source.loaded.tree) : plan,
    readHere,
  }));
};

/** Without an engine: what it held is known already. */
export const planAgainst = (change: Change, observed: Observed): Effect.Effect<Planned, Failure> =>
  Effect.flatMap(wanted(change), (known) => planWith(change, known, observed, observed.readAt * 1000));

export const planChange = (change: Change): Effect.Effect<Planned, Failure, Engine> =>
  Effect.flatMap(observeChange(change), ({ known, observed, readHere }) => planWith(change, known, observed, readHere));
