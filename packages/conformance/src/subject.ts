// Runs a command line tool under test as a child process: our own bundle, or the peer it must agree with.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const repositoryRoot = fileURLToPath(new URL("../../../", import.meta.url));

/** A command line that understands compose commands. `launch` is its program and leading arguments. */
export interface Subject {
  readonly name: "composure" | "peer";
  readonly launch: ReadonlyArray<string>;
}

/** How one run ended. `output` is both streams in the order they arrived. */
export interface Finished {
  readonly stdout: string;
  readonly stderr: string;
  readonly output: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly args: ReadonlyArray<string>;
}

export interface RunOptions {
  readonly cwd: string;
  readonly host?: string | undefined;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly uid?: number;
}

/** A run in progress. */
export interface Running {
  readonly pid: number;
  /** Resolves with the first line of either stream that matches; rejects with everything said so far when the run ends without one. */
  readonly line: (pattern: RegExp) => Promise<string>;
  readonly signal: (signal: NodeJS.Signals) => void;
  readonly output: () => string;
  readonly done: Promise<Finished>;
}

// A subject that hangs must fail its own test with what it said, not the whole file with a bare timeout.
const longestRun = 120_000;

const bundle = (): string | undefined =>
  [`${repositoryRoot}bin/composure`, `${repositoryRoot}packages/cli/dist/composure.cjs`].find((path) => existsSync(path));

const ownLaunch = (path: string): ReadonlyArray<string> => (/\.[cm]?js$/.test(path) ? [process.execPath, path] : [path]);

/** The peer, when COMPOSURE_PEER names its program. */
export const peer = (): Subject | undefined => {
  const path = process.env["COMPOSURE_PEER"];
  return path === undefined || path === "" || !existsSync(path) ? undefined : { name: "peer", launch: [path] };
};

/** What the tests are about: our command line, or with COMPOSURE_SUBJECT=peer the peer (which is how the tests themselves are checked). */
export const subjectUnderTest = (): Subject | undefined => {
  if (process.env["COMPOSURE_SUBJECT"] === "peer") return peer();
  const path = process.env["COMPOSURE_SUBJECT"] ?? bundle();
  return path === undefined ? undefined : { name: "composure", launch: ownLaunch(path) };
};

/** The subject with its program in a folder that every user of the machine may read; a clone may lie in somebody's home. */
export const readableByAll = async (subject: Subject, directory: string): Promise<Subject> => {
  if (subject.name !== "composure") return subject;
  const copy = join(directory, "program");
  await cp(`${repositoryRoot}packages/cli/dist`, copy, { recursive: true });
  return { ...subject, launch: [process.execPath, join(copy, "composure.cjs")] };
};

const kept = ["PATH", "HOME", "TMPDIR", "LANG", "DOCKER_CONFIG", "COMPOSURE_NODE"] as const;

// A clean environment: a COMPOSE_ variable of the developer's shell must not decide a test. Both build with the engine's own
// builder, because buildx is a plugin that is not everywhere; test/building.test.ts turns it on.
const environment = (options: RunOptions): Record<string, string> => {
  const env: Record<string, string> = {};
  for (const name of kept) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  const host = options.host ?? process.env["DOCKER_HOST"];
  if (host !== undefined) env["DOCKER_HOST"] = host;
  env["DOCKER_BUILDKIT"] = "0";
  return { ...env, ...options.env };
};

interface Waiter {
  readonly pattern: RegExp;
  readonly resolve: (line: string) => void;
  readonly reject: (error: Error) => void;
}

class Transcript {
  stdout = "";
  stderr = "";
  output = "";
  #waiters: Array<Waiter> = [];
  #ended = false;

  add(stream: "stdout" | "stderr", text: string): void {
    this[stream] += text;
    this.output += text;
    this.#settle();
  }

  end(): void {
    this.#ended = true;
    this.#settle();
  }

  line(pattern: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ pattern, resolve, reject });
      this.#settle();
    });
  }

  #settle(): void {
    if (this.#waiters.length === 0) return;
    const lines = [...this.stdout.split(/\r?\n/), ...this.stderr.split(/\r?\n/)];
    this.#waiters = this.#waiters.filter((waiter) => {
      const found = lines.find((line) => waiter.pattern.test(line));
      if (found !== undefined) waiter.resolve(found);
      else if (this.#ended) waiter.reject(new Error(`the run ended without a line like ${waiter.pattern}:\n${this.output}`));
      return found === undefined && !this.#ended;
    });
  }
}

const finish = (child: ChildProcess, transcript: Transcript, args: ReadonlyArray<string>): Promise<Finished> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`${args.join(" ")} ran longer than ${longestRun / 1000} s:\n${transcript.output}`));
    }, longestRun);
    child.once("error", (error) => {
      clearTimeout(timer);
      transcript.end();
      reject(error);
    });
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      transcript.end();
      resolve({ stdout: transcript.stdout, stderr: transcript.stderr, output: transcript.output, code, signal, args });
    });
  });

/** Starts `subject args...`; standard input is `options.stdin`, else empty. */
export const start = (subject: Subject, args: ReadonlyArray<string>, options: RunOptions): Running => {
  const [program = "", ...leading] = subject.launch;
  const identity = options.uid === undefined ? {} : { uid: options.uid, gid: options.uid };
  const child = spawn(program, [...leading, ...args], {
    cwd: options.cwd,
    env: environment(options),
    stdio: ["pipe", "pipe", "pipe"],
    ...identity,
  });
  const transcript = new Transcript();
  child.stdout.setEncoding("utf8").on("data", (text: string) => transcript.add("stdout", text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => transcript.add("stderr", text));
  // A subject may end without reading its input.
  child.stdin.on("error", () => undefined).end(options.stdin ?? "");
  const done = finish(child, transcript, args);
  done.catch(() => undefined);
  return {
    pid: child.pid ?? -1,
    line: (pattern) => transcript.line(pattern),
    signal: (signal) => void child.kill(signal),
    output: () => transcript.output,
    done,
  };
};

/** Runs `subject args...` to its end. */
export const run = (subject: Subject, args: ReadonlyArray<string>, options: RunOptions): Promise<Finished> =>
  start(subject, args, options).done;
