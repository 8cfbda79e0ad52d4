// Decides, service by service in dependency order, what becomes of every slot. Adds no steps.
import type { DesiredService } from "../desired/Desired.ts";
import { usesBridgeLinks } from "../desired/edges.ts";
import { linkTarget, namespaceTargets, volumesFromTargets } from "../desired/references.ts";
import { actionOf, divergenceOf, type Divergence, type Facts, type Moved, tuningOf } from "../observed/classify.ts";
import { byAge, containersOf, isLive, slotsOf } from "../observed/match.ts";
import type { ObservedContainer } from "../observed/Observed.ts";
import type { RecreateMode } from "../policy/Policy.ts";
import type { Draft } from "./Draft.ts";
import type { Images } from "./images.ts";
import { imageVolumeDigest } from "./imageVolumes.ts";
import { inheritedVolumes } from "./inherit.ts";
import { isAttachedTo, type NetworkState } from "./networks.ts";
import type { Reason } from "./Reason.ts";
import { containersOfSlot, cutToScale, finalNameOf, isRenewed, judgeSlot, type SlotPlan } from "./slots.ts";
import type { Variables } from "./variables.ts";
import { mountsVolume } from "./volumes.ts";

export interface Decision {
  readonly desired: DesiredService;
  /** Named or needed by what was named; bystanders are only carried along. */
  readonly selected: boolean;
  /** By number. */
  readonly slots: ReadonlyArray<SlotPlan>;
  /** Containers beyond the wanted scale, with the scale as it was. */
  readonly surplus: ReadonlyArray<ObservedContainer>;
  readonly leftovers: ReadonlyArray<ObservedContainer>;
  readonly before: number;
}

export type Decisions = ReadonlyMap<string, Decision>;

export interface DecideInput {
  readonly draft: Draft;
  readonly images: Images;
  readonly variables: Variables;
  readonly networks: ReadonlyMap<string, NetworkState>;
  /** Containers that go because a volume of theirs is destroyed: its key by their id. */
  readonly condemned: ReadonlyMap<string, string>;
  /** Services that some other waits for to complete. */
  readonly jobs: ReadonlySet<string>;
  /** In dependency order, dependencies first. */
  readonly order: ReadonlyArray<{ readonly desired: DesiredService; readonly selected: boolean }>;
}

interface Mode {
  readonly recreate: RecreateMode;
  readonly flag: string;
}

const isNamed = (draft: Draft, service: string): boolean => {
  const { intent } = draft;
  return intent.services.length === 0 || intent.services.includes(service);
};

/** Whether anonymous volumes pass on to this service's successors. */
export const passesVolumesOn = (draft: Draft, service: string): boolean =>
  !draft.policy.renewAnonymousVolumes || !isNamed(draft, service);

/** `dependencies`: services that others of this run depend on. */
const modeOf = (draft: Draft, service: string, selected: boolean, dependencies: ReadonlySet<string>): Mode => {
  const { policy } = draft;
  if (!selected) return { recreate: "never", flag: "" };
  if (!isNamed(draft, service)) return { recreate: policy.recreateDependencies, flag: "--always-recreate-deps" };
  const asDependency =
    draft.intent.services.length === 0 && dependencies.has(service) && policy.recreateDependencies === "force";
  if (policy.recreate === "diverged" && asDependency) return { recreate: "force", flag: "--always-recreate-deps" };
  return {
    recreate: policy.recreate,
    flag: policy.renewAnonymousVolumes ? "--renew-anon-volumes" : "--force-recreate",
  };
};

/** The services whose container a service cannot outlive. */
export const parentsOf = (desired: DesiredService): ReadonlyArray<string> => {
  const { service } = desired;
  const linked = usesBridgeLinks(service) ? (service.links ?? []).map((link) => linkTarget(link).service) : [];
  return Array.from(
    new Set([...namespaceTargets(service).map(([, name]) => name), ...volumesFromTargets(service), ...linked]),
  );
};

const movedParents = (desired: DesiredService, decisions: Decisions): ReadonlyArray<Moved> =>
  parentsOf(desired).flatMap((service): ReadonlyArray<Moved> => {
    const slot = decisions.get(service)?.slots[0];
    if (slot === undefined) return [];
    if (isRenewed(slot)) return [{ service }];
    return slot._tag === "Swap" && slot.divergence.guard !== undefined
      ? [{ service, guard: slot.divergence.guard }]
      : [];
  });

/** The id by which references to a service's container stand in hashes: of its first replica that exists and stays. */
const referenceIds =
  (draft: Draft, decisions: Decisions) =>
  (service: string): string | undefined => {
    const slot = decisions.get(service)?.slots[0];
    if (slot !== undefined) return containersOfSlot(slot)[0]?.id;
    return containersOf(draft.matched, service)[0]?.id;
  };

const lackingNetwork = (
  input: DecideInput,
  desired: DesiredService,
  container: ObservedContainer,
): string | undefined =>
  desired.endpoints.find(({ key, network }) => {
    const state = input.networks.get(key);
    switch (state?._tag) {
      case undefined:
        return false;
      case "Absent":
        return true;
      case "Present":
        return !isAttachedTo({ id: state.id, name: network })(container);
      case "Changed":
      case "Renamed":
        return !isAttachedTo(state.old)(container);
    }
  })?.key;

const lackingVolume = (desired: DesiredService, container: ObservedContainer): string | undefined => {
  const names = desired.mounts.flatMap((mount) =>
    mount._tag === "Volume" && mount.name !== undefined ? [mount.name] : [],
  );
  return names.find((name) => !mountsVolume(name)(container));
};

const renewsAny = (desired: DesiredService, decisions: Decisions): boolean =>
  desired.edges.some(({ service }) => decisions.get(service)?.slots.some(isRenewed) === true);

const factsFor = (input: DecideInput, desired: DesiredService, mode: Mode, decisions: Decisions) => {
  const { draft, images, variables } = input;
  const moved = movedParents(desired, decisions);
  const idOf = referenceIds(draft, decisions);
  const dependencyRenewed = renewsAny(desired, decisions);
  const image = images.factFor(desired);
  const imageVolumes = imageVolumeDigest(desired, images);
  return (container: ObservedContainer): Facts => ({
    container,
    desired,
    mode: mode.recreate,
    forcedBy: mode.flag,
    image,
    variables: mode.recreate === "never" ? [] : variables.guardsFor(desired, container),
    moved,
    idOf,
    imageIdOf: (reference) => images.localId(reference),
    lacksNetwork: lackingNetwork(input, desired, container),
    lacksVolume: lackingVolume(desired, container),
    imageVolumes,
    isJob: input.jobs.has(desired.name),
    dependencyRenewed,
  });
};

const remember = <A>(compute: (container: ObservedContainer) => A): ((container: ObservedContainer) => A) => {
  const known = new Map<ObservedContainer, { readonly value: A }>();
  return (container) => {
    const found = known.get(container) ?? { value: compute(container) };
    known.set(container, found);
    return found.value;
  };
};

const holdsAll =
  (input: DecideInput, desired: DesiredService) =>
  (old: ObservedContainer, successor: ObservedContainer): boolean =>
    !passesVolumesOn(input.draft, desired.name) ||
    inheritedVolumes(desired, old, input.images.find(desired.image, desired.platform)).every(({ name }) =>
      successor.mounts.some((mount) => mount.name === name),
    );

/** Bystanders that do not run are left to their next `up`. */
const asBystander = (slot: SlotPlan): SlotPlan => {
  switch (slot._tag) {
    case "Fresh":
    case "Resume":
      return slot;
    case "Stay":
      return { ...slot, action: { _tag: "Keep" } };
    case "Swap":
      return isLive(slot.old)
        ? slot
        : { _tag: "Stay", number: slot.number, container: slot.old, action: { _tag: "Keep" } };
  }
};

const decideBystander = (input: DecideInput, desired: DesiredService, decisions: Decisions): Decision => {
  const facts = factsFor(input, desired, { recreate: "never", flag: "" }, decisions);
  const containers = containersOf(input.draft.matched, desired.name);
  const slots = Array.from(slotsOf(input.draft.matched, desired.name))
    .sort(([a], [b]) => a - b)
    .flatMap(([number, [container]]): ReadonlyArray<SlotPlan> => {
      if (container === undefined) return [];
      const divergence: Divergence | undefined = divergenceOf(facts(container));
      const slot: SlotPlan =
        divergence === undefined
          ? { _tag: "Stay", number, container, action: { _tag: "Keep" } }
          : { _tag: "Swap", number, old: container, divergence, otherwise: { _tag: "Keep" }, interrupted: false };
      return [asBystander(slot)];
    });
  return { desired, selected: false, slots, surplus: [], leftovers: [], before: containers.length };
};

const freshSlots = (numbers: ReadonlyArray<number>, missing: number, reason: Reason): ReadonlyArray<SlotPlan> => {
  const last = numbers.reduce((highest, number) => Math.max(highest, number), 0);
  return Array.from({ length: missing }, (_, index) => ({ _tag: "Fresh", number: last + 1 + index, reason }));
};

const decideService = (input: DecideInput, desired: DesiredService, mode: Mode, decisions: Decisions): Decision => {
  const { draft } = input;
  const facts = factsFor(input, desired, mode, decisions);
  const factsOf = remember(facts);
  const divergence = remember((container) => divergenceOf(factsOf(container)));
  const judged: Array<SlotPlan> = [];
  const leftovers: Array<ObservedContainer> = [];
  const all = slotsOf(draft.matched, desired.name);
  for (const [number, found] of Array.from(all).sort(([a], [b]) => a - b)) {
    const containers = found.filter(({ id }) => !input.condemned.has(id));
    if (number === 0) leftovers.push(...containers);
    else if (containers.length === 0)
      judged.push({
        _tag: "Fresh",
        number,
        reason: { _tag: "VolumeChanged", volume: input.condemned.get(found[0]?.id ?? "") ?? "" },
      });
    else {
      const { slot, leftovers: more } = judgeSlot(number, containers, {
        divergence,
        action: (container) => actionOf(factsOf(container)),
        tuning: (container) => tuningOf(factsOf(container)),
        inherits: holdsAll(input, desired),
        finalName: finalNameOf(draft.desired.project, desired, number),
      });
      judged.push(slot);
      leftovers.push(...more);
    }
  }
  const { kept, surplus } = cutToScale(judged, desired.replicas);
  const before = judged.length;
  const reason: Reason = before === 0 ? { _tag: "Missing" } : { _tag: "ScaleUp", from: before, to: desired.replicas };
  const fresh = freshSlots(Array.from(all.keys()), desired.replicas - kept.length, reason);
  return {
    desired,
    selected: true,
    slots: [...kept, ...fresh],
    surplus: surplus.flatMap(containersOfSlot).sort(byAge),
    leftovers,
    before,
  };
};

export const decide = (input: DecideInput): Decisions => {
  const decisions = new Map<string, Decision>();
  const dependencies = new Set(input.order.flatMap(({ desired }) => desired.edges.map(({ service }) => service)));
  for (const { desired, selected } of input.order) {
    const mode = modeOf(input.draft, desired.name, selected, dependencies);
    decisions.set(
      desired.name,
      selected ? decideService(input, desired, mode, decisions) : decideBystander(input, desired, decisions),
    );
  }
  return decisions;
};
