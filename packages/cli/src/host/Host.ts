// The process around a command, as data and a few functions, so that every command can run in a test without a process.

export interface Input {
  readonly isTTY: boolean;
  /** Everything until the end. */
  readonly text: () => Promise<string>;
  /** One line, without its end; null when there is none. */
  readonly line: () => Promise<string | null>;
}

export interface Output {
  readonly isTTY: boolean;
  /** The width and height of the terminal now; 80 by 24 when it is none. */
  readonly size: () => { readonly columns: number; readonly rows: number };
  /** Resolves when more can be written. */
  readonly write: (text: string) => Promise<void> | void;
}

export type Signal = "SIGINT" | "SIGTERM";

export interface Host {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Ends the process at once. */
  readonly exit: (code: number) => never;
  /** Calls `listener` for every signal until the returned function is called; without a listener a signal ends the process. */
  readonly onSignal: (listener: (signal: Signal) => void) => () => void;
}
