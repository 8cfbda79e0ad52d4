// What must be read from the engine before a plan can be made.
import type { Desired, DesiredService } from "../desired/Desired.ts";
import type { Intent } from "../policy/Intent.ts";
import type { Policy } from "../policy/Policy.ts";
import { mountedImages } from "../plan/imageVolumes.ts";
import { pullWindow } from "../plan/images.ts";
import { byteOrder } from "../plan/sorting.ts";
import type { ObserveQuery } from "./Observed.ts";

const imagesOf = (services: ReadonlyArray<DesiredService>): ReadonlyArray<string> =>
  byteOrder(
    new Set(
      services.flatMap((desired) => [
        desired.image,
        ...mountedImages(desired),
        ...(desired.service.pre_start ?? []).flatMap(({ image }) => image ?? []),
      ]),
    ),
  );

/** Images of which a list tells too little: a pull window needs the age of the tag, a pinned platform the image's own. */
const detailedOf = (services: ReadonlyArray<DesiredService>): ReadonlyArray<string> =>
  byteOrder(
    new Set(
      services.flatMap(({ image, service: { platform, pull_policy } }) =>
        platform !== undefined || (pull_policy !== undefined && pullWindow(pull_policy) !== undefined) ? [image] : [],
      ),
    ),
  );

/**
 * A constant number of calls: lists, and a look at a single image only where lists cannot tell. For a project of which only the name
 * is known, everything that carries its label.
 */
export const observeQuery = (intent: Intent, desired: Desired | string, _policy: Policy): ObserveQuery => {
  if (typeof desired === "string")
    return { project: desired, images: [], imageDetails: [], volumes: true, foreign: true };
  const nothing: ObserveQuery = {
    project: desired.project.name,
    images: [],
    imageDetails: [],
    volumes: false,
    foreign: false,
  };
  switch (intent._tag) {
    case "Up":
    case "Create":
    case "Run":
      return {
        ...nothing,
        images: imagesOf([...desired.services, ...desired.bystanders]),
        imageDetails: detailedOf(desired.services),
        volumes: true,
        foreign: true,
      };
    case "Down":
      return {
        ...nothing,
        images: intent.images === "none" ? [] : imagesOf(desired.services),
        // For the marks of updated containers, too.
        volumes: true,
        foreign: true,
      };
    case "Pull":
      return { ...nothing, images: imagesOf(desired.services), imageDetails: detailedOf(desired.services) };
    case "Remove":
      return { ...nothing, foreign: intent.volumes };
    case "Start":
      return { ...nothing, foreign: true };
    case "Stop":
    case "Restart":
    case "Kill":
    case "Pause":
    case "Unpause":
    case "Build":
    case "Push":
      return nothing;
  }
};
