// `up` and `create`: makes the engine hold what the project asks for.
import { dependencyOrder } from "../../desired/order.ts";
import { slotsOf } from "../../observed/match.ts";
import { replicaAddress } from "../Address.ts";
import type { Assembly } from "../Assembly.ts";
import { addServices } from "../assemble.ts";
import { awaitedWith } from "../readiness.ts";
import { childrenOf, type Participant, participants } from "../cascade.ts";
import { condemnedContainers, volumeUserProblems } from "../condemn.ts";
import { decide, type Decision, type Decisions } from "../decide.ts";
import type { Draft } from "../Draft.ts";
import { mountedImages } from "../imageVolumes.ts";
import { withBases } from "../builds.ts";
import { Images } from "../images.ts";
import { Variables } from "../variables.ts";
import { nameHolders, nameProblems, type NameWorld, renamedIds } from "../nameClaims.ts";
import { networkStates } from "../networks.ts";
import { strays } from "../orphans.ts";
import { portHolders, portProblems, portRivals } from "../ports.ts";
import { containersOfSlot } from "../slots.ts";
import { volumeStates, type VolumeStates } from "../volumes.ts";

const inOrder = (draft: Draft): ReadonlyArray<Participant> => {
  const taking = participants(draft);
  const byName = new Map(taking.map((each) => [each.desired.name, each]));
  const order = dependencyOrder(
    new Map(taking.map(({ desired }) => [desired.name, desired.edges.map(({ service }) => service)])),
  );
  switch (order._tag) {
    case "Ordered":
      return order.names.flatMap((name) => byName.get(name) ?? []);
    // desire() refuses cycles, and bystanders cannot add one that the whole file does not have.
    case "Cycle":
      return taking;
  }
};

/** With --no-recreate, a service that has all its containers needs no image. */
const needsImage = (draft: Draft, { desired, selected }: Participant): boolean => {
  if (!selected || desired.replicas === 0) return false;
  const { policy } = draft;
  const asked = policy.build === "always" || (policy.pull ?? desired.service.pull_policy) === "always";
  return asked || policy.recreate !== "never" || slotsOf(draft.matched, desired.name).size < desired.replicas;
};

const planImages = (draft: Draft, taking: ReadonlyArray<Participant>): Images => {
  const images = new Images({
    builder: draft.builder,
    observed: draft.observed,
    policy: draft.policy,
    project: draft.desired.project,
    services: withBases(
      draft,
      taking.map(({ desired }) => desired),
    ),
  });
  const wanting = taking.filter((participant) => needsImage(draft, participant)).map(({ desired }) => desired);
  for (const desired of wanting.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    images.ensure(desired);
    const hooks = (desired.service.pre_start ?? []).flatMap(({ image }) => image ?? []);
    for (const reference of [...mountedImages(desired), ...hooks]) images.ensureReference(reference, desired.name);
  }
  return images;
};

interface Ends {
  readonly going: ReadonlySet<string>;
  readonly goingFirst: ReadonlySet<string>;
}

const endsOf = (draft: Draft, decisions: Decisions, condemned: ReadonlyMap<string, string>): Ends => {
  const first = new Set(condemned.keys());
  const going = new Set(first);
  for (const { slots, surplus, leftovers } of decisions.values()) {
    for (const { id } of leftovers) first.add(id);
    for (const { id } of surplus) going.add(id);
    for (const slot of slots) if (slot._tag === "Swap" || slot._tag === "Resume") going.add(slot.old.id);
  }
  if (draft.policy.removeOrphans) for (const { id } of strays(draft)) going.add(id);
  for (const id of first) going.add(id);
  return { going, goingFirst: first };
};

const noteUntouched = (draft: Draft, order: ReadonlyArray<Decision>): void => {
  for (const { desired, slots, selected } of order) {
    for (const slot of slots) {
      if (!selected || slot._tag !== "Stay" || (slot.action._tag !== "Keep" && slot.action._tag !== "Done")) continue;
      const [container] = containersOfSlot(slot);
      if (container !== undefined)
        draft.builder.leave(replicaAddress(desired.name, slot.number), container.name, container.state);
    }
  }
};

const collect = (draft: Draft, volumes: VolumeStates, networks: ReturnType<typeof networkStates>): void => {
  for (const notice of [...networks.notices, ...volumes.notices]) draft.builder.notice(notice);
  for (const confirmation of volumes.confirmations) draft.builder.confirm(confirmation);
  draft.diagnostics.push(...networks.diagnostics, ...volumes.diagnostics);
};

/** Gives what was assembled, for what a command adds to it. */
export const planUp = (draft: Draft, starts: boolean): Assembly => {
  const taking = inOrder(draft);
  const networks = networkStates(draft.desired, draft.observed);
  const volumes = volumeStates(draft.desired, draft.observed, draft.policy);
  collect(draft, volumes, networks);
  const variables = new Variables(draft, taking.filter(({ selected }) => selected).map(({ desired }) => desired));
  for (const { desired, selected } of taking) if (selected) variables.provide(desired);
  const images = planImages(draft, taking);
  const condemned = condemnedContainers(draft, volumes.states);
  draft.diagnostics.push(...images.diagnostics, ...volumeUserProblems(draft, volumes.states, condemned));
  const services = taking.map(({ desired }) => desired);
  const jobs = awaitedWith(services, "service_completed_successfully");
  const decisions = decide({ draft, images, variables, networks: networks.states, condemned, jobs, order: taking });
  const ends = endsOf(draft, decisions, condemned);
  const renamed = renamedIds(draft, decisions.values());
  const names: NameWorld = { ...ends, holders: nameHolders(draft), going: new Set([...ends.going, ...renamed]) };
  const ports = portHolders(draft);
  draft.diagnostics.push(...nameProblems(draft, decisions.values(), names));
  if (starts) {
    const clashes = portProblems(draft, decisions.values(), ports, ends.going);
    draft.diagnostics.push(...(clashes.length > 0 ? clashes : portRivals(decisions.values(), jobs)));
  }
  const order = Array.from(decisions.values());
  const assembly: Assembly = {
    draft,
    images,
    variables,
    decisions,
    order,
    starts,
    networks: new Map(),
    volumes: new Map(),
    seats: new Map(),
    going: ends.going,
    readiness: new Map(),
    renames: [],
    preStart: new Map(),
    hashes: new Map(),
    ports,
    jobs,
    wantedHealthy: awaitedWith(services, "service_healthy"),
    children: childrenOf(order),
  };
  addServices(assembly, { names, networks: networks.states, volumes: volumes.states, condemned });
  noteUntouched(draft, order);
  return assembly;
};
