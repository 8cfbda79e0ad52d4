// The composure program.
import { nodeHost } from "./host/nodeHost.ts";
import { main } from "./main.ts";

export { main };

// Sockets kept alive for the next call must not keep the process alive; what was written is out before.
const leave = (code: number): void => {
  process.exitCode = code;
  let open = 2;
  const closed = () => {
    if (--open === 0) process.exit(code);
  };
  for (const stream of [process.stdout, process.stderr]) {
    if (stream.writableLength === 0) closed();
    else stream.once("drain", closed);
  }
};

export const start = (): void => {
  void main(process.argv.slice(2), nodeHost()).then(leave);
};
