// The screen as lines for a terminal: a header, one line per thing, never wider or higher than the window.
import { cut, padEnd, width, type Paint } from "../output/style.ts";
import { elapsed, size } from "../output/units.ts";
import { bytes, shown, type Row, type Screen } from "./Screen.ts";

const spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const frameLength = 100;

const icon = (row: Row, now: number, paint: Paint): string => {
  switch (row.state) {
    case "working":
      return paint("yellow", spinner[Math.trunc(now / frameLength) % spinner.length] as string);
    case "failed":
      return paint("red", "✘");
    case "skipped":
      return paint("dim", "-");
    case "idle":
    case "done":
    case "unneeded":
      return paint("green", "✔");
  }
};

const textColour = (row: Row): Parameters<Paint>[0] =>
  row.state === "failed" ? "red" : row.state === "working" ? "yellow" : row.state === "skipped" ? "dim" : "green";

const bar = (row: Row): string => {
  const known = bytes(row);
  if (known === undefined || row.state !== "working") return row.detail;
  const cells = 20;
  const full = Math.round((known.current / known.total) * cells);
  return `[${"█".repeat(full)}${"░".repeat(cells - full)}] ${size(known.current)}/${size(known.total)}`;
};

const label = (row: Row): string => `${row.thing.kind} ${row.thing.name}`;

interface Widths {
  readonly label: number;
  readonly text: number;
  readonly time: number;
}

const line = (row: Row, now: number, widths: Widths, paint: Paint): string => {
  const time = elapsed((row.endedAt ?? now) - row.startedAt).padStart(widths.time);
  const detail = bar(row);
  const text = cut(detail === "" ? row.text : `${row.text} ${detail}`, widths.text);
  const [head, rest] = text.startsWith(row.text) ? [row.text, text.slice(row.text.length)] : [text, ""];
  const room = " ".repeat(Math.max(0, widths.text - width(text)));
  return ` ${icon(row, now, paint)} ${padEnd(cut(label(row), widths.label), widths.label)}  ${paint(textColour(row), head)}${paint("dim", rest)}${room} ${paint("blue", time)}`;
};

/** Which rows fit: working and failed ones always come before finished ones, the order on the screen stays. */
const fitting = (rows: ReadonlyArray<Row>, room: number): ReadonlyArray<Row> => {
  if (rows.length <= room) return rows;
  const urgency = (row: Row) => (row.state === "failed" ? 0 : row.state === "working" ? 1 : 2);
  const kept = new Set([...rows].reverse().sort((a, b) => urgency(a) - urgency(b)).slice(0, Math.max(0, room)));
  return rows.filter((row) => kept.has(row));
};

/** `rows` is the height that may be used; the last frame of a run passes Infinity, so that nothing is left out. */
export const view = (
  screen: Screen,
  now: number,
  window: { readonly columns: number; readonly rows: number },
  paint: Paint,
): ReadonlyArray<string> => {
  const all = shown(screen);
  const finished = all.filter((row) => row.open === 0).length;
  const total = screen.finished ? all.length : screen.things.length - (screen.rows.size - all.length);
  // Nothing has begun, or nothing is to be seen.
  if (all.length === 0) return [];
  const header = `[+] ${screen.title} ${finished}/${total}`;
  const whole = all.length <= window.rows - 2;
  const rows = whole ? all : fitting(all, window.rows - 3);
  const times = Math.max(4, ...rows.map((row) => elapsed((row.endedAt ?? now) - row.startedAt).length));
  // " x LABEL  TEXT TIME", one column free so that no terminal wraps.
  const room = Math.max(12, window.columns - 1 - 3 - 2 - 1 - times);
  const labels = Math.max(0, ...rows.map((row) => width(label(row))));
  const texts = Math.max(0, ...rows.map((row) => width(bar(row) === "" ? row.text : `${row.text} ${bar(row)}`)));
  const labelWidth = Math.min(labels, Math.max(room - texts, Math.trunc(room * 0.6)));
  const widths = { label: labelWidth, text: Math.min(texts, room - labelWidth), time: times };
  return [
    cut(header, window.columns - 1),
    ...rows.map((row) => line(row, now, widths, paint)),
    ...(whole ? [] : [cut(`   … ${all.length - rows.length} more`, window.columns - 1)]),
  ];
};
