// Splits the services into those an active profile enables and the rest (P6).
import type { Project } from "../model/Project.ts";
import type { Service } from "../model/Service.ts";

const enables = (service: Service, profiles: ReadonlyArray<string>): boolean =>
  service.profiles === undefined ||
  service.profiles.length === 0 ||
  profiles.includes("*") ||
  service.profiles.some((profile) => profiles.includes(profile));

/** The project with exactly the services that `profiles` enable; the others stay known by name. */
export const selectProfiles = (project: Project, profiles: ReadonlyArray<string>): Project => {
  const services: Record<string, Service> = {};
  const disabled: Record<string, Service> = {};
  for (const [name, service] of Object.entries({ ...project.disabled_services, ...project.services })) {
    (enables(service, profiles) ? services : disabled)[name] = service;
  }
  return { ...project, profiles, services, disabled_services: disabled };
};
