// The story of a service's containers, for people.
import { triggerText, type Story, type Why } from "@composure/core/explain/why";
import type { Action } from "@composure/core/format/Action";
import { changeText, reasonText } from "@composure/core/format/words";
import { shortId } from "@composure/core/format/shortId";
import { shortPath } from "./diagnostics.ts";
import type { Paint } from "./style.ts";
import { roughly } from "./units.ts";

export interface WhyViewOptions {
  readonly paint: Paint;
  readonly cwd: string;
  /** Unix seconds by the engine's clock. */
  readonly now: number;
}

/** Reasons are noted when a plan is made, and told afterwards. */
const past = (because: string): string => (because === "it does not exist" ? "it did not exist" : because);

/** "2026-11-30 20:14", by the clock and the time zone of this machine. */
const timeText = (seconds: number): string => {
  const time = new Date(seconds * 1000);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `on ${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} at ${two(time.getHours())}:${two(time.getMinutes())}`;
};

const made = (story: Story): string =>
  [
    story.isSuccessor ? "made in place of another" : "made",
    ` ${timeText(story.createdAt)} by ${story.madeBy}`,
    story.by === null ? "" : ` for ${story.by}`,
    story.because === null ? "; the reason was not noted" : `: ${past(story.because)}`,
  ].join("");

const storyLines = (story: Story, { paint, cwd, now }: WhyViewOptions): ReadonlyArray<string> => [
  `  ${paint("bold", story.name)}  ${story.state}, ${roughly(Math.max(0, now - story.createdAt)).toLowerCase()} old`,
  `    ${made(story)}`,
  `    image ${story.image} (${shortId(story.imageId)})`,
  ...(story.configFiles.length === 0 ? [] : [`    from ${story.configFiles.map((file) => shortPath(file, cwd)).join(", ")}`]),
];

const actionLines = (action: Action, { paint, cwd }: WhyViewOptions): ReadonlyArray<string> => [
  `  ${action.name}  ${action.action}  ${paint("dim", reasonText(action.reason))}`,
  ...action.fields.map(({ path, before, after, span }) => {
    const place = span === undefined ? "" : paint("dim", `  ${shortPath(span.file, cwd)}:${span.line}`);
    return `    ${path}  ${changeText({ before, after })}${place}`;
  }),
];

export const renderWhy = (found: Why, options: WhyViewOptions): string => {
  const { paint } = options;
  return [
    paint("bold", found.service),
    ...(found.containers.length === 0 ? ["  no container yet"] : found.containers.flatMap((story) => storyLines(story, options))),
    "",
    "up would now",
    ...(found.next.length === 0 ? ["  leave it as it is"] : found.next.flatMap((action) => actionLines(action, options))),
    "",
    "at a later up, these would change its containers",
    ...found.triggers.map((trigger) => `  ${triggerText(trigger)}`),
    "",
  ].join("\n");
};
