// One sentence for people for every reason and every operation.
import type { ContainerRef, Operation } from "./Operation.ts";
import type { Confirmation, Guard, Notice } from "./Plan.ts";
import type { FieldChange, Reason } from "./Reason.ts";

const list = (names: ReadonlyArray<string>): string => names.join(", ");

const short = (id: string): string => id.replace(/^sha256:/, "").slice(0, 12);

export const describeChange = ({ path, before, after }: FieldChange): string => {
  if (before === null && after === null) return `${path} changed`;
  if (before === null) return `${path} added: ${after ?? ""}`;
  return after === null ? `${path} removed (was ${before})` : `${path}: ${before} -> ${after}`;
};

const describeFields = (fields: ReadonlyArray<FieldChange>): string => {
  if (fields.length === 0) return "its configuration changed";
  const [first, second, third, ...rest] = fields.map(describeChange);
  const shown = [first, second, third].filter((text) => text !== undefined).join("; ");
  return rest.length === 0 ? shown : `${shown}; and ${rest.length} more`;
};

export const describeReason = (reason: Reason): string => {
  switch (reason._tag) {
    case "Missing":
      return "it does not exist";
    case "ConfigChanged":
      return reason.from === "live" && reason.fields.length > 0
        ? `${describeFields(reason.fields)} (as far as the container tells)`
        : describeFields(reason.fields);
    case "ImageChanged":
      return reason.after === null
        ? "its image may have changed"
        : `its image changed: ${short(reason.before)} -> ${short(reason.after)}`;
    case "NamespaceMoved":
      return `it shares what belongs to ${reason.service}, whose container changes`;
    case "DependencyRecreated":
      return `${reason.service}, which it depends on, got a new container`;
    case "NetworkChanged":
      return `the network ${reason.network} changed`;
    case "VolumeChanged":
      return `the volume ${reason.volume} changed`;
    case "NotRunning":
      return `it is ${reason.state}`;
    case "ScaleUp":
      return `scale goes from ${reason.from} to ${reason.to}`;
    case "ScaleDown":
      return `scale goes from ${reason.from} to ${reason.to}`;
    case "Orphan":
      return `the file has no service ${reason.service} any more`;
    case "OneOff":
      return `it was started by run for ${reason.service} and has ended`;
    case "Forced":
      return `${reason.flag} asks for it`;
    case "Requested":
      return `${reason.intent} was asked for`;
    case "Leftover":
      return `an interrupted run of ${reason.of} left it behind`;
    case "Adopted":
      return reason.predecessor === null
        ? "an interrupted replacement is finished"
        : `the interrupted replacement of ${reason.predecessor} is finished`;
    case "Replaces":
      return `replaces ${reason.predecessor}`;
    case "ReplacedBy":
      return `replaced by #${reason.step}`;
    case "Restores":
      return `the way back if #${reason.step} fails`;
    case "NeededBy":
      return reason.by.length === 0 ? "something needs it" : `needed by ${list(reason.by)}`;
    case "PolicyAsks":
      return `${reason.policy} asks for it`;
  }
};

const named = (container: ContainerRef): string => container.name;

export const describeOperation = (operation: Operation): string => {
  switch (operation._tag) {
    case "PullImage":
      return `pull ${operation.image}${operation.platform === undefined ? "" : ` for ${operation.platform}`}`;
    case "BuildImage":
      return `build ${operation.image}`;
    case "PushImage":
      return `push ${operation.image}`;
    case "RemoveImage":
      return `remove image ${operation.image}`;
    case "CreateNetwork":
      return `create network ${operation.name}`;
    case "RemoveNetwork":
      return `remove network ${operation.name}`;
    case "ConnectNetwork":
      return `connect ${named(operation.container)} to ${operation.endpoint.network}`;
    case "DisconnectNetwork":
      return `disconnect ${named(operation.container)} from ${operation.network}`;
    case "CreateVolume":
      return `create volume ${operation.name}`;
    case "RemoveVolume":
      return `remove volume ${operation.name} and its data`;
    case "CreateContainer":
      return `create container ${operation.name}`;
    case "InjectFiles":
      return `put ${list(operation.files.map(({ target }) => target))} into ${named(operation.container)}`;
    case "StartContainer":
      return `start ${named(operation.container)}`;
    case "RestartContainer":
      return `restart ${named(operation.container)}`;
    case "StopContainer":
      return `stop ${named(operation.container)}`;
    case "KillContainer":
      return `send ${operation.signal} to ${named(operation.container)}`;
    case "PauseContainer":
      return `pause ${named(operation.container)}`;
    case "UnpauseContainer":
      return `unpause ${named(operation.container)}`;
    case "UpdateContainer":
      return `update ${Object.keys(operation.settings).sort().join(", ")} of ${named(operation.container)}`;
    case "RenameContainer":
      return `rename ${named(operation.container)} to ${operation.name}`;
    case "RemoveContainer":
      return `remove ${named(operation.container)}`;
    case "WaitFor":
      return `wait until ${list(operation.containers.map(named))} is ${operation.condition.replaceAll("_", " ")}`;
    case "RunProvider":
      return `${operation.provider} brings ${operation.service} ${operation.command}`;
    case "PrepareModel":
      return `prepare the model ${operation.reference}`;
    case "RunHook":
      return `run ${operation.phase}[${operation.index}] in ${named(operation.container)}`;
    case "RunHookContainer":
      return `run pre_start[${operation.index}] beside ${named(operation.container)}`;
  }
};

export const describeGuard = (guard: Guard): string => {
  switch (guard._tag) {
    case "ImageChanged":
      return `#${guard.step} brings ${guard.of === "variables" ? "other variables" : "another image"}`;
    case "ImageUnchanged":
      return `#${guard.step} brings the same ${guard.of === "variables" ? "variables" : "image"}`;
    case "Failed":
      return `#${guard.step} fails`;
    case "AnyOf":
      return guard.guards.map(describeGuard).join(" or ");
    case "AllOf":
      return guard.guards
        .map((each) => (each._tag === "AnyOf" ? `(${describeGuard(each)})` : describeGuard(each)))
        .join(" and ");
  }
};

export const describeNotice = (notice: Notice): string => {
  switch (notice._tag) {
    case "OrphansFound":
      return `containers of services that the file does not have: ${list(notice.containers)} (--remove-orphans removes them)`;
    case "UnlabelledNetwork":
      return `network ${notice.network} exists and was not made for this project; it is used as it is (external: true says so)`;
    case "UnlabelledVolume":
      return notice.project === null
        ? `volume ${notice.volume} exists and was not made by compose; it is used as it is (external: true says so)`
        : `volume ${notice.volume} belongs to the project ${notice.project}; it is used as it is (external: true says so)`;
    case "StopFirst":
      return `${notice.service} stops before its successor starts: ${notice.because}`;
    case "Resumed":
      return `${notice.service}: ${notice.found}`;
    case "VolumeKept":
      return `volume ${notice.volume} differs from the file and is kept with its data`;
    case "NothingToDo":
      return notice.what;
    case "Warning":
      return notice.message;
  }
};

export const describeConfirmation = ({ question, flag }: Confirmation): string => `${question} (${flag})`;
