// The project's name, folder and services, from its files or from its name alone.
import type { Host } from "../host/Host.ts";
import type { Source } from "../load/source.ts";

export interface Identity {
  readonly name: string;
  readonly workingDir: string;
  /** Services of the files, profiles or not; undefined when no file was read. */
  readonly declared: ReadonlySet<string> | undefined;
}

export const identityOf = (source: Source, host: Host): Identity => {
  switch (source._tag) {
    case "ByName":
      return { name: source.name, workingDir: host.cwd, declared: undefined };
    case "FromFiles": {
      const { project } = source.loaded;
      return {
        name: project.name,
        workingDir: project.working_dir,
        declared: new Set([...Object.keys(project.services), ...Object.keys(project.disabled_services)]),
      };
    }
  }
};
