// watch: keeps containers up to date with the files they are made from.
import { command } from "../Flag.ts";

export const watchSpec = command({
  name: "watch",
  about: "Watch build context for service and rebuild/refresh containers when files are updated",
  usage: "[OPTIONS] [SERVICE...]",
  operands: { min: 0 },
  flags: [
    { name: "no-up", kind: "switch", about: "Do not build & start services before watching" },
    { name: "prune", kind: "switch", preset: true, about: "Prune dangling images on rebuild (default true)" },
    { name: "quiet", kind: "switch", about: "hide build output" },
  ],
  examples: [
    ["composure watch", "Bring everything up, then follow the rules of develop.watch"],
    ["composure up --watch", "The same, with the containers' output"],
  ],
});
