// exec, run and attach: the commands that talk to a process in a container.
import { command, type Flag } from "../Flag.ts";

const process = [
  { name: "detach", short: "d", kind: "switch", about: "Run command in the background" },
  { name: "env", short: "e", kind: "list", value: "stringArray", about: "Set environment variables" },
  { name: "no-tty", short: "T", kind: "switch", also: ["no-TTY"], about: "Disable pseudo-TTY allocation. By default a TTY is allocated when input and output are terminals" },
  { name: "tty", short: "t", kind: "switch", about: "Allocate a pseudo-TTY", hidden: true },
  { name: "user", short: "u", kind: "text", value: "string", about: "Run the command as this user" },
  { name: "workdir", short: "w", kind: "text", value: "string", about: "Path to workdir directory for this command" },
] as const satisfies ReadonlyArray<Flag>;

export const execSpec = command({
  name: "exec",
  about: "Execute a command in a running container",
  usage: "[OPTIONS] SERVICE COMMAND [ARGS...]",
  operands: { min: 2 },
  passThrough: true,
  flags: [
    ...process,
    { name: "index", kind: "number", value: "int", preset: 0, about: "Index of the container if service has multiple replicas" },
    { name: "interactive", short: "i", kind: "switch", preset: true, about: "Keep STDIN open even if not attached", hidden: true },
    { name: "privileged", kind: "switch", about: "Give extended privileges to the process" },
  ],
  examples: [
    ["composure exec web sh", "A shell in web"],
    ["composure exec -T db pg_dump app > app.sql", "A command in a pipe"],
  ],
});

export const runSpec = command({
  name: "run",
  about: "Run a one-off command on a service",
  usage: "[OPTIONS] SERVICE [COMMAND] [ARGS...]",
  operands: { min: 1 },
  passThrough: true,
  flags: [
    ...process,
    { name: "build", kind: "switch", about: "Build image before starting container" },
    { name: "cap-add", kind: "list", value: "list", about: "Add Linux capabilities" },
    { name: "cap-drop", kind: "list", value: "list", about: "Drop Linux capabilities" },
    { name: "entrypoint", kind: "text", value: "string", about: "Override the entrypoint of the image" },
    { name: "env-from-file", kind: "list", value: "stringArray", about: "Set environment variables from file" },
    { name: "interactive", short: "i", kind: "switch", preset: true, about: "Keep STDIN open even if not attached (default true)" },
    { name: "label", short: "l", kind: "list", value: "stringArray", also: ["labels"], about: "Add or override a label" },
    { name: "name", kind: "text", value: "string", about: "Assign a name to the container" },
    { name: "no-deps", kind: "switch", about: "Don't start linked services" },
    { name: "publish", short: "p", kind: "list", value: "stringArray", about: "Publish a container's port(s) to the host" },
    { name: "pull", kind: "text", value: "string", about: 'Pull image before running ("always"|"missing"|"never") (default "policy")' },
    { name: "quiet", short: "q", kind: "switch", about: "Don't print anything to STDOUT" },
    { name: "quiet-build", kind: "switch", about: "Suppress progress output from the build process" },
    { name: "quiet-pull", kind: "switch", about: "Pull without printing progress information" },
    { name: "remove-orphans", kind: "switch", about: "Remove containers for services not defined in the Compose file" },
    { name: "rm", kind: "switch", about: "Automatically remove the container when it exits" },
    { name: "service-ports", short: "P", kind: "switch", about: "Run command with all service's ports enabled and mapped to the host" },
    { name: "use-aliases", kind: "switch", about: "Use the service's network useAliases in the network(s) the container connects to" },
    { name: "volume", short: "v", kind: "list", value: "stringArray", also: ["volumes"], about: "Bind mount a volume" },
  ],
  examples: [
    ["composure run --rm web sh", "A shell in a container of its own"],
    ["composure run --rm -e CI=1 web npm test", "One command, and its exit code"],
  ],
});

export const attachSpec = command({
  name: "attach",
  about: "Attach local standard input, output, and error streams to a service's running container",
  usage: "[OPTIONS] SERVICE",
  operands: { min: 1, max: 1 },
  flags: [
    { name: "detach-keys", kind: "text", value: "string", about: "Override the key sequence for detaching from a container." },
    { name: "index", kind: "number", value: "int", preset: 0, about: "Index of the container if service has multiple replicas" },
    { name: "no-stdin", kind: "switch", about: "Do not attach STDIN" },
    { name: "sig-proxy", kind: "switch", preset: true, about: "Proxy all received signals to the process (default true)" },
  ],
  examples: [["composure attach web", "Talk to web's own process"]],
});
