// Where a command's project comes from: its files, or only its name.
import type { Invalid, Loaded, LoadRequest } from "@composure/core/load/Load";
import type { GlobalOptions } from "../argv/globals.ts";
import type { Host } from "../host/Host.ts";
import { loadFrom, readContent } from "./files.ts";

export interface Selection {
  readonly services: ReadonlyArray<string>;
  readonly withDependencies?: boolean;
}

/** `ByName`: no file was read; the project is what the engine holds under that name. */
export type Source =
  | { readonly _tag: "FromFiles"; readonly loaded: Loaded }
  | { readonly _tag: "ByName"; readonly name: string };

const readsStdin = (globals: GlobalOptions, host: Host): boolean =>
  globals.file.includes("-") || (globals.file.length === 0 && (host.env["COMPOSE_FILE"] ?? "").split(/[:;]/).includes("-"));

const isOn = (text: string | undefined): boolean => text !== undefined && /^(1|t|true|yes|on)$/i.test(text);

export const loadRequest = async (
  globals: GlobalOptions,
  host: Host,
  more: Partial<LoadRequest> & Selection,
): Promise<LoadRequest> => ({
  cwd: host.cwd,
  env: host.env,
  files: globals.file,
  ...(globals.projectName === undefined ? {} : { projectName: globals.projectName }),
  profiles: globals.profile,
  envFiles: globals.envFile,
  ...(globals.projectDirectory === undefined ? {} : { projectDirectory: globals.projectDirectory }),
  compatibility: globals.compatibility || isOn(host.env["COMPOSE_COMPATIBILITY"]),
  allResources: globals.allResources,
  ...(readsStdin(globals, host) ? { stdin: await host.stdin.text() } : {}),
  ...more,
});

/** The files must load: up, create, build, pull, config. */
export const loadFiles = async (globals: GlobalOptions, host: Host, more: Partial<LoadRequest> & Selection): Promise<Loaded | Invalid> =>
  loadFrom(await loadRequest(globals, host, more), readContent);

/** The files if they load, else a name will do: down, stop, ps, logs and the like. What is in containers needs no env file any more. */
export const loadFilesOrName = async (globals: GlobalOptions, host: Host): Promise<Source | Invalid> => {
  const named = globals.projectName;
  if (named !== undefined && globals.file.length === 0) return { _tag: "ByName", name: named };
  const result = await loadFiles(globals, host, { services: [], noEnvResolution: true });
  if (result._tag === "Loaded") return { _tag: "FromFiles", loaded: result };
  const fromEnv = host.env["COMPOSE_PROJECT_NAME"] ?? "";
  return fromEnv === "" ? result : { _tag: "ByName", name: fromEnv };
};
