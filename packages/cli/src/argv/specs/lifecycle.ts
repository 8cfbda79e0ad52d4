// The commands that act on what is there: down, start, stop, restart, kill, rm, pause, unpause.
import { command } from "../Flag.ts";

const timeout = { name: "timeout", short: "t", kind: "number", value: "int", about: "Specify a shutdown timeout in seconds" } as const;

export const downSpec = command({
  name: "down",
  about: "Stop and remove containers, networks",
  usage: "[OPTIONS] [SERVICES]",
  operands: { min: 0 },
  flags: [
    { name: "remove-orphans", kind: "switch", about: "Remove containers for services not defined in the Compose file" },
    { name: "rmi", kind: "text", value: "string", about: 'Remove images used by services. "local" remove only images that don\'t have a custom tag ("local"|"all")' },
    timeout,
    { name: "volumes", short: "v", kind: "switch", also: ["volume"], about: 'Remove named volumes declared in the "volumes" section of the Compose file and anonymous volumes attached to containers' },
  ],
  examples: [
    ["composure down", "Remove the containers and networks; volumes stay"],
    ["composure down -v", "Remove the volumes and their data too"],
    ["composure --dry-run down -v", "See what that would remove"],
  ],
});

export const startSpec = command({
  name: "start",
  about: "Start services",
  usage: "[OPTIONS] [SERVICE...]",
  operands: { min: 0 },
  flags: [
    { name: "wait", kind: "switch", about: "Wait for services to be running|healthy" },
    { name: "wait-timeout", kind: "number", value: "int", about: "Maximum duration in seconds to wait for the project to be running|healthy" },
  ],
  examples: [["composure start web", "Start web's containers and those it depends on"]],
});

export const stopSpec = command({
  name: "stop",
  about: "Stop services",
  usage: "[OPTIONS] [SERVICE...]",
  operands: { min: 0 },
  flags: [timeout],
  examples: [["composure stop -t 30 web", "Stop web, and kill it after 30 seconds"]],
});

export const restartSpec = command({
  name: "restart",
  about: "Restart service containers",
  more: "A restart does not apply changes of the Compose file. Use \"composure up\" for that.",
  usage: "[OPTIONS] [SERVICE...]",
  operands: { min: 0 },
  flags: [{ name: "no-deps", kind: "switch", about: "Don't restart dependent services" }, timeout],
  examples: [["composure restart web", "Restart web and what depends on it with restart: true"]],
});

export const killSpec = command({
  name: "kill",
  about: "Force stop service containers",
  usage: "[OPTIONS] [SERVICE...]",
  operands: { min: 0 },
  flags: [
    { name: "remove-orphans", kind: "switch", about: "Remove containers for services not defined in the Compose file" },
    { name: "signal", short: "s", kind: "text", value: "string", preset: "SIGKILL", about: 'SIGNAL to send to the container (default "SIGKILL")' },
  ],
  examples: [["composure kill -s SIGHUP web", "Send SIGHUP to web's containers"]],
});

export const removeSpec = command({
  name: "rm",
  about: "Removes stopped service containers",
  more: 'By default, anonymous volumes attached to containers will not be removed. You can override this with -v.\n\nAny data which is not in a volume will be lost.',
  usage: "[OPTIONS] [SERVICE...]",
  operands: { min: 0 },
  flags: [
    { name: "all", short: "a", kind: "switch", about: "Deprecated - no effect", hidden: true },
    { name: "force", short: "f", kind: "switch", about: "Don't ask to confirm removal" },
    { name: "stop", short: "s", kind: "switch", about: "Stop the containers, if required, before removing" },
    { name: "volumes", short: "v", kind: "switch", about: "Remove any anonymous volumes attached to containers" },
  ],
  examples: [["composure rm -fs web", "Stop and remove web's containers without asking"]],
});

export const pauseSpec = command({
  name: "pause",
  about: "Pause services",
  usage: "[SERVICE...]",
  operands: { min: 0 },
  flags: [],
  examples: [["composure pause web", "Freeze every process of web"]],
});

export const unpauseSpec = command({
  name: "unpause",
  about: "Unpause services",
  usage: "[SERVICE...]",
  operands: { min: 0 },
  flags: [],
  examples: [["composure unpause web", "Let web go on"]],
});
