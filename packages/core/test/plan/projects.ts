// Small projects for the planner's tests: services as a file would give them after loading.
import * as Result from "effect/Result";
import type { Desired } from "../../src/desired/Desired.ts";
import { desire, type DesireOptions } from "../../src/desired/desire.ts";
import { linkTarget, namespaceTargets, volumesFromTargets } from "../../src/desired/references.ts";
import type { FileObject, Network, Project, Volume } from "../../src/model/Project.ts";
import type { Dependency, Service } from "../../src/model/Service.ts";
import type { Policy } from "../../src/policy/Policy.ts";

export type ServiceText = Omit<Partial<Service>, "name" | "depends_on"> & {
  readonly depends_on?: Readonly<Record<string, Partial<Dependency>>> | ReadonlyArray<string>;
};

export interface ProjectText {
  readonly services: Readonly<Record<string, ServiceText>>;
  readonly networks?: Readonly<Record<string, Network>>;
  readonly volumes?: Readonly<Record<string, Volume>>;
  readonly configs?: Readonly<Record<string, FileObject>>;
  readonly secrets?: Readonly<Record<string, FileObject>>;
  readonly models?: Project["models"];
  readonly compatibility?: boolean;
}

const dependency = (written: Partial<Dependency>): Dependency => ({
  condition: "service_started",
  required: true,
  ...written,
});

const dependencies = (text: ServiceText, name: string): Record<string, Dependency> => {
  const written: Readonly<Record<string, Partial<Dependency>>> = Array.isArray(text.depends_on)
    ? Object.fromEntries(text.depends_on.map((target: string) => [target, {}]))
    : ((text.depends_on as Readonly<Record<string, Partial<Dependency>>> | undefined) ?? {});
  const service = { ...text, name } as Service;
  const implied: Record<string, Dependency> = {};
  for (const target of volumesFromTargets(service)) implied[target] = dependency({});
  for (const link of service.links ?? []) implied[linkTarget(link).service] = dependency({ restart: true });
  for (const [, target] of namespaceTargets(service)) implied[target] = dependency({ restart: true });
  for (const [target, how] of Object.entries(written)) implied[target] = dependency(how);
  return implied;
};

const service = (name: string, text: ServiceText): Service => {
  const { depends_on: _, ...rest } = text;
  const depends_on = dependencies(text, name);
  const networks = text.network_mode === undefined ? { networks: text.networks ?? { default: null } } : {};
  const image = text.build === undefined && text.image === undefined ? { image: "app:1" } : {};
  return { name, ...rest, ...image, ...networks, ...(Object.keys(depends_on).length === 0 ? {} : { depends_on }) };
};

export const project = (text: ProjectText): Project => {
  const services = Object.fromEntries(Object.entries(text.services).map(([name, each]) => [name, service(name, each)]));
  const usesDefault = Object.values(services).some(({ networks }) => networks !== undefined && "default" in networks);
  const named = <A extends { readonly name?: string; readonly external?: boolean }>(
    all: Readonly<Record<string, A>>,
  ): Readonly<Record<string, A>> =>
    Object.fromEntries(
      Object.entries(all).map(([key, each]) => [
        key,
        { ...each, name: each.name ?? (each.external === true ? key : `p_${key}`) },
      ]),
    );
  return {
    name: "p",
    working_dir: "/p",
    config_files: ["/p/compose.yaml"],
    env_files: [],
    environment: {},
    profiles: [],
    services,
    disabled_services: {},
    networks: named({ ...(usesDefault ? { default: {} } : {}), ...text.networks }),
    volumes: named(text.volumes ?? {}),
    secrets: text.secrets ?? {},
    configs: text.configs ?? {},
    models: text.models ?? {},
    compatibility: text.compatibility === true,
    extensions: {},
  };
};

/** The project cut to some services, as `up SERVICE` cuts it. */
export const cut = (whole: Project, services: ReadonlyArray<string>): Project => {
  const reached = new Set(services);
  for (const name of reached)
    for (const target of Object.keys(whole.services[name]?.depends_on ?? {})) reached.add(target);
  const entries = Object.entries(whole.services);
  return {
    ...whole,
    services: Object.fromEntries(entries.filter(([name]) => reached.has(name))),
    disabled_services: Object.fromEntries(entries.filter(([name]) => !reached.has(name))),
  };
};

export const desired = (text: ProjectText | Project, options: DesireOptions = {}): Desired =>
  Result.getOrThrowWith(
    desire("working_dir" in text ? text : project(text), options),
    (problems) => new Error(problems.map(({ message }) => message).join("\n")),
  );

export const policy: Policy = {
  recreate: "diverged",
  recreateDependencies: "diverged",
  renewAnonymousVolumes: false,
  removeOrphans: false,
  ignoreOrphans: false,
  build: "auto",
  order: "auto",
  wait: false,
  allowDestroy: [],
  now: 1_000_000,
};

export const healthcheck = { test: ["CMD", "true"] } as const;
