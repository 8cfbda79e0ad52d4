// images, top and stats: what containers are made of and what they do.
import { command, type Flag } from "../Flag.ts";

const templateFormats =
  "Format output using a custom template:\n'table':            Print output in table format with column headers (default)\n'table TEMPLATE':   Print output in table format using the given Go template\n'json':             Print in JSON format\n'TEMPLATE':         Print output using the given Go template.";

export const imagesSpec = command({
  name: "images",
  about: "List images used by the created containers",
  usage: "[OPTIONS] [SERVICE...]",
  operands: { min: 0 },
  flags: [
    { name: "format", kind: "text", value: "string", preset: "table", about: 'Format the output. Values: [table | json] (default "table")' },
    { name: "quiet", short: "q", kind: "switch", about: "Only display IDs" },
  ],
  examples: [
    ["composure images", "Which image each container runs"],
    ["composure images -q", "The ids, each once"],
  ],
});

export const topSpec = command({
  name: "top",
  about: "Display the running processes",
  usage: "[SERVICES...]",
  operands: { min: 0 },
  flags: [],
  examples: [["composure top web", "The processes of web's containers"]],
});

export const statsSpec = command({
  name: "stats",
  about: "Display a live stream of container(s) resource usage statistics",
  usage: "[OPTIONS] [SERVICE]",
  operands: { min: 0, max: 1 },
  flags: [
    { name: "all", short: "a", kind: "switch", about: "Show all containers (default shows just running)" },
    { name: "format", kind: "text", value: "string", preset: "table", about: templateFormats },
    { name: "no-stream", kind: "switch", about: "Disable streaming stats and only pull the first result" },
    { name: "no-trunc", kind: "switch", about: "Do not truncate output" },
  ],
  examples: [
    ["composure stats", "What every container uses, every second, until Ctrl-C"],
    ["composure stats --no-stream --format '{{.Name}} {{.MemUsage}}'", "One look, in a form of your own"],
  ],
});

const index = { name: "index", kind: "number", value: "int", preset: 0, about: "Index of the container if service has multiple replicas" } as const satisfies Flag;

export const copySpec = command({
  name: "cp",
  about: "Copy files/folders between a service container and the local filesystem",
  more: 'With "-" for the local side a tar archive is read from stdin or written to stdout. A path that ends with "/." means the folder\'s content.',
  usage: "[OPTIONS] SERVICE:SRC_PATH DEST_PATH|-   or   cp [OPTIONS] SRC_PATH|- SERVICE:DEST_PATH",
  operands: { min: 2, max: 2 },
  flags: [
    { name: "all", kind: "switch", about: "Include containers created by the run command" },
    { name: "archive", short: "a", kind: "switch", about: "Archive mode (copy all uid/gid information)" },
    { name: "follow-link", short: "L", kind: "switch", about: "Always follow symbol link in SRC_PATH" },
    index,
  ],
  examples: [
    ["composure cp web:/var/log/app.log .", "From web's first container to here"],
    ["composure cp ./conf/. web:/etc/app", "A folder's content into every container of web"],
    ["composure cp web:/data - | tar t", "As a tar archive"],
  ],
});

export const commitSpec = command({
  name: "commit",
  about: "Create a new image from a service container's changes",
  usage: "[OPTIONS] SERVICE [REPOSITORY[:TAG]]",
  operands: { min: 1, max: 2 },
  flags: [
    { name: "author", short: "a", kind: "text", value: "string", preset: "", about: 'Author (e.g., "John Hannibal Smith <hannibal@a-team.com>")' },
    { name: "change", short: "c", kind: "list", value: "list", about: "Apply Dockerfile instruction to the created image" },
    index,
    { name: "message", short: "m", kind: "text", value: "string", preset: "", about: "Commit message" },
    { name: "pause", short: "p", kind: "switch", preset: true, about: "Pause container during commit (default true)" },
  ],
  examples: [["composure commit web debug:1", "Keep web's first container as an image"]],
});

export const exportSpec = command({
  name: "export",
  about: "Export a service container's filesystem as a tar archive",
  usage: "[OPTIONS] SERVICE",
  operands: { min: 1, max: 1 },
  flags: [index, { name: "output", short: "o", kind: "text", value: "string", about: "Write to a file, instead of STDOUT" }],
  examples: [["composure export -o web.tar web", "All files of web's first container"]],
});
