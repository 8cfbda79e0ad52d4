// The JSON document of a plan: what stands in it beside the plan itself, and its shape.
import type { Plan, Step } from "../plan/Plan.ts";
import type { FieldChange } from "../plan/Reason.ts";
import type { Action, ActionKind, ResourceKind } from "./Action.ts";
import type { Downtime } from "./downtime.ts";
import { jsonSchema, type Strictness } from "./jsonSchema.ts";
import { addressShape, fieldChangeShape, planShape } from "./planShape.ts";
import {
  constant,
  flag,
  list,
  named,
  type Node,
  optional,
  position,
  type Property,
  type Shape,
  struct,
  text,
  whole,
  words,
} from "./shape.ts";

export const planFormat = "composure/plan";
/** Raised when a reader of the old version could be misled. New fields alone do not raise it. */
export const planVersion = 1;

export interface DowntimeDocument {
  readonly class: Downtime["_tag"];
  readonly text: string;
}

export interface ActionDocument extends Pick<
  Action,
  "address" | "kind" | "service" | "name" | "action" | "order" | "when" | "restorable" | "steps"
> {
  readonly reason: { readonly _tag: string; readonly text: string };
  readonly fields: ReadonlyArray<FieldChange>;
  readonly downtime: DowntimeDocument;
}

export interface StepDocument extends Step {
  /** What it does and why, in words. */
  readonly text: string;
  readonly because: string;
}

export interface PlanDocument extends Omit<Plan, "steps"> {
  readonly format: typeof planFormat;
  readonly version: typeof planVersion;
  readonly changed: boolean;
  readonly headline: string;
  readonly counts: Readonly<Partial<Record<ActionKind, number>>>;
  readonly actions: ReadonlyArray<ActionDocument>;
  readonly services: ReadonlyArray<{ readonly service: string; readonly downtime: DowntimeDocument }>;
  readonly steps: ReadonlyArray<StepDocument>;
}

const downtime: Shape<DowntimeDocument> = named(
  "downtime",
  "How long a service is away: none, reduced, brief, until others are ready, or down.",
  () =>
    struct<DowntimeDocument>({
      class: words<Downtime["_tag"]>({ None: true, Reduced: true, Brief: true, Until: true, Down: true }),
      text,
    }),
);

const actionKind = words<ActionKind>({
  create: true,
  replace: true,
  restart: true,
  start: true,
  stop: true,
  pause: true,
  unpause: true,
  update: true,
  remove: true,
  destroy: true,
  pull: true,
  build: true,
  push: true,
  keep: true,
});

const action = named("action", "What becomes of one container, network, volume or image.", () =>
  struct<ActionDocument>({
    address: addressShape,
    kind: words<ResourceKind>({ container: true, network: true, volume: true, image: true, plugin: true }),
    service: optional(text),
    name: text,
    action: actionKind,
    order: optional(words<"start-first" | "stop-first">({ "start-first": true, "stop-first": true })),
    reason: struct<ActionDocument["reason"]>({ _tag: text, text }),
    fields: list(fieldChangeShape),
    downtime,
    when: optional(text),
    restorable: flag,
    steps: list(position),
  }),
);

const counts: Shape<PlanDocument["counts"]> = {
  node: {
    _tag: "Struct",
    properties: (actionKind.node as Extract<Node, { readonly _tag: "Words" }>).words.map((name) => ({
      name,
      node: whole.node,
      optional: true,
    })),
  },
};

const propertiesOf = (node: Node): ReadonlyArray<Property> => (node._tag === "Struct" ? node.properties : []);

const stepDocument = (node: Node): Node => {
  if (node._tag !== "List" || node.of._tag !== "Named") return node;
  const { of } = node;
  return {
    _tag: "List",
    of: {
      ...of,
      node: () => {
        const [id, address, ...rest] = propertiesOf(of.node());
        const words = ["text", "because"].map((name): Property => ({ name, node: text.node, optional: false }));
        return { _tag: "Struct", properties: [id as Property, address as Property, ...words, ...rest] };
      },
    },
  };
};

export const documentNode: Node = {
  _tag: "Struct",
  properties: [
    { name: "format", node: constant(planFormat).node, optional: false },
    { name: "version", node: constant(planVersion).node, optional: false },
    { name: "changed", node: flag.node, optional: false },
    { name: "headline", node: text.node, optional: false },
    { name: "counts", node: counts.node, optional: false },
    { name: "actions", node: list(action).node, optional: false },
    {
      name: "services",
      node: list(struct<PlanDocument["services"][number]>({ service: text, downtime })).node,
      optional: false,
    },
    ...propertiesOf(planShape.node).map((property) =>
      property.name === "steps" ? { ...property, node: stepDocument(property.node) } : property,
    ),
  ],
};

/** The JSON Schema of what `encodePlan` writes. */
export const planSchema = (strictness: Strictness = "open"): Readonly<Record<string, unknown>> =>
  jsonSchema(
    documentNode,
    {
      id: `urn:composure:plan:${planVersion}`,
      title: "Composure plan",
      description:
        "What will be done to the engine, why, and in which order. Readers should ignore fields they do not know.",
    },
    strictness,
  );
