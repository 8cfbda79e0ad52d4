// A host without a process: a folder of its own, captured output, a signal at the push of a button, the simulated engine in a file.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Behaviour } from "@composure/sim/World";
import { makeWorld } from "@composure/sim/World";
import { encodeWorld } from "@composure/sim/persist";
import type { Host, Signal } from "../src/host/Host.ts";
import { main } from "../src/main.ts";

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command under way. */
export interface Running {
  readonly signal: (signal?: Signal) => void;
  /** Resolves when either stream holds the text. */
  readonly says: (text: string) => Promise<void>;
  readonly done: Promise<Finished>;
}

export interface StageOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly behaviours?: Readonly<Record<string, Behaviour>>;
  /** Lines typed on a terminal; without them there is no terminal. */
  readonly answers?: ReadonlyArray<string>;
}

/** The process would have ended here. */
export class Exited extends Error {
  readonly code: number;
  constructor(code: number) {
    super(`exited with ${code}`);
    this.code = code;
  }
}

export class Stage {
  readonly folder = mkdtempSync(join(tmpdir(), "composure-cli-"));
  private readonly options: StageOptions;

  constructor(compose: string, options: StageOptions = {}) {
    this.options = options;
    this.write("compose.yaml", compose);
    writeFileSync(join(this.folder, "sim.json"), encodeWorld(makeWorld({ now: Date.now(), behaviours: options.behaviours ?? {} })));
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }
  read(name: string): string {
    return readFileSync(join(this.folder, name), "utf8");
  }
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A line is split at blanks; words may be empty. */
  start(line: string | ReadonlyArray<string>, more: StageOptions = {}): Running {
    const listeners = new Set<(signal: Signal) => void>();
    const waiting = new Set<() => void>();
    const text = { stdout: "", stderr: "" };
    const terminal = more.answers !== undefined;
    const answers = [...(more.answers ?? [])];
    const output = (stream: "stdout" | "stderr") => ({
      isTTY: terminal,
      size: () => ({ columns: 100, rows: 40 }),
      write: (some: string | Uint8Array) => {
        text[stream] += typeof some === "string" ? some : new TextDecoder().decode(some);
        for (const look of waiting) look();
      },
      onResize: () => () => {},
    });
    let exit: (code: number) => void = () => {};
    const exited = new Promise<number>((resolve) => {
      exit = resolve;
    });
    const host: Host = {
      cwd: this.folder,
      env: { COMPOSURE_ENGINE: `sim:${join(this.folder, "sim.json")}`, HOME: this.folder, ...this.options.env, ...more.env },
      stdin: { isTTY: terminal, text: async () => "", line: async () => answers.shift() ?? null, onBytes: (listener) => (listener(undefined), () => {}), setRaw: () => {} },
      stdout: output("stdout"),
      stderr: output("stderr"),
      now: () => Date.now(),
      exit: (code) => {
        exit(code);
        throw new Exited(code);
      },
      onSignal: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
    const argv = typeof line === "string" ? line.split(" ").filter((word) => word !== "") : line;
    const done = Promise.race([main(argv, host), exited]).then((code) => ({ code, ...text }));
    return {
      signal: (signal = "SIGINT") => {
        for (const listener of listeners) listener(signal);
      },
      says: (wanted) =>
        new Promise((resolve) => {
          const look = () => {
            if (!text.stdout.includes(wanted) && !text.stderr.includes(wanted)) return;
            waiting.delete(look);
            resolve();
          };
          waiting.add(look);
          look();
        }),
      done,
    };
  }

  run(line: string | ReadonlyArray<string>, more: StageOptions = {}): Promise<Finished> {
    return this.start(line, more).done;
  }
}
