// The flags before the command.
import type { Flag, Options } from "./Flag.ts";

/** Flags of docker's own CLI, which it hands to plugins, and which docker-compose took too: where the engine is. */
export const dockerFlags = [
  { name: "config", kind: "text", value: "string", about: "Location of docker's client config files, instead of DOCKER_CONFIG", hidden: true },
  { name: "context", short: "c", kind: "text", value: "string", about: "Name of the docker context to connect with" },
  { name: "debug", short: "D", kind: "switch", about: "Accepted for docker's sake, no effect", hidden: true, also: ["verbose"] },
  { name: "host", short: "H", kind: "text", value: "string", about: "Engine socket to connect to, instead of DOCKER_HOST" },
  { name: "log-level", short: "l", kind: "text", value: "string", about: "Accepted for docker's sake, no effect", hidden: true },
  { name: "tls", kind: "switch", about: "Use TLS", hidden: true },
  { name: "tlscacert", kind: "text", value: "string", about: "Trust certs signed only by this CA", hidden: true },
  { name: "tlscert", kind: "text", value: "string", about: "Path to TLS certificate file", hidden: true },
  { name: "tlskey", kind: "text", value: "string", about: "Path to TLS key file", hidden: true },
  { name: "tlsverify", kind: "switch", about: "Use TLS and verify the remote", hidden: true },
] as const satisfies ReadonlyArray<Flag>;

export const globalFlags = [
  ...dockerFlags,
  { name: "all-resources", kind: "switch", about: "Include all resources, even those not used by services" },
  { name: "ansi", kind: "text", value: "string", about: 'Control when to print ANSI control characters ("never"|"always"|"auto") (default "auto")' },
  { name: "compatibility", kind: "switch", about: "Run compose in backward compatibility mode" },
  { name: "dry-run", kind: "switch", about: "Show the plan and change nothing" },
  { name: "engine", kind: "text", value: "string", about: 'Engine to deploy to: "docker", "sim" (simulated, its state in .composure/sim.json) or "sim:PATH"' },
  { name: "env-file", kind: "list", value: "stringArray", about: "Specify an alternate environment file" },
  { name: "file", short: "f", kind: "list", value: "stringArray", about: "Compose configuration files" },
  { name: "insecure-registry", kind: "list", value: "stringArray", about: "Use insecure registry to pull Compose OCI artifacts", hidden: true },
  { name: "lock-timeout", kind: "text", value: "duration", about: "How long to wait while another run changes the project (default 5m; 0 does not wait)" },
  { name: "parallel", kind: "number", value: "int", preset: -1, about: "Control max parallelism, -1 for unlimited (default -1)" },
  { name: "profile", kind: "list", value: "stringArray", about: "Specify a profile to enable" },
  { name: "progress", kind: "text", value: "string", about: "Set type of progress output (auto, tty, plain, json, quiet)" },
  { name: "project-directory", kind: "text", value: "string", about: "Specify an alternate working directory (default: the path of the, first specified, Compose file)", also: ["workdir"] },
  { name: "project-name", short: "p", kind: "text", value: "string", about: "Project name" },
  { name: "version", short: "v", kind: "switch", about: "Show the version information", hidden: true },
  { name: "no-ansi", kind: "switch", about: "Same as --ansi never", hidden: true },
] as const satisfies ReadonlyArray<Flag>;

export type GlobalOptions = Options<typeof globalFlags>;

/** Every command has these two. */
export const sharedFlags = [
  { name: "dry-run", kind: "switch", about: "Show the plan and change nothing" },
  { name: "help", short: "h", kind: "switch", about: "Show help", hidden: true },
] as const satisfies ReadonlyArray<Flag>;
