// One configuration case: the files, the command line, and what docker compose 2.40.3 answered.

/** `files` are absolute paths; their texts are all the loader can read. */
export interface Case {
  readonly id: string;
  readonly cwd: string;
  /** Arguments before `config`. */
  readonly args: ReadonlyArray<string>;
  /** Arguments after `config`. */
  readonly configArgs: ReadonlyArray<string>;
  /** Added to the base environment; null takes a variable away. */
  readonly env: Readonly<Record<string, string | null>>;
  /** The text of standard input. */
  readonly stdin?: string;
  readonly files: Readonly<Record<string, string>>;
  readonly expected: Expected;
}

/** `json` is what `config --format json` printed, parsed; `hash` the text of `config --hash '*'`. */
export interface Expected {
  readonly exit: number;
  readonly json?: unknown;
  readonly hash?: string;
  /** Of a refused case: the first problem docker compose named, without its place. */
  readonly error?: string;
  /** The texts of the warnings. */
  readonly warnings?: ReadonlyArray<string>;
}
