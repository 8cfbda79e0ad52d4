// Which networks a service joins, and under which names it is found there.
import { byBytes } from "../hash/canonicalJson.ts";
import type { Project } from "../model/Project.ts";
import type { Service } from "../model/Service.ts";
import type { EndpointSpec } from "../plan/Operation.ts";
import type { DesiredEndpoint, DesiredService, ProjectIdentity } from "./Desired.ts";
import { usesBridgeLinks } from "./edges.ts";
import { containerName } from "./names.ts";
import { linkTarget } from "./references.ts";

export const networkName = (project: Project, key: string): string =>
  project.networks[key]?.name ?? `${project.name}_${key}`;

/** In connect order; the first one is the container's default route. */
export const endpointsOf = (project: Project, service: Service): ReadonlyArray<DesiredEndpoint> => {
  if (service.network_mode !== undefined) return [];
  return Object.entries(service.networks ?? {})
    .map(([key, settings]): DesiredEndpoint => ({ key, network: networkName(project, key), settings }))
    .sort((a, b) => (b.settings?.priority ?? 0) - (a.settings?.priority ?? 0) || byBytes(a.key, b.key));
};

/** The replica numbers a service will have, and what each of its containers is called while the linking one is made. */
export type ReplicasOf = (service: string) => ReadonlyArray<{ readonly number: number; readonly name: string }>;

/** "container:alias" for every name by which a linked container may be called. */
export const linkLines = (
  project: ProjectIdentity,
  service: Service,
  replicasOf: ReplicasOf,
): ReadonlyArray<string> => {
  const lines = (service.links ?? []).flatMap((link) => {
    const { service: target, alias } = linkTarget(link);
    return replicasOf(target).flatMap(({ number, name }) => {
      const short = [target, String(number)].join(project.separator);
      return [alias ?? target, short, [project.name, short].join(project.separator)].map((known) => `${name}:${known}`);
    });
  });
  const external = (service.external_links ?? []).map((link) => (link.includes(":") ? link : `${link}:${link}`));
  return Array.from(new Set([...lines, ...external]));
};

export interface Wiring {
  readonly endpoints: ReadonlyArray<EndpointSpec>;
  /** Only for the default bridge. */
  readonly links: ReadonlyArray<string>;
}

/** The endpoints of one replica. Aliases carry the final name even while the container still has a temporary one. */
export const wire = (
  project: ProjectIdentity,
  desired: DesiredService,
  number: number,
  replicasOf: ReplicasOf,
): Wiring => {
  const { service } = desired;
  const hasLinks = service.links !== undefined || service.external_links !== undefined;
  const links = hasLinks ? linkLines(project, service, replicasOf) : [];
  const names = [containerName(project, service, number), service.name];
  const endpoints = desired.endpoints.map(({ network, settings }, index): EndpointSpec => {
    const mac = settings?.mac_address ?? (index === 0 ? service.mac_address : undefined);
    return {
      network,
      aliases: Array.from(new Set([...names, ...(settings?.aliases ?? [])])),
      links,
      settings,
      ...(mac === undefined ? {} : { macAddress: mac }),
    };
  });
  return { endpoints, links: usesBridgeLinks(service) ? links : [] };
};
