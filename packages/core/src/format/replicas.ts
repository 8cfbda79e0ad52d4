// The downtime of a service as a whole: while one replica is away, others may serve.
import type { Plan } from "../plan/Plan.ts";
import type { Action } from "./Action.ts";
import { type Downtime, worst } from "./downtime.ts";
import type { Reach } from "./reach.ts";

interface Window {
  readonly stop: number;
  readonly start: number;
}

/** From the first stop of the old container to the last start of the new one. */
const windowOf = (action: Action, plan: Plan): Window | undefined => {
  const steps = action.steps.flatMap((id) => plan.steps[id - 1] ?? []);
  const stop = steps.find(({ operation }) => operation._tag === "StopContainer" || operation._tag === "KillContainer");
  const start = steps.findLast(
    ({ operation, guard }) => operation._tag === "StartContainer" && guard?._tag !== "Failed",
  );
  return stop === undefined || start === undefined ? undefined : { stop: stop.id, start: start.id };
};

const takeTurns = (windows: ReadonlyArray<Window>, reach: Reach): boolean =>
  windows.length > 1 &&
  windows.every((a, index) =>
    windows.slice(index + 1).every((b) => reach.isBefore(a.start, b.stop) || reach.isBefore(b.start, a.stop)),
  );

const isUp = (state: string): boolean => /^(running|up|healthy|done)/i.test(state);

/** `actions` are all of the service's; `unchanged` may hold further replicas. */
export const outageOfService = (
  service: string,
  actions: ReadonlyArray<Action>,
  unchanged: Plan["untouched"],
  plan: Plan,
  reach: Reach,
): Downtime => {
  const away = actions.filter(({ downtime }) => downtime._tag !== "None");
  if (away.length === 0) return { _tag: "None" };
  const result = worst(away.map(({ downtime }) => downtime));
  const serving =
    unchanged.some(({ address, state }) => address.startsWith(`service:${service}:`) && isUp(state)) ||
    actions.some(({ action, downtime }) => downtime._tag === "None" && (action === "replace" || action === "update"));
  const windows = away.flatMap((action) => windowOf(action, plan) ?? []);
  if (serving) return { _tag: "Reduced", because: "other replicas serve meanwhile" };
  if (windows.length === away.length && takeTurns(windows, reach))
    return { _tag: "Reduced", because: "its replicas take turns" };
  return result;
};
