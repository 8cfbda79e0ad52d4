// The commands that only read: ps, logs, config, version.
import { command } from "../Flag.ts";

export const psSpec = command({
  name: "ps",
  about: "List containers",
  usage: "[OPTIONS] [SERVICE...]",
  operands: { min: 0 },
  flags: [
    { name: "all", short: "a", kind: "switch", about: "Show all stopped containers (including those created by the run command)" },
    { name: "filter", kind: "list", value: "string", about: "Filter services by a property (supported filters: status)" },
    {
      name: "format",
      kind: "text",
      value: "string",
      about:
        "Format output using a custom template:\n'table':            Print output in table format with column headers (default)\n'table TEMPLATE':   Print output in table format using the given Go template\n'json':             Print in JSON format\n'TEMPLATE':         Print output using the given Go template",
    },
    { name: "no-trunc", kind: "switch", about: "Don't truncate output" },
    { name: "orphans", kind: "switch", preset: true, about: "Include orphaned services (not declared by project) (default true)" },
    { name: "quiet", short: "q", kind: "switch", about: "Only display IDs" },
    { name: "services", kind: "switch", about: "Display services" },
    { name: "status", kind: "list", value: "stringArray", about: "Filter services by status. Values: [paused | restarting | removing | running | dead | created | exited]" },
  ],
  examples: [
    ["composure ps -a", "Stopped containers too"],
    ["composure ps --format json", "One JSON object per container"],
  ],
});

export const logsSpec = command({
  name: "logs",
  about: "View output from containers",
  usage: "[OPTIONS] [SERVICE...]",
  operands: { min: 0 },
  flags: [
    { name: "follow", short: "f", kind: "switch", about: "Follow log output" },
    { name: "index", kind: "number", value: "int", preset: 0, about: "Index of the container if service has multiple replicas" },
    { name: "no-color", kind: "switch", about: "Produce monochrome output" },
    { name: "no-log-prefix", kind: "switch", about: "Don't print prefix in logs" },
    { name: "since", kind: "text", value: "string", about: "Show logs since timestamp (e.g. 2013-01-02T13:23:37Z) or relative (e.g. 42m for 42 minutes)" },
    { name: "tail", short: "n", kind: "text", value: "string", preset: "all", about: 'Number of lines to show from the end of the logs for each container (default "all")' },
    { name: "timestamps", short: "t", kind: "switch", about: "Show timestamps" },
    { name: "until", kind: "text", value: "string", about: "Show logs before a timestamp (e.g. 2013-01-02T13:23:37Z) or relative (e.g. 42m for 42 minutes)" },
  ],
  examples: [
    ["composure logs -f web", "Follow web's output, through restarts and new replicas"],
    ["composure logs -n 20 --since 1h", "At most 20 lines per container of the last hour"],
  ],
});

export const configSpec = command({
  name: "config",
  also: ["convert"],
  about: "Parse, resolve and render compose file in canonical format",
  usage: "[OPTIONS] [SERVICE...]",
  operands: { min: 0 },
  flags: [
    { name: "environment", kind: "switch", about: "Print environment used for interpolation." },
    { name: "explain", kind: "text", value: "path", about: "Tell where the value at a path comes from: file and line, what it overrode, which variables fed it" },
    { name: "format", kind: "text", value: "string", about: "Format the output. Values: [yaml | json]" },
    { name: "hash", kind: "text", value: "string", about: "Print the service config hash, one per line." },
    { name: "images", kind: "switch", about: "Print the image names, one per line." },
    { name: "lock-image-digests", kind: "switch", about: "Produces an override file with image digests" },
    { name: "models", kind: "switch", about: "Print the model names, one per line." },
    { name: "networks", kind: "switch", about: "Print the network names, one per line." },
    { name: "no-consistency", kind: "switch", about: "Don't check model consistency - warning: may produce invalid Compose output" },
    { name: "no-env-resolution", kind: "switch", about: "Don't resolve service env files" },
    { name: "no-interpolate", kind: "switch", about: "Don't interpolate environment variables" },
    { name: "no-normalize", kind: "switch", about: "Don't normalize compose model" },
    { name: "no-path-resolution", kind: "switch", about: "Don't resolve file paths" },
    { name: "output", short: "o", kind: "text", value: "string", about: "Save to file (default to stdout)" },
    { name: "profiles", kind: "switch", about: "Print the profile names, one per line." },
    { name: "quiet", short: "q", kind: "switch", about: "Only validate the configuration, don't print anything" },
    { name: "resolve-image-digests", kind: "switch", about: "Pin image tags to digests" },
    { name: "services", kind: "switch", about: "Print the service names, one per line." },
    { name: "variables", kind: "switch", about: "Print model variables and default values." },
    { name: "volumes", kind: "switch", about: "Print the volume names, one per line." },
  ],
  examples: [
    ["composure config", "The project as Composure understands it"],
    ["composure config --explain services.web.environment.DB_URL", "Who set it, and what it replaced; --format json for scripts"],
    ["composure config -q", "Only check; problems are named with file, line and column"],
  ],
});

export const versionSpec = command({
  name: "version",
  about: "Show the Composure version information",
  usage: "[OPTIONS]",
  operands: { min: 0, max: 0 },
  flags: [
    { name: "format", short: "f", kind: "text", value: "string", preset: "pretty", about: "Format the output. Values: [pretty | json]. (Default: pretty)" },
    { name: "short", kind: "switch", about: "Shows only Composure's version number" },
  ],
  examples: [["composure version --short", "The number only"]],
});
