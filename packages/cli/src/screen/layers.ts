// The parts of a long step, as progress tells of them: layers of a pull or a push, the step a build is at.
import type { Progress } from "@composure/engine/Engine";

export interface LayerState {
  /** What is done of it, from 0 to 1. */
  readonly fill: number;
  /** Bytes, when they are known. */
  readonly current: number;
  readonly total: number;
}

/** By id, in the order in which they were first heard of. */
export type Layers = ReadonlyMap<string, LayerState>;

const whole = (layer: LayerState | undefined): LayerState => ({ fill: 1, current: layer?.total ?? 0, total: layer?.total ?? 0 });

/** The same map when the progress is about no layer. */
export const withLayer = (layers: Layers, { id, text, current, total }: Progress): Layers => {
  const known = layers.get(id);
  const put = (layer: LayerState) => new Map(layers).set(id, layer);
  if (/^(?:Pull complete|Download complete|Verifying|Extracting|Already exists|Pushed|Layer already exists|Mounted from)/.test(text)) return put(whole(known));
  if (/^(?:Pulling fs layer|Waiting|Preparing|Retrying)/.test(text)) return put(known ?? { fill: 0, current: 0, total: 0 });
  if (current === undefined && total === undefined) return layers;
  // An end that is not known yet is no number to divide by.
  if (total === undefined || total <= 0) return put({ fill: known?.fill ?? 0, current: current ?? 0, total: known?.total ?? 0 });
  const done = Math.min(current ?? 0, total);
  return put({ fill: done / total, current: done, total });
};

export const bytesOf = (layers: Layers): { readonly current: number; readonly total: number } => {
  let current = 0;
  let total = 0;
  for (const layer of layers.values()) {
    current += Math.min(layer.current, layer.total);
    total += layer.total;
  }
  return { current, total };
};

const cells = ["⠀", "⡀", "⣀", "⣄", "⣤", "⣦", "⣶", "⣷", "⣿"];
const cell = (fill: number): string => cells[Math.floor(Math.min(1, Math.max(0, fill)) * (cells.length - 1))] as string;

/** One cell per layer, at most `most`: then each stands for several. */
export const layerCells = (layers: Layers, most: number): string => {
  const fills = [...layers.values()].map(({ fill }) => fill);
  const each = Math.max(1, Math.ceil(fills.length / most));
  let text = "";
  for (let at = 0; at < fills.length; at += each) {
    const some = fills.slice(at, at + each);
    text += cell(some.reduce((sum, fill) => sum + fill, 0) / some.length);
  }
  return text;
};

/** What a classic build says between its steps, and nobody needs in a row. */
const isNoise = (text: string): boolean => /^(?:\s*--->|Removing intermediate|Removed intermediate|Successfully |sha256:|\s*$)/.test(text);

/** Where a build is: "[2/5] RUN make". What a step prints belongs to the log; `before` is what the row says now. */
export const buildStep = (before: string, { id, text }: Progress): string => {
  const instruction = /^Step \S+ : (.*)$/.exec(text)?.[1];
  if (instruction !== undefined) return `[${id}] ${instruction}`;
  if (text.startsWith("[")) return text;
  if (isNoise(text) || (id !== "" && before.startsWith(`[${id}]`))) return before;
  return id === "" ? text : `[${id}] ${text}`;
};
