// Splits the services into those an active profile enables and the rest (P6), and enables named ones (R1).
import type { Project } from "../model/Project.ts";
import type { Service } from "../model/Service.ts";

const enables = (service: Service, profiles: ReadonlyArray<string>): boolean =>
  service.profiles === undefined ||
  service.profiles.length === 0 ||
  profiles.includes("*") ||
  service.profiles.some((profile) => profiles.includes(profile));

/** The project with exactly the services that `profiles` enable; the others stay known by name. */
export const selectProfiles = (project: Project, profiles: ReadonlyArray<string>): Project => {
  const all = Object.entries({ ...project.services, ...project.disabled_services });
  return {
    ...project,
    profiles,
    services: Object.fromEntries(all.filter(([, service]) => enables(service, profiles))),
    disabled_services: Object.fromEntries(all.filter(([, service]) => !enables(service, profiles))),
  };
};

/** Naming a service activates its own profiles, though not those of its dependencies. */
export const enableServices = (project: Project, names: ReadonlyArray<string>): Project => {
  const added = names.flatMap((name) =>
    Object.hasOwn(project.services, name) || !Object.hasOwn(project.disabled_services, name)
      ? []
      : (project.disabled_services[name]?.profiles ?? []),
  );
  return added.length === 0 ? project : selectProfiles(project, [...new Set([...project.profiles, ...added])]);
};
