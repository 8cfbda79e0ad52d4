// Which engine a command talks to: docker's, or the simulated one that lives in a file.
import { resolve } from "node:path";
import type { GlobalOptions } from "../argv/globals.ts";
import type { Host } from "../host/Host.ts";

export type EngineChoice =
  | { readonly _tag: "Docker"; readonly host?: string; readonly context?: string }
  | { readonly _tag: "Sim"; readonly path: string };

/** `workingDir` is where the simulated engine's file goes by default; undefined for a name that is no engine. */
export const chooseEngine = (globals: GlobalOptions, env: Host["env"], workingDir: string, cwd: string): EngineChoice | undefined => {
  const asked = globals.engine ?? (env["COMPOSURE_ENGINE"] || "docker");
  if (asked === "sim") return { _tag: "Sim", path: resolve(workingDir, ".composure/sim.json") };
  if (asked.startsWith("sim:") && asked.length > 4) return { _tag: "Sim", path: resolve(cwd, asked.slice(4)) };
  if (asked !== "docker") return undefined;
  return {
    _tag: "Docker",
    ...(globals.host === undefined ? {} : { host: globals.host }),
    ...(globals.context === undefined ? {} : { context: globals.context }),
  };
};
