// The plan as a graph to draw: one node for each step, only the edges that are not implied by others, one lane for each service or resource.
import { describeGuard } from "../plan/describe.ts";
import type { StepId } from "../plan/Operation.ts";
import type { Plan, Step } from "../plan/Plan.ts";
import { isWayBack, predecessors, reachOf } from "./reach.ts";
import { operationWords, reasonText } from "./words.ts";

/** What a step means for what runs; decides its colour. */
export type Tone =
  | "create"
  | "replace"
  | "start"
  | "stop"
  | "remove"
  | "destroy"
  | "prepare"
  | "wait"
  | "change"
  | "fallback";

export interface Node {
  readonly id: StepId;
  readonly lane: string;
  /** Within the lane: replicas have rows of their own. */
  readonly row: string;
  readonly tone: Tone;
  readonly verb: string;
  readonly object: string;
  /** Which of the two containers of a replacement it is about. */
  readonly part?: "old" | "new";
  readonly because: string;
  readonly when?: string;
}

export interface Edge {
  readonly from: StepId;
  readonly to: StepId;
  /** `to` runs also when `from` did not end well. */
  readonly loose: boolean;
}

export interface Graph {
  readonly title: string;
  readonly nodes: ReadonlyArray<Node>;
  readonly edges: ReadonlyArray<Edge>;
  /** In the order of their first step. */
  readonly lanes: ReadonlyArray<string>;
}

const toneOf = (step: Step): Tone => {
  if (isWayBack(step)) return "fallback";
  switch (step.operation._tag) {
    case "PullImage":
    case "BuildImage":
    case "PushImage":
    case "RunProvider":
    case "PrepareModel":
      return "prepare";
    case "CreateNetwork":
    case "CreateVolume":
      return "create";
    case "CreateContainer":
      return step.reason._tag === "Missing" || step.reason._tag === "ScaleUp" ? "create" : "replace";
    case "StartContainer":
    case "RestartContainer":
    case "UnpauseContainer":
      return "start";
    case "StopContainer":
    case "KillContainer":
    case "PauseContainer":
      return "stop";
    case "RemoveContainer":
    case "RemoveNetwork":
    case "RemoveImage":
      return "remove";
    case "RemoveVolume":
      return "destroy";
    case "WaitFor":
    case "RunHook":
    case "RunHookContainer":
      return "wait";
    case "ConnectNetwork":
    case "DisconnectNetwork":
    case "InjectFiles":
    case "UpdateContainer":
    case "RenameContainer":
      return "change";
  }
};

const laneOf = ({ address }: Step): { readonly lane: string; readonly row: string } => {
  const [kind, ...rest] = address.split(":");
  const name = rest.join(":");
  switch (kind) {
    case "service":
      return { lane: rest[0] ?? name, row: rest[1] ?? "" };
    case "image":
      return { lane: "images", row: name };
    case "network":
      return { lane: "networks", row: name };
    case "volume":
      return { lane: "volumes", row: name };
    default:
      return { lane: "others", row: name };
  }
};

const partOf = ({ operation }: Step): "old" | "new" | undefined => {
  if (operation._tag === "CreateContainer") return "new";
  if (!("container" in operation) || operation._tag === "RenameContainer") return undefined;
  return operation.container._tag === "Existing" ? "old" : "new";
};

const nodeOf = (step: Step, replaced: ReadonlySet<string>): Node => {
  const part = replaced.has(step.address) ? partOf(step) : undefined;
  return {
    id: step.id,
    ...laneOf(step),
    tone: toneOf(step),
    ...operationWords(step.operation),
    ...(part === undefined ? {} : { part }),
    because: reasonText(step.reason),
    ...(step.guard === undefined ? {} : { when: `if ${describeGuard(step.guard)}` }),
  };
};

/** Addresses where both a container that is there and one to be made play a part. */
const replacedIn = (plan: Plan): ReadonlySet<string> => {
  const parts = new Map<string, Set<string>>();
  for (const step of plan.steps) {
    const part = partOf(step);
    if (part !== undefined) parts.set(step.address, (parts.get(step.address) ?? new Set()).add(part));
  }
  return new Set(Array.from(parts).flatMap(([address, found]) => (found.size === 2 ? [address] : [])));
};

/** An edge is implied when another predecessor comes after the same step. */
const edgesOf = (plan: Plan): ReadonlyArray<Edge> => {
  const reach = reachOf(plan);
  return plan.steps.flatMap((step) => {
    const before = predecessors(step);
    return before
      .filter((from) => !before.some((other) => other !== from && reach.isBefore(from, other)))
      .map((from): Edge => ({ from, to: step.id, loose: !step.needs.includes(from) }));
  });
};

export const graphOf = (plan: Plan): Graph => {
  const replaced = replacedIn(plan);
  const nodes = plan.steps.map((step) => nodeOf(step, replaced));
  return {
    title: [plan.project.name, plan.intent._tag.toLowerCase(), ...plan.intent.services].join(" "),
    nodes,
    edges: edgesOf(plan),
    lanes: Array.from(new Set(nodes.map(({ lane }) => lane))),
  };
};

export interface Colours {
  readonly fill: string;
  readonly line: string;
  readonly text: string;
}

/** Told apart by hue and by lightness, so that they differ on paper and to the colour-blind too. */
export const colours: Readonly<Record<Tone, Colours>> = {
  create: { fill: "#dcfce7", line: "#16a34a", text: "#14532d" },
  replace: { fill: "#fef3c7", line: "#d97706", text: "#78350f" },
  start: { fill: "#dbeafe", line: "#2563eb", text: "#1e3a8a" },
  stop: { fill: "#ffe4e6", line: "#e11d48", text: "#881337" },
  remove: { fill: "#fecaca", line: "#b91c1c", text: "#7f1d1d" },
  destroy: { fill: "#b91c1c", line: "#7f1d1d", text: "#ffffff" },
  prepare: { fill: "#ede9fe", line: "#7c3aed", text: "#4c1d95" },
  wait: { fill: "#f1f5f9", line: "#64748b", text: "#334155" },
  change: { fill: "#ccfbf1", line: "#0d9488", text: "#134e4a" },
  fallback: { fill: "#ffffff", line: "#a1a1aa", text: "#71717a" },
};
