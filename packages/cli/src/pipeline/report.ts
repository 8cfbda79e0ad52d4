// What a run came to, for people: failures with their cause, what they prevented, what an interruption left.
import type { Step } from "@composure/core/plan/Plan";
import { summarise, type Report } from "@composure/engine/report";
import type { EngineError } from "@composure/engine/EngineError";
import type { Outcome } from "@composure/engine/Event";
import { describeError } from "../output/engineError.ts";
import type { Paint } from "../output/style.ts";
import { thingOf, things } from "../screen/things.ts";
import type { Plan } from "@composure/core/plan/Plan";
import { doing } from "../screen/words.ts";
import { renderError } from "./Failure.ts";

type Naming = (step: Step) => string;

const naming = (plan: Plan): Naming => {
  const known = thingOf(things(plan));
  return (step) => {
    const thing = known.get(step.id);
    return thing === undefined ? step.address : `${thing.kind.toLowerCase()} ${thing.name}`;
  };
};

const unique = (names: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(names)];

const listed = (names: ReadonlyArray<string>, most = 8): string =>
  names.length <= most ? names.join(", ") : `${names.slice(0, most).join(", ")} and ${names.length - most} more`;

const failureText = (failure: Report["failures"][number], name: Naming, inks: Paint): string => {
  const { headline, details, hint } = describeError(failure.error);
  const own = name(failure.step);
  const prevented = unique(failure.prevented.map(name)).filter((other) => other !== own);
  const { operation } = failure.step;
  const waited = operation._tag === "WaitFor" && failure.error.reason._tag === "WaitFailed";
  return renderError(
    {
      headline: waited ? `${prevented.length === 0 ? "" : "dependency failed to start: "}${headline}` : headline.includes(own) ? headline : `${own}: ${doing(failure.step.operation).toLowerCase()} failed: ${headline}`,
      details: [...details, ...(prevented.length === 0 ? [] : [`not done because of it: ${listed(prevented)}`])],
      ...(hint === undefined ? {} : { hint }),
    },
    inks,
  );
};

const isLost = (report: Report): boolean =>
  report.failures.some(({ error }) => error.reason._tag === "Unavailable" && error.reason.cause === "lost");

/** What makes two failures one: several steps may wait for one service, and an engine that went away fails every call under way. */
const causeOf = ({ step, error }: Report["failures"][number], name: Naming): string =>
  error.reason._tag === "Unavailable" ? "engine" : step.operation._tag === "WaitFor" ? `wait ${name(step)} ${describeError(error).headline}` : `step ${step.id}`;

/** Failures of one cause are told once, with all that they prevented. */
const told = (report: Report, name: Naming): ReadonlyArray<Report["failures"][number]> => {
  const byCause = new Map<string, Report["failures"][number]>();
  for (const failure of report.failures) {
    const cause = causeOf(failure, name);
    const known = byCause.get(cause);
    byCause.set(cause, known === undefined ? failure : { ...known, prevented: [...known.prevented, ...failure.prevented] });
  }
  return [...byCause.values()];
};

const progressText = (report: Report, name: Naming, title: string): string => {
  const left = unique([...report.failures.flatMap((failure) => [failure.step, ...failure.prevented]), ...report.broken].map(name));
  const done = unique(report.done.map(name)).filter((thing) => !left.includes(thing));
  return [
    done.length === 0 ? "nothing was finished" : `finished: ${listed(done)}`,
    ...(left.length === 0 ? [] : [`left: ${listed(left)}`]),
    title === "apply" ? "run composure up to finish" : `run composure ${title} again to finish`,
  ]
    .map((line) => `  ${line}\n`)
    .join("");
};

/** What was done all the same, where a failure ended the run in good order. */
const doneText = (report: Report, name: Naming): string => {
  const affected = new Set(report.failures.flatMap(({ step, prevented }) => [step, ...prevented].map(name)));
  const done = unique([...report.done].map(name)).filter((thing) => !affected.has(thing));
  return report.failures.length === 0 || done.length === 0 ? "" : `  done all the same: ${listed(done)}\n`;
};

const restoredText = (report: Report, name: Naming): string => {
  const names = unique(report.restored.map(name));
  return names.length === 0 ? "" : `  kept serving: ${listed(names)} (the old container was put back)\n`;
};

/** Everything that should stand on stderr after a run; empty when all went well. */
export const renderReport = (plan: Plan, outcome: Outcome, title: string, inks: Paint): string => {
  const report = summarise(outcome);
  const name = naming(plan);
  const warnings = report.warnings.map(({ step, text }) => `${inks("yellow", "warning")}: ${name(step)}: ${text}\n`).join("");
  const failures = told(report, name).map((failure) => failureText(failure, name, inks)).join("");
  const interrupted = report.interrupted ? `${inks("yellow", "interrupted")}\n` : "";
  const incomplete = report.interrupted || isLost(report) ? progressText(report, name, title) : doneText(report, name);
  return warnings + failures + restoredText(report, name) + interrupted + incomplete;
};

/** The same for programs: which things were done, which failed and why, which were skipped because of what. */
export const reportData = (plan: Plan, outcome: Outcome) => {
  const report = summarise(outcome);
  const name = naming(plan);
  return {
    exitCode: report.exitCode,
    done: unique(report.done.map(name)),
    failed: told(report, name).map(({ step, error }) => ({ what: name(step), doing: doing(step.operation).toLowerCase(), cause: describeError(error).headline, ...culpritOf(error) })),
    skipped: report.failures.flatMap((failure) => unique(failure.prevented.map(name)).filter((what) => what !== name(failure.step)).map((what) => ({ what, because: name(failure.step) }))).concat(unique(report.broken.map(name)).map((what) => ({ what, because: "interrupted" }))),
    restored: unique(report.restored.map(name)),
  };
};

const culpritOf = ({ reason }: EngineError) =>
  reason._tag === "WaitFailed"
    ? {
        container: reason.container,
        why: reason.why,
        ...(reason.exitCode === undefined ? {} : { exitCode: reason.exitCode }),
        ...(reason.probe === undefined ? {} : { probe: reason.probe }),
        log: reason.log,
      }
    : {};

export const exitCodeOf = (outcome: Outcome): number => summarise(outcome).exitCode;
