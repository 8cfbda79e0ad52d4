// The plan as a picture: time runs to the right, each service has a lane, each step a line in a card in its colour.
import type { Plan } from "../plan/Plan.ts";
import type { Action, ActionKind, Summary } from "./Action.ts";
import { type Layout, layOut, type Lane, lineText, type Link, type Placed, shortened, size } from "./cards.ts";
import { type Downtime, downtimeText } from "./downtime.ts";
import { colours, graphOf, type Node, type Tone } from "./graph.ts";
import { resourceRows, type Row, serviceRows } from "./rows.ts";
import { summarise } from "./summary.ts";
import { fitted, textWidth, wrapped } from "./textWidth.ts";
import { escape, round, textAt } from "./xml.ts";

const label = { width: 264, left: 24 } as const;
const head = 104;
const ink = { strong: "#0f172a", soft: "#475569", faint: "#94a3b8", rule: "#e2e8f0", band: "#f8fafc" } as const;

const downtimeTone: Readonly<Record<Downtime["_tag"], Tone>> = {
  None: "create",
  Reduced: "start",
  Brief: "replace",
  Until: "replace",
  Down: "stop",
};

interface LaneLabel {
  readonly title: string;
  /** What happens, why; one or more of them. */
  readonly rows: ReadonlyArray<{
    readonly action: string;
    readonly why: ReadonlyArray<string>;
    readonly downtime: Downtime | undefined;
  }>;
}

/** Of what is to go, nobody asks how long it is away. */
const away = (row: Row): Downtime | undefined => {
  if (row.action === "remove" || row.action === "stop") return undefined;
  return row.action === "replace" || row.action === "restart" || row.downtime._tag !== "None"
    ? row.downtime
    : undefined;
};

const labelsOf = (summary: Summary, lanes: ReadonlyArray<string>): ReadonlyMap<string, LaneLabel> => {
  const rows = serviceRows(summary);
  const others = resourceRows(summary);
  return new Map(
    lanes.map((lane) => {
      const own = rows.filter(({ subject }) => subject === lane);
      const shown =
        own.length > 0 ? own : lane === "others" ? others.filter(({ actions }) => actions.some(isContainer)) : [];
      return [
        lane,
        {
          title: lane === "others" ? "other containers" : lane,
          rows: shown
            .slice(0, 3)
            .map((row) => ({ action: row.text, why: wrapped(row.why, 11, label.width - 8, 2), downtime: away(row) })),
        },
      ];
    }),
  );
};

const isContainer = ({ kind }: Action): boolean => kind === "container";

const rowHeight = (row: LaneLabel["rows"][number]): number =>
  18 + row.why.length * 14 + (row.downtime === undefined ? 0 : 24);
const labelHeight = (of: LaneLabel | undefined): number =>
  44 + (of?.rows ?? []).reduce((sum, row) => sum + rowHeight(row), 0);

const chip = (x: number, y: number, downtime: Downtime): string => {
  const { fill, line, text } = colours[downtimeTone[downtime._tag]];
  const words = fitted(downtime._tag === "None" ? "no downtime" : downtimeText(downtime), 10.5, label.width - 22);
  const width = Math.min(label.width, textWidth(words, 10.5) + 18);
  return [
    `<rect x="${round(x)}" y="${round(y - 12)}" width="${width}" height="17" rx="8.5" fill="${fill}" stroke="${line}" stroke-opacity="0.35"/>`,
    textAt(x + 9, y, words, { size: 10.5, fill: text }),
  ].join("");
};

const drawLabel = (lane: Lane, of: LaneLabel | undefined): string => {
  const parts = [
    textAt(label.left, lane.y + 27, of?.title ?? lane.name, { size: 14.5, fill: ink.strong, weight: 700 }),
  ];
  let y = lane.y + 46;
  for (const row of of?.rows ?? []) {
    parts.push(textAt(label.left, y, row.action, { size: 11.5, fill: ink.soft, weight: 600 }));
    for (const [index, line] of row.why.entries())
      parts.push(textAt(label.left, y + 15 + index * 14, line, { size: 11, fill: ink.soft }));
    if (row.downtime !== undefined) parts.push(chip(label.left, y + 15 + row.why.length * 14 + 5, row.downtime));
    y += rowHeight(row);
  }
  return parts.join("\n");
};

const actionTone: Readonly<Record<ActionKind, Tone>> = {
  create: "create",
  replace: "replace",
  restart: "start",
  start: "start",
  unpause: "start",
  stop: "stop",
  pause: "stop",
  update: "change",
  remove: "remove",
  destroy: "destroy",
  pull: "prepare",
  build: "prepare",
  push: "prepare",
  keep: "wait",
};

/** A card has the colour of what happens to its container as a whole, each of its lines that of the step. */
type ToneOf = (card: Placed) => Tone;
const tonesOf = (summary: Summary): ToneOf => {
  const actions = [...summary.resources, ...summary.services.flatMap((service) => service.actions)];
  const byStep = new Map(actions.flatMap(({ action, steps }) => steps.map((id) => [id, actionTone[action]] as const)));
  return (card) => {
    const first = card.nodes[0] as Node;
    return first.tone === "fallback" ? "fallback" : (byStep.get(first.id) ?? first.tone);
  };
};

const drawLine = (card: Placed, node: Node, index: number): string => {
  const { line, text } = colours[node.tone];
  const y = card.y + size.padding - 2 + index * size.line;
  const dashed = node.when === undefined ? "" : ` stroke-dasharray="2 2"`;
  const tooltip = `#${node.id} ${node.verb} ${node.object}: ${node.because}${node.when === undefined ? "" : `, ${node.when}`}`;
  const fill = node.tone === "destroy" ? "#ffffff" : node.tone === "fallback" ? "#ffffff" : line;
  return [
    `<g><title>${escape(tooltip)}</title>`,
    `<circle cx="${round(card.x + size.padding + 5)}" cy="${round(y + 10)}" r="4" fill="${fill}" stroke="${line}"${dashed}/>`,
    textAt(card.x + size.padding + 15, y + 14, shortened(lineText(node)), { size: size.text, fill: text }),
    `<text x="${round(card.x + card.width - size.padding)}" y="${round(y + 13.5)}" font-size="9" text-anchor="end" fill="${text}" fill-opacity="0.55">#${node.id}</text></g>`,
  ].join("");
};

const drawCard = (card: Placed, tone: Tone): string => {
  const { fill, line } = colours[tone];
  const dashed =
    tone === "fallback" || card.nodes.some(({ when }) => when !== undefined) ? ` stroke-dasharray="4 3"` : "";
  return [
    `<rect x="${round(card.x)}" y="${round(card.y)}" width="${round(card.width)}" height="${round(card.height)}" rx="7" fill="${fill}" stroke="${line}" stroke-width="1.2"${dashed}/>`,
    ...card.nodes.map((node, index) => drawLine(card, node, index)),
  ].join("\n");
};

interface Point {
  readonly x: number;
  readonly y: number;
}

const curve = (from: Point, to: Point): string => {
  const bend = Math.max(10, Math.abs(to.x - from.x) / 2);
  return `C${round(from.x + bend)} ${round(from.y)} ${round(to.x - bend)} ${round(to.y)} ${round(to.x)} ${round(to.y)}`;
};

/** Through a free strip when cards stand between; the strip's links are spread so that they can be told apart. */
const pathOf = (out: Point, to: Point, layout: Layout, a: Placed, b: Placed, spread: number): string => {
  // Links bend between the columns only: a narrow card's link must not run over its wider neighbours.
  const leave = (layout.columns[a.column + 1] as number) - 6;
  const enter = (layout.columns[b.column] as number) - size.gutter + 6;
  const from = { x: leave - size.gutter + 10, y: out.y };
  const start = `M${round(out.x)} ${round(out.y)}H${round(from.x)}`;
  if (b.column === a.column + 1) return `${start}${curve(from, to)}`;
  const blocks = (y: number): boolean =>
    layout.cards.some(
      (card) => card.column > a.column && card.column < b.column && y > card.y - 4 && y < card.y + card.height + 4,
    );
  if (!blocks(to.y)) return `${start}${curve(from, { x: leave, y: to.y })}H${round(to.x)}`;
  if (!blocks(from.y)) return `${start}H${round(enter)}${curve({ x: enter, y: from.y }, to)}`;
  const lane = layout.lanes.find(({ name }) => name === b.lane);
  const y = (lane?.channels[b.track] ?? to.y) + spread;
  return `${start}${curve(from, { x: leave, y })}H${round(enter)}${curve({ x: enter, y }, to)}`;
};

const firstLine = size.padding - 2 + size.line / 2;

const drawLinks = (layout: Layout, toneOf: ToneOf): ReadonlyArray<string> => {
  const spreads = new Map<string, number>();
  return layout.links.map(({ from, to, loose }: Link) => {
    const a = layout.cards[from] as Placed;
    const b = layout.cards[to] as Placed;
    const channel = `${b.lane}/${b.track}`;
    const used = spreads.get(channel) ?? 0;
    spreads.set(channel, used + 1);
    const path = pathOf(
      { x: a.x + a.width, y: a.y + a.height - firstLine },
      { x: b.x - 3, y: b.y + firstLine },
      layout,
      a,
      b,
      ((used % 4) - 1.5) * 3.5,
    );
    const fallback = b.nodes[0]?.tone === "fallback";
    const tone = fallback ? "fallback" : toneOf(a);
    return `<path d="${path}" fill="none" stroke="${colours[tone].line}" stroke-opacity="0.6" stroke-width="1.3"${loose || fallback ? ` stroke-dasharray="3 3"` : ""} marker-end="url(#arrow-${tone})"/>`;
  });
};

const legendWords: ReadonlyArray<readonly [Tone, string]> = [
  ["create", "create"],
  ["replace", "replace"],
  ["start", "start, restart"],
  ["stop", "stop"],
  ["remove", "remove"],
  ["destroy", "destroy data"],
  ["prepare", "pull, build"],
  ["wait", "wait, hook"],
  ["change", "change"],
  ["fallback", "only after a failure"],
];

const drawLegend = (tones: ReadonlySet<Tone>): { readonly svg: string; readonly width: number } => {
  let x: number = label.left;
  const parts: Array<string> = [];
  for (const [tone, words] of legendWords) {
    if (!tones.has(tone)) continue;
    const { fill, line } = colours[tone];
    parts.push(
      `<rect x="${x}" y="74" width="12" height="12" rx="3" fill="${fill}" stroke="${line}"${tone === "fallback" ? ` stroke-dasharray="3 2"` : ""}/>`,
    );
    parts.push(textAt(x + 18, 84, words, { size: 11, fill: ink.soft }));
    x += 18 + textWidth(words, 11) + 18;
  }
  return { svg: parts.join("\n"), width: x };
};

const arrow = (tone: Tone): string =>
  `<marker id="arrow-${tone}" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="6.5" markerHeight="6.5" orient="auto"><path d="M0 0.5L7 4L0 7.5z" fill="${colours[tone].line}"/></marker>`;

const band = (lane: Lane, index: number, width: number): string =>
  [
    index % 2 === 0
      ? `<rect x="0" y="${round(lane.y)}" width="${round(width)}" height="${round(lane.height)}" fill="${ink.band}"/>`
      : "",
    `<line x1="0" y1="${round(lane.y)}" x2="${round(width)}" y2="${round(lane.y)}" stroke="${ink.rule}"/>`,
  ].join("");

/** A whole SVG document without scripts, fonts or links. */
export const planSvg = (plan: Plan, summary: Summary = summarise(plan)): string => {
  const graph = graphOf(plan);
  const labels = labelsOf(summary, graph.lanes);
  const layout = layOut(graph, {
    left: label.left + label.width + 28,
    top: head,
    laneHeight: (lane) => labelHeight(labels.get(lane)),
  });
  const toneOf = tonesOf(summary);
  const tones = new Set([...graph.nodes.map(({ tone }) => tone), ...layout.cards.map(toneOf)]);
  const legend = drawLegend(tones);
  const width = Math.max(layout.width, legend.width, textWidth(summary.headline, 13) + 48, 480);
  const height = layout.height + (graph.nodes.length === 0 ? 0 : 12);
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${round(width)}" height="${round(height)}" viewBox="0 0 ${round(width)} ${round(height)}" font-family="Inter, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif" role="img" aria-label="${escape(`${graph.title}: ${summary.headline}`)}">`,
    `<title>${escape(`${graph.title}: ${summary.headline}`)}</title>`,
    `<defs>${Array.from(tones, arrow).join("")}</defs>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    textAt(label.left, 34, graph.title, { size: 20, fill: ink.strong, weight: 700 }),
    textAt(label.left, 57, summary.headline, { size: 13, fill: ink.soft }),
    legend.svg,
    ...layout.lanes.map((lane, index) => band(lane, index, width)),
    ...layout.lanes.map((lane) => drawLabel(lane, labels.get(lane.name))),
    ...drawLinks(layout, toneOf),
    ...layout.cards.map((card) => drawCard(card, toneOf(card))),
    "</svg>",
  ].join("\n")}\n`;
};
