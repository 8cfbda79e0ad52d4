// Shorter words than those of plan/describe.ts, for tables and drawings, where names stand elsewhere.
import { describeGuard, describeReason } from "../plan/describe.ts";
export { describeNotice as noticeText } from "../plan/describe.ts";
import type { ContainerRef, Operation, WaitCondition } from "../plan/Operation.ts";
import type { Step } from "../plan/Plan.ts";
import type { FieldChange, Reason } from "../plan/Reason.ts";

const conditionText: Readonly<Record<WaitCondition, string>> = {
  running: "is running",
  healthy: "is healthy",
  running_or_healthy: "is ready",
  ready_or_done: "is ready or has done its work",
  completed_successfully: "has completed",
  exited: "has ended",
};

const refName = (container: ContainerRef): string => container.name;

export interface OperationWords {
  /** One or two words: "create", "wait for". */
  readonly verb: string;
  readonly object: string;
}

/** What a step does, as verb and object. */
export const operationWords = (operation: Operation): OperationWords => {
  switch (operation._tag) {
    case "PullImage":
      return { verb: "pull", object: operation.image };
    case "BuildImage":
      return { verb: "build", object: operation.image };
    case "PushImage":
      return { verb: "push", object: operation.image };
    case "RemoveImage":
      return { verb: "remove image", object: operation.image };
    case "CreateNetwork":
      return { verb: "create network", object: operation.name };
    case "RemoveNetwork":
      return { verb: "remove network", object: operation.name };
    case "ConnectNetwork":
      return { verb: "connect", object: `${refName(operation.container)} to ${operation.endpoint.network}` };
    case "DisconnectNetwork":
      return { verb: "disconnect", object: `${refName(operation.container)} from ${operation.network}` };
    case "CreateVolume":
      return { verb: "create volume", object: operation.name };
    case "RemoveVolume":
      return { verb: "remove volume", object: operation.name };
    case "CreateContainer":
      return { verb: "create", object: operation.name };
    case "InjectFiles":
      return { verb: "inject files", object: refName(operation.container) };
    case "StartContainer":
      return { verb: "start", object: refName(operation.container) };
    case "RestartContainer":
      return { verb: "restart", object: refName(operation.container) };
    case "StopContainer":
      return { verb: "stop", object: refName(operation.container) };
    case "KillContainer":
      return { verb: "kill", object: refName(operation.container) };
    case "PauseContainer":
      return { verb: "pause", object: refName(operation.container) };
    case "UnpauseContainer":
      return { verb: "unpause", object: refName(operation.container) };
    case "UpdateContainer":
      return { verb: "update", object: refName(operation.container) };
    case "RenameContainer":
      return { verb: "rename to", object: operation.name };
    case "RemoveContainer":
      return { verb: "remove", object: refName(operation.container) };
    case "WaitFor":
      return { verb: "wait until", object: `${operation.service} ${conditionText[operation.condition]}` };
    case "RunProvider":
      return { verb: `${operation.provider} ${operation.command}`, object: operation.service };
    case "PrepareModel":
      return { verb: "prepare model", object: operation.reference };
    case "RunHook":
      return { verb: operation.phase, object: `${refName(operation.container)} [${operation.index}]` };
    case "RunHookContainer":
      return { verb: "pre_start", object: `${operation.service} [${operation.index}]` };
  }
};

/** The changed fields in one line; `most` are named. */
const fieldNames = (paths: ReadonlyArray<string>, most = 3): string => {
  const shown = paths.slice(0, paths.length > most ? most - 1 : most).join(", ");
  return paths.length > most ? `${shown} and ${paths.length - most + 1} more changed` : `${shown} changed`;
};

/** What a field was and what it becomes; where only a digest is known, both are null. */
export const changeText = ({ before, after }: Pick<FieldChange, "before" | "after">): string =>
  before === null && after === null ? "other values" : `${before ?? "(unset)"} → ${after ?? "(unset)"}`;

/** As the description, but of changed fields only the names: their values stand elsewhere. */
export const reasonText = (reason: Reason): string => {
  if (reason._tag !== "ConfigChanged" || reason.fields.length === 0) return describeReason(reason);
  const names = fieldNames(reason.fields.map(({ path }) => path));
  return reason.from === "live" ? `${names} (as far as the container tells)` : names;
};

/** Why, and under which condition. */
export const becauseText = ({ reason, guard }: Pick<Step, "reason" | "guard">): string =>
  guard === undefined ? reasonText(reason) : `${reasonText(reason)}, if ${describeGuard(guard)}`;
