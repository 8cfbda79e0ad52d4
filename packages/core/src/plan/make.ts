// Makes the containers that a plan adds. They are made early: images, networks and volumes are all they wait for.
import { wire } from "../desired/endpoints.ts";
import type { DesiredService } from "../desired/Desired.ts";
import { labelOf } from "../desired/labels.ts";
import { reasonText } from "../format/words.ts";
import type { StringMap } from "../model/Service.ts";
import type { ObservedContainer } from "../observed/Observed.ts";
import { replicaAddress } from "./Address.ts";
import { type Assembly, desiredOf, guardOf, type Seat } from "./Assembly.ts";
import { containerSpec, replicasFor } from "./containers.ts";
import { mountedImages } from "./imageVolumes.ts";
import { nameFor, type NameWorld } from "./nameClaims.ts";
import type { EndpointSpec, MountSpec, StepId } from "./Operation.ts";
import type { Reason } from "./Reason.ts";

/** What later steps need to know of a new container besides its reference. */
export interface Making {
  readonly joins: ReadonlyArray<EndpointSpec>;
  readonly mounts: ReadonlyArray<MountSpec>;
  /** Who has its final name for the time being. */
  readonly heldBy: ObservedContainer | undefined;
}

export const groupOf = (seat: Seat): string | undefined => {
  switch (seat.slot._tag) {
    case "Fresh":
    case "Stay":
      return undefined;
    case "Swap":
      return `recreate:${seat.service}:${seat.number}`;
    case "Resume":
      return `adopt:${seat.service}:${seat.number}`;
  }
};

/** Images, networks and volumes that a container of a service needs. */
export const resourceNeeds = (assembly: Assembly, desired: DesiredService): ReadonlyArray<StepId | undefined> => {
  return [
    assembly.images.stepOf(desired),
    ...mountedImages(desired).map((reference) => assembly.images.ensureReference(reference, desired.name)),
    ...desired.endpoints.map(({ network }) => assembly.networks.get(network)),
    ...desired.mounts.flatMap((mount) =>
      mount._tag === "Volume" && mount.name !== undefined ? [assembly.volumes.get(mount.name)] : [],
    ),
  ];
};

/** Why the container is made, and by whom: for `why`. */
const storyLabels = ({ draft }: Assembly, reason: Reason): StringMap => ({
  [labelOf.reason]: reasonText(reason),
  ...(draft.desired.deployer === undefined ? {} : { [labelOf.by]: draft.desired.deployer }),
});

/** Adds the step that makes a seat's new container and lets everyone refer to it. */
const makeContainer = (assembly: Assembly, seat: Seat, reason: Reason, names: NameWorld): Making => {
  const { builder } = assembly.draft;
  const { spec: unexplained, joins, needs } = containerSpec(assembly, seat);
  const spec = { ...unexplained, labels: { ...unexplained.labels, ...storyLabels(assembly, reason) } };
  const naming = nameFor(names, seat.finalName);
  const name = naming._tag === "Temporary" ? naming.name : seat.finalName;
  const freedBy = naming._tag === "Taken" ? undefined : naming.freedBy;
  const guard = guardOf(seat.slot);
  const step = builder.add({
    address: replicaAddress(seat.service, seat.number),
    operation: { _tag: "CreateContainer", name, spec },
    reason,
    needs: [
      ...resourceNeeds(assembly, desiredOf(assembly, seat)),
      ...needs,
      freedBy === undefined ? undefined : builder.removalOf(freedBy.id),
    ],
    group: groupOf(seat),
    guard,
  });
  const orElse =
    guard !== undefined && seat.slot._tag === "Swap"
      ? { orElse: { id: seat.slot.old.id, name: seat.slot.old.name } }
      : {};
  seat.ref = { _tag: "CreatedBy", step, name: seat.finalName, ...orElse };
  seat.make = { step, name };
  return { joins, mounts: spec.mounts, heldBy: naming._tag === "Temporary" ? naming.heldBy : undefined };
};

/** Undefined for a seat whose container exists. */
export const makeSeat = (assembly: Assembly, seat: Seat, names: NameWorld): Making | undefined => {
  switch (seat.slot._tag) {
    case "Stay":
    case "Resume":
      return undefined;
    case "Fresh":
      return makeContainer(assembly, seat, seat.slot.reason, names);
    case "Swap":
      return makeContainer(assembly, seat, seat.slot.divergence.reason, names);
  }
};

/** How a seat's container joins a network, by the network's real name. */
export const endpointOf = (assembly: Assembly, seat: Seat, network: string): EndpointSpec | undefined => {
  const desired = desiredOf(assembly, seat);
  const { endpoints } = wire(
    assembly.draft.desired.project,
    desired,
    seat.number,
    replicasFor(assembly, desired.service),
  );
  return endpoints.find((endpoint) => endpoint.network === network);
};
