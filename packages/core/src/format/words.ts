// Plans in plain words: one short text for an operation, a reason, a guard, a notice.
import type { ContainerRef, Operation, WaitCondition } from "../plan/Operation.ts";
import type { Guard, Notice } from "../plan/Plan.ts";
import type { Reason } from "../plan/Reason.ts";

const conditionText: Readonly<Record<WaitCondition, string>> = {
  running: "is running",
  healthy: "is healthy",
  running_or_healthy: "is ready",
  completed_successfully: "has completed",
  exited: "has ended",
};

/** A container as people know it. */
export const refName = (container: ContainerRef): string => container.name;

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
    case "RenameContainer":
      return { verb: "rename to", object: operation.name };
    case "RemoveContainer":
      return { verb: "remove", object: refName(operation.container) };
    case "WaitFor":
      return { verb: "wait until", object: `${operation.service} ${conditionText[operation.condition]}` };
    case "RunHook":
      return { verb: operation.phase, object: `${refName(operation.container)} [${operation.index}]` };
    case "RunHookContainer":
      return { verb: "pre_start", object: `${operation.service} [${operation.index}]` };
  }
};

export const operationText = (operation: Operation): string => {
  const { verb, object } = operationWords(operation);
  return `${verb} ${object}`;
};

/** "sha256:" and 12 digits are enough to tell images apart. */
export const shortId = (id: string): string => id.replace(/^sha256:/, "").slice(0, 12);

const listText = (items: ReadonlyArray<string>): string => {
  if (items.length <= 3) return items.join(", ");
  return `${items.slice(0, 2).join(", ")} and ${items.length - 2} more`;
};

/** The changed fields in one line; `most` are named. */
export const fieldNames = (reason: Extract<Reason, { readonly _tag: "ConfigChanged" }>, most = 3): string => {
  const paths = reason.fields.map(({ path }) => path);
  if (paths.length === 0) return "configuration changed";
  const shown = paths.slice(0, paths.length > most ? most - 1 : most).join(", ");
  return paths.length > most ? `${shown} and ${paths.length - most + 1} more changed` : `${shown} changed`;
};

/** Why a step is there, as the end of "because ...". */
export const reasonText = (reason: Reason): string => {
  switch (reason._tag) {
    case "Missing":
      return "it does not exist yet";
    case "ConfigChanged":
      return fieldNames(reason);
    case "ImageChanged":
      return reason.after === null
        ? `image ${shortId(reason.before)} may get a successor`
        : `image changed: ${shortId(reason.before)} → ${shortId(reason.after)}`;
    case "NamespaceMoved":
      return `it shares a namespace or volumes with ${reason.service}, which gets a new container`;
    case "DependencyRecreated":
      return `${reason.service} is replaced, and depends_on.${reason.service}.restart is set`;
    case "NetworkChanged":
      return `network ${reason.network} changed`;
    case "VolumeChanged":
      return `volume ${reason.volume} changed`;
    case "NotRunning":
      return `it is ${reason.state}`;
    case "ScaleUp":
      return `scale ${reason.from} → ${reason.to}`;
    case "ScaleDown":
      return `scale ${reason.from} → ${reason.to}`;
    case "Orphan":
      return `the project has no service ${reason.service} any more`;
    case "OneOff":
      return `left over from a run of ${reason.service}`;
    case "Forced":
      return reason.flag;
    case "Requested":
      return `${reason.intent} was asked for`;
    case "Leftover":
      return `left over from an interrupted replacement of ${reason.of}`;
    case "Adopted":
      return reason.predecessor === null ? "finishes an interrupted run" : `finishes the replacement of ${reason.predecessor}`;
    case "Replaces":
      return `replaces ${reason.predecessor}`;
    case "ReplacedBy":
      return `replaced by #${reason.step}`;
    case "Restores":
      return `the way back if #${reason.step} fails`;
    case "NeededBy":
      return reason.by.length === 0 ? "needed" : `needed by ${listText(reason.by)}`;
    case "PolicyAsks":
      return reason.policy;
  }
};

export const guardText = (guard: Guard): string => {
  switch (guard._tag) {
    case "ImageChanged":
      return `if #${guard.step} brings a new image`;
    case "ImageUnchanged":
      return `if #${guard.step} brings no new image`;
    case "Failed":
      return `if #${guard.step} fails`;
    case "AnyOf":
      return guard.guards.map(guardText).join(" or ");
    case "AllOf":
      return guard.guards.map(guardText).join(" and ");
  }
};

export const noticeText = (notice: Notice): string => {
  switch (notice._tag) {
    case "OrphansFound":
      return `Found orphan containers: ${notice.containers.join(", ")}. --remove-orphans removes them.`;
    case "UnlabelledNetwork":
      return `Network ${notice.network} exists but was not made for this project; declare it as external to use it without this notice.`;
    case "UnlabelledVolume":
      return notice.project === null
        ? `Volume ${notice.volume} exists but was not made for this project; declare it as external to use it without this notice.`
        : `Volume ${notice.volume} exists but was made for project ${notice.project}; declare it as external to use it without this notice.`;
    case "StopFirst":
      return `${notice.service} stops before its successor starts: ${notice.because}`;
    case "Resumed":
      return `${notice.service}: an interrupted run goes on, found ${notice.found}`;
    case "VolumeKept":
      return `Volume ${notice.volume} is kept although its configuration changed.`;
    case "NothingToDo":
      return notice.what;
    case "Warning":
      return notice.message;
  }
};
