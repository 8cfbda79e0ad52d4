// The screen as lines for a terminal: a header, one line per thing, never wider or higher than the window.
import { cut, cutMiddle, padEnd, width, type Paint } from "../output/style.ts";
import { elapsed, size } from "../output/units.ts";
import { bytesOf, layerCells } from "./layers.ts";
import { shown, type Row, type Screen } from "./Screen.ts";

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

/** What a row says behind its time, as far as there is room. */
const detailOf = (row: Row, room: number): string => {
  if (row.layers.size === 0 || row.state !== "working") return row.detail;
  const { current, total } = bytesOf(row.layers);
  const amount = total === 0 ? "" : ` ${size(current)}/${size(total)}`;
  return `[${layerCells(row.layers, Math.max(4, Math.min(40, room - 2 - amount.length)))}]${amount}`;
};

/** Its name, with the kind before it where there is room. */
const label = (row: Row, withKind: boolean): string => (withKind ? `${row.thing.kind} ${row.thing.name}` : row.thing.name);

/** The cells of each column; one that does not fit into the window is 0. */
interface Columns {
  readonly withKind: boolean;
  readonly label: number;
  readonly text: number;
  readonly time: number;
  readonly detail: number;
}

const leastDetail = 8;

/** " x LABEL  TEXT TIME  DETAIL", one column free so that no terminal wraps. The time comes before the detail so that it stands still. */
const columnsOf = (rows: ReadonlyArray<Row>, now: number, columns: number): Columns => {
  const widest = (of: (row: Row) => string) => Math.max(0, ...rows.map((row) => width(of(row))));
  const time = Math.max(5, widest((row) => elapsed((row.endedAt ?? now) - row.startedAt)));
  const text = Math.min(widest((row) => row.text), Math.max(8, columns - 24));
  const room = Math.max(6, columns - 1 - 3 - 2 - text - 1 - time);
  const whole = widest((row) => label(row, true));
  const withKind = whole <= room;
  const labels = Math.min(withKind ? whole : widest((row) => label(row, false)), room);
  const detail = room - labels - 2;
  return { withKind, label: labels, text, time, detail: detail < leastDetail ? 0 : detail };
};

const line = (row: Row, now: number, columns: Columns, paint: Paint): string => {
  const time = elapsed((row.endedAt ?? now) - row.startedAt).padStart(columns.time);
  const detail = columns.detail === 0 ? "" : cut(detailOf(row, columns.detail), columns.detail);
  const name = padEnd(cutMiddle(label(row, columns.withKind), columns.label), columns.label);
  const text = padEnd(cut(row.text, columns.text), columns.text);
  return ` ${icon(row, now, paint)} ${name}  ${paint(textColour(row), text)} ${paint("blue", time)}${detail === "" ? "" : `  ${paint("dim", detail)}`}`;
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
  const header = `[+] ${screen.title} ${finished}/${total}  ${elapsed((screen.endedAt ?? now) - screen.startedAt)}`;
  const whole = all.length <= window.rows - 2;
  const rows = whole ? all : fitting(all, window.rows - 3);
  const columns = columnsOf(rows, now, window.columns);
  return [
    cut(header, window.columns - 1),
    ...rows.map((row) => line(row, now, columns, paint)),
    ...(whole ? [] : [cut(`   … ${all.length - rows.length} more`, window.columns - 1)]),
  ];
};
