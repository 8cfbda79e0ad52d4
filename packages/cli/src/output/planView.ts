// A plan for people: one line per thing with what becomes of it and why, changed fields below, grouped by service.
import type { Action, ActionKind, Summary } from "@composure/core/format/Action";
import { downtimeText } from "@composure/core/format/downtime";
import { summarise } from "@composure/core/format/summary";
import { noticeText, reasonText } from "@composure/core/format/words";
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

const signs: Readonly<Record<ActionKind, readonly [sign: string, colour: Colour]>> = {
  create: ["+", "green"],
  replace: ["~", "yellow"],
  restart: ["!", "yellow"],
  start: [">", "cyan"],
  stop: [".", "yellow"],
  pause: [".", "yellow"],
  unpause: [">", "cyan"],
  update: ["~", "yellow"],
  remove: ["-", "red"],
  destroy: ["-", "red"],
  pull: ["<", "blue"],
  build: ["<", "blue"],
  keep: ["=", "dim"],
};

interface Row {
  readonly action: Action;
  readonly label: string;
  readonly deed: string;
  readonly why: string;
}

const orders = { "start-first": "new one first", "stop-first": "old one stops first" } as const;

const why = (action: Action): string =>
  [
    reasonText(action.reason),
    ...(action.when === undefined ? [] : [`only ${action.when}`]),
    ...(action.downtime._tag === "None" || action.downtime._tag === "Down" ? [] : [`downtime ${downtimeText(action.downtime)}`]),
  ].join("; ");

const row = (action: Action): Row => ({
  action,
  label: `${action.kind.padEnd(9)} ${action.name}`,
  deed: action.order === undefined ? action.action : `${action.action}, ${orders[action.order]}`,
  why: why(action),
});

const fieldRows = (fields: ReadonlyArray<FieldChange>, options: PlanViewOptions): ReadonlyArray<string> => {
  const widest = Math.max(0, ...fields.map(({ path }) => width(path)));
  return fields.map(({ path, before, after, span }) => {
    const place = span === undefined ? "" : options.paint("dim", `  ${shortPath(span.file, options.cwd)}:${span.line}`);
    const change = `${before ?? "(unset)"} → ${after ?? "(unset)"}`;
    return `      ${padEnd(path, widest)}  ${cut(change, Math.max(20, options.columns - widest - 10))}${place}`;
  });
};

const lines = ({ action, label, deed, why: reason }: Row, widths: { readonly label: number; readonly deed: number }, options: PlanViewOptions): ReadonlyArray<string> => {
  const { paint, columns } = options;
  const [sign, colour] = signs[action.action];
  const head = `  ${paint(colour, `${sign} ${padEnd(label, widths.label)}`)}  ${padEnd(deed, widths.deed)}`;
  const room = columns - width(head) - 2;
  const shown = room >= width(reason) ? [`${head}  ${paint("dim", reason)}`] : [head.trimEnd(), `      ${paint("dim", reason)}`];
  return [...shown, ...fieldRows(action.fields, options)];
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
  const rows = [...summary.resources, ...summary.services.flatMap(({ actions }) => actions)].map(row);
  const widths = { label: Math.max(0, ...rows.map(({ label }) => width(label))), deed: Math.max(0, ...rows.map(({ deed }) => width(deed))) };
  const body = rows.flatMap((each) => lines(each, widths, options));
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
