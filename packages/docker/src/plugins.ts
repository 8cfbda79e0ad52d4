// The docker CLI's plugins: where they lie, and the environment that makes one talk to the same engine as we do.
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { dockerConfigDir } from "./connect.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** Where docker looks when its configuration says nothing else (Linux and macOS). */
const SYSTEM_FOLDERS = [
  "/usr/local/lib/docker/cli-plugins",
  "/usr/local/libexec/docker/cli-plugins",
  "/usr/lib/docker/cli-plugins",
  "/usr/libexec/docker/cli-plugins",
];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

export interface PluginPlaces {
  readonly env: Env;
  readonly home: string;
  /** `cliPluginsExtraDirs` of config.json: before all others. */
  readonly extra?: ReadonlyArray<string> | undefined;
}

/** The path of the plugin `docker NAME`, in docker's order of folders. */
export const findPlugin = (name: string, { env, home, extra = [] }: PluginPlaces): string | undefined =>
  [...extra, join(dockerConfigDir(env, home), "cli-plugins"), ...SYSTEM_FOLDERS]
    .map((folder) => join(folder, `docker-${name}`))
    .find(isExecutable);

/** A program on the PATH. */
export const findProgram = (name: string, env: Env): string | undefined =>
  name.includes("/")
    ? undefined
    : (env["PATH"] ?? "")
        .split(delimiter)
        .filter((folder) => folder !== "")
        .map((folder) => join(folder, name))
        .find(isExecutable);

/** How a child process finds our engine; undefined takes a variable away. */
export type Endpoint = Readonly<Record<"DOCKER_HOST" | "DOCKER_CONTEXT", string | undefined>>;

/** A plugin that thinks docker called it would listen to docker, and end with it. */
const OF_DOCKER = ["DOCKER_CLI_PLUGIN_SOCKET", "DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND", "DOCKER_CLI_PLUGIN_USE_DIAL_STDIO"];

export const childEnvironment = (env: Env, endpoint: Endpoint, more: Env = {}): NodeJS.ProcessEnv => {
  const { DOCKER_HOST: _host, DOCKER_CONTEXT: _context, ...rest } = env;
  const given = Object.entries({ ...rest, ...endpoint, ...more });
  return Object.fromEntries(given.filter(([name, value]) => value !== undefined && !OF_DOCKER.includes(name)));
};
