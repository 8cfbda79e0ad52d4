// The plan in Graphviz' language.
import type { Plan } from "../plan/Plan.ts";
import { colours, type Graph, graphOf, type Node } from "./graph.ts";

const quoted = (text: string): string =>
  `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replace(/\s+/g, " ")}"`;
/** `\n` is dot's own line break. */
const lines = (parts: ReadonlyArray<string>): string =>
  `"${parts.map((part) => quoted(part).slice(1, -1)).join("\\n")}"`;

const nodeLine = (node: Node): string => {
  const { fill, line, text } = colours[node.tone];
  const style = node.tone === "fallback" || node.when !== undefined ? "rounded,filled,dashed" : "rounded,filled";
  const tooltip = node.when === undefined ? node.because : `${node.because}, ${node.when}`;
  return `s${node.id} [label=${lines([`#${node.id} ${node.verb}`, node.object])}, tooltip=${quoted(tooltip)}, style=${quoted(style)}, fillcolor=${quoted(fill)}, color=${quoted(line)}, fontcolor=${quoted(text)}];`;
};

const laneLines = (graph: Graph, lane: string, index: number): ReadonlyArray<string> => [
  `  subgraph cluster_${index} {`,
  `    label=${quoted(lane)}; style="rounded"; color="#cbd5e1"; fontcolor="#475569"; fontsize=12;`,
  ...graph.nodes.filter((node) => node.lane === lane).map((node) => `    ${nodeLine(node)}`),
  "  }",
];

export const planDot = (plan: Plan): string => {
  const graph = graphOf(plan);
  return `${[
    `digraph plan {`,
    `  rankdir=LR; newrank=true; label=${quoted(graph.title)}; labelloc="t"; fontname="sans-serif"; nodesep=0.2; ranksep=0.35;`,
    `  node [shape=box, fontname="sans-serif", fontsize=10, margin="0.12,0.06"];`,
    `  edge [color="#94a3b8", arrowsize=0.6];`,
    ...graph.lanes.flatMap((lane, index) => laneLines(graph, lane, index)),
    ...graph.edges.map(({ from, to, loose }) => `  s${from} -> s${to}${loose ? " [style=dashed]" : ""};`),
    "}",
  ].join("\n")}\n`;
};
