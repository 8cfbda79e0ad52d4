// snapshot and why: what the engine holds, kept in a file, and how a service's containers came to be.
import { command } from "../Flag.ts";

export const snapshotSpec = command({
  name: "snapshot",
  about: "Print what the engine holds of the project, for plan --state",
  more: "Secrets are left out, and so is what concerns nobody here of other projects: their labels, commands and folders. Planning against the snapshot gives the plan that the engine itself would have given at that moment.",
  usage: "[OPTIONS] [SERVICE...]",
  operands: { min: 0 },
  flags: [{ name: "output", short: "o", kind: "text", value: "string", about: "Save to file (default to stdout)" }],
  examples: [
    ["composure snapshot > state.json", "Keep the state of the engine"],
    ["composure plan --state state.json", "Plan against it where no engine is in reach, for example in CI"],
  ],
});

export const whySpec = command({
  name: "why",
  about: "Tell why a service's containers are what they are, what up would do to them now, and what would make new ones",
  usage: "[OPTIONS] SERVICE",
  operands: { min: 1, max: 1 },
  flags: [{ name: "format", kind: "text", value: "string", preset: "text", about: 'Format the output ("text"|"json") (default "text")' }],
  examples: [
    ["composure why web", "Who made its containers, when and why; what comes next"],
    ["composure config --explain services.web.image", "Where a value in the file comes from"],
  ],
});
