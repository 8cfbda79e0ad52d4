// The words for operations, as docker compose says them: what is being done, what was done.
import { isMarkName } from "@composure/core/observed/marks";
import type { Operation, OperationTag, WaitCondition } from "@composure/core/plan/Operation";
import type { StepResult } from "@composure/engine/Event";

const words: Readonly<Record<OperationTag, readonly [doing: string, done: string]>> = {
  PullImage: ["Pulling", "Pulled"],
  BuildImage: ["Building", "Built"],
  PushImage: ["Pushing", "Pushed"],
  RemoveImage: ["Removing", "Removed"],
  CreateNetwork: ["Creating", "Created"],
  RemoveNetwork: ["Removing", "Removed"],
  ConnectNetwork: ["Connecting", "Connected"],
  DisconnectNetwork: ["Disconnecting", "Disconnected"],
  CreateVolume: ["Creating", "Created"],
  RemoveVolume: ["Removing", "Removed"],
  CreateContainer: ["Creating", "Created"],
  InjectFiles: ["Copying files", "Files copied"],
  StartContainer: ["Starting", "Started"],
  RestartContainer: ["Restarting", "Started"],
  StopContainer: ["Stopping", "Stopped"],
  KillContainer: ["Killing", "Killed"],
  PauseContainer: ["Pausing", "Paused"],
  UnpauseContainer: ["Unpausing", "Unpaused"],
  UpdateContainer: ["Updating", "Updated"],
  RenameContainer: ["Renaming", "Renamed"],
  RemoveContainer: ["Removing", "Removed"],
  WaitFor: ["Waiting", "Healthy"],
  RunProvider: ["Creating", "Created"],
  PrepareModel: ["Configuring", "Configured"],
  RunHook: ["Running hook", "Hook done"],
  RunHookContainer: ["Running hook", "Hook done"],
};

const provided = {
  up: ["Creating", "Created"],
  stop: ["Stopping", "Stopped"],
  down: ["Removing", "Removed"],
} as const;

/** Docker compose calls what runs without a healthcheck healthy too. */
const waited = (condition: WaitCondition): string => {
  switch (condition) {
    case "completed_successfully":
    case "exited":
      return "Exited";
    case "running":
      return "Running";
    case "healthy":
    case "running_or_healthy":
    case "ready_or_done":
      return "Healthy";
  }
};

export const doing = (operation: Operation): string => {
  switch (operation._tag) {
    case "RunProvider":
      return provided[operation.command][0];
    case "RunHook":
      return `Running ${operation.phase}[${operation.index}]`;
    case "RunHookContainer":
      return `Running pre_start[${operation.index}]`;
    default:
      return words[operation._tag][0];
  }
};

const done = (operation: Operation): string => {
  switch (operation._tag) {
    case "RunProvider":
      return provided[operation.command][1];
    case "WaitFor":
      return waited(operation.condition);
    default:
      return words[operation._tag][1];
  }
};

/** A transfer whose failure is tolerated says what went wrong instead of that it was done; undefined for all others. */
export const mishap = ({ _tag }: Operation, { warnings = [] }: StepResult): string | undefined =>
  (_tag === "PullImage" || _tag === "PushImage") && warnings.length > 0 ? `Warning ${warnings.join("; ")}` : undefined;

/** What became of a step that ended without failing: a wait that only warns was not met. */
export const became = (operation: Operation, { warnings = [] }: StepResult): string =>
  operation._tag === "WaitFor" && warnings.length > 0 ? "Not ready" : done(operation);

/** Marks of updated containers are nothing to tell of. */
export const isMark = (operation: Operation): boolean =>
  (operation._tag === "CreateVolume" || operation._tag === "RemoveVolume") && isMarkName(operation.name);

/** The kind of thing an operation is about, as docker compose prints it before the name. */
export const kindOf = (operation: Operation): "Image" | "Network" | "Volume" | "Container" | "Service" | "Model" => {
  switch (operation._tag) {
    case "PullImage":
    case "BuildImage":
    case "PushImage":
    case "RemoveImage":
      return "Image";
    case "CreateNetwork":
    case "RemoveNetwork":
      return "Network";
    case "CreateVolume":
    case "RemoveVolume":
      return "Volume";
    case "WaitFor":
    case "RunProvider":
      return "Service";
    case "PrepareModel":
      return "Model";
    default:
      return "Container";
  }
};

/** The name of the thing itself. A container that will be renamed is known by its final name; see things.ts. */
export const nameOf = (operation: Operation): string => {
  switch (operation._tag) {
    case "PullImage":
    case "BuildImage":
    case "PushImage":
    case "RemoveImage":
      return operation.image;
    case "CreateNetwork":
    case "RemoveNetwork":
    case "CreateVolume":
    case "RemoveVolume":
    case "CreateContainer":
      return operation.name;
    case "WaitFor":
    case "RunProvider":
      return operation.service;
    case "PrepareModel":
      return operation.model;
    case "ConnectNetwork":
    case "DisconnectNetwork":
    case "InjectFiles":
    case "StartContainer":
    case "RestartContainer":
    case "StopContainer":
    case "KillContainer":
    case "PauseContainer":
    case "UnpauseContainer":
    case "UpdateContainer":
    case "RenameContainer":
    case "RemoveContainer":
    case "RunHook":
    case "RunHookContainer":
      return operation.container.name;
  }
};
