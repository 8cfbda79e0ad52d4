// Images by digest: what was approved is what runs, even when a tag moves in the meantime.
import type { Plan, Step } from "../plan/Plan.ts";

const pinned = (image: string, digests: ReadonlyMap<string, string>): string => {
  const digest = digests.get(image);
  return digest === undefined || image.includes("@") ? image : `${image}@${digest}`;
};

const pinStep = (step: Step, digests: ReadonlyMap<string, string>): Step => {
  const { operation } = step;
  if (operation._tag === "PullImage")
    return { ...step, operation: { ...operation, image: pinned(operation.image, digests) } };
  // An image that is there already is held by its id, which is a precondition.
  if (operation._tag !== "CreateContainer" || operation.spec.imageId._tag === "Known") return step;
  return {
    ...step,
    operation: { ...operation, spec: { ...operation.spec, image: pinned(operation.spec.image, digests) } },
  };
};

/** `digests` are those of the registry at planning time, by reference: "nginx:1.27" to "sha256:...". */
export const pinImages = (plan: Plan, digests: ReadonlyMap<string, string>): Plan => ({
  ...plan,
  steps: plan.steps.map((step) => pinStep(step, digests)),
});
