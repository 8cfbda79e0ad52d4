// A plan for people: one line per thing with what becomes of it and why, changed fields below, grouped by service.
import type { Action, ActionKind, Summary } from "@composure/core/format/Action";
import { actionSymbol, resourceRows, type Row, serviceRows } from "@composure/core/format/rows";
import { summarise } from "@composure/core/format/summary";
import { changeText, noticeText } from "@composure/core/format/words";
import type { Plan } from "@composure/core/plan/Plan";
import type { FieldChange } from "@composure/core/plan/Reason";
import { shortPath } from "./diagnostics.ts";
import { isWarning } from "./notices.ts";
import { cut, padEnd, width, type Colour, type Paint } from "./style.ts";

export interface PlanViewOptions {
  /** "up shop on docker, unix:///var/run/docker.sock" */
  readonly heading: string;
  readonly paint: Paint;
  readonly columns: number;
  readonly cwd: string;
}

const colours: Readonly<Record<ActionKind, Colour>> = {
  create: "green",
  replace: "yellow",
  restart: "yellow",
  start: "cyan",
  stop: "yellow",
  pause: "yellow",
  unpause: "cyan",
  update: "yellow",
  remove: "red",
  destroy: "red",
  pull: "blue",
  build: "blue",
  push: "blue",
  keep: "dim",
};

interface Line {
  readonly row: Row;
  readonly label: string;
  readonly deed: string;
  readonly why: string;
}

const orders = { "start-first": "new one first", "stop-first": "old one stops first" } as const;

/** Replicas that share their fate are one line: "container web ×3". */
const lineOf = (row: Row): Line => {
  const first = row.actions[0] as Action;
  const count = row.actions.length;
  const away = row.downtime._tag === "None" || row.downtime._tag === "Down" ? "" : `; downtime ${row.downtimeText}`;
  return {
    row,
    label: `${first.kind.padEnd(9)} ${count === 1 ? first.name : `${row.subject} ×${count}`}`,
    deed: first.order === undefined ? row.action : `${row.action}, ${orders[first.order]}`,
    why: `${row.why}${away}`,
  };
};

const fieldRows = (fields: ReadonlyArray<FieldChange>, options: PlanViewOptions): ReadonlyArray<string> => {
  const widest = Math.max(0, ...fields.map(({ path }) => width(path)));
  return fields.map(({ path, before, after, span }) => {
    const place = span === undefined ? "" : options.paint("dim", `  ${shortPath(span.file, options.cwd)}:${span.line}`);
    return `      ${padEnd(path, widest)}  ${cut(changeText({ before, after }), Math.max(20, options.columns - widest - 10))}${place}`;
  });
};

const linesOf = ({ row, label, deed, why }: Line, widths: { readonly label: number; readonly deed: number }, options: PlanViewOptions): ReadonlyArray<string> => {
  const { paint, columns } = options;
  const head = `  ${paint(colours[row.action], `${actionSymbol[row.action]} ${padEnd(label, widths.label)}`)}  ${padEnd(deed, widths.deed)}`;
  const room = columns - width(head) - 2;
  const shown = room >= width(why) ? [`${head}  ${paint("dim", why)}`] : [head.trimEnd(), `      ${paint("dim", why)}`];
  return [...shown, ...fieldRows(row.fields, options)];
};

const noticeLines = (plan: Plan, paint: Paint): ReadonlyArray<string> => [
  // A stop-first order stands with its replacement already.
  ...plan.notices
    .filter(({ _tag }) => _tag !== "StopFirst" && _tag !== "NothingToDo")
    .map((notice) => `  ${isWarning(notice) ? paint("yellow", "!") : paint("dim", "i")} ${noticeText(notice)}`),
  ...plan.confirmations.map(({ question, flag }) => `  ${paint("yellow", "?")} ${question} (${flag})`),
];

const unchangedText = (summary: Summary): string =>
  summary.unchanged.length === 0 ? "" : ` ${summary.unchanged.length} unchanged.`;

export const renderPlan = (plan: Plan, options: PlanViewOptions): string => {
  const summary = summarise(plan);
  const all = [...resourceRows(summary), ...serviceRows(summary)].map(lineOf);
  const widths = { label: Math.max(0, ...all.map(({ label }) => width(label))), deed: Math.max(0, ...all.map(({ deed }) => width(deed))) };
  const body = all.flatMap((each) => linesOf(each, widths, options));
  const notices = noticeLines(plan, options.paint);
  return [
    options.paint("bold", options.heading),
    ...(body.length === 0 ? [] : ["", ...body]),
    ...(notices.length === 0 ? [] : ["", ...notices]),
    "",
    `${summary.headline}${unchangedText(summary)}`,
    "",
  ].join("\n");
};
