// What a command does, as far as simulated containers need it: sleep, echo, exit and the like; anything else runs on.
import type { LogLine, Millis } from "./World.ts";

export interface Program {
  readonly prints: ReadonlyArray<{ readonly at: Millis; readonly line: Omit<LogLine, "time"> }>;
  /** Absent: it runs until stopped. */
  readonly exits?: { readonly after: Millis; readonly code: number };
  /** False after `trap '' TERM`: only a kill ends it. */
  readonly obeysTerm: boolean;
}

const forever: Program = { prints: [], obeysTerm: true };
const shells = new Set(["sh", "bash", "ash", "dash"]);
/** Commands that end at once, with 0, when a script calls them. */
const quick = new Set(
  "cat ls touch mkdir test [ cp mv rm chmod chown env printf pwd id hostname date nc kill cd set export read wget curl ping nslookup wait unset umask ln grep :".split(" "),
);
const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

const seconds = (text: string | undefined): Millis | undefined => {
  const match = /^([0-9]*\.?[0-9]+)([smhd]?)$/.exec(text ?? "");
  if (match === null) return undefined;
  const unit = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] ?? ""] ?? 1000;
  return Number(match[1]) * unit;
};

interface Run {
  at: Millis;
  code: number;
  obeysTerm: boolean;
  prints: Array<{ at: Millis; line: Omit<LogLine, "time"> }>;
}

type After = "next" | "ended" | "runs on";

const echo = (run: Run, words: ReadonlyArray<string>): void => {
  const toStderr = words.some((word) => word === ">&2" || word === "1>&2");
  const text = words.filter((word) => !/^(1|2)?>/.test(word)).join(" ");
  run.prints.push({ at: run.at, line: { stream: toStderr ? "stderr" : "stdout", text } });
};

const step = (run: Run, words: ReadonlyArray<string>): After => {
  const [command = "", ...rest] = words;
  if (/^[A-Za-z_]\w*=/.test(command) && rest.length === 0) return "next";
  run.code = 0;
  switch (baseName(command)) {
    case "true":
    case "":
      return "next";
    case "false":
      run.code = 1;
      return "next";
    case "exit":
      run.code = Number(rest[0] ?? 0) & 0xff;
      return "ended";
    case "echo":
      echo(run, rest);
      return "next";
    case "exec":
      return step(run, rest) === "runs on" ? "runs on" : "ended";
    case "trap":
      if (rest[0] === "" && rest.some((word) => /^(SIG)?TERM$/.test(word))) run.obeysTerm = false;
      return "next";
    case "sleep": {
      const time = seconds(rest[0]);
      if (time === undefined) return "runs on";
      run.at += time;
      return "next";
    }
    default:
      return quick.has(baseName(command)) ? "next" : "runs on";
  }
};

/** Words of one simple command; quotes group, nothing is expanded. */
const split = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map((match) => match[0].replaceAll(/["']/g, ""));

/** A script's statements with the operator before each. */
const statements = (script: string): ReadonlyArray<{ readonly after: string; readonly text: string }> => {
  const found: Array<{ after: string; text: string }> = [];
  let after = ";";
  for (const part of script.matchAll(/(&&|\|\||;|\n)|((?:"[^"]*"|'[^']*'|>&\d|[^;&|\n"']|\|(?!\|))+)|&/g)) {
    if (part[1] !== undefined) after = part[1];
    else if (part[2] !== undefined) {
      found.push({ after, text: part[2].trim() });
      after = ";";
    }
  }
  return found;
};

const finish = (run: Run): Program => ({ prints: run.prints, exits: { after: run.at, code: run.code }, obeysTerm: run.obeysTerm });

const runScript = (script: string): Program => {
  const run: Run = { at: 0, code: 0, obeysTerm: true, prints: [] };
  for (const { after, text } of statements(script)) {
    if ((after === "&&" && run.code !== 0) || (after === "||" && run.code === 0)) continue;
    switch (step(run, split(text))) {
      case "next":
        break;
      case "ended":
        return finish(run);
      case "runs on":
        return { prints: run.prints, obeysTerm: run.obeysTerm };
    }
  }
  return finish(run);
};

/** Reads a container's whole command line. */
export const interpret = (argv: ReadonlyArray<string>): Program => {
  const [command, ...rest] = argv;
  if (command === undefined) return forever;
  if (shells.has(baseName(command))) {
    const at = rest.findIndex((word) => /^-[a-z]*c$/.test(word));
    const script = rest[at + 1];
    return at < 0 || script === undefined ? forever : runScript(script);
  }
  const run: Run = { at: 0, code: 0, obeysTerm: true, prints: [] };
  const known = ["true", "false", "exit", "echo", "sleep", "test"].includes(baseName(command));
  if (!known || step(run, argv) === "runs on") return forever;
  return finish(run);
};
