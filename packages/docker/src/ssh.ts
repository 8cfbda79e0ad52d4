// Engines behind ssh://: all connections to one engine go through one ssh connection, made by the system's ssh.
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect as connectNet } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Duplex } from "node:stream";
import type { Target } from "./connect.ts";

const DEFAULT_SOCKET = "/var/run/docker.sock";
/** Milliseconds until the far engine must have answered through the socket. */
const PROBE_LIMIT = 10_000;

type SshTarget = Extract<Target, { readonly _tag: "Ssh" }>;

/** ssh ended before it carried anything; `message` is what it said. */
export class SshFailed extends Error {
  readonly code = "ESSH";
}

export interface SshPool {
  readonly open: () => Promise<Duplex>;
  /** The address on this side that leads to the engine, for other programs; undefined where there is none. */
  readonly near: () => Promise<string | undefined>;
  readonly close: () => void;
}

/** The arguments of ssh for one connection. The first one made becomes the master that the others share. */
export const sshArguments = (target: SshTarget, controlPath: string): ReadonlyArray<string> => [
  "-o",
  "ControlMaster=auto",
  "-o",
  `ControlPath=${controlPath}`,
  "-o",
  "ControlPersist=30",
  "-o",
  "ConnectTimeout=20",
  ...(target.user === undefined ? [] : ["-l", target.user]),
  ...(target.port === undefined ? [] : ["-p", String(target.port)]),
  "-T",
  "--",
  target.host,
  "docker",
  ...(target.socket === undefined ? [] : ["--host", `unix://${target.socket}`]),
  "system",
  "dial-stdio",
];

/** A child process as a socket: what node's http asks of one. */
class ProcessSocket extends Duplex {
  readonly child: ChildProcessWithoutNullStreams;
  private said = "";
  private carried = false;

  constructor(child: ChildProcessWithoutNullStreams) {
    super({ allowHalfOpen: true });
    this.child = child;
    child.stderr.setEncoding("utf8");
    child.stderr.on("data", (text: string) => {
      this.said = (this.said + text).slice(-4096);
    });
    child.stdout.on("data", (bytes: Buffer) => {
      this.carried = true;
      if (!this.push(bytes)) child.stdout.pause();
    });
    child.stdin.on("error", () => {});
    child.once("error", (error) => this.destroy(error));
    child.once("close", (code) => {
      if (this.carried && code === 0) this.push(null);
      else this.destroy(new SshFailed(this.said.trim() || `ssh ended with code ${code ?? "unknown"}`));
    });
  }

  override _read(): void {
    this.child.stdout.resume();
  }
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.child.stdin.write(chunk, (error) => done(error ?? null));
  }
  override _final(done: () => void): void {
    this.child.stdin.end(done);
  }
  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.child.kill();
    done(error);
  }
  // http's agent calls these on every socket it keeps; a process has no such knobs.
  setKeepAlive(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setTimeout(): this {
    return this;
  }
  ref(): this {
    this.child.ref();
    return this;
  }
  unref(): this {
    this.child.unref();
    return this;
  }
}

/** The arguments that make the one connection, with a socket on this side that leads to the engine's; ssh stays behind it. */
export const masterArguments = (target: SshTarget, controlPath: string, near: string): ReadonlyArray<string> => [
  "-M",
  "-N",
  "-T",
  "-o",
  `ControlPath=${controlPath}`,
  "-o",
  "ControlPersist=30",
  "-o",
  "ConnectTimeout=20",
  "-o",
  "StreamLocalBindUnlink=yes",
  "-L",
  `${near}:${target.socket ?? DEFAULT_SOCKET}`,
  ...(target.user === undefined ? [] : ["-l", target.user]),
  ...(target.port === undefined ? [] : ["-p", String(target.port)]),
  "--",
  target.host,
];

/** Ends when the connection stands and ssh has gone behind the scenes. */
const openMaster = (args: ReadonlyArray<string>): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn("ssh", args, { stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-4096);
    });
    child.once("error", reject);
    // Not "close": the one behind the scenes keeps the pipe.
    child.once("exit", (code) => {
      child.stderr.destroy();
      if (code === 0) resolve();
      else reject(new SshFailed(said.trim() || `ssh ended with code ${code ?? "unknown"}`));
    });
  });

/** Whether an engine answers behind the socket; forbidden forwarding, or an engine elsewhere, closes it. */
const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connectNet({ path });
    const end = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(PROBE_LIMIT, () => end(false));
    socket.once("data", () => end(true));
    socket.once("error", () => end(false));
    socket.once("close", () => end(false));
    socket.end("GET /_ping HTTP/1.0\r\n\r\n");
  });

/**
 * How connections reach the far side: through the socket, any number of them; or each as a session of its own, which runs
 * docker there and so finds an engine that lies elsewhere. Either way they share the one ssh connection.
 */
type Way = { readonly _tag: "Forward"; readonly path: string } | { readonly _tag: "Sessions" };

/** One pool per target. Its sockets live in a folder of its own, removed at the end. */
export const openSsh = (target: SshTarget): SshPool => {
  let folder: string | undefined;
  let way: Promise<Way> | undefined;
  const children = new Set<Duplex>();
  const inFolder = (name: string): string => {
    folder ??= mkdtempSync(join(tmpdir(), "composure-ssh-"));
    return join(folder, name);
  };
  const findWay = async (): Promise<Way> => {
    const path = inFolder("engine");
    await openMaster(masterArguments(target, inFolder("control"), path));
    return (await answers(path)) ? { _tag: "Forward", path } : { _tag: "Sessions" };
  };
  const found = (): Promise<Way> => {
    way ??= findWay().catch((error: unknown) => {
      way = undefined;
      throw error;
    });
    return way;
  };
  return {
    open: async () => {
      const chosen = await found();
      const socket =
        chosen._tag === "Forward"
          ? connectNet({ path: chosen.path })
          : new ProcessSocket(spawn("ssh", sshArguments(target, inFolder("control")), { stdio: "pipe" }));
      children.add(socket);
      socket.once("close", () => children.delete(socket));
      return socket;
    },
    near: async () => {
      const chosen = await found();
      return chosen._tag === "Forward" ? `unix://${chosen.path}` : undefined;
    },
    close: () => {
      for (const socket of children) socket.destroy();
      if (folder === undefined) return;
      spawnSync("ssh", ["-o", `ControlPath=${join(folder, "control")}`, "-O", "exit", "--", target.host], {
        stdio: "ignore",
        timeout: 2000,
      });
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
