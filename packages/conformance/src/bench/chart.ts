// The chart of the page: wall time relative to docker compose, one bar a row, as an SVG that reads on light and dark.
import type { Results } from "./Ground.ts";
import { rows } from "./rows.ts";
import { middle } from "./table.ts";

interface Bar {
  readonly title: string;
  readonly ours: number;
  readonly floor: number;
}

const bars = (results: Results): ReadonlyArray<Bar> =>
  rows.flatMap((row) => {
    const peer = middle(results, row.id, "peer", "wall");
    const ours = middle(results, row.id, "composure", "wall") / peer;
    const floor = middle(results, row.id, "floor", "wall") / peer;
    return Number.isFinite(ours) ? [{ title: row.title.replaceAll("`", ""), ours, floor }] : [];
  });

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

const rowHeight = 22;
const labelWidth = 380;
const unit = 280;
const top = 44;
/** Bars that are longer are cut, and say their length all the same. */
const longest = 1.5;

const drawBar = ({ title, ours, floor }: Bar, at: number): string => {
  const y = top + at * rowHeight;
  const length = Math.max(1, Math.min(ours, longest) * unit);
  const mark = Number.isFinite(floor) ? `<path d="M${labelWidth + Math.min(floor, longest) * unit} ${y + 1}v14" stroke="#888" stroke-width="2"/>` : "";
  return [
    `<text x="${labelWidth - 10}" y="${y + 12}" text-anchor="end">${escape(title)}</text>`,
    `<rect x="${labelWidth}" y="${y + 2}" width="${length.toFixed(1)}" height="12" rx="2" fill="${ours <= 1 ? "#2f9e6e" : "#d9822b"}"/>`,
    mark,
    `<text x="${(labelWidth + length + 6).toFixed(1)}" y="${y + 12}">${ours < 0.005 ? "0" : ours.toFixed(2)}×</text>`,
  ].join("");
};

export const chart = (results: Results): string => {
  const all = bars(results);
  const height = top + all.length * rowHeight + 12;
  const width = labelWidth + longest * unit + 60;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12" role="img">`,
    `<title>Wall time of composure relative to docker compose</title>`,
    `<style>text{fill:#57606a}@media (prefers-color-scheme:dark){text{fill:#c9d1d9}}</style>`,
    `<text x="${labelWidth}" y="16" font-weight="600">wall time, docker compose = 1 (shorter is faster; grey mark: the floor)</text>`,
    `<path d="M${labelWidth + unit} ${top - 12}V${height - 8}" stroke="#888" stroke-dasharray="3 3"/>`,
    ...all.map(drawBar),
    `</svg>\n`,
  ].join("\n");
};
