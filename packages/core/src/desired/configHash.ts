// The config hash of a container to be, and whether a container carries it.
import { serviceHash } from "../hash/serviceHash.ts";
import type { Service, ServiceVolume } from "../model/Service.ts";
import { resolveReferences } from "./references.ts";

/** The label's value for a container whose references stand for these ids. */
export const configHash = (service: Service, idOf: (service: string) => string | undefined): string =>
  serviceHash(resolveReferences(service, idOf));

const isBind = (volume: ServiceVolume): boolean => volume.type === "bind" || volume.bind !== undefined;

/** docker compose 2.x writes an image mount's source as the image's id; 5.x and Composure write its name. */
const withImageIds = (service: Service, imageIdOf: (reference: string) => string | undefined): Service => ({
  ...service,
  volumes: (service.volumes ?? []).map((volume) => {
    const id = volume.type === "image" && volume.source !== undefined ? imageIdOf(volume.source) : undefined;
    return id === undefined ? volume : { ...volume, source: id };
  }),
});

/** A container is up to date when its label is the hash in any encoding that docker compose has ever written. */
export const carriesHash = (
  label: string,
  service: Service,
  idOf: (service: string) => string | undefined,
  imageIdOf: (reference: string) => string | undefined,
): boolean => {
  const resolved = resolveReferences(service, idOf);
  if (label === serviceHash(resolved)) return true;
  if (service.volumes?.some(isBind) === true && label === serviceHash(resolved, { bind: "v5" })) return true;
  return (
    service.volumes?.some(({ type }) => type === "image") === true &&
    label === serviceHash(withImageIds(resolved, imageIdOf))
  );
};
