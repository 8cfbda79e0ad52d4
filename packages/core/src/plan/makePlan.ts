// From an intent, the desired and the observed state to a plan. Pure: the same input gives the same plan, byte for byte.
import * as Result from "effect/Result";
import type { Desired } from "../desired/Desired.ts";
import type { Observed } from "../observed/Observed.ts";
import type { Intent } from "../policy/Intent.ts";
import type { Policy } from "../policy/Policy.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import { type Draft, newDraft } from "./Draft.ts";
import { planBuild } from "./intents/build.ts";
import { planDown } from "./intents/down.ts";
import { planKill } from "./intents/kill.ts";
import { planPause, planUnpause } from "./intents/pause.ts";
import { planPull } from "./intents/pull.ts";
import { planPush } from "./intents/push.ts";
import { planRemove } from "./intents/remove.ts";
import { planRestart } from "./intents/restart.ts";
import { planRun } from "./intents/run.ts";
import { planStart } from "./intents/start.ts";
import { planStop } from "./intents/stop.ts";
import { planUp } from "./intents/up.ts";
import { unknownServices } from "./intents/selection.ts";
import type { Plan } from "./Plan.ts";

const addSteps = (draft: Draft): void => {
  const { intent } = draft;
  switch (intent._tag) {
    case "Up":
      planUp(draft, true);
      return;
    case "Create":
      planUp(draft, false);
      return;
    case "Run":
      return planRun(draft, intent);
    case "Down":
      return planDown(draft, intent);
    case "Start":
      return planStart(draft);
    case "Stop":
      return planStop(draft);
    case "Restart":
      return planRestart(draft, intent);
    case "Kill":
      return planKill(draft, intent);
    case "Pause":
      return planPause(draft);
    case "Unpause":
      return planUnpause(draft);
    case "Remove":
      return planRemove(draft, intent);
    case "Pull":
      return planPull(draft, intent);
    case "Push":
      return planPush(draft, intent);
    case "Build":
      return planBuild(draft, intent);
  }
};

/** Every problem at once, or the plan. Nothing is touched before the problems are solved. */
export const makePlan = (
  intent: Intent,
  desired: Desired,
  observed: Observed,
  policy: Policy,
): Result.Result<Plan, ReadonlyArray<Diagnostic>> => {
  const draft = newDraft(intent, desired, observed, policy);
  // As docker compose, which pauses what it finds; others must not take a misspelt name for work done.
  if (intent._tag === "Pause" || intent._tag === "Unpause")
    for (const { message, hint } of unknownServices(draft))
      draft.builder.notice({ _tag: "Warning", message: hint === undefined ? message : `${message} (${hint})` });
  else draft.diagnostics.push(...unknownServices(draft));
  if (draft.diagnostics.length === 0) addSteps(draft);
  if (draft.diagnostics.length > 0) return Result.fail(draft.diagnostics);
  return Result.succeed(draft.builder.plan({ project: desired.project, intent }));
};
