// What happened to each container in a simulation, and when: the data behind pictures, measures and assertions.
import { labelOf } from "@composure/core/desired/labels";
import { behaviourOf, type Millis, type SimContainer, type World } from "./World.ts";

/**
 * "starting": it runs and does not serve yet; "serving": healthy, or, where it has no healthcheck, running (for as long
 * as was assumed); "stopping": it has the stop signal; "done": it ended with 0; "failed": with anything else.
 */
export type Phase = "created" | "starting" | "serving" | "unhealthy" | "stopping" | "paused" | "restarting" | "done" | "failed" | "pulling" | "building";

export interface Span {
  readonly phase: Phase;
  /** Milliseconds since the beginning. */
  readonly from: Millis;
  readonly to: Millis;
}

/** A container, or the transfer of an image. */
export interface Lane {
  readonly kind: "container" | "pull" | "build";
  /** The container's name in the end, or the image. */
  readonly name: string;
  /** Empty for images. */
  readonly service: string;
  /** "old": it was there before; "new": it came. */
  readonly age: "old" | "new";
  readonly oneOff: boolean;
  /** In order, without overlap; between them there is nothing. */
  readonly spans: ReadonlyArray<Span>;
}

export interface Mark {
  readonly at: Millis;
  readonly what: "killed" | "interrupted" | "engine restart" | "next attempt" | "end";
}

/** One step of a plan on the clock. Attempts count from 1. */
export interface StepSpan {
  readonly attempt: number;
  readonly step: number;
  /** "service:web:1". */
  readonly address: string;
  readonly text: string;
  readonly from: Millis;
  /** Null: it was under way when the client died. */
  readonly to: Millis | null;
  readonly outcome: "done" | "failed" | "broken off";
}

export interface Timeline {
  readonly lanes: ReadonlyArray<Lane>;
  readonly marks: ReadonlyArray<Mark>;
  readonly steps: ReadonlyArray<StepSpan>;
  /** When the last plan had ended. */
  readonly ended: Millis;
  /** When everything had come to rest, or nothing better could be expected. */
  readonly until: Millis;
}

/** As recorded: `up` is running without a healthcheck, and serves from `readyAt` on. */
interface Seen {
  readonly phase: Phase | "up";
  readonly readyAt: Millis;
  readonly from: Millis;
  to: Millis;
}

interface Track {
  readonly kind: Lane["kind"];
  readonly id: string;
  name: string;
  readonly service: string;
  readonly age: Lane["age"];
  readonly oneOff: boolean;
  readonly seen: Array<Seen>;
}

export interface Recorder {
  /** To be called after every change of the world. */
  readonly look: (world: World) => void;
  readonly mark: (world: World, what: Mark["what"]) => void;
  readonly beginTransfer: (world: World, kind: "pull" | "build", image: string) => void;
  readonly endTransfer: (world: World, kind: "pull" | "build", image: string) => void;
  readonly beginStep: (world: World, step: Pick<StepSpan, "attempt" | "step" | "address" | "text">) => void;
  readonly endStep: (world: World, attempt: number, step: number, outcome: StepSpan["outcome"]) => void;
  /** When everything that is up would serve, by the assumptions. */
  readonly readyAt: () => Millis;
  readonly timeline: (world: World, ended: Millis) => Timeline;
}

const isStopping = (world: World, container: SimContainer): boolean => world.timers.some(({ what, container: of, run }) => what._tag === "Kill" && of === container.id && run === container.run);

const phaseOf = (world: World, container: SimContainer): Phase | "up" | undefined => {
  switch (container.state) {
    case "created":
      return "created";
    case "running":
      if (isStopping(world, container)) return "stopping";
      return ({ none: "up", starting: "starting", healthy: "serving", unhealthy: "unhealthy" } as const)[container.health];
    case "paused":
      return "paused";
    case "restarting":
      return "restarting";
    case "exited":
    case "dead":
      return container.exitCode === 0 || container.stoppedByHand ? "done" : "failed";
    case "removing":
      return undefined;
  }
};

/** A replacement's name until it is renamed, "0123456789ab_shop-web-1", is not for people. */
const settledName = (name: string): string => name.replace(/^[0-9a-f]{12}_/, "");

const trackOf = (container: SimContainer, age: Lane["age"]): Track => ({
  kind: "container",
  id: container.id,
  name: settledName(container.name),
  service: container.spec.labels[labelOf.service] ?? "",
  age,
  oneOff: container.spec.labels[labelOf.oneOff] === "True" || container.spec.labels[labelOf.configHash] === undefined,
  seen: [],
});

/** Goes on with the last phase, or begins another. */
const follow = (track: Track, phase: Phase | "up" | undefined, readyAt: Millis, now: Millis): void => {
  const last = track.seen.at(-1);
  const open = last !== undefined && last.to === Infinity ? last : undefined;
  if (open?.phase === phase && open?.readyAt === readyAt) return;
  if (open !== undefined) open.to = now;
  if (phase !== undefined) track.seen.push({ phase, readyAt, from: now, to: Infinity });
};

const spansOf = (seen: ReadonlyArray<Seen>, until: Millis): ReadonlyArray<Span> =>
  seen
    .flatMap(({ phase, readyAt, from, to: end }): ReadonlyArray<Span> => {
      const to = Math.min(end, until);
      if (phase !== "up") return [{ phase, from, to }];
      const ready = Math.min(Math.max(readyAt, from), to);
      return [{ phase: "starting", from, to: ready }, { phase: "serving", from: ready, to }];
    })
    .filter(({ from, to }) => to > from);

const byName = (a: Track, b: Track): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
const kinds = { pull: 0, build: 1, container: 2 } as const;
const ages = { old: 0, new: 1 } as const;

/** Follows the containers of one project. Times are told from the world's time now on. */
export const makeRecorder = (world: World, project: string): Recorder => {
  const start = world.now;
  const tracks = new Map<string, Track>();
  const marks: Array<Mark> = [];
  const steps: Array<StepSpan> = [];
  const time = (of: World): Millis => Math.round(of.now - start);
  const look = (of: World): void => {
    for (const container of Object.values(of.containers)) {
      if (container.spec.labels[labelOf.project] !== project) continue;
      let track = tracks.get(container.id);
      if (track === undefined) tracks.set(container.id, (track = trackOf(container, steps.length === 0 && time(of) === 0 ? "old" : "new")));
      track.name = settledName(container.name);
      const phase = phaseOf(of, container);
      const readyAt = phase === "up" ? Math.round((container.startedAt ?? of.now) + (behaviourOf(of, container).servesAfter ?? 0) - start) : 0;
      follow(track, phase, readyAt, time(of));
    }
    for (const track of tracks.values()) if (track.kind === "container" && of.containers[track.id] === undefined) follow(track, undefined, 0, time(of));
  };
  const transfer = (kind: "pull" | "build", image: string): Track => {
    const id = `${kind} ${image}`;
    const track: Track = tracks.get(id) ?? { kind, id, name: image, service: "", age: "new", oneOff: false, seen: [] };
    tracks.set(id, track);
    return track;
  };
  look(world);
  return {
    look,
    mark: (of, what) => void marks.push({ at: time(of), what }),
    beginTransfer: (of, kind, image) => follow(transfer(kind, image), kind === "pull" ? "pulling" : "building", 0, time(of)),
    endTransfer: (of, kind, image) => follow(transfer(kind, image), undefined, 0, time(of)),
    beginStep: (of, step) => void steps.push({ ...step, from: time(of), to: null, outcome: "broken off" }),
    endStep: (of, attempt, step, outcome) => {
      const at = steps.findIndex((one) => one.attempt === attempt && one.step === step);
      const known = steps[at];
      if (known !== undefined) steps[at] = { ...known, to: time(of), outcome };
    },
    readyAt: () => Math.max(0, ...[...tracks.values()].flatMap(({ seen }) => seen.filter(({ phase, to }) => phase === "up" && to === Infinity).map(({ readyAt }) => readyAt))),
    timeline: (of, ended) => {
      const until = Math.max(time(of), ended);
      const lanes = [...tracks.values()]
        .toSorted((a, b) => kinds[a.kind] - kinds[b.kind] || byName(a, b) || ages[a.age] - ages[b.age])
        .map(({ kind, name, service, age, oneOff, seen }): Lane => ({ kind, name, service, age, oneOff, spans: spansOf(seen, until) }))
        .filter(({ spans }) => spans.length > 0);
      return { lanes, marks: [...marks, { at: ended, what: "end" }], steps, ended, until };
    },
  };
};
