// The screen as JSON objects, one per line, in the shape of docker compose's --progress json.
import type { Step } from "@composure/core/plan/Plan";
import type { Event } from "@composure/engine/Event";
import { describeError } from "../output/engineError.ts";
import type { Screen } from "./Screen.ts";
import { culprit, standing, subjects } from "./subjects.ts";
import { became, doing, mishap } from "./words.ts";

const object = (id: string, step: Step, status: string, text: string, more: object): string =>
  JSON.stringify({ id, status, text, ...more, step: step.id, reason: step.reason._tag });

export const jsonLines = (event: Event, after: Screen): ReadonlyArray<string> => {
  const say = (step: Step, status: "Working" | "Done" | "Warning", text: string, more: object = {}): ReadonlyArray<string> =>
    subjects(after, step).map((id) => object(id, step, status, text, more));
  switch (event._tag) {
    case "StepStarted":
      return say(event.step, "Working", doing(event.step.operation));
    case "StepProgress": {
      const { id, text, current, total } = event.progress;
      return [
        JSON.stringify({
          id,
          parent_id: subjects(after, event.step)[0],
          status: "Working",
          text,
          ...(current === undefined ? {} : { current }),
          ...(total === undefined ? {} : { total, percent: Math.trunc(((current ?? 0) / Math.max(1, total)) * 100) }),
        }),
      ];
    }
    case "StepDone":
      if (mishap(event.step.operation, event.result) !== undefined) return say(event.step, "Warning", "Warning", { details: event.result.warnings?.join("\n") });
      return say(event.step, "Done", became(event.step.operation, event.result));
    case "StepFailed": {
      const { headline, details } = describeError(event.error);
      return [object(culprit(after, event.step, event.error), event.step, "Error", "Error", { details: [headline, ...details].join("\n") })];
    }
    case "StepSkipped":
      return say(event.step, "Warning", event.cause._tag === "Interrupted" ? "Interrupted" : "Skipped");
    case "HookOutput":
      return say(event.step, "Working", "Hook", { details: event.text.trimEnd() });
    case "PlanStarted":
      return standing(event.plan).map(({ subject, text }) => JSON.stringify({ id: subject, status: "Done", text }));
    case "StepNotNeeded":
    case "PlanFinished":
      return [];
  }
};
