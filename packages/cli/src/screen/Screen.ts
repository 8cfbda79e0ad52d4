// What a run looks like at one moment, as data: one row per thing. Events and a clock value go in, the next screen comes out.
import type { Step } from "@composure/core/plan/Plan";
import type { EngineError } from "@composure/engine/EngineError";
import type { Progress } from "@composure/engine/Engine";
import { buildStep, withLayer, type Layers } from "./layers.ts";
import type { Event } from "@composure/engine/Event";
import { describeError } from "../output/engineError.ts";
import { thingOf, things, type Thing } from "./things.ts";
import { became, doing } from "./words.ts";

export interface Row {
  readonly thing: Thing;
  readonly state: "working" | "idle" | "done" | "failed" | "skipped" | "unneeded";
  readonly text: string;
  readonly detail: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** Steps that run now, and steps that have not ended. */
  readonly running: number;
  readonly open: number;
  /** Whether any step did something. */
  readonly acted: boolean;
  /** A possible replacement was not needed: the container stays the one it was. */
  readonly kept: boolean;
  /** What was done last. */
  readonly did: string;
  /** Layers of a pull. */
  readonly layers: Layers;
}

export interface Screen {
  readonly title: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly things: ReadonlyArray<Thing>;
  readonly thingOf: ReadonlyMap<number, Thing>;
  /** By the thing's key, in the order in which they were first touched. */
  readonly rows: ReadonlyMap<string, Row>;
  readonly finished: boolean;
}

export const empty = (title: string, now: number): Screen => ({
  title,
  startedAt: now,
  endedAt: null,
  things: [],
  thingOf: new Map(),
  rows: new Map(),
  finished: false,
});

const fresh = (thing: Thing, now: number): Row => ({
  thing,
  state: "idle",
  text: "",
  detail: "",
  startedAt: now,
  endedAt: null,
  running: 0,
  open: thing.steps.length,
  acted: false,
  kept: false,
  did: "",
  layers: new Map(),
});

const change = (screen: Screen, step: Step, now: number, edit: (row: Row) => Row): Screen => {
  const thing = screen.thingOf.get(step.id);
  if (thing === undefined) return screen;
  const rows = new Map(screen.rows);
  rows.set(thing.key, edit(rows.get(thing.key) ?? fresh(thing, now)));
  return { ...screen, rows };
};

const isRecreating = ({ thing, kept }: Row): boolean => thing.replaces && !kept;

/** A step ended: the row is done when it was the last one. Failed and skipped rows stay what they are. */
const ended = (row: Row, now: number, text: string): Row => {
  const open = row.open - 1;
  if (row.state === "failed" || row.state === "skipped") return { ...row, open };
  // Half a replacement is no news yet: it goes on.
  if (open > 0 && isRecreating(row)) return { ...row, open, text: "Recreating", detail: "", state: "working" };
  if (open > 0) return { ...row, open, text, detail: "", state: row.running > 0 ? "working" : "idle", endedAt: now };
  if (!row.acted) return { ...row, open, state: "unneeded", endedAt: now };
  return { ...row, open, state: "done", text: isRecreating(row) ? "Recreated" : text, detail: "", endedAt: now };
};

const failed = (row: Row, now: number, error: EngineError): Row => ({
  ...row,
  state: "failed",
  text: "Error",
  detail: describeError(error).headline,
  endedAt: now,
});

const progressed = (row: Row, step: Step, progress: Progress): Row => {
  if (step.operation._tag === "BuildImage" && progress.current === undefined) return { ...row, detail: buildStep(row.detail, progress) };
  const layers = withLayer(row.layers, progress);
  return layers === row.layers ? { ...row, detail: progress.text } : { ...row, layers, detail: "" };
};

export const reduce = (screen: Screen, event: Event, now: number): Screen => {
  switch (event._tag) {
    case "PlanStarted": {
      const all = things(event.plan);
      return { ...screen, things: all, thingOf: thingOf(all), rows: new Map(), startedAt: now, endedAt: null, finished: false };
    }
    case "StepStarted":
      return change(screen, event.step, now, (row) =>
        row.state === "failed"
          ? { ...row, running: row.running + 1 }
          : {
              ...row,
              running: row.running + 1,
              acted: true,
              state: "working",
              endedAt: null,
              text: isRecreating(row) ? "Recreating" : doing(event.step.operation),
              detail: isRecreating(row) ? doing(event.step.operation).toLowerCase() : "",
            },
      );
    case "StepProgress":
      return change(screen, event.step, now, (row) => progressed(row, event.step, event.progress));
    case "StepDone":
      return change(screen, event.step, now, (row) => {
        const did = became(event.step.operation, event.result);
        return ended({ ...row, running: row.running - 1, did }, now, did);
      });
    case "StepNotNeeded":
      return change(screen, event.step, now, (row) =>
        ended({ ...row, kept: row.kept || event.step.operation._tag === "CreateContainer" }, now, row.running > 0 ? row.text : row.did),
      );
    case "StepFailed":
      return change(screen, event.step, now, (row) => failed({ ...row, running: row.running - 1, open: row.open - 1 }, now, event.error));
    case "StepSkipped":
      return change(screen, event.step, now, (row) =>
        row.state === "failed"
          ? { ...row, open: row.open - 1 }
          : { ...row, open: row.open - 1, state: "skipped", text: event.cause._tag === "Interrupted" ? "Interrupted" : "Skipped", detail: "", endedAt: now },
      );
    case "HookOutput":
      return change(screen, event.step, now, (row) => ({ ...row, detail: event.text.trimEnd().split("\n").at(-1) ?? "" }));
    case "PlanFinished":
      return { ...screen, finished: true, endedAt: now };
  }
};

/** Rows that people should see: a thing that turned out to need nothing is left out. */
export const shown = (screen: Screen): ReadonlyArray<Row> => [...screen.rows.values()].filter((row) => row.state !== "unneeded");
