// The process around a command, as data and a few functions, so that every command can run in a test without a process.

export interface Input {
  readonly isTTY: boolean;
  /** Everything until the end. */
  readonly text: () => Promise<string>;
  /** One line, without its end; null when there is none. */
  readonly line: () => Promise<string | null>;
  /** Calls back with what is typed or piped in, and with undefined at the end, until the returned function is called. */
  readonly onBytes: (listener: (bytes: Uint8Array | undefined) => void) => () => void;
  /** Raw: every key goes to the listener, none has a meaning here. */
  readonly setRaw: (raw: boolean) => void;
}

export interface Output {
  readonly isTTY: boolean;
  /** The width and height of the terminal now; 80 by 24 when it is none. */
  readonly size: () => { readonly columns: number; readonly rows: number };
  /** Resolves when more can be written. */
  readonly write: (text: string | Uint8Array) => Promise<void> | void;
  readonly onResize: (listener: () => void) => () => void;
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
