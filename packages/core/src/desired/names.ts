// The names docker compose gives to what it makes.
import type { Service } from "../model/Service.ts";
import type { ProjectIdentity } from "./Desired.ts";

export const containerName = (project: ProjectIdentity, service: Service, number: number): string =>
  service.container_name ?? [project.name, service.name, String(number)].join(project.separator);

/** The image a service runs: its own, or the default name of what it builds. */
export const imageName = (project: ProjectIdentity, service: Service): string =>
  service.image ?? `${project.name}${project.separator}${service.name}`;

/** What a successor is called until its predecessor is gone. */
export const temporaryName = (predecessorId: string, finalName: string): string =>
  `${predecessorId.slice(0, 12)}_${finalName}`;

const temporary = /^([0-9a-f]{12})_(.+)$/;

/** The two parts of a temporary name; docker-compose 1.x puts the container's own id first, later ones the predecessor's. */
export const splitTemporaryName = (
  name: string,
): { readonly idPrefix: string; readonly finalName: string } | undefined => {
  const found = temporary.exec(name);
  return found?.[1] === undefined || found[2] === undefined ? undefined : { idPrefix: found[1], finalName: found[2] };
};

/** Whether `name` is the temporary form of `finalName`, in either separator: "0123456789ab_shop_web_1" for "shop-web-1". */
export const isTemporaryNameOf = (name: string, finalName: string): boolean => {
  const rest = splitTemporaryName(name)?.finalName;
  return rest !== undefined && rest.replaceAll("_", "-") === finalName.replaceAll("_", "-");
};
