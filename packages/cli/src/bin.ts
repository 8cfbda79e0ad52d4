// The composure program.
import { basename } from "node:path";
import { flushed, nodeHost } from "./host/nodeHost.ts";
import { main } from "./main.ts";

export { main };

// Sockets kept alive for the next call must not keep the process alive; what was written is out before.
const leave = (code: number): void => {
  process.exitCode = code;
  flushed(() => process.exit(code));
};

/** Node ends a process that waits for nothing any more; a command that had not finished must not look like a success. */
const stranded = (): void => {
  process.stderr.write(
    "composure: nothing more can happen on this engine, and the command still waits for something.\nLook with: composure ps -a\n",
  );
  process.exit(1);
};

/** Node would print the bundle's source, one line of half a megabyte, before the error. */
const crashed = (error: unknown): void => {
  process.stderr.write(`internal error in composure, please report it: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
};

export const start = (): void => {
  process.on("uncaughtException", crashed);
  process.once("beforeExit", stranded);
  void main(process.argv.slice(2), nodeHost(), basename(process.argv[1] ?? "").replace(/\.(cjs|exe)$/, "")).then((code) => {
    process.off("beforeExit", stranded);
    leave(code);
  });
};
