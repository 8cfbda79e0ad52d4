// The results as Markdown tables: medians, ratios, counts, and whether each target is met.
import type { Cost } from "./growth.ts";
import type { Results } from "./Ground.ts";
import { median, type Sample } from "./measure.ts";
import { type Row, rows, type SubjectName, type Target } from "./rows.ts";

type Quantity = "wall" | "cpu" | "peak";

export const middle = (results: Results, row: string, subject: SubjectName, of: Quantity): number =>
  median(results.samples(row, subject).map((sample: Sample) => sample[of]));

const time = (seconds: number): string => {
  if (Number.isNaN(seconds)) return "–";
  return seconds >= 1 ? `${seconds.toFixed(2)} s` : `${(seconds * 1000).toFixed(0)} ms`;
};

const shown = (of: Quantity, value: number): string => (of !== "peak" ? time(value) : Number.isNaN(value) ? "–" : `${value.toFixed(0)} MiB`);

/** What a target says of the results: undefined when something was not measured. */
export const reached = (results: Results, row: Row, target: Target): { readonly value: number; readonly met: boolean } | undefined => {
  const own = middle(results, row.id, "composure", target.of);
  const value = target._tag === "Value" ? own : own / middle(results, row.id, target.to, target.of);
  return Number.isNaN(value) ? undefined : { value, met: value <= target.atMost };
};

const words: Readonly<Record<Quantity, string>> = { wall: "", cpu: " CPU", peak: " memory" };
const against: Readonly<Record<SubjectName, string>> = { composure: "", peer: "", floor: " of the floor", empty: " of empty `node`" };

const targetText = (target: Target): string =>
  target._tag === "Value" ? `≤ ${time(target.atMost)}` : `≤ ${target.atMost}×${words[target.of]}${against[target.to]}`;

const verdict = (results: Results, row: Row, target: Target): string => {
  const found = reached(results, row, target);
  if (found === undefined) return "not measured";
  const value = target._tag === "Value" ? time(found.value) : `${found.value.toFixed(2)}×`;
  return found.met ? `${value} ✓` : `**${value}** missed`;
};

const line = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |\n`;
const head = (cells: ReadonlyArray<string>): string => line(cells) + `|${cells.map((_, at) => (at === 0 ? "---" : "--:")).join("|")}|\n`;

const ratio = (own: number, other: number): string => (Number.isNaN(own / other) ? "–" : `${(own / other).toFixed(2)}×`);

const isMeasured = (results: Results) => (row: Row) => results.samples(row.id, "composure").length > 0;

export const targetTable = (results: Results): string => {
  const lines = rows.filter(isMeasured(results)).flatMap((row) =>
    row.targets.map((target) => {
      const own = middle(results, row.id, "composure", target.of);
      const other = target._tag === "Value" ? middle(results, row.id, "peer", target.of) : middle(results, row.id, target.to, target.of);
      return line([row.title + words[target.of], shown(target.of, own), shown(target.of, other), targetText(target), verdict(results, row, target)]);
    }),
  );
  return head(["what", "composure", "docker compose, or what it is held against", "target", "reached"]) + lines.join("");
};

export const timeTable = (results: Results): string => {
  const lines = rows.filter(isMeasured(results)).map((row) => {
    const at = (subject: SubjectName, of: Quantity = "wall") => middle(results, row.id, subject, of);
    const samples = (["composure", "peer", "floor", "empty"] as const).map((subject) => results.samples(row.id, subject).length).filter((count) => count > 0);
    return line([
      row.title,
      time(at("composure")),
      time(at("peer")),
      time(at("floor")),
      ratio(at("composure"), at("peer")),
      ratio(at("floor"), at("peer")),
      `${time(at("composure", "cpu"))} / ${time(at("peer", "cpu"))}`,
      `${shown("peak", at("composure", "peak"))} / ${shown("peak", at("peer", "peak"))}`,
      String(Math.min(...samples)),
    ]);
  });
  return head(["what", "composure", "docker compose", "floor", "ratio", "floor's ratio", "CPU", "peak memory", "samples"]) + lines.join("");
};

export const countTable = (results: Results): string => {
  const lines = rows.flatMap((row) => {
    const { requests } = row;
    const own = results.counted(row.id, "composure");
    if (requests === undefined || own === undefined) return [];
    const allowed = requests.floor + requests.more;
    const peer = results.counted(row.id, "peer");
    return [line([row.title, String(own), peer === undefined ? "–" : String(peer), String(results.counted(row.id, "floor") ?? requests.floor), `≤ ${allowed}${own <= allowed ? " ✓" : " **missed**"}`])];
  });
  return head(["what", "composure", "docker compose", "floor", "target"]) + lines.join("");
};

export const growthTable = (costs: ReadonlyArray<Cost>): string =>
  head(["services", "load", "plan", "both, per service", "steps", "peak memory"]) +
  costs
    .map(({ services, load, plan, steps, peak }) =>
      line([services.toLocaleString("en"), time(load / 1000), time(plan / 1000), `${(((load + plan) / services) * 1000).toFixed(0)} µs`, steps.toLocaleString("en"), `${peak.toFixed(0)} MiB`]),
    )
    .join("");
