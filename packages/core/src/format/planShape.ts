// The shape of a plan's JSON form. The compiler holds it against the types of the plan: a new operation, reason or field
// must be described here before it compiles.
import type { ProjectIdentity } from "../desired/Desired.ts";
import type { Address } from "../plan/Address.ts";
import type { Confirmation, Guard, Notice, Plan, Step } from "../plan/Plan.ts";
import type { FieldChange, Reason } from "../plan/Reason.ts";
import type { Intent, SshKey } from "../policy/Intent.ts";
import type { Span } from "../source/Span.ts";
import { operationShape } from "./operationShape.ts";
import {
  flag,
  list,
  mapOf,
  named,
  nullable,
  optional,
  pattern,
  position,
  type Shape,
  struct,
  text,
  variant,
  whole,
  words,
} from "./shape.ts";

export const addressShape: Shape<Address> = named(
  "address",
  'What is touched: "service:web:1", "volume:data", "image:nginx:alpine".',
  () => pattern<Address>("^[a-z]+:.+$"),
);
const services = list(text);

export const intentShape = named("intent", "What the user asked for.", () =>
  variant<Intent>({
    Up: { services },
    Create: { services },
    Run: { services, name: text, slug: text, start: flag, stdin: flag, autoRemove: flag, aliases: flag },
    Down: { services, volumes: flag, images: words<"none" | "local" | "all">({ none: true, local: true, all: true }) },
    Start: { services },
    Stop: { services },
    Restart: { services, withDependents: flag },
    Kill: { services, signal: text },
    Pause: { services },
    Unpause: { services },
    Remove: { services, stop: flag, volumes: flag },
    Pull: { services, ignoreFailures: optional(flag), ignoreBuildable: optional(flag) },
    Push: { services, ignoreFailures: optional(flag) },
    Build: {
      services,
      pull: optional(flag),
      noCache: optional(flag),
      args: optional(mapOf(text)),
      push: optional(flag),
      builder: optional(text),
      memory: optional(whole),
      ssh: optional(list(struct<SshKey>({ id: text, path: optional(text) }))),
      provenance: optional(text),
      sbom: optional(text),
    },
  }),
);

export const spanShape = struct<Span>({ file: text, line: position, column: position });

export const fieldChangeShape = named(
  "fieldChange",
  'A field of the configuration that differs; secrets read "(secret)".',
  () => struct<FieldChange>({ path: text, before: nullable(text), after: nullable(text), span: optional(spanShape) }),
);

export const reasonShape = named("reason", "Why a step is there.", () =>
  variant<Reason>({
    Missing: {},
    ConfigChanged: { fields: list(fieldChangeShape), from: optional(words<"live">({ live: true })) },
    ImageChanged: { before: text, after: nullable(text) },
    NamespaceMoved: { service: text },
    DependencyRecreated: { service: text },
    NetworkChanged: { network: text },
    VolumeChanged: { volume: text },
    NotRunning: { state: text },
    ScaleUp: { from: whole, to: whole },
    ScaleDown: { from: whole, to: whole },
    Orphan: { service: text },
    OneOff: { service: text },
    Forced: { flag: text },
    Requested: { intent: text },
    Leftover: { of: text },
    Adopted: { predecessor: nullable(text) },
    Replaces: { predecessor: text },
    ReplacedBy: { step: position },
    Restores: { step: position },
    NeededBy: { by: list(text) },
    PolicyAsks: { policy: text },
  }),
);

const guard: Shape<Guard> = named(
  "guard",
  "A condition on results of earlier steps; false means the step is not needed.",
  () =>
    variant<Guard>({
      ImageChanged: { step: position, from: text, of: optional(words<"variables">({ variables: true })) },
      ImageUnchanged: { step: position, from: text, of: optional(words<"variables">({ variables: true })) },
      Failed: { step: position },
      AnyOf: { guards: list(guard) },
      AllOf: { guards: list(guard) },
    }),
);

const step = named("step", "One engine call of the plan.", () =>
  struct<Step>({
    id: position,
    address: addressShape,
    operation: operationShape,
    reason: reasonShape,
    needs: list(position),
    after: optional(list(position)),
    group: optional(text),
    guard: optional(guard),
  }),
);

export const noticeShape = named("notice", "Something worth knowing that changes nothing.", () =>
  variant<Notice>({
    OrphansFound: { containers: list(text) },
    UnlabelledNetwork: { network: text },
    UnlabelledVolume: { volume: text, project: nullable(text) },
    StopFirst: { service: text, because: text },
    Resumed: { service: text, found: text },
    VolumeKept: { volume: text },
    NothingToDo: { what: text },
    Warning: { message: text },
  }),
);

const confirmation = named("confirmation", "An open question; `flag` is how to answer it on the command line.", () =>
  struct<Confirmation>({ address: addressShape, question: text, destroys: flag, flag: text }),
);

const project = named("project", "Which project the plan is for.", () =>
  struct<ProjectIdentity>({
    name: text,
    workingDir: text,
    configFiles: list(text),
    envFiles: list(text),
    separator: words<"-" | "_">({ "-": true, _: true }),
  }),
);

/** The plan itself, without what is derived from it. */
export const planShape = struct<Plan>({
  project,
  intent: intentShape,
  steps: list(step),
  notices: list(noticeShape),
  confirmations: list(confirmation),
  untouched: list(struct<Plan["untouched"][number]>({ address: addressShape, name: text, state: text })),
});
