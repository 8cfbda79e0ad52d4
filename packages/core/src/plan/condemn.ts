// Volumes whose data may go: who uses them, and the steps that empty the way.
import type { DesiredService, DesiredVolume } from "../desired/Desired.ts";
import { byName, serviceOf } from "../observed/match.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import { fault } from "../source/problem.ts";
import { containerAddress, replicaAddress, volumeAddress } from "./Address.ts";
import type { Draft } from "./Draft.ts";
import type { StepId } from "./Operation.ts";
import { endContainer } from "./retire.ts";
import { createVolume, mountsVolume, type VolumeState } from "./volumes.ts";
import { numberOf } from "../observed/match.ts";

type States = ReadonlyMap<string, VolumeState>;

const condemnedVolumes = (draft: Draft, states: States): ReadonlyArray<DesiredVolume> =>
  draft.desired.volumes.filter(({ key }) => states.get(key)?._tag === "Condemned");

/** The containers that must go with a condemned volume: its key by their id. They belong to services of this run. */
export const condemnedContainers = (draft: Draft, states: States): ReadonlyMap<string, string> => {
  const services = new Set(draft.desired.services.map(({ name }) => name));
  const condemned = new Map<string, string>();
  for (const { key, name } of condemnedVolumes(draft, states)) {
    for (const container of draft.observed.containers.filter(mountsVolume(name))) {
      if (
        services.has(serviceOf(container)) &&
        draft.matched.services.get(serviceOf(container))?.get(numberOf(container))?.includes(container) === true
      ) {
        condemned.set(container.id, key);
      }
    }
  }
  return condemned;
};

/** Others that use a condemned volume keep it from being removed. */
export const volumeUserProblems = (
  draft: Draft,
  states: States,
  condemned: ReadonlyMap<string, string>,
): ReadonlyArray<Diagnostic> =>
  condemnedVolumes(draft, states).flatMap(({ key, name }) => {
    const users = [...draft.observed.containers, ...draft.observed.foreign]
      .filter(mountsVolume(name))
      .filter(({ id }) => !condemned.has(id));
    if (users.length === 0) return [];
    const list = users
      .map((user) => user.name)
      .sort()
      .join(", ");
    return [
      fault(
        "volume-in-use",
        `volume "${name}" cannot be made anew: ${list} uses it`,
        { path: ["volumes", key] },
        "stop and remove that container first",
      ),
    ];
  });

/** Ends every container of a condemned volume, removes and makes the volume. Data goes only when the new images are there. */
export const replaceVolumes = (
  draft: Draft,
  states: States,
  condemned: ReadonlyMap<string, string>,
  imagesOf: (service: DesiredService) => StepId | undefined,
): ReadonlyMap<string, StepId> => {
  const { builder, desired } = draft;
  const services = new Map(desired.services.map((service) => [service.name, service]));
  const made = new Map<string, StepId>();
  const removals = new Map<string, Array<StepId>>();
  for (const container of draft.observed.containers.filter(({ id }) => condemned.has(id)).sort(byName)) {
    const service = services.get(serviceOf(container));
    const number = numberOf(container);
    const address =
      service === undefined || number === 0 ? containerAddress(container.name) : replicaAddress(service.name, number);
    const reason = { _tag: "VolumeChanged", volume: condemned.get(container.id) ?? "" } as const;
    const { remove } = endContainer(draft, service, container, {
      address,
      reason,
      needs: [service === undefined ? undefined : imagesOf(service)],
    });
    for (const { name } of container.mounts)
      if (name !== undefined) removals.set(name, [...(removals.get(name) ?? []), remove]);
  }
  for (const volume of desired.volumes) {
    const state = states.get(volume.key)?._tag;
    if (state !== "Condemned" && state !== "Absent") continue;
    const address = volumeAddress(volume.key);
    const group = state === "Condemned" ? `recreate:volume:${volume.key}` : undefined;
    const reason =
      state === "Condemned" ? ({ _tag: "VolumeChanged", volume: volume.key } as const) : ({ _tag: "Missing" } as const);
    const gone =
      state === "Condemned"
        ? builder.add({
            address,
            reason,
            group,
            operation: { _tag: "RemoveVolume", name: volume.name },
            needs: removals.get(volume.name) ?? [],
          })
        : undefined;
    made.set(
      volume.name,
      builder.add({ address, reason, group, operation: createVolume(desired, volume), needs: [gone] }),
    );
  }
  return made;
};
