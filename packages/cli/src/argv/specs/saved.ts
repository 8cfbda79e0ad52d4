// show and apply: saved plans.
import { command } from "../Flag.ts";

export const showSpec = command({
  name: "show",
  about: "Show a plan that was saved with plan --out",
  usage: "[OPTIONS] FILE",
  operands: { min: 1, max: 1 },
  flags: [{ name: "format", kind: "text", value: "string", preset: "text", about: 'Format the output ("text"|"json"|"steps"|"markdown"|"dot"|"mermaid"|"svg") (default "text")' }],
  examples: [["composure show plan.json --format markdown", "A comment for a pull request"]],
});

export const applySpec = command({
  name: "apply",
  about: "Carry out a plan that was saved with plan --out, if what it relies on has not changed",
  more: "Exits with 3, and touches nothing, when the engine is no longer in the state for which the plan was made.",
  usage: "[OPTIONS] FILE",
  operands: { min: 1, max: 1 },
  flags: [{ name: "yes", short: "y", kind: "switch", about: 'Assume "yes" as answer to all prompts and run non-interactively' }],
  examples: [["composure apply plan.json", "Do exactly what was reviewed"]],
});
