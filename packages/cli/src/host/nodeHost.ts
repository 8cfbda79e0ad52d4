// The real process as a Host.
import { createInterface } from "node:readline";
import type { Host, Input, Output, Signal } from "./Host.ts";

const output = (stream: NodeJS.WriteStream): Output => ({
  isTTY: stream.isTTY === true,
  size: () => ({ columns: stream.columns || 80, rows: stream.rows || 24 }),
  write: (text) => {
    if (stream.write(text)) return;
    return new Promise<void>((resolve) => stream.once("drain", resolve));
  },
  onResize: (listener) => {
    stream.on("resize", listener);
    return () => stream.off("resize", listener);
  },
});

const input = (stream: NodeJS.ReadStream): Input => ({
  isTTY: stream.isTTY === true,
  text: async () => {
    const chunks: Array<Buffer> = [];
    for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
    return Buffer.concat(chunks).toString("utf8");
  },
  line: () =>
    new Promise((resolve) => {
      const lines = createInterface({ input: stream });
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
  // A reader that went away (`composure logs | head`) ends the command without noise.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  process.stderr.on("error", () => {});
  return {
    cwd: process.cwd(),
    env: environment(),
    stdin: input(process.stdin),
    stdout: output(process.stdout),
    stderr: output(process.stderr),
    now: () => Date.now(),
    exit: (code) => process.exit(code),
    onSignal: (listener) => {
      const signals: ReadonlyArray<Signal> = ["SIGINT", "SIGTERM"];
      for (const signal of signals) process.on(signal, listener);
      return () => {
        for (const signal of signals) process.off(signal, listener);
      };
    },
  };
};
