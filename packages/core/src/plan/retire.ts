// The end of a container: hooks, stop, remove.
import type { DesiredService } from "../desired/Desired.ts";
import { decodeRecord, recordLabel } from "../explain/record.ts";
import { isLive } from "../observed/match.ts";
import type { ObservedContainer } from "../observed/Observed.ts";
import { existing, type Draft, timeoutOf } from "./Draft.ts";
import { type HookContext, preStop, preStopHooks } from "./hooks.ts";
import type { StepId } from "./Operation.ts";
import { removeMarks } from "./tune.ts";

export interface Ended {
  /** Undefined when it does not run. */
  readonly stop: StepId | undefined;
  readonly remove: StepId;
}

/** Stops a container once, whoever asks; undefined when it does not run. `desired` absent: its hooks are not known. */
export const stopContainer = (
  draft: Draft,
  desired: DesiredService | undefined,
  container: ObservedContainer,
  context: HookContext,
): StepId | undefined => {
  const { builder } = draft;
  if (!isLive(container)) return undefined;
  const already = builder.stopOf(container.id);
  if (already !== undefined) return already;
  const needs = [...context.needs, ...builder.rewiringsOf(container.id)];
  const last = preStop(builder, desired, container, { ...context, needs }).at(-1);
  return builder.add({
    ...context,
    operation: { _tag: "StopContainer", container: existing(container), ...timeoutOf(draft, desired, container) },
    needs: last === undefined ? needs : [last],
  });
};

/** Volumes are never removed with a container: the ones that go are named in steps of their own. */
export const removeContainer = (draft: Draft, container: ObservedContainer, context: HookContext): StepId => {
  const already = draft.builder.removalOf(container.id);
  if (already !== undefined) return already;
  const step = draft.builder.add({
    ...context,
    operation: { _tag: "RemoveContainer", container: existing(container), force: true, volumes: false },
    needs:
      draft.builder.stopOf(container.id) === undefined
        ? [...context.needs, ...draft.builder.rewiringsOf(container.id)]
        : context.needs,
  });
  removeMarks(draft, container, { ...context, step });
  return step;
};

/** It was made to be stopped by SIGKILL, and its record says so: of others nobody knows. */
const isStoppedByKilling = (container: ObservedContainer): boolean => {
  const record = decodeRecord(container.labels[recordLabel]);
  const signal =
    typeof record === "object" && record !== null
      ? (record as { readonly stop_signal?: unknown }).stop_signal
      : undefined;
  return typeof signal === "string" && /^(?:sig)?kill$|^9$/i.test(signal);
};

/** Removing by force kills: where that is what a stop would do, and nothing is to be done before, one call does for two. */
export const endsByRemoval = (
  draft: Draft,
  desired: DesiredService | undefined,
  container: ObservedContainer,
): boolean =>
  isLive(container) &&
  draft.builder.stopOf(container.id) === undefined &&
  [true, false].every((isReplaced) => preStopHooks(desired, container, isReplaced).length === 0) &&
  isStoppedByKilling(container);

export const endContainer = (
  draft: Draft,
  desired: DesiredService | undefined,
  container: ObservedContainer,
  context: HookContext,
): Ended => {
  if (endsByRemoval(draft, desired, container)) {
    const remove = removeContainer(draft, container, context);
    return { stop: remove, remove };
  }
  const stop = stopContainer(draft, desired, container, context);
  const remove = removeContainer(draft, container, { ...context, needs: stop === undefined ? context.needs : [stop] });
  return { stop, remove };
};
