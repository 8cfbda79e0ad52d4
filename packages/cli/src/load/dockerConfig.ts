// What the user told docker's CLI in its config.json: proxies, the keys that let go of a terminal, the format of lists.
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Host } from "../host/Host.ts";

export interface DockerConfig {
  readonly proxies?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** "ctrl-x,x" */
  readonly detachKeys?: string;
  readonly psFormat?: string;
}

/** Empty when there is none, or none that can be read: docker works without one too. */
export const dockerConfig = (env: Host["env"]): DockerConfig => {
  try {
    const folder = env["DOCKER_CONFIG"] || join(env["HOME"] || homedir(), ".docker");
    return JSON.parse(readFileSync(join(folder, "config.json"), "utf8")) as DockerConfig;
  } catch {
    return {};
  }
};

/** The keys of the command line, else those of config.json; without any the engine's own count. */
export const detachKeys = (env: Host["env"], asked?: string): { readonly detachKeys?: string } => {
  const keys = asked ?? dockerConfig(env).detachKeys;
  return keys === undefined || keys === "" ? {} : { detachKeys: keys };
};
