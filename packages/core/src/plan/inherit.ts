// Anonymous volumes pass from a container to its successor.
import type { DesiredService } from "../desired/Desired.ts";
import type { ObservedContainer, ObservedImage } from "../observed/Observed.ts";
import type { MountSpec } from "./Operation.ts";

/** The engine names anonymous volumes by 64 hexadecimal digits. */
export const isAnonymousName = (name: string): boolean => /^[0-9a-f]{64}$/.test(name);

type VolumeMount = Extract<MountSpec, { readonly _tag: "Volume" }>;

/** Paths that something of the new configuration covers: nothing is inherited there. */
const coveredTargets = (desired: DesiredService): ReadonlySet<string> =>
  new Set([
    ...desired.mounts.flatMap((mount) => (mount._tag === "Volume" && mount.name === undefined ? [] : [mount.target])),
    ...(desired.service.tmpfs ?? []).map((entry) => entry.split(":")[0] ?? ""),
  ]);

/**
 * The volumes that a successor takes over: those at paths that the service or the image declare as anonymous volumes.
 * While the image's VOLUME lines are not known, everything that looks anonymous is kept: data is never let go by guess.
 */
export const inheritedVolumes = (
  desired: DesiredService,
  predecessor: ObservedContainer,
  image: ObservedImage | undefined,
): ReadonlyArray<VolumeMount> => {
  const covered = coveredTargets(desired);
  const sourceless = new Set(
    desired.mounts.flatMap((mount) => (mount._tag === "Volume" && mount.name === undefined ? [mount.target] : [])),
  );
  const declared = image?.details === undefined ? undefined : new Set(image.details.volumes);
  const wanted = (target: string, name: string): boolean =>
    sourceless.has(target) || (declared === undefined ? isAnonymousName(name) : declared.has(target));
  return predecessor.mounts.flatMap(({ type, name, destination, readOnly }): ReadonlyArray<VolumeMount> => {
    if (
      type !== "volume" ||
      name === undefined ||
      name === "" ||
      covered.has(destination) ||
      !wanted(destination, name)
    )
      return [];
    return [{ _tag: "Volume", name, target: destination, readOnly, inherited: true }];
  });
};

/** The service's mounts, with inherited volumes in the place of fresh anonymous ones. */
export const withInherited = (
  mounts: ReadonlyArray<MountSpec>,
  inherited: ReadonlyArray<VolumeMount>,
): ReadonlyArray<MountSpec> => {
  const targets = new Set(inherited.map(({ target }) => target));
  return [
    ...mounts.filter((mount) => mount._tag !== "Volume" || mount.name !== undefined || !targets.has(mount.target)),
    ...inherited,
  ];
};
