// A simulation for a pull request comment: a table of services, a chart that GitHub draws, what was asserted.
import { code, plain } from "@composure/core/format/markdown";
import type { Judged } from "../document.ts";
import { violationText } from "../assertion/evaluate.ts";
import type { Exploration } from "../explore.ts";
import type { Rehearsal } from "../rehearse.ts";
import { drawText } from "./text.ts";
import { healthyText, lowestText, spell, unavailableText } from "./scale.ts";

const assertions = (judged: ReadonlyArray<Judged>): ReadonlyArray<string> =>
  judged.length === 0 ? [] : ["", ...judged.map(({ assertion, violation }) => (violation === undefined ? `- ✅ ${code(assertion)}` : `- ❌ ${plain(violationText(violation))}${violation.run === undefined ? "" : ` (${plain(violation.run)})`}`))];

export const explorationText = ({ kind, runs, total, converged, orders, worst }: Exploration): string => {
  const [first] = worst;
  const away = first === undefined ? "no service is away" : `longest downtime: ${first.service} ${spell(first.unavailable)}, ${first.run}`;
  switch (kind) {
    case "crash points":
      return `crash after each of ${total} steps: ${converged}/${total} converge; ${away}`;
    case "interleavings":
      return `${runs} interleavings, ${orders} orders of steps: ${converged}/${total} end alike; ${away}`;
    case "exhaustive":
      return `all ${runs} orders of engine calls: ${converged}/${total} end alike; ${away}`;
  }
};

/** `title` becomes the heading. */
export const drawMarkdown = (rehearsal: Rehearsal, title: string, judged: ReadonlyArray<Judged>, explorations: ReadonlyArray<Exploration>): string => {
  const { timeline, services, exitCode } = rehearsal;
  const picture = drawText(timeline, services, { columns: 100, paint: (_, text) => text });
  const rows = services.map((course) => `| ${plain(course.service)} | ${plain(healthyText(course))} | ${lowestText(course)} | ${plain(unavailableText(course))} |`);
  return `${[
    `### ${plain(title)}`,
    "",
    `It takes ${spell(timeline.ended)} and ends with exit code ${exitCode}. Times are assumptions.`,
    "",
    ...(rows.length === 0 ? [] : ["| service | healthy | lowest | unavailable |", "|---|---|---|---|", ...rows]),
    ...assertions(judged),
    ...(explorations.length === 0 ? [] : ["", ...explorations.map((each) => `- ${plain(explorationText(each))}`)]),
    ...(picture.length === 0 ? [] : ["", "```", ...picture, "```"]),
  ].join("\n")}\n`;
};
