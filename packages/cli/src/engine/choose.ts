// Which engine a command talks to: docker's, or the simulated one that lives in a file.
import { resolve } from "node:path";
import type { TlsOptions } from "@composure/docker/connect";
import type { GlobalOptions } from "../argv/globals.ts";
import type { Host } from "../host/Host.ts";

export type EngineChoice =
  | { readonly _tag: "Docker"; readonly host?: string; readonly context?: string; readonly tls?: TlsOptions }
  | { readonly _tag: "Sim"; readonly path: string };

/** docker's --tls flags; naming a file asks for TLS too. */
const readTls = (globals: GlobalOptions, cwd: string): TlsOptions | undefined => {
  const { tlscacert: ca, tlscert: cert, tlskey: key } = globals;
  if (!globals.tls && !globals.tlsverify && ca === undefined && cert === undefined && key === undefined) return undefined;
  return {
    verify: globals.tlsverify,
    ...(ca === undefined ? {} : { ca: resolve(cwd, ca) }),
    ...(cert === undefined ? {} : { cert: resolve(cwd, cert) }),
    ...(key === undefined ? {} : { key: resolve(cwd, key) }),
  };
};

/** `workingDir` is where the simulated engine's file goes by default; undefined for a name that is no engine. */
export const chooseEngine = (globals: GlobalOptions, env: Host["env"], workingDir: string, cwd: string): EngineChoice | undefined => {
  const asked = globals.engine ?? (env["COMPOSURE_ENGINE"] || "docker");
  if (asked === "sim") return { _tag: "Sim", path: resolve(workingDir, ".composure/sim.json") };
  if (asked.startsWith("sim:") && asked.length > 4) return { _tag: "Sim", path: resolve(cwd, asked.slice(4)) };
  if (asked !== "docker") return undefined;
  const tls = readTls(globals, cwd);
  return {
    _tag: "Docker",
    ...(globals.host === undefined ? {} : { host: globals.host }),
    ...(globals.context === undefined ? {} : { context: globals.context }),
    ...(tls === undefined ? {} : { tls }),
  };
};
