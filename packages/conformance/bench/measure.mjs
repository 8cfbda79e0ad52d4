// Measures whole commands: wall time, CPU time and peak memory of the process and its children, by /proc and wait4's numbers.
import { spawnSync } from "node:child_process";
import { performance } from "node:perf_hooks";

/** NODE_EXTRA_CA_CERTS costs every Node process 60 ms where it is set; users' machines rarely have it. */
export const cleanEnvironment = () => {
  const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
  return env;
};

/**
 * Runs a command once. `cpu` is user + system seconds as bash's `times` counts them for finished children.
 * Fails when the command fails: a benchmark of errors says nothing.
 */
export const run = (command, { cwd, env = cleanEnvironment(), input } = {}) => {
  const started = performance.now();
  const ran = spawnSync("bash", ["-c", '"$@" >/dev/null 2>&3; code=$?; times >&2; exit $code', "bash", ...command], {
    cwd,
    env,
    input,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "pipe", "pipe"],
  });
  const wall = (performance.now() - started) / 1000;
  if (ran.status !== 0) throw new Error(`${command.join(" ")} ended with ${ran.status}: ${ran.output[3]}`);
  const children = ran.stderr.trim().split("\n").at(-1) ?? "";
  const cpu = Array.from(children.matchAll(/(\d+)m([\d.]+)s/g)).reduce((sum, [, m, s]) => sum + Number(m) * 60 + Number(s), 0);
  return { wall, cpu };
};

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
};

/** Runs the subjects in turn, so that a busy machine slows all of them alike; gives medians. */
export const paired = (subjects, rounds, options) => {
  const samples = new Map(Object.keys(subjects).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, command] of Object.entries(subjects)) samples.get(name).push(run(command, options));
  }
  return Object.fromEntries(
    Array.from(samples, ([name, list]) => [
      name,
      { wall: median(list.map((sample) => sample.wall)), cpu: median(list.map((sample) => sample.cpu)) },
    ]),
  );
};

