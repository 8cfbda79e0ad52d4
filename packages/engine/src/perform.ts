// What each operation asks of the engine: the only switch over operations, and the refusals that are as good as a yes.
import type { InjectedFile } from "@composure/core/desired/Desired";
import { bindContainer, overridden } from "@composure/core/plan/bind";
import type { BoundContainerSpec, ContainerRef, ContainerSpec, Operation, StepId } from "@composure/core/plan/Operation";
import type { Plan, Step } from "@composure/core/plan/Plan";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import type { Outcomes } from "./decide.ts";
import type { EngineApi, OnProgress } from "./Engine.ts";
import type { EngineError } from "./EngineError.ts";
import type { Event, StepResult } from "./Event.ts";
import { runHook, runHookContainer } from "./hooks.ts";
import { awaited, resultIdOf, resolve } from "./refs.ts";
import { waitFor } from "./waits.ts";
import type { Watch } from "./watch.ts";

/** What performing a step may look at. */
export interface Stage {
  readonly engine: EngineApi;
  readonly plan: Plan;
  readonly outcomes: Outcomes;
  readonly watch: Watch | undefined;
  readonly contents: (file: InjectedFile) => string;
  readonly emit: (event: Event) => Effect.Effect<void>;
}

type Acting = Effect.Effect<StepResult, EngineError>;

/**
 * `Call`: one change of the engine; once begun it is finished, and it counts against the parallel limit.
 * `Transfer`: counts, but breaking it off harms nothing. `Wait`: does not count, and can be broken off.
 */
export interface Act {
  readonly _tag: "Call" | "Transfer" | "Wait";
  readonly effect: Acting;
}

const nothing: StepResult = {};
const call = (effect: Effect.Effect<void, EngineError>): Act => ({ _tag: "Call", effect: Effect.as(effect, nothing) });

/** What is gone need not be taken away. */
const goneIsFine = (effect: Effect.Effect<void, EngineError>): Effect.Effect<void, EngineError> =>
  Effect.catchReason(effect, "EngineError", "NotFound", () => Effect.void);

/** What does not run need not be killed. */
const downIsFine = (effect: Effect.Effect<void, EngineError>): Effect.Effect<void, EngineError> =>
  Effect.catchReason(goneIsFine(effect), "EngineError", "Conflict", () => Effect.void);

const notConnectedIsFine = (effect: Effect.Effect<void, EngineError>): Effect.Effect<void, EngineError> =>
  Effect.catchReason(goneIsFine(effect), "EngineError", "Rejected", (reason, error) =>
    /is not connected/.test(reason.detail) ? Effect.void : Effect.fail(error),
  );

const onContainer = (stage: Stage, step: Step, ref: ContainerRef, use: (id: string, born: boolean) => Effect.Effect<void, EngineError>): Act =>
  call(Effect.flatMap(Effect.fromResult(resolve(ref, stage.outcomes, step.operation._tag)), ({ id, born }) => use(id, born)));

/** Starting a container makes what was known of its health void. */
const anew = (stage: Stage, id: string, born: boolean, effect: Effect.Effect<void, EngineError>): Effect.Effect<void, EngineError> =>
  Effect.suspend(() => {
    stage.watch?.forget(id, born);
    return effect;
  });

const yieldedBy =
  ({ outcomes }: Stage) =>
  (id: StepId) => {
    const outcome = outcomes.get(id);
    return outcome?._tag === "Done" ? outcome.result.variables : undefined;
  };

/** Made from its bound specification; what variables of others replace is worth a warning. */
const createContainer = (stage: Stage, step: Step, { name, spec }: { readonly name: string; readonly spec: ContainerSpec }): Acting =>
  Effect.map(
    Effect.flatMap(bind(stage, step, spec), (bound) => stage.engine.createContainer(name, bound)),
    ({ id, warnings }) => ({ id, warnings: [...overridden(spec, yieldedBy(stage)), ...warnings] }),
  );

/** All references of a spec, or the first that names a container which no step made. */
const bind = (stage: Stage, step: Step, spec: ContainerSpec): Effect.Effect<BoundContainerSpec, EngineError> =>
  Effect.suspend(() => {
    const { namespaces, volumesFrom } = spec;
    const refs = [namespaces.network, namespaces.ipc, namespaces.pid, ...volumesFrom.map(({ container }) => container)].filter((ref) => ref !== undefined);
    for (const ref of refs) {
      const found = resolve(ref, stage.outcomes, step.operation._tag);
      if (Result.isFailure(found)) return Effect.fail(found.failure);
    }
    const ids = (id: StepId) => resultIdOf(stage.outcomes, id);
    return Effect.succeed(bindContainer(spec, ids, ids, yieldedBy(stage)));
  });

const causeOf = ({ reason }: EngineError): string => ("detail" in reason ? reason.detail : reason._tag);

const tolerated = (effect: Acting, tolerate: boolean): Acting =>
  tolerate ? Effect.catch(effect, (error) => Effect.succeed({ warnings: [causeOf(error)] })) : effect;

const waiting = (stage: Stage, refs: ReadonlyArray<ContainerRef>) => {
  const all = refs.map((ref) => awaited(ref, stage.plan, stage.outcomes));
  return Effect.fromResult(Result.all(all));
};

const secretOf =
  (stage: Stage) =>
  (key: string): string =>
    stage.contents({ kind: "secret", key, target: "", uid: "0", gid: "0", mode: 0 });

type Hook = Extract<Operation, { readonly _tag: "RunHook" | "RunHookContainer" }>;

const hook = (stage: Stage, step: Step, operation: Hook): Effect.Effect<void, EngineError> => {
  const { engine, emit, plan, outcomes } = stage;
  const onOutput = (stream: "stdout" | "stderr", text: string) => emit({ _tag: "HookOutput", step, stream, text });
  if (operation._tag === "RunHook")
    return Effect.flatMap(Effect.fromResult(resolve(operation.container, outcomes, "exec")), ({ id }) => runHook(engine, operation, id, onOutput));
  const name = `${plan.project.name}-${operation.service}-pre_start-${operation.index}`;
  return Effect.flatMap(bind(stage, step, operation.spec), (spec) => runHookContainer(engine, operation, name, spec, onOutput));
};

export const perform = (stage: Stage, step: Step): Act => {
  const { engine, emit } = stage;
  const { operation } = step;
  const progress: OnProgress = (told) => emit({ _tag: "StepProgress", step, progress: told });
  switch (operation._tag) {
    case "PullImage":
      return { _tag: "Transfer", effect: tolerated(engine.pullImage(operation, progress), operation.tolerateFailure) };
    case "BuildImage":
      return { _tag: "Transfer", effect: engine.buildImage(operation, progress, secretOf(stage)) };
    case "PushImage": {
      const push = engine.pushImage(operation, progress);
      return { _tag: "Transfer", effect: tolerated(Effect.as(push, nothing), operation.tolerateFailure) };
    }
    case "RemoveImage":
      return call(goneIsFine(engine.removeImage(operation.image)));
    case "CreateNetwork": {
      const create: Acting = engine.createNetwork(operation);
      // Somebody made it between the look and now: that is what was wanted.
      return { _tag: "Call", effect: Effect.catchReason(create, "EngineError", "Conflict", () => Effect.succeed(nothing)) };
    }
    case "RemoveNetwork":
      return call(goneIsFine(engine.removeNetwork(operation.id)));
    case "ConnectNetwork":
      return onContainer(stage, step, operation.container, (id) => engine.connectNetwork(operation.endpoint, id));
    case "DisconnectNetwork":
      return onContainer(stage, step, operation.container, (id) => notConnectedIsFine(engine.disconnectNetwork(operation.network, id)));
    case "CreateVolume":
      return call(Effect.asVoid(engine.createVolume(operation)));
    case "RemoveVolume":
      return call(goneIsFine(engine.removeVolume(operation.name)));
    case "CreateContainer":
      return { _tag: "Call", effect: createContainer(stage, step, operation) };
    case "RunProvider":
      return { _tag: "Transfer", effect: engine.runProvider(operation, stage.plan.project.name, progress) };
    case "PrepareModel":
      return { _tag: "Transfer", effect: engine.prepareModel(operation, progress) };
    case "InjectFiles":
      return onContainer(stage, step, operation.container, (id) => engine.injectFiles(id, operation.files, stage.contents));
    case "StartContainer":
      return onContainer(stage, step, operation.container, (id, born) => anew(stage, id, born, engine.startContainer(id)));
    case "RestartContainer":
      return onContainer(stage, step, operation.container, (id, born) => anew(stage, id, born, engine.restartContainer(id, operation.timeout)));
    case "StopContainer":
      return onContainer(stage, step, operation.container, (id) => goneIsFine(engine.stopContainer(id, operation.timeout)));
    case "KillContainer":
      return onContainer(stage, step, operation.container, (id) => downIsFine(engine.killContainer(id, operation.signal)));
    case "PauseContainer":
      return onContainer(stage, step, operation.container, (id) => engine.pauseContainer(id));
    case "UnpauseContainer":
      return onContainer(stage, step, operation.container, (id) => engine.unpauseContainer(id));
    case "UpdateContainer":
      return onContainer(stage, step, operation.container, (id) => engine.updateContainer(id, operation.settings));
    case "RenameContainer":
      return onContainer(stage, step, operation.container, (id) => engine.renameContainer(id, operation.name));
    case "RemoveContainer":
      return onContainer(stage, step, operation.container, (id) => engine.removeContainer(id, { force: operation.force, volumes: operation.volumes }));
    case "WaitFor": {
      const { watch } = stage;
      if (watch === undefined) return { _tag: "Wait", effect: Effect.die(new Error("a plan with waits has no watch")) };
      return { _tag: "Wait", effect: Effect.flatMap(waiting(stage, operation.containers), (containers) => waitFor(engine, watch, operation, containers)) };
    }
    case "RunHook":
    case "RunHookContainer":
      return { _tag: "Wait", effect: Effect.as(hook(stage, step, operation), nothing) };
  }
};
