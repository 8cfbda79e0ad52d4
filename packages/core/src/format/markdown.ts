// The plan for a pull request comment: GitHub's Markdown, stable, without secrets, and never longer than asked.
import { maskSecrets } from "../explain/secrets.ts";
import { describeNotice, describeOperation } from "../plan/describe.ts";
import type { Plan } from "../plan/Plan.ts";
import type { FieldChange } from "../plan/Reason.ts";
import type { Summary } from "./Action.ts";
import { planMermaid } from "./mermaid.ts";
import { actionSymbol, resourceRows, type Row, serviceRows } from "./rows.ts";
import { summarise } from "./summary.ts";
import { becauseText } from "./words.ts";

export interface MarkdownOptions {
  /** Characters; GitHub refuses comments beyond 65536. */
  readonly limit: number;
  /** Draw the graph as a Mermaid diagram, which GitHub shows as a picture. */
  readonly graph: boolean;
}

export const forGitHub: MarkdownOptions = { limit: 65_000, graph: true };

const special = /[\\`*_{}[\]<>#|~]/g;
/** Text of the user in running text: nothing in it is markup, and no line ends. */
export const plain = (text: string): string =>
  text.replace(/\s+/g, " ").replaceAll("&", "&amp;").replace(special, "\\$&").replaceAll("@", "@\u200b");

/** Code in running text or a table cell. */
export const code = (text: string): string => {
  const line = text.replace(/\s+/g, " ").replaceAll("|", "\\|");
  const longest = Math.max(0, ...Array.from(line.matchAll(/`+/g), ([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return longest > 0 ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
};

const block = (language: string, lines: ReadonlyArray<string>): string => {
  const body = lines.join("\n");
  const longest = Math.max(2, ...Array.from(body.matchAll(/`+/g), ([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${body}\n${fence}`;
};

const html = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const details = (title: string, body: string): string =>
  `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;

const table = (rows: ReadonlyArray<Row>): string => {
  const lines = rows.map(
    (row) =>
      `| ${code(actionSymbol[row.action])} | **${plain(row.subject)}** | ${row.text} | ${plain(row.why)} | ${plain(row.downtimeText)} |`,
  );
  return ["| | what | action | why | downtime |", "|---|---|---|---|---|", ...lines].join("\n");
};

const place = ({ span }: FieldChange, plan: Plan): string => {
  if (span === undefined) return "";
  const base = `${plan.project.workingDir}/`;
  return `  (${span.file.startsWith(base) ? span.file.slice(base.length) : span.file}:${span.line})`;
};

const prefixed = (sign: string, text: string | null): ReadonlyArray<string> =>
  text === null ? [] : text.split("\n").map((line) => `${sign} ${line}`);

const fieldDiff = (fields: ReadonlyArray<FieldChange>, plan: Plan): string =>
  block(
    "diff",
    fields.flatMap((field) => [
      `@@ ${field.path} @@${place(field, plan)}`,
      ...prefixed("-", field.before),
      ...prefixed("+", field.after),
    ]),
  );

const fieldSection = (row: Row, plan: Plan): ReadonlyArray<string> =>
  row.fields.length === 0
    ? []
    : [
        details(
          `<code>${html(row.subject)}</code>: ${row.fields.length} changed ${row.fields.length === 1 ? "field" : "fields"}`,
          fieldDiff(row.fields, plan),
        ),
      ];

const notes = (plan: Plan): ReadonlyArray<string> => {
  const consents = plan.confirmations.map(
    ({ question, destroys, flag }) =>
      `> [!${destroys ? "CAUTION" : "IMPORTANT"}]\n> ${plain(question)}\n> Yes: ${code(flag)}.${destroys ? " Without it the data is kept." : ""}`,
  );
  const notices = plan.notices.map((notice) => `- ${plain(describeNotice(notice))}`);
  return [...consents, ...(notices.length === 0 ? [] : [notices.join("\n")])];
};

const unchanged = (summary: Summary): ReadonlyArray<string> => {
  if (summary.unchanged.length === 0) return [];
  const names = summary.unchanged.map(({ name, state }) => `${code(name)} (${plain(state)})`);
  return [details(`${names.length} unchanged`, names.join(", "))];
};

const stepList = (plan: Plan): string =>
  details(
    `All ${plan.steps.length} steps, in order`,
    block(
      "text",
      plan.steps.map(
        (step) =>
          `#${step.id} ${describeOperation(step.operation)}${step.needs.length === 0 ? "" : ` [after ${step.needs.join(", ")}]`}: ${becauseText(step)}`,
      ),
    ),
  );

const intentText = ({ intent }: Plan): string => [intent._tag.toLowerCase(), ...intent.services].join(" ");

/** Mermaid refuses more than 500 links, and nobody reads them. */
const mostSteps = 200;

const separator = "\n\n";
const omission = "_Left out for length: see the whole plan with_ `plan --format json`.";

/** What must be there comes first; what explains follows as long as there is room. */
export const planMarkdown = (
  given: Plan,
  options: MarkdownOptions = forGitHub,
  summary: Summary = summarise(given),
): string => {
  const plan = maskSecrets(given);
  const rows = [...serviceRows(summary), ...resourceRows(summary)];
  const needed = [
    `### ${plain(plan.project.name)}: ${plain(intentText(plan))}`,
    `**${plain(summary.headline)}**`,
    ...(rows.length === 0 ? [] : [table(rows)]),
    ...notes(plan),
  ];
  const optional = [
    ...rows.flatMap((row) => fieldSection(row, plan)),
    ...unchanged(summary),
    ...(plan.steps.length === 0 ? [] : [stepList(plan)]),
    ...(plan.steps.length === 0 || plan.steps.length > mostSteps || !options.graph
      ? []
      : [details("Graph", block("mermaid", [planMermaid(plan).trimEnd()]))]),
  ];
  const sections: Array<string> = [];
  let used = 0;
  let omitted = false;
  for (const [index, section] of [...needed, ...optional].entries()) {
    const isNeeded = index < needed.length;
    const room = options.limit - omission.length - separator.length * 2;
    if (used + section.length + separator.length > room) {
      omitted = true;
      if (isNeeded) sections.push(`${section.slice(0, Math.max(0, room - used))}…`);
      if (isNeeded) break;
      continue;
    }
    sections.push(section);
    used += section.length + separator.length;
  }
  return `${[...sections, ...(omitted ? [omission] : [])].join(separator)}\n`;
};
