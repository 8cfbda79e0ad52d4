// A simulation on the terminal: the picture, what became of each service, and how the command ended.
import { usual } from "@composure/sim/Assumptions";
import { drawText, type Tone } from "@composure/sim/picture/text";
import { healthyText, lowestText, spell, unavailableText } from "@composure/sim/picture/scale";
import type { Attempt, Rehearsal } from "@composure/sim/rehearse";
import type { ServiceCourse } from "@composure/sim/course";
import { table } from "../output/table.ts";
import type { Colour, Paint } from "../output/style.ts";
import { renderReport } from "../pipeline/report.ts";

export interface SimulationView {
  readonly heading: string;
  /** The command, for reports. */
  readonly title: string;
  readonly paint: Paint;
  readonly columns: number;
}

const colours: Readonly<Record<Tone, Colour>> = { good: "green", busy: "yellow", bad: "red", faint: "dim", transfer: "blue", strong: "bold" };

const indented = (text: string): string => text.replaceAll(/^(?=.)/gm, "  ");

const isAway = ({ unavailable, ending, firstServed, wanted }: ServiceCourse): boolean => unavailable > 0 || ending === "down" || ending === "reduced" || (firstServed === null && wanted > 0 && ending !== "done");

const courseTable = (courses: ReadonlyArray<ServiceCourse>, paint: Paint): string => {
  const rows = courses.map((course) => [course.service, healthyText(course), lowestText(course), unavailableText(course)]);
  const lines = table([["SERVICE", "HEALTHY", "LOWEST", "UNAVAILABLE"], ...rows]).trimEnd().split("\n");
  return lines.map((line, at) => `  ${at > 0 && isAway(courses[at - 1] as ServiceCourse) ? paint("red", line) : line}\n`).join("");
};

const endings = { Finished: "", Crashed: "the client died", Stuck: "the command would wait for ever", Endless: "the command goes round in circles" } as const;

const attemptText = ({ plan, how, outcome, report, from, to }: Attempt, title: string, paint: Paint): string => {
  const done = (report?.done.length ?? 0) + (report?.restored.length ?? 0);
  const end = how === "Finished" ? `exit code ${report?.exitCode ?? 1}, ${done} steps done` : endings[how];
  const line = `${title} from ${spell(from)} to ${spell(to)}: ${end}.\n`;
  return (report?.exitCode === 0 ? line : paint("red", line.trimEnd()) + "\n") + (outcome === undefined ? "" : indented(renderReport(plan, outcome, title, paint)));
};

export const assumedText = `Times are assumptions: pull ${spell(usual.pull)}, build ${spell(usual.build)}, ready ${spell(usual.ready)} after a start, stop ${spell(usual.stop as number)}; --assume 'SERVICE: ready 20s' says otherwise.`;

/** Services of which nothing is to be said stay out of the table when there are many. */
const shownCourses = (courses: ReadonlyArray<ServiceCourse>, rehearsal: Rehearsal): ReadonlyArray<ServiceCourse> => {
  const changed = new Set(rehearsal.timeline.lanes.filter(({ spans }) => spans.length > 1 || (spans[0]?.from ?? 0) > 0 || (spans[0]?.to ?? 0) < rehearsal.timeline.until).map(({ service }) => service));
  return courses.filter((course) => changed.has(course.service) || isAway(course));
};

export const renderSimulation = (rehearsal: Rehearsal, view: SimulationView): string => {
  const { timeline, services, attempts } = rehearsal;
  const { paint, columns } = view;
  const parts = [`${paint("bold", view.heading)}\n`];
  if ((attempts[0]?.plan.steps.length ?? 0) === 0) parts.push("Nothing to do: no step, no time, nobody is away.\n");
  const picture = drawText(timeline, services, { columns, paint: (tone, text) => paint(colours[tone], text) });
  if (picture.length > 0) parts.push(`${picture.join("\n")}\n`);
  const shown = shownCourses(services, rehearsal);
  if (shown.length > 0) parts.push(courseTable(shown, paint));
  if (attempts.some(({ plan }) => plan.steps.length > 0)) {
    parts.push(attempts.map((attempt, at) => attemptText(attempt, at === 0 ? view.title : `${view.title} again`, paint)).join(""));
    parts.push(`${paint("dim", assumedText)}\n`);
  }
  return parts.join("\n");
};
