// pflag's `=` forms and clusters, rewritten to what commander understands: `-f=a` to `--file=a`, `-dt=5` to `-d --timeout=5`,
// `--detach=false` to nothing. Long global flags may also stand after the command. Everything unknown passes through, so that
// commander names it.
import type { CommandSpec, Flag } from "./Flag.ts";

export interface Normalised {
  readonly _tag: "Normalised";
  readonly argv: ReadonlyArray<string>;
  /** The command found, if any: the first operand after the global flags. */
  readonly command: CommandSpec | undefined;
  /** Switches that were set to false by name. */
  readonly off: { readonly global: ReadonlySet<string>; readonly command: ReadonlySet<string> };
}

/** A flag without the value that it needs, as it was written. */
export interface NoValue {
  readonly _tag: "NoValue";
  readonly written: string;
}

/** A value that does not fit its flag. */
export interface BadValue {
  readonly _tag: "BadValue";
  readonly flag: Flag;
  readonly value: string;
}

// The words Go's strconv.ParseBool takes.
const booleans = new Map([
  ...["1", "t", "T", "TRUE", "true", "True"].map((word) => [word, true] as const),
  ...["0", "f", "F", "FALSE", "false", "False"].map((word) => [word, false] as const),
]);

interface Token {
  readonly text: string;
  /** The switch that it turns on. */
  readonly turnsOn?: string;
}

const byLong = (flags: ReadonlyArray<Flag>, name: string): Flag | undefined =>
  flags.find((flag) => flag.name === name || flag.also?.includes(name));

/** One level of flags while its arguments are read. */
class Level {
  readonly flags: ReadonlyArray<Flag>;
  readonly off = new Set<string>();
  tokens: Array<Token> = [];
  constructor(flags: ReadonlyArray<Flag>) {
    this.flags = flags;
  }

  private turn(flag: Flag, word: string): BadValue | undefined {
    const on = booleans.get(word);
    if (on === undefined) return { _tag: "BadValue", flag, value: word };
    this.tokens = this.tokens.filter((token) => token.turnsOn !== flag.name);
    if (on) this.tokens.push({ text: `--${flag.name}`, turnsOn: flag.name });
    if (on) this.off.delete(flag.name);
    else this.off.add(flag.name);
    return undefined;
  }

  has(argument: string): boolean {
    return byLong(this.flags, argument.slice(2).split("=", 1)[0] as string) !== undefined;
  }

  /** Reads `--name`, `--name=value`; tells whether the next argument is the value. */
  long(argument: string): BadValue | "value follows" | undefined {
    const at = argument.indexOf("=");
    const flag = byLong(this.flags, argument.slice(2, at === -1 ? undefined : at));
    if (flag === undefined) this.tokens.push({ text: argument });
    else if (flag.kind === "switch") return this.turn(flag, at === -1 ? "true" : argument.slice(at + 1));
    else if (at === -1) {
      this.tokens.push({ text: `--${flag.name}` });
      return "value follows";
    } else this.tokens.push({ text: `--${flag.name}${argument.slice(at)}` });
    return undefined;
  }

  /** Reads `-d`, `-dV`, `-t5`, `-t=5`, `-d=false`. */
  short(argument: string): BadValue | "value follows" | undefined {
    for (let at = 1; at < argument.length; at++) {
      const flag = this.flags.find((candidate) => candidate.short === argument[at]);
      const rest = argument.slice(at + 1);
      if (flag === undefined) {
        this.tokens.push({ text: `-${argument.slice(at)}` });
        return undefined;
      }
      if (flag.kind !== "switch") {
        const value = rest.startsWith("=") ? rest.slice(1) : rest;
        this.tokens.push({ text: rest === "" ? `--${flag.name}` : `--${flag.name}=${value}` });
        return rest === "" ? "value follows" : undefined;
      }
      const bad = this.turn(flag, rest.startsWith("=") ? rest.slice(1) : "true");
      if (bad !== undefined || rest.startsWith("=")) return bad;
    }
    return undefined;
  }
}

export const normalise = (
  argv: ReadonlyArray<string>,
  globals: ReadonlyArray<Flag>,
  find: (name: string) => CommandSpec | undefined,
): Normalised | BadValue | NoValue => {
  const root = new Level(globals);
  let level = root;
  let spec: CommandSpec | undefined;
  let named = false;
  for (let at = 0; at < argv.length; at++) {
    const argument = argv[at] as string;
    if (argument === "--") {
      level.tokens.push(...argv.slice(at).map((text) => ({ text })));
      break;
    }
    if (argument.startsWith("-") && argument !== "-") {
      const isLong = argument.startsWith("--");
      // What a command calls by the same name is its own.
      const owner = isLong && !level.has(argument) && root.has(argument) ? root : level;
      const read = isLong ? owner.long(argument) : owner.short(argument);
      if (read === "value follows") {
        const value = argv[++at];
        const letter = argument.at(-1) as string;
        if (value === undefined) return { _tag: "NoValue", written: isLong ? argument : `'${letter}' in -${letter}` };
        // One token, so that a value that looks like a flag stays a value.
        owner.tokens.push({ text: `${(owner.tokens.pop() as Token).text}=${value}` });
      } else if (read !== undefined) return read;
      continue;
    }
    if (!named) {
      named = true;
      spec = find(argument);
      level = new Level(spec?.flags ?? []);
      level.tokens.push({ text: spec?.name ?? argument });
    } else if (spec?.passThrough) {
      level.tokens.push(...argv.slice(at).map((text) => ({ text })));
      break;
    } else level.tokens.push({ text: argument });
  }
  const tokens = level === root ? root.tokens : [...root.tokens, ...level.tokens];
  return {
    _tag: "Normalised",
    argv: tokens.map((token) => token.text),
    command: spec,
    off: { global: root.off, command: level === root ? new Set() : level.off },
  };
};
