// simulate: a change tried on a simulated engine that begins as the real one is.
import { command } from "../Flag.ts";
import { converging } from "./up.ts";

const more = `The engine is only read (or a snapshot, with --state). The plan is the one that up would carry out; times are assumptions that --assume changes.

Faults: kill@N, interrupt@N, engine restart@N, lost answer@N, refused@N, hang@N, slow@N 30s at step N of the plan (composure plan --format steps); "web: unhealthy", "web: exits 3 after 2s", "web: cannot start", "web: slow start 1m", "web: slow stop 30s", "web: ignores stop", "web: port taken", "web: hook fails", "web: stop refused" of a service; "pull db: 429", "pull: unreachable", "pull web: slow 2m", "build api: fails" of an image.

Assertions compare healthy(S), running(S), lowest(S), replicas(S), downtime(S), ready(S), duration(), exitcode() and failed() with numbers and durations, joined by and, or, not; healthy and running must hold at every moment unless inside finally(...) or ever(...). With --assert the exit code tells whether all hold: 0 or 1; without, whether the command would succeed.`;

export const simulateSpec = command({
  name: "simulate",
  about: "Show what up would do to your services over time, and what happens when something fails; change nothing",
  more,
  usage: "[OPTIONS] [SERVICE...]",
  operands: { min: 0 },
  flags: [
    ...converging,
    { name: "wait", kind: "switch", about: "Also wait as up --wait does" },
    { name: "wait-timeout", kind: "number", value: "int", about: "Maximum duration in seconds to wait for the project to be running|healthy" },
    { name: "intent", kind: "text", value: "string", preset: "up", about: 'The command to simulate ("up"|"create"|"start"|"stop"|"restart"|"kill"|"pause"|"unpause"|"rm"|"down") (default "up")' },
    { name: "state", kind: "text", value: "string", about: "Begin with a snapshot instead of the engine" },
    { name: "fault", kind: "list", value: "stringArray", about: 'Something that fails: "web: unhealthy", "pull db: 429", "kill@7"' },
    { name: "assume", kind: "list", value: "stringArray", about: 'How long things take: "db: ready 20s, stop 5s", "pull 1m", "web: same image"' },
    { name: "assert", kind: "list", value: "stringArray", about: "What must hold, else the exit code is 1: 'healthy(web) >= 1', 'downtime(db) < 5s'" },
    { name: "all-crash-points", kind: "switch", about: "Let the client die after each step, and run the command again" },
    { name: "interleavings", kind: "number", value: "int", about: "Try that many orders of what happens at the same time, with times that vary by half" },
    { name: "exhaustive", kind: "switch", about: "Try every order of engine calls; for small plans" },
    { name: "seed", kind: "number", value: "int", about: "Replay one interleaving; with --interleavings, the first of them" },
    { name: "format", kind: "text", value: "string", preset: "text", about: 'Format the output ("text"|"svg"|"markdown"|"json") (default "text")' },
  ],
  examples: [
    ["composure simulate", "A picture of what up would do, and for how long each service is away"],
    ["composure simulate --fault 'web: unhealthy'", "What if the new web never gets healthy?"],
    ["composure simulate --assert 'healthy(web) >= 1'", "In CI: fail a change that takes web down"],
    ["composure simulate --all-crash-points", "Does the next run always finish the job?"],
    ["composure simulate --state state.json", "Where no engine is in reach, with what composure snapshot has kept"],
  ],
});
