// What a command does, as far as simulated containers need it: sleep, echo, exit and the like; anything else runs on.
import type { Service } from "@composure/core/model/Service";
import type { LogLine, Millis } from "./World.ts";

export interface Program {
  readonly prints: ReadonlyArray<{ readonly at: Millis; readonly line: Omit<LogLine, "time"> }>;
  /** Absent: it runs until stopped. */
  readonly exits?: { readonly after: Millis; readonly code: number };
  /** As a container's first process: the exit code when it is asked to end. The kernel keeps signals from it for which it has no handler. */
  readonly onTerm: number | "ignored";
}

const forever: Program = { prints: [], onTerm: 0 };
const shells = new Set(["sh", "bash", "ash", "dash"]);
/** Commands that end at once, with 0, when a script calls them. */
const quick = new Set(
  "cat ls touch mkdir test [ cp mv rm chmod chown env printf pwd id hostname date nc kill cd set export read wget curl ping nslookup wait unset umask ln grep :".split(" "),
);
/** Programs that run on, and are known to have no handler. */
const deaf = new Set(["cat", "nc", "sleep", "tail", "yes"]);
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
  /** What `trap` made of it; null: nothing. */
  trap: number | "ignored" | null;
  prints: Array<{ at: Millis; line: Omit<LogLine, "time"> }>;
}

/** `trap '' TERM`, `trap 'exit 3' TERM`, `trap - TERM`. */
const trapOf = ([handler = "", ...signals]: ReadonlyArray<string>, before: Run["trap"]): Run["trap"] => {
  if (!signals.some((word) => /^((SIG)?TERM|15)$/.test(word))) return before;
  if (handler === "-") return null;
  return handler === "" ? "ignored" : Number(/\bexit (\d+)/.exec(handler)?.[1] ?? 0);
};

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
      run.trap = trapOf(rest, run.trap);
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

/**
 * A shell runs its handler when what it waits for has ended: at once in `wait`, soon in a loop, too late during a long
 * `sleep`. Without one it hears nothing; an unknown program it may have become does.
 */
const termOf = (script: string, run: Run, last: ReadonlyArray<string> | undefined): Program["onTerm"] => {
  const endless = last !== undefined && /^(while (true|:|sleep .*)|until false)$/.test(last.join(" ")) && !/\b(break|exec)\b/.test(script);
  const known = last === undefined || endless || deaf.has(baseName(last[0] === "exec" ? (last[1] ?? "") : (last[0] ?? "")));
  if (run.trap === null || run.trap === "ignored") return run.trap ?? (known ? "ignored" : 0);
  return endless || !known || /(^|[;&\n])\s*wait\b/.test(script) ? run.trap : "ignored";
};

const runScript = (script: string): Program => {
  const run: Run = { at: 0, code: 0, trap: null, prints: [] };
  const finish = (last?: ReadonlyArray<string>): Program => ({ prints: run.prints, ...(last === undefined ? { exits: { after: run.at, code: run.code } } : {}), onTerm: termOf(script, run, last) });
  for (const { after, text } of statements(script)) {
    if ((after === "&&" && run.code !== 0) || (after === "||" && run.code === 0)) continue;
    const words = split(text);
    switch (step(run, words)) {
      case "next":
        break;
      case "ended":
        return finish();
      case "runs on":
        return finish(words);
    }
  }
  return finish();
};

/** Reads a container's whole command line. */
export const interpret = (argv: ReadonlyArray<string>): Program => {
  const [command, ...rest] = argv;
  if (command === undefined) return forever;
  const onTerm = deaf.has(baseName(command)) || (shells.has(baseName(command)) && rest.every((word) => /^-[il]+$/.test(word))) ? "ignored" : 0;
  if (shells.has(baseName(command))) {
    const at = rest.findIndex((word) => /^-[a-z]*c$/.test(word));
    const script = rest[at + 1];
    return at < 0 || script === undefined ? { ...forever, onTerm } : runScript(script);
  }
  const run: Run = { at: 0, code: 0, trap: null, prints: [] };
  const known = ["true", "false", "exit", "echo", "sleep", "test"].includes(baseName(command));
  if (!known || step(run, argv) === "runs on") return { ...forever, onTerm };
  return { prints: run.prints, exits: { after: run.at, code: run.code }, onTerm };
};

/**
 * What a stop does to a service's program: the exit code, or nothing. With `init`, or in another process namespace, it
 * is not the first process, and ends by the signal unless it ignores it itself.
 */
export const takesStop = ({ init, pid, stop_signal: signal }: Pick<Service, "init" | "pid" | "stop_signal">, argv: ReadonlyArray<string>): Program["onTerm"] => {
  if (/^((SIG)?KILL|9)$/.test(signal ?? "")) return 137;
  const { onTerm } = interpret(argv);
  const ignores = argv.some((word) => /trap (''|"") .*TERM/.test(word));
  return onTerm === "ignored" && !ignores && (init === true || pid !== undefined) ? 143 : onTerm;
};
