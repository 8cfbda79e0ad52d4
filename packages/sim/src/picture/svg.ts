// A timeline as a picture: time runs to the right, each service is a band, each container a bar in the colours of its life.
import { fitted, textWidth } from "@composure/core/format/textWidth";
import { escape, round, textAt } from "@composure/core/format/xml";
import type { Level, ServiceCourse } from "../course.ts";
import type { Lane, Phase, Timeline } from "../Timeline.ts";
import type { Millis } from "../World.ts";
import { type Group, group, lowestText, markWords, phaseWords, spell, ticks, unavailableText } from "./scale.ts";

const ink = { strong: "#0f172a", soft: "#475569", faint: "#94a3b8", rule: "#e2e8f0", band: "#f8fafc", bad: "#b91c1c" } as const;
const size = { left: 24, label: 290, plot: 760, head: 112, bar: 14, row: 22, gap: 14, count: 26 } as const;

const colours: Readonly<Record<Phase, string>> = {
  pulling: "#93c5fd",
  building: "#a5b4fc",
  created: "#e2e8f0",
  done: "#e2e8f0",
  starting: "#fcd34d",
  serving: "#34d399",
  stopping: "#fdba74",
  unhealthy: "#f87171",
  failed: "#b91c1c",
  paused: "#c4b5fd",
  restarting: "#fb7185",
};

interface Scale {
  readonly x: (at: Millis) => number;
  readonly until: Millis;
}

const scaleOf = (until: Millis): Scale => {
  const left = size.left + size.label;
  return { x: (at) => left + (Math.min(at, until) / Math.max(1, until)) * size.plot, until };
};

const bar = (lane: Lane, y: number, { x }: Scale): string =>
  lane.spans
    .map(({ phase, from, to }) => {
      const width = Math.max(1.2, x(to) - x(from));
      const thin = phase === "created" || phase === "done";
      const [top, height] = thin ? [y + size.bar / 2 - 2, 4] : [y, size.bar];
      return `<rect x="${round(x(from))}" y="${round(top)}" width="${round(width)}" height="${height}" rx="2" fill="${colours[phase]}"><title>${escape(`${lane.name}: ${phaseWords[phase]}, ${spell(from)} to ${spell(to)}`)}</title></rect>`;
    })
    .join("");

/** Healthy replicas as steps; where there are none the ground is red. */
const staircase = (levels: ReadonlyArray<Level>, y: number, { x, until }: Scale, since: Millis): string => {
  const most = Math.max(1, ...levels.map(({ count }) => count));
  const height = (count: number): number => y + size.count - 4 - (count / most) * (size.count - 8);
  let path = "";
  const away: Array<string> = [];
  for (const [at, { from, count }] of levels.entries()) {
    const to = Math.min(levels[at + 1]?.from ?? until, until);
    path += `${at === 0 ? "M" : "V"}${at === 0 ? `${round(x(from))} ${round(height(count))}` : round(height(count))}H${round(x(to))}`;
    if (count === 0 && from >= since) away.push(`<rect x="${round(x(from))}" y="${round(y)}" width="${round(Math.max(1.2, x(to) - x(from)))}" height="${size.count}" fill="#fee2e2"><title>nobody serves, ${spell(from)} to ${spell(to)}</title></rect>`);
  }
  return `${away.join("")}<path d="${path}" fill="none" stroke="${ink.soft}" stroke-width="1.3"/>`;
};

const hasCount = ({ service, course }: Group): boolean => service !== "" && course !== undefined && course.ending !== "done" && course.firstServed !== null;

const heightOf = (of: Group): number => 26 + of.lanes.length * size.row + (hasCount(of) ? size.count + 6 : 0) + size.gap;

const heading = (course: ServiceCourse | undefined): string => {
  if (course === undefined || course.ending === "done") return course === undefined ? "" : "job, done";
  const away = unavailableText(course);
  return course.ending === "stopped" || course.firstServed === null ? away : `lowest ${lowestText(course)} of ${course.wanted}, unavailable ${away}`;
};

const band = (of: Group, y: number, index: number, scale: Scale, width: number): string => {
  const bad = (of.course?.unavailable ?? 0) > 0 || of.course?.ending === "down";
  const parts = [
    index % 2 === 0 ? `<rect x="0" y="${round(y)}" width="${round(width)}" height="${round(heightOf(of))}" fill="${ink.band}"/>` : "",
    textAt(size.left, y + 19, of.service === "" ? "images" : of.service, { size: 14, fill: ink.strong, weight: 700 }),
    textAt(size.left + size.label, y + 19, heading(of.course), { size: 11.5, fill: bad ? ink.bad : ink.soft }),
  ];
  let row = y + 26;
  for (const { label, lane } of of.lanes) {
    parts.push(textAt(size.left, row + 11.5, fitted(label, 11.5, size.label - 16), { size: 11.5, fill: ink.soft }), bar(lane, row, scale));
    row += size.row;
  }
  if (hasCount(of) && of.course !== undefined) parts.push(textAt(size.left, row + 16, "healthy replicas", { size: 11, fill: ink.faint }), staircase(of.course.healthy, row, scale, of.course.firstServed ?? 0));
  return parts.join("\n");
};

const grid = ({ x, until }: Scale, bottom: number): string =>
  ticks(until, 9)
    .map((at) => `<line x1="${round(x(at))}" y1="${size.head - 6}" x2="${round(x(at))}" y2="${round(bottom)}" stroke="${ink.rule}"/>${textAt(x(at), size.head - 11, spell(at), { size: 11, fill: ink.soft, anchor: "middle" })}`)
    .join("\n");

/** A line through all bands, with its words below; those that come close to each other stand on rows of their own. */
const marks = (timeline: Timeline, { x }: Scale, bottom: number): string =>
  timeline.marks
    .map(({ at, what }, index) => {
      const colour = what === "end" || what === "next attempt" ? ink.soft : ink.bad;
      const right = x(at) > size.left + size.label + size.plot * 0.7;
      return [
        `<line x1="${round(x(at))}" y1="${size.head - 6}" x2="${round(x(at))}" y2="${round(bottom + 2 + index * 15)}" stroke="${colour}" stroke-width="1.3" stroke-dasharray="4 3"/>`,
        textAt(x(at) + (right ? -5 : 5), bottom + 13 + index * 15, `${markWords[what]}, ${spell(at)}`, { size: 11, fill: colour, ...(right ? { anchor: "end" as const } : {}) }),
      ].join("");
    })
    .join("\n");

const legend = (groups: ReadonlyArray<Group>, y: number): string => {
  const used = new Set(groups.flatMap(({ lanes }) => lanes.flatMap(({ lane }) => lane.spans.map(({ phase }) => phase))));
  const shown = new Map([...used].toSorted().map((phase) => [phaseWords[phase], colours[phase]]));
  let x: number = size.left;
  const parts: Array<string> = [];
  for (const [words, colour] of shown) {
    parts.push(`<rect x="${x}" y="${y}" width="12" height="12" rx="3" fill="${colour}"/>${textAt(x + 17, y + 10, words, { size: 11, fill: ink.soft })}`);
    x += 17 + textWidth(words, 11) + 16;
  }
  return parts.join("\n");
};

/** A whole SVG document without scripts, fonts or links. */
export const drawSvg = (timeline: Timeline, courses: ReadonlyArray<ServiceCourse>, title: string): string => {
  const { groups } = group(timeline, courses);
  const scale = scaleOf(timeline.until);
  const width = size.left + size.label + size.plot + 40;
  const rows = timeline.marks.length;
  const tops = groups.map((_, at) => size.head + groups.slice(0, at).reduce((sum, of) => sum + heightOf(of), 0));
  const bottom = size.head + groups.reduce((sum, of) => sum + heightOf(of), 0);
  const subtitle = groups.length === 0 ? "Nothing to do." : `The command takes ${spell(timeline.ended)}. Times are assumptions.`;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${round(width)}" height="${round(bottom + 12 + rows * 15)}" viewBox="0 0 ${round(width)} ${round(bottom + 12 + rows * 15)}" font-family="Inter, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif" role="img" aria-label="${escape(title)}">`,
    `<title>${escape(title)}</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    textAt(size.left, 32, title, { size: 18, fill: ink.strong, weight: 700 }),
    textAt(size.left, 53, subtitle, { size: 12.5, fill: ink.soft }),
    legend(groups, 64),
    ...groups.map((of, at) => band(of, tops[at] ?? size.head, at, scale, width)),
    ...(groups.length === 0 ? [] : [grid(scale, bottom), marks(timeline, scale, bottom)]),
    "</svg>",
  ].join("\n")}\n`;
};
