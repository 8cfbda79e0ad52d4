// Turns the normalised tree into the typed project (P3-P5).
import type { Project } from "../model/Project.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import type { Tree } from "../source/Tree.ts";

/** What a project holds besides its files. */
export interface DecodeContext {
  readonly name: string;
  readonly workingDir: string;
  readonly configFiles: ReadonlyArray<string>;
  readonly envFiles: ReadonlyArray<string>;
  readonly environment: Readonly<Record<string, string>>;
  readonly profiles: ReadonlyArray<string>;
  readonly compatibility: boolean;
}

export interface Decoded {
  readonly project: Project;
  readonly diagnostics: ReadonlyArray<Diagnostic>;
}

export const decodeProject = (_tree: Tree, context: DecodeContext): Decoded => ({
  project: {
    name: context.name,
    working_dir: context.workingDir,
    config_files: context.configFiles,
    env_files: context.envFiles,
    environment: context.environment,
    profiles: context.profiles,
    services: {},
    disabled_services: {},
    networks: {},
    volumes: {},
    secrets: {},
    configs: {},
    models: {},
    compatibility: context.compatibility,
    extensions: {},
  },
  diagnostics: [],
});
