// Engines behind ssh://: every connection is `docker system dial-stdio` on the far side, all of them in one ssh session.
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Duplex } from "node:stream";
import type { Target } from "./connect.ts";

type SshTarget = Extract<Target, { readonly _tag: "Ssh" }>;

/** ssh ended before it carried anything; `message` is what it said. */
export class SshFailed extends Error {
  readonly code = "ESSH";
}

export interface SshPool {
  readonly open: () => Duplex;
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

/** One pool per target. Its control socket lives in a folder of its own, removed at the end. */
export const openSsh = (target: SshTarget): SshPool => {
  let folder: string | undefined;
  const children = new Set<ProcessSocket>();
  const controlPath = (): string => {
    folder ??= mkdtempSync(join(tmpdir(), "composure-ssh-"));
    return join(folder, "control");
  };
  return {
    open: () => {
      const socket = new ProcessSocket(spawn("ssh", sshArguments(target, controlPath()), { stdio: "pipe" }));
      children.add(socket);
      socket.once("close", () => children.delete(socket));
      return socket;
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
