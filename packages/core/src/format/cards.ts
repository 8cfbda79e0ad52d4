// Where everything of a drawn plan goes: steps in cards, cards in columns (time) and tracks (containers), tracks in lanes.
import type { StepId } from "../plan/Operation.ts";
import type { Edge, Graph, Node } from "./graph.ts";
import { textWidth } from "./textWidth.ts";

/** Steps that follow each other and nothing else: one card, one line each. */
export interface Card {
  readonly nodes: ReadonlyArray<Node>;
  readonly lane: string;
  readonly column: number;
  /** Within the lane. */
  readonly track: number;
}

export interface Placed extends Card {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Link {
  readonly from: number;
  readonly to: number;
  readonly loose: boolean;
}

export interface Lane {
  readonly name: string;
  readonly y: number;
  readonly height: number;
  /** The middle of the free strip above each track. */
  readonly channels: ReadonlyArray<number>;
}

export interface Layout {
  readonly cards: ReadonlyArray<Placed>;
  readonly links: ReadonlyArray<Link>;
  readonly lanes: ReadonlyArray<Lane>;
  /** The left side of each column, and the right end of the last. */
  readonly columns: ReadonlyArray<number>;
  readonly width: number;
  readonly height: number;
}

export const size = { line: 20, padding: 7, gutter: 46, channel: 16, lanePadding: 11, text: 12 } as const;

export const lineText = (node: Node): string => {
  if (node.verb === "rename to") return "rename";
  if (node.part !== undefined) return node.verb === "inject files" ? node.verb : `${node.verb} ${node.part}`;
  return node.verb === "wait until" ? node.object : `${node.verb} ${node.object}`;
};

const maxCharacters = 34;
/** The end of a name tells more than its middle. */
export const shortened = (text: string): string =>
  text.length <= maxCharacters ? text : `${text.slice(0, maxCharacters - 12)}…${text.slice(-11)}`;

const chainsOf = (graph: Graph): ReadonlyArray<ReadonlyArray<Node>> => {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]));
  const isFallback = (id: StepId): boolean => byId.get(id)?.tone === "fallback";
  const into = new Map<StepId, Array<StepId>>();
  const outOf = new Map<StepId, Array<StepId>>();
  for (const { from, to } of graph.edges) {
    into.set(to, [...(into.get(to) ?? []), from]);
    if (!isFallback(to) || isFallback(from)) outOf.set(from, [...(outOf.get(from) ?? []), to]);
  }
  const next = (node: Node): Node | undefined => {
    const [only, second] = outOf.get(node.id) ?? [];
    const follower = only === undefined || second !== undefined ? undefined : byId.get(only);
    if (follower === undefined || (into.get(follower.id) ?? []).length !== 1) return undefined;
    const together =
      follower.lane === node.lane && follower.row === node.row && isFallback(follower.id) === isFallback(node.id);
    return together ? follower : undefined;
  };
  const taken = new Set<StepId>();
  return graph.nodes.flatMap((node) => {
    if (taken.has(node.id)) return [];
    const chain = [node];
    for (let at = next(node); at !== undefined; at = next(at)) chain.push(at);
    for (const { id } of chain) taken.add(id);
    return [chain];
  });
};

const linksOf = (edges: ReadonlyArray<Edge>, cardOf: ReadonlyMap<StepId, number>): ReadonlyArray<Link> =>
  edges.flatMap(({ from, to, loose }) => {
    const link = { from: cardOf.get(from) as number, to: cardOf.get(to) as number, loose };
    return link.from === link.to ? [] : [link];
  });

/** As early as what it needs allows. */
const columnsOf = (chains: ReadonlyArray<ReadonlyArray<Node>>, links: ReadonlyArray<Link>): ReadonlyArray<number> => {
  const columns = chains.map(() => 0);
  const order = chains.map((chain, index) => ({ index, last: chain[0]?.id ?? 0 })).sort((a, b) => a.last - b.last);
  const into = new Map<number, Array<number>>();
  for (const { from, to } of links) into.set(to, [...(into.get(to) ?? []), from]);
  for (const { index } of order) {
    columns[index] = Math.max(0, ...(into.get(index) ?? []).map((from) => (columns[from] as number) + 1));
  }
  return columns;
};

interface Track {
  readonly row: string;
  readonly taken: Set<number>;
}

/** Steps about the service as a whole go to a replica's track where there is room; the way back never takes room from the way. */
const tracksOf = (
  lane: string,
  chains: ReadonlyArray<ReadonlyArray<Node>>,
  columns: ReadonlyArray<number>,
): { readonly track: ReadonlyMap<number, number>; readonly count: number } => {
  const indices = chains.flatMap((chain, index) => (chain[0]?.lane === lane ? [index] : []));
  const tracks: Array<Track> = [];
  const found = new Map<number, number>();
  const rowOf = (index: number): string => chains[index]?.[0]?.row ?? "";
  const place = (index: number): void => {
    const column = columns[index] as number;
    const row = rowOf(index);
    const at = tracks.findIndex(
      (track) =>
        (row === "" || track.row === row || lane === "images" || lane === "networks" || lane === "volumes") &&
        !track.taken.has(column),
    );
    if (at === -1) tracks.push({ row, taken: new Set([column]) });
    else tracks[at]?.taken.add(column);
    found.set(index, at === -1 ? tracks.length - 1 : at);
  };
  const isFallback = (index: number): boolean => chains[index]?.[0]?.tone === "fallback";
  const rank = (index: number): number => (isFallback(index) ? 2 : rowOf(index) === "" ? 1 : 0);
  for (const wanted of [0, 1, 2]) for (const index of indices) if (rank(index) === wanted) place(index);
  return { track: found, count: tracks.length };
};

const cardWidth = (card: Card): number =>
  Math.max(...card.nodes.map((node) => textWidth(shortened(lineText(node)), size.text))) +
  22 +
  textWidth(`#${card.nodes.at(-1)?.id}`, 9) +
  2 * size.padding;
const cardHeight = (card: Card): number => card.nodes.length * size.line + 2 * (size.padding - 2);

export interface Frame {
  readonly left: number;
  readonly top: number;
  /** What a lane's label needs. */
  readonly laneHeight: (lane: string) => number;
}

const place = (cards: ReadonlyArray<Card>, graph: Graph, frame: Frame): Omit<Layout, "links"> => {
  const columnCount = Math.max(0, ...cards.map(({ column }) => column + 1));
  const widths = Array.from({ length: columnCount }, (_, column) =>
    Math.max(...cards.filter((card) => card.column === column).map(cardWidth)),
  );
  const columns = [frame.left];
  for (const width of widths) columns.push((columns.at(-1) as number) + width + size.gutter);
  const placed: Array<Placed> = cards.map((card) => ({
    ...card,
    x: columns[card.column] as number,
    y: 0,
    width: cardWidth(card),
    height: cardHeight(card),
  }));
  const lanes: Array<Lane> = [];
  let top = frame.top;
  for (const name of graph.lanes) {
    const own = placed.filter(({ lane }) => lane === name);
    const trackCount = Math.max(0, ...own.map(({ track }) => track + 1));
    const channels: Array<number> = [];
    const offsets: Array<number> = [];
    let y = top + size.lanePadding;
    for (let track = 0; track < trackCount; track++) {
      channels.push(y + size.channel / 2 - 4);
      y += size.channel;
      offsets.push(y);
      y += Math.max(...own.filter((card) => card.track === track).map(({ height }) => height));
    }
    const height = Math.max(y + size.lanePadding - top, frame.laneHeight(name));
    for (const [index, card] of placed.entries())
      if (card.lane === name) placed[index] = { ...card, y: offsets[card.track] as number };
    lanes.push({ name, y: top, height, channels });
    top += height;
  }
  return { cards: placed, lanes, columns, width: columns.at(-1) as number, height: top };
};

export const layOut = (graph: Graph, frame: Frame): Layout => {
  const chains = chainsOf(graph);
  const cardOf = new Map(chains.flatMap((chain, index) => chain.map(({ id }) => [id, index] as const)));
  const links = linksOf(graph.edges, cardOf);
  const columns = columnsOf(chains, links);
  const tracks = new Map(graph.lanes.map((lane) => [lane, tracksOf(lane, chains, columns).track]));
  const cards = chains.map((nodes, index): Card => {
    const lane = nodes[0]?.lane ?? "";
    return { nodes, lane, column: columns[index] as number, track: tracks.get(lane)?.get(index) ?? 0 };
  });
  return { ...place(cards, graph, frame), links };
};
