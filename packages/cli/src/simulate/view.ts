// A simulation on the terminal: the picture, what became of each service, and how the command ended.
import { violationText } from "@composure/sim/assertion/evaluate";
import type { Judged } from "@composure/sim/document";
import type { Exploration } from "@composure/sim/explore";
import { explorationText } from "@composure/sim/picture/markdown";
import { usual, usualStop } from "@composure/sim/Assumptions";
import { drawText, type Tone } from "@composure/sim/picture/text";
import { healthyText, lowestText, spell, unavailableText } from "@composure/sim/picture/scale";
import type { Attempt, Rehearsal } from "@composure/sim/rehearse";
import type { ServiceCourse } from "@composure/sim/course";
import type { Told } from "./ask.ts";
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

export const assumedText = `Times are assumptions: pull ${spell(usual.pull)}, build ${spell(usual.build)}, probes succeed ${spell(usual.ready)} after a start, stop ${spell(usualStop)}; --assume 'SERVICE: ready 20s' says otherwise.`;

/** Nobody can tell when a service without a healthcheck serves: of those that were started, it must be said what counts. */
const uncheckedText = ({ timeline, world }: Rehearsal, paint: Paint): string => {
  const began = new Set(timeline.lanes.flatMap(({ spans, name }) => (spans.some(({ phase, from }) => from > 0 && (phase === "serving" || phase === "starting")) ? [name] : [])));
  const unchecked = Object.values(world.containers).flatMap(({ name, state, health, spec }) => (state === "running" && health === "none" && began.has(name) ? [spec.service.name] : []));
  const names = [...new Set(unchecked)].toSorted();
  if (names.length === 0) return "";
  const some = `${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and ${names.length - 3} more` : ""}`;
  return paint("dim", `No healthcheck: ${some}; running counts as serving (--assume '${names[0]}: ready 1s' says otherwise).`) + "\n";
};

/** Services of which nothing is to be said stay out of the table when there are many. */
const shownCourses = (courses: ReadonlyArray<ServiceCourse>, rehearsal: Rehearsal): ReadonlyArray<ServiceCourse> => {
  const changed = new Set(rehearsal.timeline.lanes.filter(({ spans }) => spans.length > 1 || (spans[0]?.from ?? 0) > 0 || (spans[0]?.to ?? 0) < rehearsal.timeline.until).map(({ service }) => service));
  return courses.filter((course) => changed.has(course.service) || isAway(course));
};

const explored = (exploration: Exploration, paint: Paint): string => {
  const { strays, duration, kind } = exploration;
  const head = explorationText(exploration);
  const lines = [
    strays.length === 0 ? paint("green", head) : paint("red", head),
    ...(kind === "interleavings" ? [`  they take ${spell(duration.shortest)} to ${spell(duration.longest)}`] : []),
    ...exploration.worst.slice(0, 5).map(({ service, unavailable, run }) => `  ${service} is away for up to ${spell(unavailable)} (${run})`),
    ...strays.slice(0, 10).map(({ run, problem }) => `  ${paint("red", run)}: ${problem}`),
    ...(strays.length > 10 ? [`  and ${strays.length - 10} more`] : []),
  ];
  return `${lines.join("\n")}\n`;
};

const judgement = ({ assertion, violation }: Judged, paint: Paint): string =>
  violation === undefined ? `${paint("green", "holds")}     ${assertion}\n` : `${paint("red", "violated")}  ${violationText(violation)}${violation.run === undefined ? "" : ` [${violation.run}${violation.run.startsWith("seed") ? `, seen with --${violation.run}` : ""}]`}\n`;

export const renderSimulation = (told: Told, view: SimulationView): string => {
  const { rehearsal, judged, explorations, missed } = told;
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
  }
  if (missed.length > 0) parts.push(missed.map((text) => `${paint("yellow", "warning")}: the fault "${text}" never came: its step or call was not made\n`).join(""));
  for (const exploration of explorations) parts.push(explored(exploration, paint));
  if (judged.length > 0) parts.push(judged.map((each) => judgement(each, paint)).join(""));
  if (attempts.some(({ plan }) => plan.steps.length > 0)) parts.push(`${uncheckedText(rehearsal, paint)}${paint("dim", assumedText)}\n`);
  return parts.join("\n");
};
