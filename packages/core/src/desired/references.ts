// References from one service to another's container: `service:x` in network_mode, ipc and pid, and volumes_from.
import type { Service } from "../model/Service.ts";

/** The service behind "service:x". */
export const serviceReference = (text: string | undefined): string | undefined =>
  text?.startsWith("service:") === true ? text.slice("service:".length) : undefined;

export type VolumesFrom =
  | { readonly _tag: "Service"; readonly service: string; readonly mode?: "ro" | "rw" }
  | { readonly _tag: "Container"; readonly container: string; readonly mode?: "ro" | "rw" };

/** "db", "db:ro", "container:box", "container:box:ro". */
export const parseVolumesFrom = (text: string): VolumesFrom => {
  const foreign = text.startsWith("container:");
  const [name = "", mode] = (foreign ? text.slice("container:".length) : text).split(":");
  const access: { readonly mode?: "ro" | "rw" } = mode === "ro" || mode === "rw" ? { mode } : {};
  return foreign ? { _tag: "Container", container: name, ...access } : { _tag: "Service", service: name, ...access };
};

export type Namespace = "network" | "ipc" | "pid";

/** The services whose namespaces it joins. */
export const namespaceTargets = (service: Service): ReadonlyArray<readonly [Namespace, string]> => {
  const found: Array<readonly [Namespace, string]> = [];
  const note = (namespace: Namespace, text: string | undefined): void => {
    const target = serviceReference(text);
    if (target !== undefined) found.push([namespace, target]);
  };
  note("network", service.network_mode);
  note("ipc", service.ipc);
  note("pid", service.pid);
  return found;
};

export const volumesFromTargets = (service: Service): ReadonlyArray<string> =>
  (service.volumes_from ?? []).flatMap((text) => {
    const from = parseVolumesFrom(text);
    return from._tag === "Service" ? [from.service] : [];
  });

/** The service of a link "db", "db:alias". */
export const linkTarget = (link: string): { readonly service: string; readonly alias?: string } => {
  const [service = "", alias] = link.split(":");
  return alias === undefined ? { service } : { service, alias };
};

export const hasReferences = (service: Service): boolean =>
  service.volumes_from !== undefined || namespaceTargets(service).length > 0;

/**
 * The service as it runs, and as its hash sees it: references replaced by ids. A service without a known container
 * keeps its text. The access mode of volumes_from is left out because docker compose leaves it out of the hash.
 */
export const resolveReferences = (service: Service, idOf: (service: string) => string | undefined): Service => {
  if (!hasReferences(service)) return service;
  const bound = (text: string | undefined): string | undefined => {
    const target = serviceReference(text);
    const id = target === undefined ? undefined : idOf(target);
    return id === undefined ? text : `container:${id}`;
  };
  const network = bound(service.network_mode);
  const ipc = bound(service.ipc);
  const pid = bound(service.pid);
  const volumesFrom = service.volumes_from?.map((text) => {
    const from = parseVolumesFrom(text);
    return from._tag === "Container" ? from.container : (idOf(from.service) ?? text);
  });
  return {
    ...service,
    ...(network === undefined ? {} : { network_mode: network }),
    ...(ipc === undefined ? {} : { ipc }),
    ...(pid === undefined ? {} : { pid }),
    ...(volumesFrom === undefined ? {} : { volumes_from: volumesFrom }),
  };
};
