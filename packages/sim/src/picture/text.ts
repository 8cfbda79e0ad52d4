// A timeline for a terminal: one row for each container that changes, one cell for a piece of time.
import type { Level, ServiceCourse } from "../course.ts";
import type { Lane, Phase, Timeline } from "../Timeline.ts";
import type { Millis } from "../World.ts";
import { group, type Grouped, markWords, phaseWords, spell, ticks } from "./scale.ts";

export type Tone = "good" | "busy" | "bad" | "faint" | "transfer" | "strong";

export interface TextOptions {
  readonly columns: number;
  /** Without colours every phase still has a sign of its own. */
  readonly paint: (tone: Tone, text: string) => string;
}

const signs: Readonly<Record<Phase, readonly [sign: string, tone: Tone]>> = {
  pulling: ["▓", "transfer"],
  building: ["▓", "transfer"],
  created: ["·", "faint"],
  done: ["·", "faint"],
  starting: ["▒", "busy"],
  serving: ["█", "good"],
  stopping: ["░", "busy"],
  unhealthy: ["x", "bad"],
  failed: ["!", "bad"],
  paused: ["=", "busy"],
  restarting: ["~", "bad"],
};

const markSigns = { killed: "†", interrupted: "‡", "engine restart": "↻", "next attempt": "▶", end: "┘" } as const;

interface Grid {
  readonly cells: number;
  readonly until: Millis;
}

const cellOf = ({ cells, until }: Grid, at: Millis): number => Math.min(cells - 1, Math.floor((at / until) * cells));

/** Each cell shows what took the most of its time; what would get lost takes one cell nevertheless. */
const phases = (lane: Lane, grid: Grid): ReadonlyArray<Phase | undefined> => {
  const width = grid.until / grid.cells;
  const cells = Array.from({ length: grid.cells }, (_, at): Phase | undefined => {
    const [from, to] = [at * width, (at + 1) * width];
    let best: Phase | undefined;
    let [most, filled] = [0, 0];
    for (const span of lane.spans) {
      const share = Math.min(span.to, to) - Math.max(span.from, from);
      if (share <= 0) continue;
      filled += share;
      if (share >= most) [best, most] = [span.phase, share];
    }
    return filled >= width / 2 - 1e-9 ? best : undefined;
  });
  for (const { phase, from, to } of lane.spans) {
    const [first, last] = [cellOf(grid, from), cellOf(grid, Math.max(from, to - 1e-9))];
    if (!cells.slice(first, last + 1).includes(phase)) cells[cellOf(grid, (from + to) / 2)] = phase;
  }
  return cells;
};

/** Neighbours of one tone are painted at once. */
const runs = <A>(cells: ReadonlyArray<A>, show: (cell: A) => readonly [string, Tone | undefined], paint: TextOptions["paint"]): string => {
  let text = "";
  let run = "";
  let tone: Tone | undefined;
  const flush = (): void => {
    text += tone === undefined ? run : paint(tone, run);
    run = "";
  };
  for (const cell of cells) {
    const [sign, next] = show(cell);
    if (next !== tone) flush();
    tone = next;
    run += sign;
  }
  flush();
  return text.trimEnd();
};

const bar = (lane: Lane, grid: Grid, paint: TextOptions["paint"]): string =>
  runs(phases(lane, grid), (phase): readonly [string, Tone | undefined] => (phase === undefined ? [" ", undefined] : signs[phase]), paint);

/** The lowest number within each cell. */
const counts = (levels: ReadonlyArray<Level>, grid: Grid, paint: TextOptions["paint"]): string => {
  const width = grid.until / grid.cells;
  const lowest = Array.from({ length: grid.cells }, (_, at) => {
    const [from, to] = [at * width, (at + 1) * width - 1e-9];
    const within = levels.filter((level) => level.from > from && level.from <= to).map(({ count }) => count);
    return Math.min(levels.findLast((level) => level.from <= from)?.count ?? 0, ...within);
  });
  return runs(lowest, (count): readonly [string, Tone] => [count > 9 ? "+" : String(count), count === 0 ? "bad" : "faint"], paint);
};

const axis = (grid: Grid, indent: number, paint: TextOptions["paint"]): ReadonlyArray<string> => {
  const numbers: Array<string> = Array.from({ length: grid.cells + 8 }, () => " ");
  const line: Array<string> = Array.from({ length: grid.cells }, () => "─");
  for (const tick of ticks(grid.until, Math.floor(grid.cells / 9))) {
    const at = cellOf(grid, tick);
    const text = spell(tick);
    if (at + text.length > grid.cells + 1) continue;
    line[at] = at === 0 ? "├" : "┼";
    for (const [offset, letter] of Array.from(text).entries()) numbers[at + offset] = letter;
  }
  const pad = " ".repeat(indent);
  return [pad + paint("faint", numbers.join("").trimEnd()), pad + paint("faint", line.join(""))];
};

const marksRow = (timeline: Timeline, grid: Grid, indent: number, paint: TextOptions["paint"]): ReadonlyArray<string> => {
  const row: Array<string> = Array.from({ length: grid.cells }, () => " ");
  const marks = timeline.marks.filter(({ what }) => what !== "end");
  for (const { at, what } of marks) row[cellOf(grid, at)] = markSigns[what];
  return marks.length === 0 ? [] : [" ".repeat(indent) + paint("bad", row.join("").trimEnd())];
};

const legend = ({ groups }: Grouped, timeline: Timeline, paint: TextOptions["paint"], columns: number): ReadonlyArray<string> => {
  const used = new Set(groups.flatMap(({ lanes }) => lanes.flatMap(({ lane }) => lane.spans.map(({ phase }) => phase))));
  const words = new Map<string, readonly [string, string]>();
  for (const phase of Object.keys(signs) as ReadonlyArray<Phase>) {
    const [sign, tone] = signs[phase];
    if (used.has(phase)) words.set(phaseWords[phase], [`${sign} ${phaseWords[phase]}`, `${paint(tone, sign)} ${phaseWords[phase]}`]);
  }
  for (const { at, what } of timeline.marks) {
    if (what === "end") continue;
    const text = `${markWords[what]} (${spell(at)})`;
    words.set(text, [`${markSigns[what]} ${text}`, `${paint("bad", markSigns[what])} ${text}`]);
  }
  const lines: Array<string> = [];
  let room = 0;
  for (const [plain, painted] of words.values()) {
    const fits = lines.length > 0 && plain.length + 3 <= room;
    if (fits) lines[lines.length - 1] += `   ${painted}`;
    else lines.push(`  ${painted}`);
    room = (fits ? room - 3 : columns - 2) - plain.length;
  }
  return lines;
};

const cutLabel = (label: string, room: number): string => (label.length <= room ? label.padEnd(room) : `${label.slice(0, Math.max(0, room - 1))}…`);

const countLabel = "  healthy";

/** Lines without their ends; none when nothing happened. Never wider than `columns` (but for less than 40). */
export const drawText = (timeline: Timeline, courses: ReadonlyArray<ServiceCourse>, { columns, paint }: TextOptions): ReadonlyArray<string> => {
  const grouped = group(timeline, courses);
  if (grouped.groups.length === 0 || timeline.until === 0) return [];
  const longest = Math.max(countLabel.length, ...grouped.groups.flatMap(({ lanes }) => lanes.map(({ label }) => label.length)));
  const width = Math.max(40, columns);
  const room = Math.min(longest, Math.floor(width / 3));
  const indent = room + 4;
  const grid: Grid = { cells: Math.min(100, width - indent - 1), until: timeline.until };
  const lines = [...axis(grid, indent, paint), ...marksRow(timeline, grid, indent, paint)];
  for (const { service, lanes, course } of grouped.groups) {
    for (const { label, lane } of lanes) lines.push(`  ${cutLabel(label, room)}  ${bar(lane, grid, paint)}`);
    if (service !== "" && course !== undefined && course.ending !== "done" && course.firstServed !== null) lines.push(`  ${paint("faint", cutLabel(countLabel, room))}  ${counts(course.healthy, grid, paint)}`);
  }
  return [...lines, "", ...legend(grouped, timeline, paint, width)];
};
