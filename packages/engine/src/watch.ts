// Follows the project's containers by the engine's events, for all waits of a plan together: one stream, no polling.
import type { ContainerEvent, EngineApi } from "./Engine.ts";
import type { EngineError } from "./EngineError.ts";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Result from "effect/Result";
import * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import { type Known, learnDetails, learnEvent, learnListed, unknown } from "./judge.ts";

/** How often in a row a stream that tells nothing is opened anew. */
const reopenLimit = 3;

export interface Watch {
  /** Fails once the events are lost for good. */
  readonly look: (id: string) => Result.Result<Known, EngineError>;
  /** Changes whenever something was learnt. */
  readonly version: () => number;
  /** Returns at once when something was learnt since `version`. */
  readonly change: (since: number) => Effect.Effect<void>;
  /** A step is about to start this container: what was known of it is void. `born` in this plan: events tell all of its life. */
  readonly forget: (id: string, born: boolean) => void;
  /** Makes sure that something is known of containers that were there before. One list call for all of them. */
  readonly acquaint: (ids: ReadonlyArray<string>) => Effect.Effect<void, EngineError>;
  readonly ask: (id: string) => Effect.Effect<void, EngineError>;
}

interface State {
  readonly known: Map<string, Known>;
  readonly waiting: Set<() => void>;
  version: number;
  lost: EngineError | undefined;
}

const learnt = (state: State): void => {
  state.version += 1;
  const waiting = [...state.waiting];
  state.waiting.clear();
  for (const wake of waiting) wake();
};

const learn = (state: State, id: string, known: Known): void => {
  state.known.set(id, known);
  learnt(state);
};

const onEvent = (state: State, event: ContainerEvent): void => {
  const known = state.known.get(event.id) ?? unknown;
  const after = learnEvent(known, event);
  // Events tell all of the life of a container that they saw created. Of others an event that says nothing, a rename
  // say, must not pass for knowledge: the list has yet to tell what they are.
  if (after !== known || (event.action === "create" && !state.known.has(event.id))) learn(state, event.id, after);
};

/** After a gap everything may be different. */
const doubtAll = (state: State): void => {
  for (const [id, known] of state.known) state.known.set(id, { ...known, running: undefined, health: known.health === "none" ? "none" : undefined, blind: true, asked: false });
  learnt(state);
};

type Events = Stream.Stream<ContainerEvent, EngineError>;

/** Follows one connection to its end; tells whether anything came. */
const followOne = (state: State, events: Events): Effect.Effect<{ readonly heard: boolean; readonly error: EngineError | undefined }> =>
  Effect.gen(function* () {
    let heard = false;
    const ended = yield* Effect.result(
      Stream.runForEach(events, (event) =>
        Effect.sync(() => {
          heard = true;
          onEvent(state, event);
        }),
      ),
    );
    return { heard, error: Result.isFailure(ended) ? ended.failure : undefined };
  });

const followAll = (state: State, open: Effect.Effect<Events, EngineError>, first: Events): Effect.Effect<void> =>
  Effect.gen(function* () {
    let events = first;
    let silent = 0;
    while (true) {
      const { heard, error } = yield* followOne(state, events);
      silent = heard ? 0 : silent + 1;
      const again = yield* Effect.result(open);
      if (Result.isFailure(again) || silent > reopenLimit) {
        state.lost = error ?? (Result.isFailure(again) ? again.failure : undefined);
        return learnt(state);
      }
      events = again.success;
      doubtAll(state);
    }
  });

/** Connects before it returns, so that nothing a plan does afterwards is missed. Ends with the scope. */
export const openWatch = (engine: EngineApi, project: string): Effect.Effect<Watch, never, Scope.Scope> =>
  Effect.gen(function* () {
    const state: State = { known: new Map(), waiting: new Set(), version: 0, lost: undefined };
    const scope = yield* Effect.scope;
    const open = Scope.provide(engine.containerEvents(project), scope);
    const first = yield* Effect.exit(open);
    if (Exit.isSuccess(first)) yield* Effect.forkScoped(followAll(state, open, first.value));
    else {
      const failure = Exit.findError(first);
      if (Result.isSuccess(failure)) state.lost = failure.success;
    }
    const list = yield* Effect.cached(engine.listContainers({ labels: [`com.docker.compose.project=${project}`], all: true }));
    return {
      look: (id) => (state.lost === undefined ? Result.succeed(state.known.get(id) ?? unknown) : Result.fail(state.lost)),
      version: () => state.version,
      change: (since) =>
        Effect.callback<void>((resume) => {
          if (state.version !== since) return resume(Effect.void);
          const wake = () => resume(Effect.void);
          state.waiting.add(wake);
          return Effect.sync(() => state.waiting.delete(wake));
        }),
      forget: (id, born) => learn(state, id, { ...unknown, blind: !born }),
      acquaint: (ids) =>
        Effect.gen(function* () {
          if (ids.every((id) => state.known.has(id))) return;
          for (const container of yield* list) {
            if (!state.known.has(container.id)) state.known.set(container.id, learnListed(unknown, container));
          }
          for (const id of ids) if (!state.known.has(id)) state.known.set(id, { ...unknown, blind: true });
          learnt(state);
        }),
      ask: (id) =>
        engine.inspectContainer(id).pipe(
          Effect.map((details) => learn(state, id, learnDetails(state.known.get(id) ?? unknown, details))),
          Effect.catchReason("EngineError", "NotFound", () => Effect.sync(() => learn(state, id, { ...unknown, gone: true, asked: true }))),
        ),
    };
  });
