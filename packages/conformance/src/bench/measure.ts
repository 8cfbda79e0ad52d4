// Measures whole commands: wall time and CPU time as bash's `time` tells them, and the peak memory by /proc.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

/** `wall` and `cpu` (user + system) in seconds, `peak` resident memory in MiB. */
export interface Sample {
  readonly wall: number;
  readonly cpu: number;
  readonly peak: number;
}

/** A command that failed; what it said is kept, because a benchmark of errors says nothing. */
export class CommandFailed extends Error {}

export interface Place {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds after which the command is killed. */
  readonly limit: number;
}

/** NODE_EXTRA_CA_CERTS costs every Node process 60 ms where it is set; users' machines rarely have it. */
const cleanEnvironment = (env: Readonly<Record<string, string>>): NodeJS.ProcessEnv => {
  const { NODE_EXTRA_CA_CERTS: _, ...rest } = process.env;
  const own = Object.fromEntries(Object.entries(rest).filter(([name]) => !/^(COMPOSE|COMPOSURE|DOCKER)_/.test(name) || name === "DOCKER_HOST"));
  return { ...own, ...env };
};

const read = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // The process has ended.
    return "";
  }
};

/** MiB, at its highest so far, of the only child of a process. */
const peakOfChild = (pid: number): number => {
  const child = read(`/proc/${pid}/task/${pid}/children`).trim().split(" ")[0];
  const peak = child === undefined || child === "" ? undefined : /VmHWM:\s+(\d+) kB/.exec(read(`/proc/${child}/status`))?.[1];
  return peak === undefined ? 0 : Number(peak) / 1024;
};

const timed = 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null 2>&3';

export const measure = (command: ReadonlyArray<string>, { cwd, env = {}, limit }: Place): Promise<Sample & { readonly said: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn("bash", ["-c", timed, "bash", ...command], { cwd, env: cleanEnvironment(env), stdio: ["ignore", "ignore", "pipe", "pipe"], detached: true });
    let times = "";
    let said = "";
    let peak = 0;
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (times += text));
    (child.stdio[3] as NodeJS.ReadableStream).setEncoding("utf8").on("data", (text: string) => (said += text));
    const poll = setInterval(() => (peak = Math.max(peak, peakOfChild(child.pid ?? 0))), 5);
    const timer = setTimeout(() => process.kill(-(child.pid ?? 0), "SIGKILL"), limit);
    const stop = () => {
      clearInterval(poll);
      clearTimeout(timer);
    };
    child.once("error", (error) => {
      stop();
      reject(error);
    });
    child.once("close", (code) => {
      stop();
      if (code !== 0) return reject(new CommandFailed(`${command.slice(0, 4).join(" ")} … ended with ${code}: ${said.trim().slice(-500)}`));
      const [wall = 0, user = 0, system = 0] = (times.trim().split("\n").at(-1) ?? "").split(" ").map(Number);
      resolve({ wall, cpu: user + system, peak, said });
    });
  });

export const median = (values: ReadonlyArray<number>): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = Number.NaN] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
};
