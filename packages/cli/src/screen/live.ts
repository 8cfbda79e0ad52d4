// A screen on a host: draws what `reduce` says, in the way the person asked for.
import type { Event } from "@composure/engine/Event";
import type { Host, Output } from "../host/Host.ts";
import { paint } from "../output/style.ts";
import type { Settings } from "../settings.ts";
import { jsonLines } from "./json.ts";
import { plainLines } from "./plain.ts";
import { empty, reduce, type Screen } from "./Screen.ts";
import { view } from "./terminal.ts";

/** `write` prints text that must stay (logs, notes) without disturbing the rows below it. */
export interface LiveScreen {
  readonly emit: (event: Event) => void;
  readonly write: (output: Output, text: string) => Promise<void> | void;
  /** Draws the last frame and leaves it standing. */
  readonly close: () => void;
}

type Lines = (event: Event, after: Screen) => ReadonlyArray<string>;

/** Several steps may wait for one service, each for another dependent: people wait once. */
const isWait = (event: Event): boolean => "step" in event && event.step.operation._tag === "WaitFor";

/** As docker compose: what a builder says goes to stdout, except beside the output of a container that was asked for. */
const buildOutput = (host: Host, title: string, event: Event): Output =>
  title !== "run" && event._tag === "StepProgress" && event.step.operation._tag === "BuildImage" ? host.stdout : host.stderr;

const lineScreen = (host: Host, title: string, lines: Lines, outputOf: (event: Event) => Output = () => host.stderr): LiveScreen => {
  let screen = empty(title, host.now());
  const waits = new Set<string>();
  const isNews = (event: Event) => (line: string) => {
    if (!isWait(event)) return true;
    const known = waits.has(line);
    waits.add(line);
    return !known;
  };
  return {
    emit: (event) => {
      screen = reduce(screen, event, host.now());
      const text = lines(event, screen).filter(isNews(event)).map((line) => `${line}\n`).join("");
      if (text !== "") void outputOf(event).write(text);
    },
    write: (output, text) => output.write(text),
    close: () => {},
  };
};

const hideCursor = "\u001b[?25l";
const showCursor = "\u001b[?25h";
const clearToEnd = "\u001b[K";
const clearBelow = "\u001b[J";

const terminalScreen = (host: Host, title: string, colour: boolean): LiveScreen => {
  const inks = paint(colour);
  let screen = empty(title, host.now());
  /** Lines of the last frame, which the next one overwrites in place. */
  let drawn = 0;
  let timer: ReturnType<typeof setInterval> | undefined;

  const back = () => (drawn === 0 ? "" : `\u001b[${drawn}A\r`);
  // One write per frame, every line overwritten and cleared to its end: nothing flickers.
  const draw = (last: boolean) => {
    const window = host.stderr.size();
    const lines = view(screen, host.now(), last ? { ...window, rows: Infinity } : window, inks);
    const frame = back() + lines.map((line) => `${line}${clearToEnd}\n`).join("") + clearBelow;
    if (drawn > 0 || lines.length > 0) void host.stderr.write(`${hideCursor}${frame}${last ? showCursor : ""}`);
    drawn = lines.length;
  };
  const close = () => {
    if (timer !== undefined) clearInterval(timer);
    if (timer !== undefined || drawn > 0) draw(true);
    timer = undefined;
    drawn = 0;
  };
  return {
    emit: (event) => {
      screen = reduce(screen, event, host.now());
      if (event._tag === "PlanStarted") {
        timer ??= setInterval(() => draw(false), 100);
        timer.unref();
      }
      if (event._tag === "PlanFinished") close();
      else draw(false);
    },
    write: (output, text) => {
      if (drawn === 0) return output.write(text);
      void host.stderr.write(back() + clearBelow);
      drawn = 0;
      const written = output.write(text);
      draw(false);
      return written;
    },
    close,
  };
};

export const openScreen = (host: Host, settings: Settings, title: string): LiveScreen => {
  switch (settings.progress) {
    case "tty":
      return terminalScreen(host, title, settings.colour.stderr);
    case "plain":
      return lineScreen(host, title, plainLines, (event) => buildOutput(host, title, event));
    case "json":
      return lineScreen(host, title, jsonLines);
    case "quiet":
      return lineScreen(host, title, () => []);
  }
};
