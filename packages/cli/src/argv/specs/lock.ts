// lock: looks at the deploy lock of a project, and breaks it.
import { command } from "../Flag.ts";

export const lockSpec = command({
  name: "lock",
  about: "Show or break the deploy lock",
  more: "A command that changes the project holds a lock on the engine while it does so, and others wait in line (--lock-timeout). The lock of a process that died on this machine is void at once, that of one on another machine after two minutes; breaking it by hand is for what hangs.",
  usage: "[status|break]",
  operands: { min: 0, max: 1 },
  flags: [{ name: "format", kind: "text", value: "string", preset: "text", about: "Format the output: text or json" }],
  examples: [
    ["composure lock status", "Tell who changes the project, what for and since when"],
    ["composure lock break", "Remove the lock of a run that hangs"],
  ],
});
