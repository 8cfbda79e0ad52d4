// A simulation as JSON, for programs: versioned, in a stable order, described by schema/simulation.schema.json.
import { jsonSchema, type Strictness } from "@composure/core/format/jsonSchema";
import { arrange, constant, flag, list, named, number, nullable, optional, position, type Shape, struct, text, whole, words } from "@composure/core/format/shape";
import { type Violation, violationText } from "./assertion/evaluate.ts";
import type { Level, Outage, ServiceCourse } from "./course.ts";
import type { Exploration, Stray, Worst } from "./explore.ts";
import type { Attempt, Rehearsal } from "./rehearse.ts";
import type { Lane, Mark, Phase, Span, StepSpan, Timeline } from "./Timeline.ts";

export const simulationFormat = "composure/simulation";
export const simulationVersion = 1;

/** An assertion with what came of it. `text` says it in a sentence. */
interface AssertionDocument {
  readonly assertion: string;
  readonly holds: boolean;
  readonly text?: string;
  readonly at?: number | null;
  readonly until?: number | null;
  readonly because?: string;
  readonly during?: string | null;
  /** Of an exploration: the run in which it was violated. */
  readonly run?: string;
}

interface AttemptDocument {
  readonly from: number;
  readonly to: number;
  readonly how: Attempt["how"];
  readonly exitCode: number;
  readonly done: number;
  readonly failures: ReadonlyArray<{ readonly step: number; readonly message: string; readonly prevented: ReadonlyArray<number> }>;
}

type Explored = Omit<Exploration, "violations">;

export interface SimulationDocument {
  readonly format: typeof simulationFormat;
  readonly version: typeof simulationVersion;
  readonly project: string;
  readonly command: string;
  readonly exitCode: number;
  readonly attempts: ReadonlyArray<AttemptDocument>;
  readonly services: ReadonlyArray<ServiceCourse>;
  readonly timeline: Timeline;
  readonly assertions: ReadonlyArray<AssertionDocument>;
  readonly explorations: ReadonlyArray<Explored>;
}

const phase: Shape<Phase> = named("phase", 'What a container does: "starting" runs and does not serve yet, "done" ended with 0, "failed" with anything else.', () =>
  words<Phase>({ created: true, starting: true, serving: true, unhealthy: true, stopping: true, paused: true, restarting: true, done: true, failed: true, pulling: true, building: true }),
);
const span = struct<Span>({ phase, from: whole, to: whole });
const lane = named("lane", "A container, or the transfer of an image, over time.", () =>
  struct<Lane>({
    kind: words<Lane["kind"]>({ container: true, pull: true, build: true }),
    name: text,
    service: text,
    age: words<Lane["age"]>({ old: true, new: true }),
    oneOff: flag,
    spans: list(span),
  }),
);
const mark = struct<Mark>({ at: whole, what: words<Mark["what"]>({ killed: true, interrupted: true, "engine restart": true, "next attempt": true, end: true }) });
const step = struct<StepSpan>({
  attempt: position,
  step: position,
  address: text,
  text,
  from: whole,
  to: nullable(whole),
  outcome: words<StepSpan["outcome"]>({ done: true, failed: true, "broken off": true }),
});
const timeline = named("timeline", "Times are milliseconds since the beginning.", () => struct<Timeline>({ lanes: list(lane), marks: list(mark), steps: list(step), ended: whole, until: whole }));

const levels = list(struct<Level>({ from: whole, count: whole }));
const course = named("service", "How a service fared: replicas that served before, at worst and after; milliseconds in which none did.", () =>
  struct<ServiceCourse>({
    service: text,
    wanted: whole,
    before: whole,
    lowest: whole,
    after: whole,
    unavailable: whole,
    outages: list(struct<Outage>({ from: whole, to: whole })),
    firstServed: nullable(whole),
    ending: words<ServiceCourse["ending"]>({ serving: true, reduced: true, down: true, done: true, stopped: true }),
    healthy: levels,
    running: levels,
  }),
);

const attempt = named("attempt", "One run of the command; after a crash or an interruption there is a second.", () =>
  struct<AttemptDocument>({
    from: whole,
    to: whole,
    how: words<Attempt["how"]>({ Finished: true, Crashed: true, Stuck: true, Endless: true }),
    exitCode: whole,
    done: whole,
    failures: list(struct<AttemptDocument["failures"][number]>({ step: position, message: text, prevented: list(position) })),
  }),
);

const exploration = named("exploration", "Many simulations of the change.", () =>
  struct<Explored>({
    kind: words<Exploration["kind"]>({ "crash points": true, interleavings: true, exhaustive: true }),
    runs: whole,
    total: whole,
    converged: whole,
    strays: list(struct<Stray>({ run: text, problem: text })),
    worst: list(struct<Worst>({ service: text, unavailable: whole, run: text })),
    duration: struct<Exploration["duration"]>({ shortest: whole, longest: whole }),
    orders: whole,
  }),
);

const assertion = named("assertion", "What was asserted, and when and why it does not hold.", () =>
  struct<AssertionDocument>({
    assertion: text,
    holds: flag,
    text: optional(text),
    at: optional(nullable(number)),
    until: optional(nullable(number)),
    because: optional(text),
    during: optional(nullable(text)),
    run: optional(text),
  }),
);

const documentShape = struct<SimulationDocument>({
  format: constant(simulationFormat),
  version: constant(simulationVersion),
  project: text,
  command: text,
  exitCode: whole,
  attempts: list(attempt),
  services: list(course),
  timeline,
  assertions: list(assertion),
  explorations: list(exploration),
});

export const simulationSchema = (strictness: Strictness = "open"): Readonly<Record<string, unknown>> =>
  jsonSchema(
    documentShape.node,
    { id: `urn:composure:simulation:${simulationVersion}`, title: "Composure simulation", description: "What composure simulate --format json prints. Times are milliseconds." },
    strictness,
  );

export interface Judged {
  readonly assertion: string;
  readonly violation: (Violation & { readonly run?: string }) | undefined;
}

const judgedDocument = ({ assertion: asked, violation }: Judged): AssertionDocument => {
  if (violation === undefined) return { assertion: asked, holds: true };
  const { at, until, because, during, run } = violation;
  return { assertion: asked, holds: false, text: violationText(violation), at, until, because, during, ...(run === undefined ? {} : { run }) };
};

const attemptDocument = ({ how, report, from, to }: Attempt): AttemptDocument => ({
  from,
  to,
  how,
  exitCode: how === "Finished" ? (report?.exitCode ?? 1) : 1,
  done: (report?.done.length ?? 0) + (report?.restored.length ?? 0),
  failures: (report?.failures ?? []).map(({ step: failed, error, prevented }) => ({ step: failed.id, message: error.message, prevented: prevented.map(({ id }) => id) })),
});

export interface Documented {
  readonly command: string;
  readonly judged: ReadonlyArray<Judged>;
  readonly explorations: ReadonlyArray<Exploration>;
}

export const simulationDocument = (rehearsal: Rehearsal, { command, judged, explorations }: Documented): SimulationDocument => {
  const document: SimulationDocument = {
    format: simulationFormat,
    version: simulationVersion,
    project: rehearsal.attempts[0]?.plan.project.name ?? "",
    command,
    exitCode: rehearsal.exitCode,
    attempts: rehearsal.attempts.map(attemptDocument),
    services: rehearsal.services,
    timeline: rehearsal.timeline,
    assertions: judged.map(judgedDocument),
    explorations: explorations.map(({ violations: _, ...rest }) => rest),
  };
  return arrange(documentShape.node, document) as SimulationDocument;
};
