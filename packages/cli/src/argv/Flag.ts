// Flags and commands as data: what the parser accepts, what help prints, and the type that a command reads.

/**
 * One flag. `switch` takes no value, `text`, `number` and `list` do (`list` may repeat).
 * `value` is the word help shows for the value; `hidden` flags work but are not shown; `also` names accepted spellings of old.
 */
export interface Flag {
  readonly name: string;
  readonly short?: string;
  readonly kind: "switch" | "text" | "number" | "list";
  readonly about: string;
  readonly value?: string;
  readonly preset?: string | number | boolean;
  readonly hidden?: true;
  readonly also?: ReadonlyArray<string>;
}

type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<CamelCase<Tail>>}` : Name;

type FlagValue<F extends Flag> = F["kind"] extends "switch"
  ? boolean
  : F["kind"] extends "list"
    ? ReadonlyArray<string>
    : F["kind"] extends "number"
      ? F extends { readonly preset: number }
        ? number
        : number | undefined
      : F extends { readonly preset: string }
        ? string
        : string | undefined;

/** What a command reads: one property per flag, in camelCase. */
export type Options<Flags extends ReadonlyArray<Flag>> = {
  readonly [F in Flags[number] as CamelCase<F["name"]>]: FlagValue<F>;
};

export interface CommandSpec<Flags extends ReadonlyArray<Flag> = ReadonlyArray<Flag>> {
  readonly name: string;
  readonly also?: ReadonlyArray<string>;
  readonly about: string;
  /** Paragraphs below `about` in the command's own help. */
  readonly more?: string;
  /** What follows "composure NAME" in the usage line. */
  readonly usage: string;
  readonly operands: { readonly min: number; readonly max?: number };
  /** Flags end at the first operand: the rest belongs to the command that runs in the container. */
  readonly passThrough?: true;
  readonly flags: Flags;
  readonly examples: ReadonlyArray<readonly [line: string, meaning: string]>;
}

/** Keeps the literal types of the flags, so that `Options` can be derived from them. */
export const command = <const Flags extends ReadonlyArray<Flag>>(spec: CommandSpec<Flags>): CommandSpec<Flags> => spec;

export const camelCase = (name: string): string => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/** "-t, --timeout", or "--scale" when there is no letter. */
export const flagNames = (flag: Flag): string => (flag.short === undefined ? `--${flag.name}` : `-${flag.short}, --${flag.name}`);
