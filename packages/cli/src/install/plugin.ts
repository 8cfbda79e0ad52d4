// The starter that makes the program a plugin of docker's command line: a file that docker finds, and that finds the program.
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pluginMetadata } from "../version.ts";

/** By this line a starter of ours is known. */
const mark = "# A starter of Composure, made by composure install-plugin.";

/** Where docker looks for plugins that are everybody's, after those of the user. */
const sharedFolders = ["/usr/local/lib/docker/cli-plugins", "/usr/local/libexec/docker/cli-plugins", "/usr/lib/docker/cli-plugins", "/usr/libexec/docker/cli-plugins"];

export interface Place {
  /** docker's configuration: DOCKER_CONFIG or ~/.docker. */
  readonly configDir: string;
  /** "composure" or "compose". */
  readonly name: string;
}

export type Installed =
  | { readonly _tag: "Done"; readonly path: string; readonly hides?: string }
  | { readonly _tag: "Foreign"; readonly path: string }
  | { readonly _tag: "Absent"; readonly path: string };

const fileOf = ({ configDir, name }: Place): string => join(configDir, "cli-plugins", `docker-${name}`);

const isOurs = (path: string): boolean => {
  try {
    return readFileSync(path, "utf8").includes(mark);
  } catch {
    return false;
  }
};

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** `node` and `program` are absolute; another Node on the path will do when that one has gone. docker asks every plugin for its metadata, so that is answered without Node. */
export const starter = (node: string, program: string): string =>
  [
    "#!/bin/sh",
    mark,
    `if [ "$1" = docker-cli-plugin-metadata ]; then cat <<'METADATA'`,
    pluginMetadata().trimEnd(),
    "METADATA",
    "exit; fi",
    `node=${quoted(node)}`,
    `[ -x "$node" ] || node=node`,
    `exec "$node" ${quoted(program)} "$@"`,
    "",
  ].join("\n");

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Writes the starter whole or not at all. A plugin that is not ours is replaced only with `force`, and kept beside. */
export const install = (place: Place, script: string, force: boolean): Installed => {
  const path = fileOf(place);
  const foreign = existsSync(path) && !isOurs(path);
  if (foreign && !force) return { _tag: "Foreign", path };
  const hides = sharedFolders.map((folder) => join(folder, `docker-${place.name}`)).find((file) => isExecutable(file) && !isOurs(file));
  if (hides !== undefined && !force && !existsSync(path)) return { _tag: "Foreign", path: hides };
  mkdirSync(join(place.configDir, "cli-plugins"), { recursive: true });
  if (foreign) renameSync(path, `${path}.before-composure`);
  const fresh = `${path}.new-${process.pid}`;
  writeFileSync(fresh, script);
  chmodSync(fresh, 0o755);
  renameSync(fresh, path);
  return { _tag: "Done", path, ...(hides === undefined ? {} : { hides }) };
};

/** Takes our starter away and puts back what it had replaced. */
export const uninstall = (place: Place): Installed => {
  const path = fileOf(place);
  if (!existsSync(path)) return { _tag: "Absent", path };
  if (!isOurs(path)) return { _tag: "Foreign", path };
  rmSync(path);
  if (existsSync(`${path}.before-composure`)) renameSync(`${path}.before-composure`, path);
  return { _tag: "Done", path };
};
