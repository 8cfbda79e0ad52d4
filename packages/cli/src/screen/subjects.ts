// What a line about a step names: as docker compose, a wait is told of each container that is waited for.
import type { Plan, Step } from "@composure/core/plan/Plan";
import type { EngineError } from "@composure/engine/EngineError";
import type { Screen } from "./Screen.ts";

/** A pull goes by the service that asks for it. */
const thingName = (screen: Screen, step: Step): string => {
  if (step.operation._tag === "PullImage" && step.operation.services[0] !== undefined) return step.operation.services[0];
  const thing = screen.thingOf.get(step.id);
  return thing === undefined ? step.address : `${thing.kind} ${thing.name}`;
};

const isOwnWait = (screen: Screen, step: Step): boolean => screen.thingOf.get(step.id)?.kind !== "Container";

/** "Container shop-db-1"; several for a wait on several containers. */
export const subjects = (screen: Screen, step: Step): ReadonlyArray<string> => {
  const { operation } = step;
  if (operation._tag !== "WaitFor" || operation.containers.length === 0 || !isOwnWait(screen, step)) return [thingName(screen, step)];
  return operation.containers.map(({ name }) => `Container ${name}`);
};

/** Of several containers, the one that the wait failed for. */
export const culprit = (screen: Screen, step: Step, { reason }: EngineError): string =>
  reason._tag === "WaitFailed" && isOwnWait(screen, step) && step.operation._tag === "WaitFor" ? `Container ${reason.container}` : thingName(screen, step);

/** Containers that are as they should be already, as docker compose tells of them. */
export const standing = ({ untouched, intent, steps }: Plan): ReadonlyArray<{ readonly subject: string; readonly text: string }> => {
  const touched = new Set(steps.map(({ address }) => address));
  return untouched.flatMap(({ address, name, state }) => {
    if (touched.has(address)) return [];
    if (state === "running") return [{ subject: `Container ${name}`, text: "Running" }];
    return intent._tag === "Stop" ? [{ subject: `Container ${name}`, text: "Stopped" }] : [];
  });
};
