// The screen as lines that are never taken back: for logs, pipes and CI. One line per finished thing; long work also says when it begins.
import type { Step } from "@composure/core/plan/Plan";
import type { Event } from "@composure/engine/Event";
import { describeError } from "../output/engineError.ts";
import type { Screen } from "./Screen.ts";
import { culprit, standing, subjects } from "./subjects.ts";
import { became, doing, isMark, mishap } from "./words.ts";

/** As docker compose, which sets the texts of a pull apart by one space. */
const told = ({ operation }: Step, subject: string, text: string): string => ` ${subject}${operation._tag === "PullImage" ? " " : "  "}${text}`;

const lines = (screen: Screen, step: Step, text: string): ReadonlyArray<string> => subjects(screen, step).map((subject) => told(step, subject, text));

/** A restart is told as the stop and the start that it is where nobody asked for it. */
const doneLines = (screen: Screen, { step, result }: Extract<Event, { _tag: "StepDone" }>): ReadonlyArray<string> => [
  ...(step.operation._tag === "RestartContainer" && step.reason._tag === "DependencyRecreated" ? lines(screen, step, "Stopped") : []),
  ...lines(screen, step, became(step.operation, result)),
];

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
      return isLong(event.step) ? lines(after, event.step, doing(event.step.operation)) : [];
    case "StepDone": {
      const gone = mishap(event.step.operation, event.result);
      if (gone !== undefined) return lines(after, event.step, gone);
      const thing = after.thingOf.get(event.step.id);
      // The wait within a replacement said when it began, so it says its end too.
      if (thing?.replaces !== true || event.step.operation._tag === "WaitFor") return event.step.operation._tag === "InjectFiles" || isMark(event.step.operation) ? [] : doneLines(after, event);
      const row = after.rows.get(thing.key);
      return row?.open === 0 && row.state === "done" ? lines(after, event.step, row.text) : [];
    }
    case "StepNotNeeded": {
      const row = after.rows.get(after.thingOf.get(event.step.id)?.key ?? "");
      return row?.open === 0 && row.state === "done" && row.thing.replaces ? lines(after, event.step, row.text) : [];
    }
    case "StepProgress":
      return buildLine(event);
    case "StepFailed":
      return [told(event.step, culprit(after, event.step, event.error), `Error  ${describeError(event.error).headline}`)];
    case "StepSkipped": {
      const row = after.rows.get(after.thingOf.get(event.step.id)?.key ?? "");
      return row?.open === 0 && row.state === "skipped" ? lines(after, event.step, row.text) : [];
    }
    case "HookOutput":
      return event.text.trimEnd().split("\n").flatMap((text) => lines(after, event.step, text));
    case "PlanStarted":
      return standing(event.plan).map(({ subject, text }) => ` ${subject}  ${text}`);
    case "PlanFinished":
      return [];
  }
};
