// How each service fared in a simulation: how many of its replicas served at any time, and how long none did.
import type { Lane, Span, Timeline } from "./Timeline.ts";
import type { Millis } from "./World.ts";

/** The number of replicas in some state, from a moment on. */
export interface Level {
  readonly from: Millis;
  readonly count: number;
}

export interface Outage {
  readonly from: Millis;
  readonly to: Millis;
}

/**
 * "serving": as many serve as should; "reduced": fewer, but some; "down": none does; "done": a job that ended with 0;
 * "stopped": it was not meant to serve any more.
 */
export type Ending = "serving" | "reduced" | "down" | "done" | "stopped";

export interface ServiceCourse {
  readonly service: string;
  /** Replicas that should serve in the end. */
  readonly wanted: number;
  /** Healthy replicas before, at the worst moment since the service first served, and in the end. */
  readonly before: number;
  readonly lowest: number;
  readonly after: number;
  /** Milliseconds without any healthy replica, since it first served. Time after a wanted stop does not count. */
  readonly unavailable: Millis;
  readonly outages: ReadonlyArray<Outage>;
  /** When it first served; null: never. */
  readonly firstServed: Millis | null;
  readonly ending: Ending;
  /** Steps of its healthy and of its running replicas, from 0 on. */
  readonly healthy: ReadonlyArray<Level>;
  readonly running: ReadonlyArray<Level>;
}

const live = new Set<Span["phase"]>(["starting", "serving", "unhealthy", "stopping", "paused", "restarting"]);

const replicas = (timeline: Timeline, service: string): ReadonlyArray<Lane> => timeline.lanes.filter((lane) => lane.kind === "container" && lane.service === service && !lane.oneOff);

const levels = (lanes: ReadonlyArray<Lane>, counts: (span: Span) => boolean): ReadonlyArray<Level> => {
  const changes = new Map<Millis, number>([[0, 0]]);
  const add = (at: Millis, change: number): void => void changes.set(at, (changes.get(at) ?? 0) + change);
  // One replica's spans touch: what goes on across them is no change.
  for (const span of lanes.flatMap(({ spans }) => spans.filter(counts))) {
    add(span.from, 1);
    add(span.to, -1);
  }
  let count = 0;
  return [...changes]
    .toSorted(([a], [b]) => a - b)
    .map(([from, change]) => ({ from, count: (count += change) }))
    .filter((level, at, all) => at === 0 || level.count !== all[at - 1]?.count);
};

const countAt = (all: ReadonlyArray<Level>, at: Millis): number => all.findLast(({ from }) => from <= at)?.count ?? 0;

/** The end of the last span counts as the state in the end. */
const before = (all: ReadonlyArray<Level>, until: Millis): ReadonlyArray<Level> => all.filter(({ from }) => from < until);

const outagesOf = (healthy: ReadonlyArray<Level>, since: Millis, until: Millis): ReadonlyArray<Outage> =>
  healthy.flatMap(({ from, count }, at) => {
    const to = Math.min(healthy[at + 1]?.from ?? until, until);
    return count === 0 && from >= since && to > from ? [{ from, to }] : [];
  });

const endingOf = (lanes: ReadonlyArray<Lane>, after: number, wanted: number): Ending => {
  if (wanted === 0) return after === 0 ? "stopped" : "serving";
  if (after >= wanted) return "serving";
  const last = lanes.map(({ spans }) => spans.at(-1)?.phase);
  if (after === 0 && last.length > 0 && last.includes("done") && last.every((phase) => phase === "done" || phase === undefined)) return "done";
  return after === 0 ? "down" : "reduced";
};

/** `wanted`: replicas that should serve in the end, by service. */
export const coursesOf = (timeline: Timeline, wanted: ReadonlyMap<string, number>): ReadonlyArray<ServiceCourse> => {
  const { until } = timeline;
  const names = new Set([...wanted.keys(), ...timeline.lanes.flatMap(({ kind, service, oneOff }) => (kind === "container" && !oneOff && service !== "" ? [service] : []))]);
  return [...names].toSorted().map((service) => {
    const lanes = replicas(timeline, service);
    const healthy = before(levels(lanes, ({ phase }) => phase === "serving"), until);
    const running = before(levels(lanes, ({ phase }) => live.has(phase)), until);
    const firstServed = healthy.find(({ count }) => count > 0)?.from ?? null;
    const after = countAt(healthy, until);
    const ending = endingOf(lanes, after, wanted.get(service) ?? 0);
    const all = firstServed === null ? [] : outagesOf(healthy, firstServed, until);
    // A job that is done, or a service that was to stop, is not missed.
    const outages = ending === "done" || ending === "stopped" ? all.filter(({ to }) => to < until) : all;
    const counted = firstServed === null ? healthy : healthy.filter(({ from }) => from >= firstServed);
    return {
      service,
      wanted: wanted.get(service) ?? 0,
      before: countAt(healthy, 0),
      lowest: Math.min(...(counted.length === 0 ? [0] : counted.map(({ count }) => count))),
      after,
      unavailable: outages.reduce((sum, { from, to }) => sum + to - from, 0),
      outages,
      firstServed,
      ending,
      healthy,
      running,
    };
  });
};
