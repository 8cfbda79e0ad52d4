// Time on a picture: spelling of durations, ticks of an axis, which lanes are worth a row.
import type { ServiceCourse } from "../course.ts";
import type { Lane, Mark, Phase, Timeline } from "../Timeline.ts";
import type { Millis } from "../World.ts";

/** "0s", "350ms", "3.4s", "1m05s", "2h03m". */
export const spell = (millis: Millis): string => {
  const whole = Math.round(millis);
  if (whole === 0) return "0s";
  if (whole < 1000) return `${whole}ms`;
  const tenths = Math.round(whole / 100);
  if (tenths < 600) return `${tenths / 10}s`;
  const seconds = Math.round(whole / 1000);
  const two = (number: number): string => String(number).padStart(2, "0");
  return seconds < 3600 ? `${Math.trunc(seconds / 60)}m${two(seconds % 60)}s` : `${Math.trunc(seconds / 3600)}h${two(Math.round((seconds % 3600) / 60))}m`;
};

const steps: ReadonlyArray<Millis> = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000];

/** Round moments, at most `most` of them after the first. */
export const ticks = (until: Millis, most: number): ReadonlyArray<Millis> => {
  const step = steps.find((one) => until / one <= Math.max(1, most)) ?? until;
  return Array.from({ length: Math.floor(until / step) + 1 }, (_, at) => at * step);
};

/** One service on the picture. */
export interface Group {
  /** Empty for images. */
  readonly service: string;
  readonly lanes: ReadonlyArray<{ readonly label: string; readonly lane: Lane }>;
  readonly course: ServiceCourse | undefined;
}

const isStill = ({ spans }: Lane, until: Millis): boolean => spans.length === 1 && spans[0]?.from === 0 && (spans[0]?.to ?? 0) >= until;

/** "web-1 old", "web-1 new", and after a crash "web-1 new 2". */
const labelOf = (lane: Lane, all: ReadonlyArray<Lane>): string => {
  if (lane.kind !== "container") return `${lane.kind} ${lane.name}`;
  const same = all.filter(({ kind, name }) => kind === "container" && name === lane.name);
  const before = same.slice(0, same.indexOf(lane)).filter(({ age }) => age === lane.age).length;
  return same.length === 1 ? lane.name : `${lane.name} ${lane.age}${before === 0 ? "" : ` ${before + 1}`}`;
};

export interface Grouped {
  readonly groups: ReadonlyArray<Group>;
  /** Containers to which nothing happens. */
  readonly still: number;
}

/** Transfers first, then each service whose containers change. */
export const group = (timeline: Timeline, courses: ReadonlyArray<ServiceCourse>): Grouped => {
  const { lanes, until } = timeline;
  const moving = lanes.filter((lane) => !isStill(lane, until));
  const services = [...new Set(moving.map(({ service }) => service))].toSorted();
  return {
    groups: services.map((service) => ({
      service,
      lanes: moving.filter((lane) => lane.service === service).map((lane) => ({ label: labelOf(lane, lanes), lane })),
      course: courses.find((course) => course.service === service),
    })),
    still: lanes.length - moving.length,
  };
};

export const phaseWords: Readonly<Record<Phase, string>> = {
  pulling: "pulling",
  building: "building",
  created: "not running",
  done: "not running",
  starting: "starting",
  serving: "serving",
  stopping: "stopping",
  unhealthy: "unhealthy",
  failed: "failed",
  paused: "paused",
  restarting: "restarting",
};

export const markWords: Readonly<Record<Mark["what"], string>> = {
  killed: "the client is killed",
  interrupted: "the client is interrupted",
  "engine restart": "the engine restarts",
  "next attempt": "the same command again",
  end: "the command ends",
};

const range = ({ from, to }: { readonly from: Millis; readonly to: Millis }): string => `${spell(from)} to ${spell(to)}`;

/** "3.4s (2.1s to 5.5s)". */
export const unavailableText = (course: ServiceCourse): string => {
  const { unavailable, outages, firstServed, ending, wanted } = course;
  if (ending === "done") return "–";
  if (ending === "stopped") return "stopped";
  if (firstServed === null) return wanted === 0 ? "–" : "never serves";
  if (outages.length === 0) return course.before === 0 ? `0s, serves from ${spell(firstServed)}` : "0s";
  const shown = outages.slice(0, 2).map(range).join(", ");
  return `${spell(unavailable)} (${shown}${outages.length > 2 ? ` and ${outages.length - 2} more` : ""}${ending === "down" ? ", and on" : ""})`;
};

export const healthyText = ({ before, after, ending, wanted }: ServiceCourse): string => (ending === "done" ? "job, done" : `${before} → ${after}${after < wanted ? ` of ${wanted}` : ""}`);

export const lowestText = ({ lowest, ending, firstServed }: ServiceCourse): string => (ending === "done" || ending === "stopped" || firstServed === null ? "–" : String(lowest));
