// A command line to an invocation, to help that was asked for, or to one line about what is wrong with it.
import { Command, CommanderError, Option } from "commander";
import { camelCase, flagNames, type CommandSpec, type Flag } from "./Flag.ts";
import { globalFlags, sharedFlags, type GlobalOptions } from "./globals.ts";
import { normalise, type BadValue, type NoValue } from "./normalise.ts";
import { readWhole } from "./whole.ts";

export interface Invocation {
  readonly _tag: "Invocation";
  readonly globals: GlobalOptions;
  readonly command: CommandSpec;
  /** By camelCase name; `Options` of the command's flags is its exact type. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly operands: ReadonlyArray<string>;
}

/** Help was asked for (or nothing at all): of one command, or of the whole. */
export interface HelpAsked {
  readonly _tag: "HelpAsked";
  readonly command: CommandSpec | undefined;
}

/** One line for stderr, and what to do; `withUsage` also prints the list of commands, as docker does for an unknown command. */
export interface Refused {
  readonly _tag: "Refused";
  readonly message: string;
  readonly hint?: string;
  readonly withUsage: boolean;
}

export type Parsed = Invocation | HelpAsked | Refused;

const refused = (message: string, hint?: string): Refused => ({ _tag: "Refused", message, ...(hint === undefined ? {} : { hint }), withUsage: false });

const badValue = ({ flag, value }: BadValue): Refused =>
  refused(`invalid argument "${value}" for "${flagNames(flag)}" flag: ${flag.kind === "switch" ? "it takes true or false" : "it takes a whole number"}`);

const noValue = ({ written }: NoValue): Refused => refused(`flag needs an argument: ${written}`);

const withShared = (flags: ReadonlyArray<Flag>): ReadonlyArray<Flag> => [...flags, ...sharedFlags];

const addFlags = (command: Command, flags: ReadonlyArray<Flag>): Command => {
  for (const flag of flags) {
    const names = flag.short === undefined ? `--${flag.name}` : `-${flag.short}, --${flag.name}`;
    const option = new Option(flag.kind === "switch" ? names : `${names} <value>`);
    // "--no-build" is a flag of its own here, not the opposite of "--build".
    option.negate = false;
    option.attributeName = () => camelCase(flag.name);
    if (flag.hidden) option.hideHelp();
    if (flag.kind === "list") option.argParser((value: string, before: ReadonlyArray<string> | undefined) => [...(before ?? []), value]);
    command.addOption(option);
  }
  return command;
};

const silent = { writeOut: () => {}, writeErr: () => {}, outputError: () => {} };

const bare = (name: string): Command =>
  new Command(name).helpOption(false).helpCommand(false).exitOverride().configureOutput(silent).showSuggestionAfterError(true);

/** Commander's tree: the command in question with its flags; all names where none is known, so that one can be suggested. */
const commanderTree = (specs: ReadonlyArray<CommandSpec>, wanted: CommandSpec | undefined) => {
  const program = addFlags(bare("composure").enablePositionalOptions(), withShared(globalFlags.filter((flag) => flag.name !== "dry-run")));
  // Where nothing is asked commander makes a help page of its own before it says so; ours is another.
  program.help = () => {
    throw new CommanderError(1, "commander.help", "");
  };
  let target: Command | undefined;
  for (const spec of wanted === undefined ? specs : [wanted]) {
    const sub = bare(spec.name).argument("[operands...]").action(() => {});
    if (spec === wanted) {
      addFlags(sub, withShared(spec.flags));
      if (spec.passThrough) sub.passThroughOptions();
      target = sub;
    }
    program.addCommand(sub);
  }
  return { program, target };
};

/** A letter that is a global flag was put behind the command, where docker compose does not take it either. */
const belongsBefore = (letter: string, spec: CommandSpec | undefined): string | undefined => {
  const flag = globalFlags.find((candidate) => "short" in candidate && candidate.short === letter);
  return flag === undefined || spec === undefined ? undefined : `-${letter} goes before the command: composure -${letter} … ${spec.name} (or write --${flag.name})`;
};

// Commander's words become pflag's, which scripts and people know; its suggestion stays.
const translate = (error: CommanderError, spec: CommandSpec | undefined): Refused => {
  const suggestion = /\(Did you mean (.*)\?\)/.exec(error.message)?.[1];
  const hint = suggestion === undefined ? "" : `, did you mean ${suggestion}?`;
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? "";
  switch (error.code) {
    case "commander.unknownOption": {
      if (/^--[-=]/.test(quoted)) return refused(`bad flag syntax: ${quoted}`);
      if (quoted.startsWith("--")) return refused(`unknown flag: ${quoted.split("=")[0]}${hint}`);
      const letter = quoted[1] ?? "-";
      return refused(`unknown shorthand flag: '${letter}' in ${quoted}`, belongsBefore(letter, spec));
    }
    case "commander.unknownCommand":
      return { ...refused(`unknown command: "${quoted}"${hint}`), withUsage: true };
    default:
      return refused(error.message.replace(/^error: /, ""));
  }
};

/** Fills presets in, turns numbers into numbers and named-off switches off. */
const complete = (
  flags: ReadonlyArray<Flag>,
  raw: Readonly<Record<string, unknown>>,
  off: ReadonlySet<string>,
): Record<string, unknown> | BadValue => {
  const options: Record<string, unknown> = {};
  for (const flag of flags) {
    const key = camelCase(flag.name);
    const value = raw[key];
    switch (flag.kind) {
      case "switch":
        options[key] = off.has(flag.name) ? false : (value ?? flag.preset ?? false);
        break;
      case "list":
        options[key] = value ?? [];
        break;
      case "text":
        options[key] = value ?? flag.preset;
        break;
      case "number":
        options[key] = value === undefined ? flag.preset : readWhole(String(value));
        if (value !== undefined && options[key] === undefined) return { _tag: "BadValue", flag, value: String(value) };
        break;
    }
  }
  return options;
};

const isBad = (completed: Record<string, unknown> | BadValue): completed is BadValue => completed["_tag"] === "BadValue";

const checkOperands = (spec: CommandSpec, operands: ReadonlyArray<string>): Refused | undefined => {
  const { min, max } = spec.operands;
  if (operands.length < min) return refused(`requires at least ${min} arg(s), only received ${operands.length} (usage: composure ${spec.name} ${spec.usage})`);
  if (max !== undefined && operands.length > max) {
    return refused(`"${operands[max]}" is one argument too many (usage: composure ${spec.name}${spec.usage === "" ? "" : ` ${spec.usage}`})`);
  }
  return undefined;
};

export const parse = (argv: ReadonlyArray<string>, specs: ReadonlyArray<CommandSpec>): Parsed => {
  const find = (name: string) => {
    const spec = specs.find((candidate) => candidate.name === name || candidate.also?.includes(name));
    return spec === undefined ? undefined : { ...spec, flags: withShared(spec.flags) };
  };
  const normal = normalise(argv, withShared(globalFlags), find);
  if (normal._tag === "BadValue") return badValue(normal);
  if (normal._tag === "NoValue") return noValue(normal);
  const spec = specs.find((candidate) => candidate.name === normal.command?.name);
  const { program, target } = commanderTree(specs, spec);
  try {
    program.parse([...normal.argv], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError && error.code !== "commander.help") return translate(error, spec);
    if (!(error instanceof CommanderError)) throw error;
  }
  const raw = program.opts();
  const globals = complete(globalFlags, raw, normal.off.global);
  if (isBad(globals)) return badValue(globals);
  if (raw["help"] === true) return { _tag: "HelpAsked", command: undefined };
  if (spec === undefined || target === undefined) {
    const version = globals["version"] === true ? specs.find((candidate) => candidate.name === "version") : undefined;
    return version === undefined
      ? { _tag: "HelpAsked", command: undefined }
      : { _tag: "Invocation", globals: globals as unknown as GlobalOptions, command: version, options: {}, operands: [] };
  }
  const options = complete(withShared(spec.flags), target.opts(), normal.off.command);
  if (isBad(options)) return badValue(options);
  if (options["help"] === true) return { _tag: "HelpAsked", command: spec };
  const wrong = checkOperands(spec, target.args);
  if (wrong !== undefined) return wrong;
  const dryRun = globals["dryRun"] === true || options["dryRun"] === true;
  return {
    _tag: "Invocation",
    globals: { ...(globals as unknown as GlobalOptions), dryRun },
    command: spec,
    options,
    operands: target.args,
  };
};
