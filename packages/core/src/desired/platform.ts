// DOCKER_DEFAULT_PLATFORM, of the project's environment: the platform of services that name none.
import type { Project } from "../model/Project.ts";
import type { Service } from "../model/Service.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import { lookup } from "../normalise/environment.ts";
import { fault } from "../source/problem.ts";

const defaultPlatform = (project: Project): string => lookup(project.environment, "DOCKER_DEFAULT_PLATFORM") ?? "";

/** As docker compose: a service to be built runs on it unless it names a platform; others keep their text, and their hash. */
export const withDefaultPlatform = (project: Project, service: Service): Service => {
  const platform = defaultPlatform(project);
  return service.build === undefined || platform === "" || (service.platform ?? "") !== ""
    ? service
    : { ...service, platform };
};

export const platformOf = (project: Project, service: Service): string | undefined =>
  service.platform || defaultPlatform(project) || undefined;

/** A build for several platforms must be for the default one too; that it is for the service's own is checked on loading. */
export const platformProblems = (project: Project, service: Service): ReadonlyArray<Diagnostic> => {
  const platforms = service.build?.platforms ?? [];
  const { name, platform = "" } = service;
  const given = defaultPlatform(project);
  if (platforms.length === 0) return [];
  const at = { path: ["services", name, "build", "platforms"] };
  if (platform === "" && given !== "" && !platforms.includes(given)) {
    const text = `service "${name}" build.platforms does not support value set by DOCKER_DEFAULT_PLATFORM: ${given}`;
    return [fault("platform-mismatch", text, at, `add ${given} to build.platforms, or unset DOCKER_DEFAULT_PLATFORM`)];
  }
  return [];
};
