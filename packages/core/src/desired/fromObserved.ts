// The desired state as far as labels tell it: for commands that name a project and have no file.
import type { Desired, DesiredNetwork, DesiredService, DesiredVolume } from "./Desired.ts";
import { edgesOf, parseDependsOnLabel } from "./edges.ts";
import { labelOf } from "./labels.ts";
import { byBytes } from "../hash/canonicalJson.ts";
import type { Service } from "../model/Service.ts";
import { isOneOff, serviceOf } from "../observed/match.ts";
import type { Observed, ObservedContainer } from "../observed/Observed.ts";

const isReplica = (container: ObservedContainer): boolean =>
  !isOneOff(container) && container.labels[labelOf.configHash] !== undefined && serviceOf(container) !== "";

const serviceFrom = (
  name: string,
  containers: ReadonlyArray<ObservedContainer>,
  exists: (name: string) => boolean,
): DesiredService => {
  const [first] = containers;
  const dependsOn = first?.labels[labelOf.dependsOn] ?? "";
  const service: Service = {
    name,
    ...(first === undefined ? {} : { image: first.image }),
    depends_on: parseDependsOnLabel(dependsOn),
  };
  return {
    name,
    service,
    image: first?.image ?? "",
    replicas: containers.length,
    edges: edgesOf(service, exists),
    endpoints: [],
    volumes: [],
    files: [],
    fileMounts: [],
    buildSecrets: [],
    models: [],
    mounts: [],
    dependsOnLabel: dependsOn,
  };
};

const servicesFrom = (replicas: ReadonlyArray<ObservedContainer>): ReadonlyArray<DesiredService> => {
  const byService = new Map<string, Array<ObservedContainer>>();
  for (const container of replicas) {
    const list = byService.get(serviceOf(container)) ?? [];
    list.push(container);
    byService.set(serviceOf(container), list);
  }
  return Array.from(byService)
    .sort(([a], [b]) => byBytes(a, b))
    .map(([name, containers]) => serviceFrom(name, containers, (other) => byService.has(other)));
};

const networksFrom = (observed: Observed, project: string): ReadonlyArray<DesiredNetwork> =>
  observed.networks
    .filter(({ labels }) => labels[labelOf.project] === project)
    .map(({ name, labels }): DesiredNetwork => ({
      key: labels[labelOf.network] ?? name,
      name,
      external: false,
      network: { name },
      hash: labels[labelOf.configHash] ?? "",
    }))
    .sort((a, b) => byBytes(a.key, b.key));

const volumesFrom = (observed: Observed, project: string): ReadonlyArray<DesiredVolume> =>
  observed.volumes
    .filter(({ labels }) => labels[labelOf.project] === project)
    .map(({ name, labels }): DesiredVolume => ({
      key: labels[labelOf.volume] ?? name,
      name,
      external: false,
      volume: { name },
      hash: labels[labelOf.configHash] ?? "",
    }))
    .sort((a, b) => byBytes(a.key, b.key));

/** Enough to start, stop, restart, remove and take down; never to create. */
export const desiredFromObserved = (project: string, observed: Observed): Desired => {
  const replicas = observed.containers.filter(isReplica);
  const labels = replicas[0]?.labels ?? {};
  const list = (text: string | undefined): ReadonlyArray<string> =>
    text === undefined || text === "" ? [] : text.split(",");
  return {
    project: {
      name: project,
      workingDir: labels[labelOf.workingDir] ?? "",
      configFiles: list(labels[labelOf.configFiles]),
      envFiles: list(labels[labelOf.environmentFile]),
      separator: replicas.some(({ name }) => name.startsWith(`${project}_`)) ? "_" : "-",
    },
    services: servicesFrom(replicas),
    networks: networksFrom(observed, project),
    volumes: volumesFrom(observed, project),
    bystanders: [],
    bases: [],
    otherServices: [],
    proxyEnvironment: {},
  };
};
