// The rows that every table of a plan shows: replicas of a service that share their fate stand in one row.
import type { FieldChange } from "../plan/Reason.ts";
import type { Action, ActionKind, Summary } from "./Action.ts";
import { type Downtime, downtimeText } from "./downtime.ts";
import { reasonText } from "./words.ts";

export interface Row {
  /** The service, or the resource's kind and name. */
  readonly subject: string;
  readonly action: ActionKind;
  /** "replace ×2, start-first". */
  readonly text: string;
  readonly why: string;
  readonly fields: ReadonlyArray<FieldChange>;
  readonly downtime: Downtime;
  readonly downtimeText: string;
  readonly actions: ReadonlyArray<Action>;
}

/** One character for an action, as in a diff. */
export const actionSymbol: Readonly<Record<ActionKind, string>> = {
  create: "+",
  replace: "~",
  restart: "!",
  start: ">",
  stop: "x",
  pause: "x",
  unpause: ">",
  update: "~",
  remove: "-",
  destroy: "-",
  pull: "↓",
  build: "*",
  push: "↑",
  keep: "=",
};

const actionWords = (action: Action, count: number): string => {
  const times = count > 1 ? ` ×${count}` : "";
  const order = action.order === undefined ? "" : `, ${action.order}`;
  return `${action.action}${times}${order}`;
};

const whyOf = ({ reason, when }: Action): string =>
  when === undefined ? reasonText(reason) : `${reasonText(reason)}, ${when}`;

/** Fields count only where they are known: replicas may have been made from different files. */
const sameFate = (action: Action): string =>
  JSON.stringify([action.action, action.order, action.reason, action.when, action.downtime._tag]);

const rowsOf = (
  subject: string,
  actions: ReadonlyArray<Action>,
  downtime: Downtime | undefined,
): ReadonlyArray<Row> => {
  const groups = new Map<string, Array<Action>>();
  for (const action of actions) {
    const group = groups.get(sameFate(action));
    if (group === undefined) groups.set(sameFate(action), [action]);
    else group.push(action);
  }
  return Array.from(groups.values(), (group): Row => {
    const first = group[0] as Action;
    const away = first.downtime._tag === "None" ? first.downtime : (downtime ?? first.downtime);
    return {
      subject,
      action: first.action,
      text: actionWords(first, group.length),
      why: whyOf(first),
      fields: first.fields,
      downtime: away,
      downtimeText: downtimeText(away),
      actions: group,
    };
  });
};

export const serviceRows = (summary: Summary): ReadonlyArray<Row> =>
  summary.services.flatMap(({ service, actions, downtime }) => rowsOf(service, actions, downtime));

export const resourceRows = (summary: Summary): ReadonlyArray<Row> =>
  summary.resources.flatMap((action) => rowsOf(`${action.kind} ${action.name}`, [action], undefined));
