// What an existing container is to its service: ordered rules, first match wins, each with one sentence of why.
import type { DesiredService } from "../desired/Desired.ts";
import { labelOf } from "../desired/labels.ts";
import type { StepId } from "../plan/Operation.ts";
import { anyOf } from "../plan/guards.ts";
import type { Guard } from "../plan/Plan.ts";
import type { Reason } from "../plan/Reason.ts";
import type { RecreateMode } from "../policy/Policy.ts";
import type { ObservedContainer } from "./Observed.ts";
import { type Standing, standingOf, type Tuning } from "./standing.ts";

/** What is known about the image that the service should run. */
export type ImageFact =
  | { readonly _tag: "Known"; readonly id: string }
  /** A pull or build of this plan will tell. */
  | { readonly _tag: "Pending"; readonly step: StepId }
  | { readonly _tag: "Unknown" };

/** A parent (namespace, volumes_from) that gets a new container: surely, or if the guard comes true. */
export interface Moved {
  readonly service: string;
  readonly guard?: Guard;
}

/** All that the rules look at. */
export interface Facts {
  readonly container: ObservedContainer;
  readonly desired: DesiredService;
  readonly mode: RecreateMode;
  /** The flag behind mode "force", for the reason. */
  readonly forcedBy: string;
  readonly image: ImageFact;
  /** Under which the variables that others give it are not those it was made with. */
  readonly variables: ReadonlyArray<Guard>;
  readonly moved: ReadonlyArray<Moved>;
  /** The id of another service's container, for references. */
  readonly idOf: (service: string) => string | undefined;
  readonly imageIdOf: (reference: string) => string | undefined;
  /** An expected network or volume that the container does not have. */
  readonly lacksNetwork: string | undefined;
  readonly lacksVolume: string | undefined;
  /** The wanted digests of image mounts; absent when there are none or not all are known. */
  readonly imageVolumes: string | undefined;
  /** Some service waits for this one to complete. */
  readonly isJob: boolean;
  /** One of its dependencies gets a new container in this plan. */
  readonly dependencyRenewed: boolean;
}

/** Why the container must give way to a new one; with a guard only if that comes true. */
export interface Divergence {
  readonly reason: Reason;
  readonly guard?: Guard;
}

/** What becomes of a container that stays. `Done`: it has done its work and is not started again. */
export type Action =
  | { readonly _tag: "Keep" }
  | { readonly _tag: "Done" }
  | { readonly _tag: "Start"; readonly reason: Reason }
  | { readonly _tag: "Unpause"; readonly reason: Reason };

interface Rule<A> {
  readonly why: string;
  readonly decide: (facts: Facts) => A | undefined;
}

/** The image a container was made from, as pulls and builds report it. */
export const imageOf = (container: ObservedContainer): string =>
  container.imageId === "" ? (container.labels[labelOf.image] ?? "") : container.imageId;

/** Hashing is dear: once for each container. */
const standings = new WeakMap<Facts, Standing>();
const standingIn = (facts: Facts): Standing => {
  const found = standings.get(facts) ?? standingOf(facts);
  standings.set(facts, found);
  return found;
};

/** A digest that nobody wrote down, or that cannot be told now, says nothing. */
const differs = (before: string | undefined, now: string | undefined): boolean =>
  before !== undefined && now !== undefined && before !== now;

const upToDate = "up to date" as const;
type Judgement = Divergence | typeof upToDate;

const divergences: ReadonlyArray<Rule<Judgement>> = [
  {
    why: "A dead container cannot be started, whatever the flags say.",
    decide: ({ container: { state } }) =>
      state === "dead" || state === "removing" ? { reason: { _tag: "NotRunning", state } } : undefined,
  },
  {
    why: "Its namespace or volumes are those of a container that goes away: it would be cut off.",
    decide: ({ moved }) => {
      const parent = moved.find(({ guard }) => guard === undefined);
      return parent === undefined ? undefined : { reason: { _tag: "NamespaceMoved", service: parent.service } };
    },
  },
  {
    why: "--no-recreate keeps what exists.",
    decide: ({ mode }) => (mode === "never" ? upToDate : undefined),
  },
  {
    why: "--force-recreate replaces what exists.",
    decide: ({ mode, forcedBy }) => (mode === "force" ? { reason: { _tag: "Forced", flag: forcedBy } } : undefined),
  },
  {
    why: "The configuration it was made from is not the wanted one, and an update or a rename would not do.",
    decide: (facts) => {
      const standing = standingIn(facts);
      return standing._tag === "Replace" ? { reason: standing.reason } : undefined;
    },
  },
  {
    why: "The image's name now stands for another image.",
    decide: ({ container, image }) => {
      if (image._tag !== "Known") return undefined;
      if (container.imageId === image.id || container.labels[labelOf.image] === image.id) return undefined;
      return { reason: { _tag: "ImageChanged", before: imageOf(container), after: image.id } };
    },
  },
  {
    why: "The texts of its configs or secrets have changed.",
    decide: ({ container: { labels }, desired }) => {
      const changed =
        differs(labels[labelOf.files], desired.filesDigest) ||
        differs(labels[labelOf.hostFiles], desired.hostFilesDigest);
      const fields = [{ path: "configs and secrets", before: null, after: null }];
      return changed ? { reason: { _tag: "ConfigChanged", fields } } : undefined;
    },
  },
  {
    why: "An image it mounts has changed.",
    decide: ({ container, imageVolumes }) => {
      const before = container.labels[labelOf.imageVolumes];
      if (imageVolumes === undefined || before === undefined || before === imageVolumes) return undefined;
      return { reason: { _tag: "ImageChanged", before, after: imageVolumes } };
    },
  },
  {
    why: "It is not connected to a network that the service wants.",
    decide: ({ lacksNetwork }) =>
      lacksNetwork === undefined ? undefined : { reason: { _tag: "NetworkChanged", network: lacksNetwork } },
  },
  {
    why: "It does not mount a volume that the service wants.",
    decide: ({ lacksVolume }) =>
      lacksVolume === undefined ? undefined : { reason: { _tag: "VolumeChanged", volume: lacksVolume } },
  },
  {
    why: "A pull or build of this plan may bring another image, a plugin other variables, or it may move a parent's namespace.",
    decide: ({ container, image, moved, variables }) => {
      const parents = moved.flatMap(({ guard }) => guard ?? []);
      const own: ReadonlyArray<Guard> =
        image._tag === "Pending" ? [{ _tag: "ImageChanged", step: image.step, from: imageOf(container) }] : [];
      const guard = anyOf([...own, ...variables, ...parents]);
      if (guard === undefined) return undefined;
      const reason: Reason =
        own.length > 0
          ? { _tag: "ImageChanged", before: imageOf(container), after: null }
          : variables.length > 0
            ? { _tag: "ConfigChanged", fields: [{ path: "variables from plugins", before: null, after: null }] }
            : { _tag: "NamespaceMoved", service: moved[0]?.service ?? "" };
      return { reason, guard };
    },
  },
];

const actions: ReadonlyArray<Rule<Action>> = [
  {
    why: "A paused container goes on where it was.",
    decide: ({ container: { state } }) =>
      state === "paused" ? { _tag: "Unpause", reason: { _tag: "NotRunning", state } } : undefined,
  },
  {
    why: "It runs, or the engine is restarting it.",
    decide: ({ container: { state } }) =>
      state === "running" || state === "restarting" ? { _tag: "Keep" } : undefined,
  },
  {
    why: "A finished job whose dependencies are the same need not run again.",
    decide: ({ container, isJob, dependencyRenewed }) =>
      isJob && container.state === "exited" && container.exitCode === 0 && !dependencyRenewed
        ? { _tag: "Done" }
        : undefined,
  },
];

/** Undefined: it may stay as it is. */
export const divergenceOf = (facts: Facts): Divergence | undefined => {
  for (const rule of divergences) {
    const judgement = rule.decide(facts);
    if (judgement !== undefined) return judgement === upToDate ? undefined : judgement;
  }
  return undefined;
};

/** Limits or a restart policy that a container which stays gets while it lives; --no-recreate keeps them as they are. */
export const tuningOf = (facts: Facts): Tuning | undefined => {
  if (facts.mode === "never") return undefined;
  const standing = standingIn(facts);
  return standing._tag === "Tune" ? standing : undefined;
};

/** What an up-to-date container needs in order to serve. */
export const actionOf = (facts: Facts): Action => {
  for (const rule of actions) {
    const action = rule.decide(facts);
    if (action !== undefined) return action;
  }
  return { _tag: "Start", reason: { _tag: "NotRunning", state: facts.container.state } };
};

/** The sentences of all rules, in order. */
export const ruleSentences: ReadonlyArray<string> = [...divergences, ...actions].map(({ why }) => why);

/** `start` takes containers as they are: nothing is compared. */
export const actionForStart = ({ state, exitCode }: ObservedContainer, isFinishedJob: boolean): Action => {
  switch (state) {
    case "running":
    case "restarting":
    case "removing":
    case "dead":
      return { _tag: "Keep" };
    case "paused":
      return { _tag: "Unpause", reason: { _tag: "NotRunning", state } };
    case "created":
    case "exited":
      return isFinishedJob && exitCode === 0
        ? { _tag: "Done" }
        : { _tag: "Start", reason: { _tag: "NotRunning", state } };
  }
};
