// up, create and plan: the commands that bring the project to what the file says.
import { command, type Flag } from "../Flag.ts";

const building = [
  { name: "build", kind: "switch", about: "Build images before starting containers" },
  { name: "no-build", kind: "switch", about: "Don't build an image, even if it's policy" },
  { name: "pull", kind: "text", value: "string", about: 'Pull image before running ("always"|"missing"|"never"|"build") (default "policy")' },
] as const satisfies ReadonlyArray<Flag>;

const recreating = [
  { name: "force-recreate", kind: "switch", about: "Recreate containers even if their configuration and image haven't changed" },
  { name: "no-recreate", kind: "switch", about: "If containers already exist, don't recreate them. Incompatible with --force-recreate." },
  { name: "remove-orphans", kind: "switch", about: "Remove containers for services not defined in the Compose file" },
  { name: "scale", kind: "list", value: "scale", about: "Scale SERVICE to NUM instances. Overrides the scale setting in the Compose file if present." },
] as const satisfies ReadonlyArray<Flag>;

export const converging = [
  ...building,
  ...recreating,
  { name: "always-recreate-deps", kind: "switch", about: "Recreate dependent containers. Incompatible with --no-recreate." },
  { name: "no-deps", kind: "switch", about: "Don't start linked services" },
  { name: "renew-anon-volumes", short: "V", kind: "switch", about: "Recreate anonymous volumes instead of retrieving data from the previous containers" },
  { name: "stop-first", kind: "switch", about: "Stop the old container before its successor starts, also where starting first is possible" },
  { name: "timeout", short: "t", kind: "number", value: "int", about: "Use this timeout in seconds for container shutdown when attached or when containers are already running" },
  { name: "allow-destroy", kind: "list", value: "stringArray", about: 'Allow the loss of the named data, for example "volume:data"; never implied by --yes' },
] as const satisfies ReadonlyArray<Flag>;

const yes = { name: "yes", short: "y", kind: "switch", also: ["y"], about: 'Assume "yes" as answer to all prompts and run non-interactively' } as const;

export const upSpec = command({
  name: "up",
  about: "Create and start containers",
  usage: "[OPTIONS] [SERVICE...]",
  operands: { min: 0 },
  flags: [
    ...converging,
    yes,
    { name: "abort-on-container-exit", kind: "switch", about: "Stops all containers if any container was stopped. Incompatible with -d" },
    { name: "abort-on-container-failure", kind: "switch", about: "Stops all containers if any container exited with failure. Incompatible with -d" },
    { name: "attach", kind: "list", value: "stringArray", about: "Restrict attaching to the specified services. Incompatible with --attach-dependencies." },
    { name: "attach-dependencies", kind: "switch", about: "Automatically attach to log output of dependent services" },
    { name: "detach", short: "d", kind: "switch", about: "Detached mode: Run containers in the background" },
    { name: "exit-code-from", kind: "text", value: "string", about: "Return the exit code of the selected service container. Implies --abort-on-container-exit" },
    { name: "menu", kind: "switch", about: "Accepted for docker compose's sake: there is no menu, Ctrl-C always obeys", hidden: true },
    { name: "no-attach", kind: "list", value: "stringArray", about: "Do not attach (stream logs) to the specified services" },
    { name: "no-color", kind: "switch", about: "Produce monochrome output" },
    { name: "no-log-prefix", kind: "switch", about: "Don't print prefix in logs" },
    { name: "no-start", kind: "switch", about: "Don't start the services after creating them" },
    { name: "quiet-build", kind: "switch", about: "Suppress the build output" },
    { name: "quiet-pull", kind: "switch", about: "Pull without printing progress information" },
    { name: "timestamps", kind: "switch", about: "Show timestamps" },
    { name: "wait", kind: "switch", about: "Wait for services to be running|healthy. Implies detached mode." },
    { name: "wait-timeout", kind: "number", value: "int", about: "Maximum duration in seconds to wait for the project to be running|healthy" },
    { name: "watch", short: "w", kind: "switch", about: "Watch source code and rebuild/refresh containers when files are updated." },
  ],
  examples: [
    ["composure up", "Start everything and follow its output; Ctrl-C stops it"],
    ["composure up -d", "Start everything in the background"],
    ["composure up -d --wait web", "Start web and what it needs, and return when all of it is healthy"],
    ["composure plan", "See what up would do, and why"],
  ],
});

export const createSpec = command({
  name: "create",
  about: "Creates containers for a service",
  usage: "[OPTIONS] [SERVICE...]",
  operands: { min: 0 },
  flags: [
    ...building,
    ...recreating,
    yes,
    { name: "quiet-pull", kind: "switch", about: "Pull without printing progress information" },
    { name: "allow-destroy", kind: "list", value: "stringArray", about: 'Allow the loss of the named data, for example "volume:data"; never implied by --yes' },
  ],
  examples: [["composure create", "Create everything, start nothing"]],
});

export const planSpec = command({
  name: "plan",
  about: "Show what up would do, and why; change nothing",
  usage: "[OPTIONS] [SERVICE...]",
  operands: { min: 0 },
  flags: [
    ...converging,
    { name: "detailed-exitcode", kind: "switch", about: "Exit with 0 when nothing would change, 2 when something would, 1 on errors" },
    { name: "format", kind: "text", value: "string", preset: "text", about: 'Format the output ("text"|"json"|"steps"|"markdown"|"dot"|"mermaid"|"svg") (default "text")' },
    { name: "out", short: "o", kind: "text", value: "string", about: "Save the plan to a file, for show and apply" },
    { name: "no-start", kind: "switch", about: "Plan for containers that are created but not started" },
    { name: "state", kind: "text", value: "string", about: "Plan against a snapshot instead of the engine; incompatible with --out" },
    { name: "wait", kind: "switch", about: "Also plan the waits of up --wait" },
    { name: "wait-timeout", kind: "number", value: "int", about: "Maximum duration in seconds to wait for the project to be running|healthy" },
  ],
  examples: [
    ["composure plan", "Every step with its reason"],
    ["composure plan --detailed-exitcode", "In scripts: 2 means that up would change something"],
    ["composure plan --format json", "The plan as data"],
    ["composure plan --state state.json", "Against what composure snapshot has kept; no engine is asked"],
    ["composure plan --out plan.json", "Keep it for review; composure apply plan.json does exactly that"],
  ],
});
