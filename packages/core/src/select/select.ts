// Cuts the project to the services a command names (R1-R3).
import type { Project } from "../model/Project.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";

export interface Selection {
  /** Names or glob patterns; empty means all enabled services. */
  readonly services: ReadonlyArray<string>;
  readonly withDependencies: boolean;
  /** Keep networks, volumes, secrets, configs and models that no selected service uses. */
  readonly allResources: boolean;
}

export interface Selected {
  readonly project: Project;
  readonly diagnostics: ReadonlyArray<Diagnostic>;
}

export const select = (project: Project, _selection: Selection): Selected => ({ project, diagnostics: [] });
