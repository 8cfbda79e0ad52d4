// Images that are mounted as volumes: which there are, and the label that remembers their state.
import type { DesiredService } from "../desired/Desired.ts";
import { byteOrder } from "./sorting.ts";
import type { Images } from "./images.ts";

export const mountedImages = (desired: DesiredService): ReadonlyArray<string> =>
  byteOrder(new Set(desired.mounts.flatMap((mount) => (mount._tag === "Image" ? [mount.source] : []))));

/** "target=id" for each, sorted and joined by commas; undefined without image mounts or while one is not on the engine. */
export const imageVolumeDigest = (desired: DesiredService, images: Images): string | undefined => {
  const parts = desired.mounts.flatMap((mount) =>
    mount._tag === "Image" ? [{ target: mount.target, id: images.localId(mount.source) }] : [],
  );
  if (parts.length === 0 || parts.some(({ id }) => id === undefined)) return undefined;
  return byteOrder(parts.map(({ target, id }) => `${target}=${id ?? ""}`)).join(",");
};
