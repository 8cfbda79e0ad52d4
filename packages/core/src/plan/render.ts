// A plan as text, one line for each step: the language of tests and of `plan --format steps`.
import type { Settings } from "../desired/settings.ts";
import { describeReason } from "./describe.ts";
import type { ContainerRef, Operation } from "./Operation.ts";
import type { Guard, Plan, Step } from "./Plan.ts";

const refText = (ref: ContainerRef): string => {
  if (ref._tag === "Existing") return ref.name;
  return ref.orElse === undefined ? `#${ref.step}` : `#${ref.step}|${ref.orElse.name}`;
};

/** `memory=67108864 restart=always`, in the order of their names. */
const settingsText = (settings: Settings): string =>
  Object.entries(settings)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]: readonly [string, Settings[keyof Settings]]) =>
      typeof value === "object"
        ? `${key}=${value.name}${value.maximumRetries === 0 ? "" : `:${value.maximumRetries}`}`
        : `${key}=${value}`,
    )
    .join(" ");

const subject = (operation: Operation): string => {
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
      return operation.name;
    case "CreateContainer":
      return operation.name;
    case "ConnectNetwork":
      return `${refText(operation.container)} to ${operation.endpoint.network}`;
    case "DisconnectNetwork":
      return `${refText(operation.container)} from ${operation.network}`;
    case "RenameContainer":
      return `${refText(operation.container)} to ${operation.name}`;
    case "UpdateContainer":
      return `${refText(operation.container)} ${settingsText(operation.settings)}`;
    case "KillContainer":
      return `${refText(operation.container)} ${operation.signal}`;
    case "WaitFor":
      return `${operation.condition} ${operation.containers.map(refText).join(" ")}${operation.required ? "" : " optional"}`;
    case "RunHook":
      return `${operation.phase}[${operation.index}] ${refText(operation.container)}`;
    case "RunHookContainer":
      return `pre_start[${operation.index}] ${refText(operation.container)}`;
    case "RunProvider":
      return `${operation.provider} ${operation.command} ${operation.service}`;
    case "PrepareModel":
      return operation.reference;
    case "InjectFiles":
      return `${refText(operation.container)} ${operation.files.map(({ target }) => target).join(" ")}`;
    case "StartContainer":
    case "RestartContainer":
    case "StopContainer":
    case "PauseContainer":
    case "UnpauseContainer":
    case "RemoveContainer":
      return refText(operation.container);
  }
};

const guardText = (guard: Guard): string => {
  switch (guard._tag) {
    case "ImageChanged":
      return `changed #${guard.step}`;
    case "ImageUnchanged":
      return `unchanged #${guard.step}`;
    case "Failed":
      return `failed #${guard.step}`;
    case "AnyOf":
      return `(${guard.guards.map(guardText).join(" | ")})`;
    case "AllOf":
      return `(${guard.guards.map(guardText).join(" & ")})`;
  }
};

/** `[1,5 after 3] -> #7 service:web:1 RemoveContainer shop-web-1, replaced by #6 [recreate:web:1] if changed #2`. */
export const renderStep = (step: Step): string => {
  const after = step.after === undefined ? "" : `${step.needs.length === 0 ? "" : " "}after ${step.after.join(",")}`;
  const group = step.group === undefined ? "" : ` [${step.group}]`;
  const guard = step.guard === undefined ? "" : ` if ${guardText(step.guard)}`;
  const what = `${step.address} ${step.operation._tag} ${subject(step.operation)}`;
  return `[${step.needs.join(",")}${after}] -> #${step.id} ${what}, ${describeReason(step.reason)}${group}${guard}`;
};

export const renderSteps = (plan: Plan): string => plan.steps.map(renderStep).join("\n");
