// The real process as a Host. Node makes its three standard streams when they are first touched, which costs several
// milliseconds each: a command that prints a line does not pay for the other two.
import { fstatSync, writeSync } from "node:fs";
import type { Host, Input, Output, Signal } from "./Host.ts";
import { onDockerGone } from "./pluginSocket.ts";

/** Asked of the descriptor; only what is a device can be a terminal, and only then is Node's own answer worth its price. */
const isTerminal = (descriptor: number): boolean => {
  try {
    return fstatSync(descriptor).isCharacterDevice() && process.getBuiltinModule("node:tty").isatty(descriptor);
  } catch {
    // It was closed before we began.
    return false;
  }
};

const once = <A>(make: () => A): (() => A) => {
  let made: A | undefined;
  return () => (made ??= make());
};

/** The output streams that exist by now. */
const opened = new Set<NodeJS.WriteStream>();

/** Calls back when everything that was written is out. */
export const flushed = (done: () => void): void => {
  let open = 1;
  const closed = () => {
    if (--open === 0) done();
  };
  for (const stream of opened) {
    if (stream.writableLength === 0) continue;
    open++;
    stream.once("drain", closed);
  }
  closed();
};

/** Writes without a stream; gives what is left when the other end takes no more for now, or when only a stream can tell what is wrong. */
const writeDirectly = (descriptor: number, text: string | Uint8Array): Uint8Array => {
  let rest = typeof text === "string" ? Buffer.from(text) : text;
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
  } catch {
    // EAGAIN, or a reader that went away: the stream meets it again.
  }
  return rest;
};

const output = (descriptor: number, open: () => NodeJS.WriteStream): Output => {
  let made: NodeJS.WriteStream | undefined;
  const stream = () => {
    if (made === undefined) opened.add((made = open()));
    return made;
  };
  const isTTY = once(() => isTerminal(descriptor));
  return {
    get isTTY() {
      return isTTY();
    },
    size: () => ({ columns: stream().columns || 80, rows: stream().rows || 24 }),
    write: (text) => {
      // Node writes to files and pipes at once too. Once there is a stream, everything goes through it, in order.
      const rest = made === undefined && !isTTY() ? writeDirectly(descriptor, text) : text;
      if (rest.length === 0 || stream().write(rest)) return;
      return new Promise<void>((resolve) => stream().once("drain", resolve));
    },
    onResize: (listener) => {
      stream().on("resize", listener);
      return () => stream().off("resize", listener);
    },
  };
};

/** A reader that went away (`composure logs | head`) ends the command without noise. */
const standardOutput = (): NodeJS.WriteStream =>
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

const standardError = (): NodeJS.WriteStream => process.stderr.on("error", () => {});

const input = (stream: NodeJS.ReadStream): Input => ({
  isTTY: stream.isTTY === true,
  text: async () => {
    const chunks: Array<Buffer> = [];
    for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
    return Buffer.concat(chunks).toString("utf8");
  },
  line: () =>
    new Promise((resolve) => {
      const lines = process.getBuiltinModule("node:readline").createInterface({ input: stream });
      lines.once("line", (line) => {
        resolve(line);
        lines.close();
      });
      lines.once("close", () => resolve(null));
    }),
  onBytes: (listener) => {
    const end = () => listener(undefined);
    stream.on("data", listener);
    stream.once("end", end);
    stream.once("error", end);
    stream.resume();
    return () => {
      stream.off("data", listener);
      stream.off("end", end);
      stream.pause();
      // A terminal that is still read would keep the process alive.
      stream.unref?.();
    };
  },
  setRaw: (raw) => {
    if (stream.isTTY) stream.setRawMode(raw);
  },
});

const environment = (): Record<string, string> => {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) if (value !== undefined) env[name] = value;
  return env;
};

export const nodeHost = (): Host => {
  const stdin = once(() => input(process.stdin));
  return {
    cwd: process.cwd(),
    env: environment(),
    get stdin() {
      return stdin();
    },
    stdout: output(1, standardOutput),
    stderr: output(2, standardError),
    now: () => Date.now(),
    exit: (code) => process.exit(code),
    onSignal: (listener) => {
      const signals: ReadonlyArray<Signal> = ["SIGINT", "SIGTERM"];
      for (const signal of signals) process.on(signal, listener);
      const stopHearing = onDockerGone(process.env, () => listener("SIGTERM"));
      return () => {
        stopHearing();
        for (const signal of signals) process.off(signal, listener);
      };
    },
  };
};
