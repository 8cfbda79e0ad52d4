// Why a service's containers are what they are, and what would make new ones: the data of `why SERVICE`.
import type { Desired, DesiredService } from "../desired/Desired.ts";
import { labelOf } from "../desired/labels.ts";
import type { Action } from "../format/Action.ts";
import { summarise } from "../format/summary.ts";
import { containersOf, match, numberOf } from "../observed/match.ts";
import type { Observed, ObservedContainer } from "../observed/Observed.ts";
import type { Plan } from "../plan/Plan.ts";
import { recordLabel } from "./record.ts";

/** How one container came to be. */
export interface Story {
  readonly id: string;
  readonly name: string;
  readonly number: number;
  readonly state: string;
  /** Unix seconds. */
  readonly createdAt: number;
  /** Composure leaves a record in a label; docker compose leaves none. */
  readonly madeBy: "Composure" | "docker compose";
  /** Who had it made, "ana@laptop"; null when nobody noted it. */
  readonly by: string | null;
  /** Why it was made, in words; null when nobody noted it. */
  readonly because: string | null;
  /** It took the place of another container. */
  readonly isSuccessor: boolean;
  readonly image: string;
  readonly imageId: string;
  /** The files it was made from, as its label tells them. */
  readonly configFiles: ReadonlyArray<string>;
}

/** Something that would change the service's containers at the next `up`. */
export type Trigger =
  | { readonly _tag: "Configuration" }
  | { readonly _tag: "Contents"; readonly keys: ReadonlyArray<string> }
  | { readonly _tag: "Image"; readonly reference: string; readonly id: string | null; readonly built: boolean }
  /** It cannot outlive the other's container. */
  | { readonly _tag: "Parent"; readonly service: string; readonly through: "namespace" | "volumes_from" }
  /** It is restarted, not replaced. */
  | { readonly _tag: "Dependency"; readonly service: string }
  | { readonly _tag: "Network"; readonly name: string }
  | { readonly _tag: "Volume"; readonly name: string };

export interface Why {
  readonly service: string;
  /** By number, then age. */
  readonly containers: ReadonlyArray<Story>;
  /** What the next `up` would do to them now. */
  readonly next: ReadonlyArray<Action>;
  readonly triggers: ReadonlyArray<Trigger>;
}

const storyOf = (container: ObservedContainer): Story => {
  const { labels } = container;
  const files = labels[labelOf.configFiles] ?? "";
  return {
    id: container.id,
    name: container.name,
    number: numberOf(container),
    state: container.state,
    createdAt: container.createdAt,
    madeBy: labels[recordLabel] === undefined ? "docker compose" : "Composure",
    by: labels[labelOf.by] ?? null,
    because: labels[labelOf.reason] ?? null,
    isSuccessor: labels[labelOf.replace] !== undefined,
    image: container.image,
    imageId: container.imageId,
    configFiles: files === "" ? [] : files.split(","),
  };
};

const edgeTriggers = ({ edges }: DesiredService): ReadonlyArray<Trigger> =>
  edges.flatMap((edge): ReadonlyArray<Trigger> => {
    switch (edge.kind) {
      case "namespace":
      case "volumes_from":
        return [{ _tag: "Parent", service: edge.service, through: edge.kind }];
      case "depends_on":
      case "link":
        return edge.restart ? [{ _tag: "Dependency", service: edge.service }] : [];
    }
  });

const triggersOf = (desired: DesiredService, observed: Observed): ReadonlyArray<Trigger> => {
  const files = desired.files.map(({ key }) => key).sort();
  const image = observed.images.find(({ reference }) => reference === desired.image);
  return [
    { _tag: "Configuration" },
    { _tag: "Image", reference: desired.image, id: image?.id ?? null, built: desired.service.build !== undefined },
    ...(files.length === 0 ? [] : [{ _tag: "Contents", keys: files } as const]),
    ...edgeTriggers(desired),
    ...desired.endpoints.map(({ network }): Trigger => ({ _tag: "Network", name: network })),
    ...desired.mounts.flatMap((mount): ReadonlyArray<Trigger> =>
      mount._tag === "Volume" && mount.name !== undefined ? [{ _tag: "Volume", name: mount.name }] : [],
    ),
  ];
};

/** `plan` is that of an `up` now: it tells what would happen to the service at once. Undefined for a service that the project lacks. */
export const why = (name: string, desired: Desired, observed: Observed, plan: Plan): Why | undefined => {
  const wanted = desired.services.find((service) => service.name === name);
  if (wanted === undefined) return undefined;
  return {
    service: name,
    containers: containersOf(match(desired, observed), name).map(storyOf),
    next: summarise(plan).services.find(({ service }) => service === name)?.actions ?? [],
    triggers: triggersOf(wanted, observed),
  };
};

/** One sentence for a trigger. */
export const triggerText = (trigger: Trigger): string => {
  switch (trigger._tag) {
    case "Configuration":
      return "a change of its configuration in the file";
    case "Contents":
      return `new contents of ${trigger.keys.join(", ")}`;
    case "Image":
      return trigger.built
        ? `a build that gives another ${trigger.reference}`
        : `another image under the name ${trigger.reference}, after a pull`;
    case "Parent":
      return `a new container of ${trigger.service}, whose ${trigger.through === "namespace" ? "namespace" : "volumes"} it uses`;
    case "Dependency":
      return `a new container of ${trigger.service}: it is restarted then`;
    case "Network":
      return `a change of network ${trigger.name}`;
    case "Volume":
      return `another configuration or name of volume ${trigger.name}`;
  }
};
