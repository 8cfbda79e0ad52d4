// Runs a plan with a screen, and keeps its outcome also when it is interrupted.
import type { InjectedFile } from "@composure/core/desired/Desired";
import type { Plan } from "@composure/core/plan/Plan";
import type { Engine } from "@composure/engine/Engine";
import type { Event, Outcome } from "@composure/engine/Event";
import { Events } from "@composure/engine/Events";
import { execute } from "@composure/engine/execute";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type { Source } from "../load/source.ts";
import type { LiveScreen } from "../screen/live.ts";
import type { Session } from "../session.ts";
import type { Change } from "./Change.ts";

/** The text of configs and secrets: in the loaded project, never in a plan. */
export const contentsOf = (source: Source) => (file: InjectedFile): string => {
  if (source._tag === "ByName") return "";
  const { project } = source.loaded;
  const object = file.kind === "config" ? project.configs[file.key] : project.secrets[file.key];
  return object?.content ?? "";
};

/** The container of `run` is its own news: its output is what was asked for. */
const isOwn = (event: Event, intent: Change["intent"]): boolean =>
  intent._tag === "Run" && !intent.start && "step" in event && event._tag !== "StepFailed" && event.step.address === `container:${intent.name}`;

const isSilenced = (event: Event, { quiet, intent }: Pick<Change, "quiet" | "intent">): boolean => {
  if (isOwn(event, intent)) return true;
  if (event._tag !== "StepProgress") return false;
  const tag = event.step.operation._tag;
  return ((tag === "PullImage" || tag === "PushImage") && quiet.pull) || (tag === "BuildImage" && quiet.build);
};

export const executePlan = (
  plan: Plan,
  change: Pick<Change, "source" | "quiet" | "intent">,
  session: Session,
  screen: LiveScreen,
  /** Hears every event first; the plan waits for it. */
  hear: (event: Event) => Effect.Effect<void> = () => Effect.void,
): Effect.Effect<Outcome, never, Engine> => {
  const { parallel } = session.settings;
  const listening = Layer.succeed(Events, {
    emit: (event: Event) =>
      Effect.andThen(
        hear(event),
        Effect.sync(() => {
          if (!isSilenced(event, change)) screen.emit(event);
        }),
      ),
  });
  return execute(plan, { contents: contentsOf(change.source), ...(parallel === undefined ? {} : { parallel }) }).pipe(
    Effect.provide(listening),
    Effect.ensuring(Effect.sync(screen.close)),
  );
};
