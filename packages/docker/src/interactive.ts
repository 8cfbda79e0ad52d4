// Two-way connections: a container's own process, and commands begun in it. The engine turns the HTTP connection into one.
import type { Duplex } from "node:stream";
import type { Channel, EngineApi, TerminalSize } from "@composure/engine/Engine";
import * as Effect from "effect/Effect";
import * as Schedule from "effect/Schedule";
import { type Caller, wire } from "./call.ts";
import { segment } from "./containers.ts";
import { execBody } from "./execBody.ts";
import { outputOf } from "./streams.ts";

type InteractiveCalls = Pick<EngineApi, "attach" | "openExec" | "execDetached" | "resizeContainer">;

const channelOf = (caller: Caller, call: "attachOutput" | "exec", id: string, socket: Duplex): Channel => {
  // A process that has ended takes no more input; its output tells the rest.
  socket.on("error", () => {});
  return {
    output: outputOf(caller, call, id, socket),
    write: (bytes) =>
      Effect.callback<void>((resume) => {
        if (socket.writableEnded || socket.destroyed) return resume(Effect.void);
        socket.write(bytes, () => resume(Effect.void));
      }),
    endInput: Effect.sync(() => {
      if (!socket.destroyed) socket.end();
    }),
  };
};

/** Two seconds for the exit code to arrive. */
const settling = Schedule.max([Schedule.spaced("20 millis"), Schedule.recurs(100)]);

const size = ({ columns, rows }: TerminalSize): object => ({ h: rows, w: columns });

interface Dialer {
  readonly dial: (request: object, done: (error: Error | null, socket: Duplex) => void) => void;
}

/**
 * dockerode's own attach sends a request body without an end, and what stands in a body could reach the process as input.
 * Here the body is empty and said to be so; input travels on the upgraded connection only.
 */
const dialAttach = (dialer: Dialer, id: string, query: object, signal: AbortSignal): Promise<Duplex> =>
  new Promise((resolve, reject) => {
    const request = {
      path: `/containers/${segment(id)}/attach?`,
      method: "POST",
      abortSignal: signal,
      isStream: true,
      hijack: true,
      file: Buffer.alloc(0),
      headers: { "Content-Type": "text/plain" },
      statusCodes: { 200: true },
      options: { _query: query, _body: {} },
    };
    dialer.dial(request, (error, socket) => (error === null ? resolve(socket) : reject(error)));
  });

const attach =
  (caller: Caller): InteractiveCalls["attach"] =>
  (id, { stdin, detachKeys }) =>
    Effect.map(
      caller.stream("attach", id, (docker, signal) =>
        dialAttach(docker.modem as Dialer, id, { stream: 1, stdin: stdin ? 1 : 0, stdout: 1, stderr: 1, logs: 0, ...(detachKeys === undefined ? {} : { detachKeys }) }, signal),
      ),
      (socket) => channelOf(caller, "attachOutput", id, socket as Duplex),
    );

const openExec =
  (caller: Caller): InteractiveCalls["openExec"] =>
  (id, command, options) =>
    Effect.gen(function* () {
      const tty = options.size !== undefined;
      const body = execBody(command, {
        stdin: options.stdin,
        stdout: true,
        tty,
        ...(options.detachKeys === undefined ? {} : { detachKeys: options.detachKeys }),
      });
      const created = yield* caller.long("exec", id, (docker, signal) => docker.getContainer(segment(id)).exec(wire({}, body, signal)));
      const socket = yield* caller.stream("exec", id, (_docker, signal) =>
        // Not dockerode's `stdin`, which would leave the request without an end: input travels on the upgraded connection.
        created.start({ ...wire({}, { Detach: false, Tty: tty }, signal), hijack: true } as never),
      );
      const resize = (to: TerminalSize) =>
        Effect.asVoid(caller.read("exec", id, (_docker, signal) => created.resize(wire(size(to), {}, signal) as never)));
      // A command that ends at once has no terminal left to resize.
      if (options.size !== undefined) yield* Effect.ignore(resize(options.size));
      return {
        ...channelOf(caller, "exec", id, socket as Duplex),
        resize,
        // The output may end a moment before the engine has noted the exit code; a command that was let go runs on.
        exitCode: caller
          .read("exec", id, (_docker, signal) => created.inspect(wire({}, {}, signal)))
          .pipe(
            // Only a terminal has keys that let go of it.
            Effect.repeat({ while: (info) => info.Running, schedule: tty ? settling : Schedule.spaced("20 millis") }),
            Effect.map((info) => (info.Running ? ("running" as const) : (info.ExitCode ?? 0))),
          ),
      };
    });

const execDetached =
  (caller: Caller): InteractiveCalls["execDetached"] =>
  (id, command) =>
    Effect.gen(function* () {
      const body = execBody(command, { stdin: false, stdout: false, tty: false });
      const created = yield* caller.long("exec", id, (docker, signal) => docker.getContainer(segment(id)).exec(wire({}, body, signal)));
      yield* Effect.scoped(caller.stream("exec", id, (_docker, signal) => created.start(wire({}, { Detach: true, Tty: false }, signal))));
    });

const resizeContainer =
  (caller: Caller): InteractiveCalls["resizeContainer"] =>
  (id, to) =>
    Effect.asVoid(caller.read("resizeContainer", id, (docker, signal) => docker.getContainer(segment(id)).resize(wire(size(to), {}, signal))));

export const interactiveCalls = (caller: Caller): InteractiveCalls => ({
  attach: attach(caller),
  openExec: openExec(caller),
  execDetached: execDetached(caller),
  resizeContainer: resizeContainer(caller),
});
