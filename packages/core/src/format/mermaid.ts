// The plan as a Mermaid flowchart, which code forges show as a picture.
import type { Plan } from "../plan/Plan.ts";
import { colours, type Graph, graphOf, type Node, type Tone } from "./graph.ts";

/** Inside quotes only these need to be written as entities. */
const quoted = (text: string): string =>
  `"${text.replace(/\s+/g, " ").replaceAll("#", "#35;").replaceAll("&", "#amp;").replaceAll('"', "#quot;").replaceAll("<", "#lt;").replaceAll(">", "#gt;").replaceAll("`", "#96;")}"`;

const nodeLine = (node: Node): string =>
  `s${node.id}[${quoted(`#${node.id} ${node.verb}`).slice(0, -1)}<br/>${quoted(node.object).slice(1)}]:::${node.tone}`;

const laneLines = (graph: Graph, lane: string, index: number): ReadonlyArray<string> => [
  `  subgraph lane${index}[${quoted(lane)}]`,
  "    direction LR",
  ...graph.nodes.filter((node) => node.lane === lane).map((node) => `    ${nodeLine(node)}`),
  "  end",
];

const classLine = (tone: Tone): string => {
  const { fill, line, text } = colours[tone];
  return `  classDef ${tone} fill:${fill},stroke:${line},color:${text}${tone === "fallback" ? ",stroke-dasharray:4 3" : ""};`;
};

export const planMermaid = (plan: Plan): string => {
  const graph = graphOf(plan);
  const tones = Array.from(new Set(graph.nodes.map(({ tone }) => tone))).sort();
  return `${[
    "flowchart LR",
    ...graph.lanes.flatMap((lane, index) => laneLines(graph, lane, index)),
    ...graph.edges.map(({ from, to, loose }) => `  s${from} ${loose ? "-.->" : "-->"} s${to}`),
    ...tones.map(classLine),
  ].join("\n")}\n`;
};
