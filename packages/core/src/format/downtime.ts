// How long a service is away while a plan runs, told from the order of its steps alone.
import type { StepId } from "../plan/Operation.ts";
import type { Step } from "../plan/Plan.ts";
import type { Reach } from "./reach.ts";

/**
 * `Brief`: as long as one stop and start take. `Until`: it also waits for dependencies or images that may still be under
 * way. `Reduced`: other replicas serve meanwhile. `Down`: it is not started again.
 */
export type Downtime =
  | { readonly _tag: "None" }
  | { readonly _tag: "Reduced"; readonly because: string }
  | { readonly _tag: "Brief"; readonly because: string }
  | {
      readonly _tag: "Until";
      readonly because: string;
      /** Services it waits for. */
      readonly services: ReadonlyArray<string>;
      /** Images pulled or built meanwhile. */
      readonly images: ReadonlyArray<string>;
    }
  | { readonly _tag: "Down" };

export const noDowntime: Downtime = { _tag: "None" };

export interface Outage {
  /** The step that ends the old container's service. */
  readonly stop: StepId;
  /** The step that begins the new one's. */
  readonly start: StepId;
  readonly service: string;
  readonly because: string;
}

const waitsFor = (step: Step, service: string): string | undefined =>
  step.operation._tag === "WaitFor" && step.operation.service !== service ? step.operation.service : undefined;

const produces = ({ operation }: Step): string | undefined =>
  operation._tag === "PullImage" || operation._tag === "BuildImage" ? operation.image : undefined;

const unique = (items: ReadonlyArray<string | undefined>): ReadonlyArray<string> =>
  Array.from(new Set(items.filter((item) => item !== undefined))).sort();

/** Whatever the start needs and the stop does not wait for may fall into the time between the two. */
export const downtimeOf = (outage: Outage, steps: ReadonlyArray<Step>, reach: Reach): Downtime => {
  const { stop, start, service, because } = outage;
  if (reach.isBefore(start, stop)) return noDowntime;
  const between = Array.from(reach.before(start))
    .filter((id) => id !== stop && !reach.isBefore(id, stop))
    .flatMap((id) => steps[id - 1] ?? []);
  const services = unique(between.map((step) => waitsFor(step, service)));
  const images = unique(between.map(produces));
  return services.length + images.length === 0
    ? { _tag: "Brief", because }
    : { _tag: "Until", because, services, images };
};

const severity: Readonly<Record<Downtime["_tag"], number>> = { None: 0, Reduced: 1, Brief: 2, Until: 3, Down: 4 };

export const worst = (downtimes: ReadonlyArray<Downtime>): Downtime =>
  downtimes.reduce((a, b) => (severity[b._tag] > severity[a._tag] ? b : a), noDowntime);

/** In a few words, for a table. */
export const downtimeText = (downtime: Downtime): string => {
  switch (downtime._tag) {
    case "None":
      return "none";
    case "Reduced":
      return "none, fewer replicas";
    case "Brief":
      return `brief: ${downtime.because}`;
    case "Until": {
      const what = [
        ...downtime.services.map((service) => `${service} is ready`),
        ...downtime.images.map((image) => `${image} is there`),
      ];
      return `until ${what.slice(0, 2).join(" and ")}${what.length > 2 ? ` and ${what.length - 2} more` : ""}: ${downtime.because}`;
    }
    case "Down":
      return "stays down";
  }
};
