// Marks on updated containers. A container's labels tell what it was made with, for ever; after an update they are not
// the whole truth. So a labelled volume marks it, before the update, and whoever reads the engine looks closer at it.
// The mark goes with the container. Nothing is ever stored in it.
import type { StringMap } from "../model/Service.ts";
import type { ObservedVolume } from "./Observed.ts";

const prefix = "composure-updated.";
const label = "composure.updated";
const projectLabel = `${label}.project`;

/** Every mark needs a volume of its own: labels cannot be changed. */
export const markName = (containerId: string): string => `${prefix}${containerId.slice(0, 12)}`;

/** For screens, which need not tell of it. */
export const isMarkName = (name: string): boolean => name.startsWith(prefix);

/** None of docker compose's labels: to it, this is no volume of the project. */
export const markLabels = (project: string, containerId: string): StringMap => ({
  [label]: containerId,
  [projectLabel]: project,
});

type Labelled = Pick<ObservedVolume, "name" | "labels">;

export interface Mark {
  /** Of the volume. */
  readonly name: string;
  readonly containerId: string;
}

export const marksOf = (project: string, volumes: ReadonlyArray<Labelled>): ReadonlyArray<Mark> =>
  volumes.flatMap(({ name, labels }) => {
    const containerId = labels[label];
    return containerId === undefined || labels[projectLabel] !== project ? [] : [{ name, containerId }];
  });
