// The screen as lines that are never taken back: for logs, pipes and CI. One line per finished thing; long work also says when it begins.
import type { Step } from "@composure/core/plan/Plan";
import type { Event } from "@composure/engine/Event";
import { describeError } from "../output/engineError.ts";
import type { Screen } from "./Screen.ts";
import { doing, done, isMark } from "./words.ts";

const line = (screen: Screen, step: Step, text: string): string => {
  const thing = screen.thingOf.get(step.id);
  return ` ${thing === undefined ? step.address : `${thing.kind} ${thing.name}`}  ${text}`;
};

const isLong = (step: Step): boolean => {
  const tag = step.operation._tag;
  return tag === "PullImage" || tag === "BuildImage" || tag === "PushImage" || tag === "WaitFor" || tag === "RestartContainer";
};

/** What a builder says, under the name of its service: several may speak at once. Numbers are for terminals. */
const buildLine = ({ step: { operation }, progress }: Extract<Event, { _tag: "StepProgress" }>): ReadonlyArray<string> =>
  operation._tag === "BuildImage" && progress.current === undefined && progress.text.trim() !== "" ? [`${operation.service} | ${progress.text.trimEnd()}`] : [];

/** `after` is the screen that the event led to. */
export const plainLines = (event: Event, after: Screen): ReadonlyArray<string> => {
  switch (event._tag) {
    case "StepStarted":
      return isLong(event.step) ? [line(after, event.step, doing(event.step.operation))] : [];
    case "StepDone": {
      const thing = after.thingOf.get(event.step.id);
      if (thing?.replaces !== true) return event.step.operation._tag === "InjectFiles" || isMark(event.step.operation) ? [] : [line(after, event.step, done(event.step.operation))];
      const row = after.rows.get(thing.key);
      return row?.open === 0 && row.state === "done" ? [line(after, event.step, "Recreated")] : [];
    }
    case "StepNotNeeded": {
      const row = after.rows.get(after.thingOf.get(event.step.id)?.key ?? "");
      return row?.open === 0 && row.state === "done" && row.thing.replaces ? [line(after, event.step, "Recreated")] : [];
    }
    case "StepProgress":
      return buildLine(event);
    case "StepFailed":
      return [line(after, event.step, `Error  ${describeError(event.error).headline}`)];
    case "StepSkipped": {
      const row = after.rows.get(after.thingOf.get(event.step.id)?.key ?? "");
      return row?.open === 0 && row.state === "skipped" ? [line(after, event.step, row.text)] : [];
    }
    case "HookOutput":
      return event.text.trimEnd().split("\n").map((text) => line(after, event.step, text));
    case "PlanStarted":
    case "PlanFinished":
      return [];
  }
};
