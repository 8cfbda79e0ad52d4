// viz and generate (docker compose has them under alpha), and the two commands that Composure leaves to others.
import { command } from "../Flag.ts";

export const vizSpec = command({
  name: "viz",
  about: "Generate a graphviz graph from your compose file",
  usage: "[OPTIONS]",
  operands: { min: 0, max: 0 },
  flags: [
    { name: "image", kind: "switch", about: "Include service's image name in output graph" },
    { name: "indentation-size", kind: "number", value: "int", preset: 1, about: "Number of tabs or spaces to use for indentation (default 1)" },
    { name: "networks", kind: "switch", about: "Include service's attached networks in output graph" },
    { name: "ports", kind: "switch", about: "Include service's exposed ports in output graph" },
    { name: "spaces", kind: "switch", about: "If given, space character ' ' will be used to indent, otherwise tab character '\\t' will be used" },
  ],
  examples: [["composure viz | dot -Tsvg > project.svg", "A picture of who depends on whom"]],
});

export const generateSpec = command({
  name: "generate",
  about: "Generate a Compose file from existing containers",
  usage: "[OPTIONS] [CONTAINERS...]",
  operands: { min: 0 },
  flags: [
    { name: "format", kind: "text", value: "string", preset: "yaml", about: 'Format the output. Values: [yaml | json] (default "yaml")' },
    { name: "name", kind: "text", value: "string", about: "Project name to set in the Compose file" },
    { name: "project-dir", kind: "text", value: "string", about: "Directory to use for the project" },
  ],
  examples: [["composure generate db web > compose.yaml", "A file that describes these two containers"]],
});

export const publishSpec = command({
  name: "publish",
  about: "Publish compose application",
  usage: "[OPTIONS] REPOSITORY[:TAG]",
  operands: { min: 1, max: 1 },
  flags: [
    { name: "app", kind: "switch", about: "Published compose application (includes referenced images)" },
    { name: "oci-version", kind: "text", value: "string", about: "OCI image/artifact specification version (automatically determined by default)" },
    { name: "resolve-image-digests", kind: "switch", about: "Pin image tags to digests" },
    { name: "with-env", kind: "switch", about: "Include environment variables in the published OCI artifact" },
    { name: "yes", short: "y", kind: "switch", about: 'Assume "yes" as answer to all prompts' },
    { name: "insecure-registry", kind: "switch", about: "Use insecure registry", hidden: true },
  ],
  examples: [["composure config --resolve-image-digests > compose.lock.yaml", "One file with everything in it, images pinned: what can be handed on"]],
});

export const bridgeSpec = command({
  name: "bridge",
  about: "Convert compose files into another model",
  usage: "[OPTIONS] COMMAND",
  operands: { min: 0 },
  passThrough: true,
  flags: [],
  examples: [["composure config --format json", "The resolved project, for a converter of your choice"]],
});

export const alphaSpec = command({
  name: "alpha",
  about: "Experimental commands",
  more: "Commands: generate, publish, viz. They work without the word alpha too.",
  usage: "[OPTIONS] COMMAND",
  operands: { min: 0 },
  passThrough: true,
  flags: [],
  examples: [["composure alpha viz", "The same as composure viz"]],
});
