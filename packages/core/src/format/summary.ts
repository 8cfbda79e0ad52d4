// A plan as people think of it: one action for each container, network, volume and image, with its reason and downtime.
import { byBytes } from "../hash/canonicalJson.ts";
import { isMarkName } from "../observed/marks.ts";
import type { Address } from "../plan/Address.ts";
import { describeGuard } from "../plan/describe.ts";
import type { Operation, OperationTag } from "../plan/Operation.ts";
import type { Guard, Plan, Step } from "../plan/Plan.ts";
import type { Reason } from "../plan/Reason.ts";
import type { Action, ActionKind, ResourceKind, Summary } from "./Action.ts";
import { type Downtime, downtimeOf, noDowntime } from "./downtime.ts";
import { isWayBack, type Reach, reachOf } from "./reach.ts";
import { outageOfService } from "./replicas.ts";

/** The lower, the more it explains. */
const rank = (reason: Reason): number => {
  switch (reason._tag) {
    case "ConfigChanged":
    case "ImageChanged":
    case "NamespaceMoved":
    case "NetworkChanged":
    case "VolumeChanged":
    case "DependencyRecreated":
    case "Forced":
      return 0;
    case "Adopted":
    case "Leftover":
    case "Orphan":
    case "OneOff":
    case "ScaleUp":
    case "ScaleDown":
    case "NotRunning":
      return 1;
    case "Missing":
    case "PolicyAsks":
      return 2;
    case "Requested":
      return 3;
    case "NeededBy":
      return 4;
    case "Replaces":
    case "ReplacedBy":
    case "Restores":
      return 5;
  }
};

const mainReason = (steps: ReadonlyArray<Step>): Reason =>
  steps.reduce((best, { reason }) => (rank(reason) < rank(best) ? reason : best), (steps[0] as Step).reason);

type Found<Tag extends OperationTag> = {
  readonly step: Step;
  readonly operation: Extract<Operation, { readonly _tag: Tag }>;
};

/** The steps of one address, asked by operation. */
const finder =
  (steps: ReadonlyArray<Step>) =>
  <Tag extends OperationTag>(...tags: ReadonlyArray<Tag>): ReadonlyArray<Found<Tag>> =>
    steps.flatMap((step) =>
      (tags as ReadonlyArray<string>).includes(step.operation._tag)
        ? [{ step, operation: step.operation as Found<Tag>["operation"] }]
        : [],
    );

const containerKind = (steps: ReadonlyArray<Step>): ActionKind | undefined => {
  const find = finder(steps);
  const creates = find("CreateContainer").length > 0;
  const removes = find("RemoveContainer").some(({ operation }) => operation.container._tag === "Existing");
  const starts = find("StartContainer").length > 0;
  const stops = find("StopContainer", "KillContainer").length > 0;
  if (creates) return removes || stops ? "replace" : "create";
  if (removes) return starts ? "replace" : "remove";
  if (find("RestartContainer").length > 0 || (starts && stops)) return "restart";
  if (starts) return "start";
  if (stops) return "stop";
  if (find("PauseContainer").length > 0) return "pause";
  if (find("UnpauseContainer").length > 0) return "unpause";
  return find("UpdateContainer", "RenameContainer", "ConnectNetwork", "DisconnectNetwork", "InjectFiles").length > 0
    ? "update"
    : undefined;
};

/** What is provided may have been there before: a plugin's `up` tells no difference. */
const pluginKinds = { up: "start", stop: "stop", down: "remove" } as const;

const resourceKind = (steps: ReadonlyArray<Step>): ActionKind | undefined => {
  const find = finder(steps);
  const creates = find("CreateNetwork", "CreateVolume").length > 0;
  const gone = find("RemoveVolume");
  if (gone.length > 0) return gone.every(({ operation }) => isMarkName(operation.name)) ? "remove" : "destroy";
  if (find("RemoveNetwork").length > 0) return creates ? "replace" : "remove";
  if (creates) return "create";
  const [plugin] = find("RunProvider");
  if (plugin !== undefined) return pluginKinds[plugin.operation.command];
  if (find("PrepareModel").length > 0) return "start";
  if (find("BuildImage").length > 0) return "build";
  if (find("PullImage").length > 0) return "pull";
  if (find("PushImage").length > 0) return "push";
  return find("RemoveImage").length > 0 ? "remove" : undefined;
};

const kindOfAddress = (address: Address): ResourceKind => {
  const prefix = address.slice(0, address.indexOf(":"));
  if (prefix === "provider" || prefix === "model") return "plugin";
  return prefix === "network" || prefix === "volume" || prefix === "image" ? prefix : "container";
};

const serviceOfAddress = (address: Address): string | undefined =>
  address.startsWith("service:") ? address.split(":")[1] : undefined;

const nameOfOperation = (operation: Operation): string | undefined => {
  switch (operation._tag) {
    case "CreateNetwork":
    case "RemoveNetwork":
    case "CreateVolume":
    case "RemoveVolume":
    case "CreateContainer":
      return operation.name;
    case "PullImage":
    case "BuildImage":
    case "RemoveImage":
    case "PushImage":
      return operation.image;
    case "RunProvider":
      return operation.service;
    case "PrepareModel":
      return operation.model;
    case "WaitFor":
      return undefined;
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

/** A successor is made under a temporary name and renamed at the end. */
const finalName = (steps: ReadonlyArray<Step>): string => {
  const find = finder(steps);
  const renamed = find("RenameContainer").at(-1)?.operation.name ?? find("CreateContainer")[0]?.operation.name;
  // Marks of updated containers (see observed/marks.ts) stand beside what they mark.
  const own = steps.filter(({ operation }) => !/^(Create|Remove)Volume$/.test(operation._tag));
  const named = (own.length > 0 ? own : steps).map(({ operation }) => nameOfOperation(operation));
  return renamed ?? named.find((name) => name !== undefined) ?? "";
};

interface Context {
  readonly plan: Plan;
  readonly reach: Reach;
  readonly stopFirst: ReadonlyMap<string, string>;
}

const firstStop = (steps: ReadonlyArray<Step>): Step | undefined =>
  finder(steps)("StopContainer", "KillContainer", "DisconnectNetwork").find(
    ({ operation }) => operation.container._tag === "Existing",
  )?.step;

const causeOf = (service: string, action: ActionKind, reason: Reason, context: Context): string => {
  if (action === "replace") return context.stopFirst.get(service) ?? "it stops before its successor starts";
  if (action === "update") return "it changes networks while it runs";
  return reason._tag === "DependencyRecreated" ? `restarts with ${reason.service}` : "restarts";
};

const downtimeOfAction = (
  action: ActionKind,
  steps: ReadonlyArray<Step>,
  service: string,
  reason: Reason,
  context: Context,
): Downtime => {
  const stop = firstStop(steps);
  const because = causeOf(service, action, reason, context);
  switch (action) {
    case "replace":
    case "restart": {
      const start = finder(steps)("StartContainer").at(-1)?.step;
      if (finder(steps)("RestartContainer").length > 0) return { _tag: "Brief", because };
      if (stop === undefined) return noDowntime;
      return start === undefined
        ? { _tag: "Down" }
        : downtimeOf({ stop: stop.id, start: start.id, service, because }, context.plan.steps, context.reach);
    }
    case "stop":
    case "pause":
      return { _tag: "Down" };
    case "remove":
      return stop === undefined ? noDowntime : { _tag: "Down" };
    case "update":
      return stop === undefined ? noDowntime : { _tag: "Brief", because };
    case "create":
    case "start":
    case "unpause":
    case "destroy":
    case "pull":
    case "build":
    case "push":
    case "keep":
      return noDowntime;
  }
};

const actionOf = (address: Address, all: ReadonlyArray<Step>, context: Context): Action | undefined => {
  const steps = all.filter((step) => !isWayBack(step));
  const kind = kindOfAddress(address);
  const action = kind === "container" ? containerKind(steps) : resourceKind(steps);
  if (action === undefined) return undefined;
  const service = serviceOfAddress(address);
  const reason = mainReason(steps);
  const downtime = kind === "container" ? downtimeOfAction(action, steps, service ?? "", reason, context) : noDowntime;
  const guard = steps.find(
    ({ operation }) => operation._tag === "CreateContainer" || operation._tag === "RestartContainer",
  )?.guard;
  return {
    address,
    kind,
    ...(service === undefined ? {} : { service }),
    name: finalName(steps),
    action,
    ...(action === "replace" && kind === "container" && firstStop(steps) !== undefined
      ? { order: downtime._tag === "None" ? ("start-first" as const) : ("stop-first" as const) }
      : {}),
    reason,
    fields: reason._tag === "ConfigChanged" ? reason.fields : [],
    downtime,
    ...(guard === undefined ? {} : { when: `if ${describeGuard(guard)}` }),
    restorable: all.some(isWayBack),
    steps: all.map(({ id }) => id),
  };
};

const byAddress = (plan: Plan): ReadonlyMap<Address, ReadonlyArray<Step>> => {
  const groups = new Map<Address, Array<Step>>();
  for (const step of plan.steps) {
    const group = groups.get(step.address);
    if (group === undefined) groups.set(step.address, [step]);
    else group.push(step);
  }
  return groups;
};

const countOrder: ReadonlyArray<ActionKind> = [
  "create",
  "replace",
  "restart",
  "start",
  "stop",
  "pause",
  "unpause",
  "update",
  "remove",
  "destroy",
];
/** Preparations: nothing that runs changes by them. */
const preparations: ReadonlyArray<ActionKind> = ["pull", "build", "push"];

const listCounts = (kinds: ReadonlyArray<ActionKind>, counts: Summary["counts"]): string =>
  kinds.flatMap((kind) => (counts[kind] === undefined ? [] : [`${counts[kind]} ${kind}`])).join(", ");

const conditions = {
  image: "a pull or build brings a new image",
  variables: "a provider or model brings other variables",
} as const;

/** What the guard hangs on. */
const causesOf = (guard: Guard): ReadonlyArray<keyof typeof conditions> => {
  switch (guard._tag) {
    case "ImageChanged":
    case "ImageUnchanged":
      return [guard.of ?? "image"];
    case "Failed":
      return [];
    case "AnyOf":
    case "AllOf":
      return guard.guards.flatMap(causesOf);
  }
};

const conditionOf = (plan: Plan, actions: ReadonlyArray<Action>): string => {
  const open = actions.filter(({ when }) => when !== undefined);
  const steps = new Set(open.flatMap((action) => action.steps));
  const causes = new Set(plan.steps.flatMap(({ id, guard }) => (guard !== undefined && steps.has(id) ? causesOf(guard) : [])));
  const named = (["image", "variables"] as const).filter((cause) => causes.has(cause)).map((cause) => conditions[cause]);
  return open.length === 0 ? "" : ` ${open.length} of these only if ${named.join(", or ")}.`;
};

const headlineOf = (plan: Plan, actions: ReadonlyArray<Action>, counts: Summary["counts"]): string => {
  if (actions.length === 0) return "Plan: nothing to do.";
  const prepared = listCounts(preparations, counts);
  return `Plan: ${listCounts(countOrder, counts)}${prepared === "" ? "" : `; ${prepared}`}.${conditionOf(plan, actions)}`;
};

const countsOf = (actions: ReadonlyArray<Action>): Summary["counts"] => {
  const counts: Partial<Record<ActionKind, number>> = {};
  for (const kind of [...countOrder, ...preparations]) {
    const count = actions.filter(({ action }) => action === kind).length;
    if (count > 0 || kind === "destroy") counts[kind] = count;
  }
  return counts;
};

const kindOrder: Readonly<Record<ResourceKind, number>> = { image: 0, network: 1, volume: 2, plugin: 3, container: 4 };

export const summarise = (plan: Plan): Summary => {
  const context: Context = {
    plan,
    reach: reachOf(plan),
    stopFirst: new Map(
      plan.notices.flatMap((notice) =>
        notice._tag === "StopFirst" ? [[notice.service, notice.because] as const] : [],
      ),
    ),
  };
  const actions = Array.from(byAddress(plan)).flatMap(([address, steps]) => actionOf(address, steps, context) ?? []);
  const services = new Map<string, Array<Action>>();
  for (const action of actions) {
    if (action.service !== undefined) services.set(action.service, [...(services.get(action.service) ?? []), action]);
  }
  const touched = new Set(actions.map(({ address }) => address));
  const unchanged = plan.untouched.filter(({ address }) => !touched.has(address));
  const counts = countsOf(actions);
  return {
    project: plan.project.name,
    changed: actions.length > 0,
    counts,
    headline: headlineOf(plan, actions, counts),
    services: Array.from(services)
      .sort(([a], [b]) => byBytes(a, b))
      .map(([service, own]) => ({
        service,
        actions: own,
        downtime: outageOfService(service, own, unchanged, plan, context.reach),
      })),
    resources: actions
      .filter(({ service }) => service === undefined)
      .sort((a, b) => kindOrder[a.kind] - kindOrder[b.kind]),
    unchanged,
  };
};
