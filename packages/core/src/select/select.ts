// Cuts the project to the services a command names and to what they use (R2, R3).
import type { Project } from "../model/Project.ts";
import type { Service } from "../model/Service.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import { fault, nearest } from "../source/problem.ts";
import { globOf } from "./glob.ts";

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

const matching = (project: Project, pattern: string): ReadonlyArray<string> => {
  if (Object.hasOwn(project.services, pattern)) return [pattern];
  const glob = /[*?[\\]/.test(pattern) ? globOf(pattern) : undefined;
  return glob === undefined ? [] : Object.keys(project.services).filter(glob);
};

export const noSuchService = (project: Project, name: string): Diagnostic => {
  const disabled = Object.hasOwn(project.disabled_services, name) ? project.disabled_services[name] : undefined;
  const profiles = disabled?.profiles?.join(" or ") ?? "";
  const near = nearest(name, [...Object.keys(project.services), ...Object.keys(project.disabled_services)]);
  const hint =
    profiles === "" ? (near === undefined ? undefined : `did you mean "${near}"?`) : `enable the profile ${profiles}`;
  return fault("unknown-service", `no such service: ${name}`, {}, hint);
};

/** The named services and, when wanted, everything they depend on. */
const reach = (project: Project, selection: Selection, diagnostics: Array<Diagnostic>): ReadonlySet<string> => {
  const reached = new Set<string>();
  const waiting = selection.services.map((pattern) => ({ pattern, required: true })).reverse();
  for (let wanted = waiting.pop(); wanted !== undefined; wanted = waiting.pop()) {
    const names = matching(project, wanted.pattern);
    if (names.length === 0 && wanted.required) diagnostics.push(noSuchService(project, wanted.pattern));
    for (const name of names) {
      if (reached.has(name)) continue;
      reached.add(name);
      if (!selection.withDependencies) continue;
      for (const [pattern, { required }] of Object.entries(project.services[name]?.depends_on ?? {})) {
        waiting.push({ pattern, required });
      }
    }
  }
  return reached;
};

const cutDependencies = (service: Service, reached: ReadonlySet<string>): Service => {
  if (service.depends_on === undefined) return service;
  const depends_on = Object.fromEntries(Object.entries(service.depends_on).filter(([name]) => reached.has(name)));
  return { ...service, depends_on };
};

const cutServices = (project: Project, reached: ReadonlySet<string>): Project => {
  const all = Object.entries(project.services);
  return {
    ...project,
    services: Object.fromEntries(
      all.filter(([name]) => reached.has(name)).map(([name, service]) => [name, cutDependencies(service, reached)]),
    ),
    disabled_services: {
      ...project.disabled_services,
      ...Object.fromEntries(all.filter(([name]) => !reached.has(name))),
    },
  };
};

const pick = <A>(resources: Readonly<Record<string, A>>, used: ReadonlySet<string>): Readonly<Record<string, A>> =>
  Object.fromEntries(Object.entries(resources).filter(([name]) => used.has(name)));

/** Without the networks, volumes, secrets, configs and models that no service uses. */
const cutResources = (project: Project): Project => {
  const services = Object.values(project.services);
  const using = (names: (service: Service) => ReadonlyArray<string>): ReadonlySet<string> =>
    new Set(services.flatMap(names));
  return {
    ...project,
    networks: pick(
      project.networks,
      using((service) => Object.keys(service.networks ?? {})),
    ),
    volumes: pick(
      project.volumes,
      using((service) =>
        (service.volumes ?? []).flatMap(({ type, source }) =>
          type === "volume" && source !== undefined ? [source] : [],
        ),
      ),
    ),
    secrets: pick(
      project.secrets,
      using((service) => [...(service.secrets ?? []), ...(service.build?.secrets ?? [])].map(({ source }) => source)),
    ),
    configs: pick(
      project.configs,
      using((service) => (service.configs ?? []).map(({ source }) => source)),
    ),
    models: pick(
      project.models,
      using((service) => Object.keys(service.models ?? {})),
    ),
  };
};

export const select = (project: Project, selection: Selection): Selected => {
  const diagnostics: Array<Diagnostic> = [];
  const cut = selection.services.length === 0 ? project : cutServices(project, reach(project, selection, diagnostics));
  return { project: selection.allResources ? cut : cutResources(cut), diagnostics };
};
