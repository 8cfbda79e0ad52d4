// From a project to what one engine should hold: everything that can be worked out without looking at the engine.
import * as Result from "effect/Result";
import { byBytes } from "../hash/canonicalJson.ts";
import { networkHash } from "../hash/networkHash.ts";
import { volumeHash } from "../hash/volumeHash.ts";
import type { Project } from "../model/Project.ts";
import type { Service, StringMap } from "../model/Service.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import { fault } from "../source/problem.ts";
import type { Desired, DesiredNetwork, DesiredService, DesiredVolume, ProjectIdentity } from "./Desired.ts";
import { dependsOnLabel, edgesOf } from "./edges.ts";
import { endpointsOf, networkName } from "./endpoints.ts";
import { buildSecretsOf } from "./buildSecrets.ts";
import { filesOf } from "./files.ts";
import { mountsOf, volumeKeysOf, volumeName } from "./mounts.ts";
import { modelsOf } from "./models.ts";
import { imageName } from "./names.ts";
import { contextServices } from "./contexts.ts";
import { dependencyOrder } from "./order.ts";
import { platformOf, platformProblems, withDefaultPlatform } from "./platform.ts";
import { serviceProblems, waitProblems } from "./problems.ts";

export interface DesireOptions {
  /** `--scale`: wins over the file. */
  readonly scale?: Readonly<Record<string, number>>;
  readonly proxyEnvironment?: StringMap;
  /** Who asks for it: "ana@laptop". */
  readonly deployer?: string;
  /** The project before it was cut to the named services: tells what depends on them and knows every resource. */
  readonly whole?: Project;
}

const identityOf = (project: Project): ProjectIdentity => ({
  name: project.name,
  workingDir: project.working_dir,
  configFiles: project.config_files,
  envFiles: project.env_files,
  separator: project.compatibility ? "_" : "-",
});

export const replicasOf = (service: Service, scale: Readonly<Record<string, number>>): number =>
  scale[service.name] ?? service.scale ?? service.deploy?.replicas ?? 1;

const desireService = (
  project: Project,
  written: Service,
  replicas: number,
  uncut: Service | undefined,
  exists: (name: string) => boolean,
  diagnostics: Array<Diagnostic>,
): DesiredService => {
  const service = withDefaultPlatform(project, written);
  const platform = platformOf(project, service);
  const { files, fileMounts, digest, diagnostics: problems } = filesOf(project, service);
  const { secrets: buildSecrets, diagnostics: secretProblems } = buildSecretsOf(project, service);
  diagnostics.push(...problems, ...secretProblems, ...platformProblems(project, written));
  diagnostics.push(...serviceProblems(service, replicas));
  return {
    name: service.name,
    service,
    image: imageName(identityOf(project), service),
    // A plugin runs it; there are no containers.
    replicas: service.provider === undefined ? replicas : 0,
    edges: edgesOf(service, exists),
    endpoints: endpointsOf(project, service),
    volumes: volumeKeysOf(service),
    files,
    fileMounts,
    buildSecrets,
    models: modelsOf(project, service),
    mounts: mountsOf(project, service, fileMounts),
    dependsOnLabel: dependsOnLabel(uncut ?? service),
    ...(platform === undefined ? {} : { platform }),
    ...(digest === undefined ? {} : { filesDigest: digest }),
  };
};

const desireNetworks = (project: Project): ReadonlyArray<DesiredNetwork> =>
  Object.entries(project.networks)
    .map(([key, network]): DesiredNetwork => {
      const named = { ...network, name: networkName(project, key) };
      return { key, name: named.name, external: network.external === true, network: named, hash: networkHash(named) };
    })
    .sort((a, b) => byBytes(a.key, b.key));

const desireVolumes = (project: Project): ReadonlyArray<DesiredVolume> =>
  Object.entries(project.volumes)
    .map(([key, volume]): DesiredVolume => {
      const named = { ...volume, name: volumeName(project, key) };
      return { key, name: named.name, external: volume.external === true, volume: named, hash: volumeHash(named) };
    })
    .sort((a, b) => byBytes(a.key, b.key));

const sameNames = (services: ReadonlyArray<DesiredService>): ReadonlyArray<Diagnostic> => {
  const taken = new Map<string, string>();
  return services.flatMap(({ name, service: { container_name } }) => {
    const by = container_name === undefined ? undefined : taken.get(container_name);
    if (container_name !== undefined) taken.set(container_name, name);
    if (by === undefined) return [];
    const text = `container name "${container_name ?? ""}" is asked for by the services "${by}" and "${name}"`;
    return [fault("name-taken", text, { path: ["services", name, "container_name"] })];
  });
};

const unknownScales = (project: Project, scale: Readonly<Record<string, number>>): ReadonlyArray<Diagnostic> =>
  Object.keys(scale)
    .filter((name) => !Object.hasOwn(project.services, name))
    .map((name) =>
      fault("unknown-service", `no such service: ${name}`, {}, "--scale takes the name of a service that takes part"),
    );

const cycles = (services: ReadonlyArray<DesiredService>): ReadonlyArray<Diagnostic> => {
  const order = dependencyOrder(new Map(services.map(({ name, edges }) => [name, edges.map((edge) => edge.service)])));
  return order._tag === "Ordered"
    ? []
    : [fault("dependency-cycle", `dependency cycle detected: ${order.path.join(" -> ")}`, {})];
};

/** The file's services that do not take part; those whose description is complete can be replaced when they must be. */
const standBy = (
  project: Project,
  whole: Project,
): { readonly bystanders: ReadonlyArray<DesiredService>; readonly otherServices: ReadonlyArray<string> } => {
  const others = { ...project.disabled_services, ...whole.disabled_services, ...whole.services };
  const outside = Object.values(others).filter(({ name }) => !Object.hasOwn(project.services, name));
  const exists = (name: string): boolean => Object.hasOwn(project.services, name) || Object.hasOwn(others, name);
  const bystanders = outside
    .filter((service) => isComplete(whole, service))
    .map((service) => desireService(whole, service, replicasOf(service, {}), undefined, exists, []));
  return {
    bystanders: bystanders.sort((a, b) => byBytes(a.name, b.name)),
    otherServices: outside.map(({ name }) => name).sort(byBytes),
  };
};

/** Services outside that `service:` contexts of builds lead to, from the run's own services on. */
const basesOf = (project: Project, whole: Project): ReadonlyArray<DesiredService> => {
  const others = { ...project.disabled_services, ...whole.disabled_services, ...whole.services };
  const secrets = { ...whole, secrets: { ...whole.secrets, ...project.secrets } };
  const found = new Map<string, DesiredService>();
  const waiting = Object.values(project.services).flatMap(contextServices);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const service = Object.hasOwn(project.services, name) ? undefined : others[name];
    if (service?.build === undefined || found.has(name)) continue;
    found.set(
      name,
      desireService(secrets, service, 0, undefined, () => true, []),
    );
    waiting.push(...contextServices(service));
  }
  return [...found.values()].sort((a, b) => byBytes(a.name, b.name));
};

/** Whether all that it refers to is known: its environment is read, and its networks, volumes and files are declared. */
const isComplete = (project: Project, service: Service): boolean =>
  (service.env_file ?? []).length === 0 &&
  Object.keys(service.networks ?? {}).every((key) => Object.hasOwn(project.networks, key)) &&
  volumeKeysOf(service).every((key) => Object.hasOwn(project.volumes, key)) &&
  (service.configs ?? []).every(({ source }) => Object.hasOwn(project.configs, source)) &&
  (service.secrets ?? []).every(({ source }) => Object.hasOwn(project.secrets, source));

/** All problems at once. The project is cut to the services that take part, and its environment is resolved. */
export const desire = (
  project: Project,
  options: DesireOptions = {},
): Result.Result<Desired, ReadonlyArray<Diagnostic>> => {
  const { scale = {}, proxyEnvironment = {}, whole = project } = options;
  const diagnostics: Array<Diagnostic> = [...unknownScales(project, scale)];
  const exists = (name: string): boolean => Object.hasOwn(project.services, name);
  const services = Object.values(project.services)
    .sort((a, b) => byBytes(a.name, b.name))
    .map((service) => {
      const uncut = whole.services[service.name] ?? project.disabled_services[service.name];
      return desireService(project, service, replicasOf(service, scale), uncut, exists, diagnostics);
    });
  diagnostics.push(...sameNames(services), ...cycles(services), ...waitProblems(services));
  if (diagnostics.length > 0) return Result.fail(diagnostics);
  return Result.succeed({
    project: identityOf(project),
    ...(options.deployer === undefined ? {} : { deployer: options.deployer }),
    services,
    networks: desireNetworks(project),
    volumes: desireVolumes(project),
    ...standBy(project, whole),
    bases: basesOf(project, whole),
    proxyEnvironment,
  });
};
