// The commands that look at one thing or wait for it: port, wait, ls, volumes, events; and scale.
import { command } from "../Flag.ts";

export const scaleSpec = command({
  name: "scale",
  about: "Scale services",
  usage: "[SERVICE=REPLICAS...]",
  operands: { min: 1 },
  flags: [{ name: "no-deps", kind: "switch", about: "Don't start linked services" }],
  examples: [["composure scale web=3 worker=0", "Three of web, none of worker"]],
});

export const portSpec = command({
  name: "port",
  about: "Print the public port for a port binding",
  usage: "[OPTIONS] SERVICE PRIVATE_PORT",
  operands: { min: 2, max: 2 },
  flags: [
    { name: "index", kind: "number", value: "int", preset: 0, about: "Index of the container if service has multiple replicas" },
    { name: "protocol", kind: "text", value: "string", preset: "tcp", about: 'tcp or udp (default "tcp")' },
  ],
  examples: [["composure port web 80", "Where web's port 80 is published"]],
});

export const waitSpec = command({
  name: "wait",
  about: "Block until containers of all (or specified) services stop",
  usage: "SERVICE [SERVICE...] [OPTIONS]",
  operands: { min: 1 },
  flags: [{ name: "down-project", kind: "switch", about: "Drops project when the first container stops" }],
  examples: [["composure wait migrate", "Wait for the job, and end with its exit code"]],
});

export const listSpec = command({
  name: "ls",
  about: "List running compose projects",
  usage: "[OPTIONS]",
  operands: { min: 0, max: 0 },
  flags: [
    { name: "all", short: "a", kind: "switch", about: "Show all stopped Compose projects" },
    { name: "filter", kind: "list", value: "filter", about: "Filter output based on conditions provided (name=REGEX)" },
    { name: "format", kind: "text", value: "string", preset: "table", about: 'Format the output. Values: [table | json] (default "table")' },
    { name: "quiet", short: "q", kind: "switch", about: "Only display project names" },
  ],
  examples: [["composure ls -a", "Every project of this engine"]],
});

export const volumesSpec = command({
  name: "volumes",
  about: "List volumes",
  usage: "[OPTIONS] [SERVICE...]",
  operands: { min: 0 },
  flags: [
    { name: "format", kind: "text", value: "string", preset: "table", about: 'Format the output. Values: [table | json | TEMPLATE] (default "table")' },
    { name: "quiet", short: "q", kind: "switch", about: "Only display volume names" },
  ],
  examples: [["composure volumes db", "The volumes that db mounts"]],
});

export const eventsSpec = command({
  name: "events",
  about: "Receive real time events from containers",
  usage: "[OPTIONS] [SERVICE...]",
  operands: { min: 0 },
  flags: [
    { name: "json", kind: "switch", about: "Output events as a stream of json objects" },
    { name: "since", kind: "text", value: "string", about: "Show all events created since timestamp" },
    { name: "until", kind: "text", value: "string", about: "Stream events until this timestamp" },
  ],
  examples: [
    ["composure events --json", "One object per event, until Ctrl-C"],
    ["composure events --since 10m --until 0s", "What happened in the last ten minutes"],
  ],
});
