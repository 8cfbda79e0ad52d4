// `pull`: every service's image; those that are built only when they have a name of their own.
import type { DesiredService } from "../../desired/Desired.ts";
import { byBytes } from "../../hash/canonicalJson.ts";
import type { Intent } from "../../policy/Intent.ts";
import type { Draft } from "../Draft.ts";
import { mountedImages } from "../imageVolumes.ts";
import { Images } from "../images.ts";
import type { Reason } from "../Reason.ts";

type Pull = Extract<Intent, { readonly _tag: "Pull" }>;

const requested: Reason = { _tag: "Requested", intent: "pull" };

/**
 * Why a service's image is left alone, in docker compose's words; undefined when it is pulled. Under "missing" only what
 * is absent; else everything is refreshed, `never` and `build` excepted.
 */
const skipped = (draft: Draft, intent: Pull, images: Images, { service, image, platform }: DesiredService): string | undefined => {
  const policy = draft.policy.pull ?? service.pull_policy ?? "always";
  if (service.build !== undefined && service.image === undefined) return "Skipped - No image to be pulled";
  if (policy === "never" || policy === "build") return "Skipped";
  const absentOnly = draft.policy.pull === "missing" || policy === "missing" || policy === "if_not_present";
  if (absentOnly && images.find(image, platform) !== undefined && !isLatest(image)) return "Skipped - Image is already present locally";
  return service.build !== undefined && intent.ignoreBuildable === true ? "Skipped - Image can be built" : undefined;
};

/** A floating tag is refreshed under "missing" too. */
const isLatest = (image: string): boolean => {
  const last = image.slice(image.lastIndexOf("/") + 1);
  return !image.includes("@") && (!last.includes(":") || last.endsWith(":latest"));
};

export const planPull = (draft: Draft, intent: Pull): void => {
  const { builder, desired, observed, policy } = draft;
  const images = new Images({ builder, observed, policy, project: desired.project, services: desired.services });
  const users = new Map<
    string,
    {
      readonly image: string;
      readonly platform: string | undefined;
      readonly services: Array<string>;
      tolerate: boolean;
    }
  >();
  const note = (image: string, platform: string | undefined, service: DesiredService): void => {
    const key = JSON.stringify([image, platform ?? ""]);
    const entry = users.get(key) ?? { image, platform, services: [], tolerate: intent.ignoreFailures === true };
    if (service.service.build !== undefined) entry.tolerate = true;
    if (!entry.services.includes(service.name)) entry.services.push(service.name);
    users.set(key, entry);
  };
  for (const service of desired.services) {
    const why = skipped(draft, intent, images, service);
    if (why === undefined) note(service.image, service.platform, service);
    else builder.notice({ _tag: "NothingToDo", what: `${service.name} ${why}` });
    for (const image of mountedImages(service)) note(image, undefined, service);
  }
  for (const [, { image, platform, services, tolerate }] of Array.from(users).sort(([a], [b]) => byBytes(a, b))) {
    const [first, ...others] = services.sort(byBytes);
    for (const other of others) builder.notice({ _tag: "NothingToDo", what: `${other} Skipped - Image is already being pulled by ${first}` });
    images.pull(image, services, requested, { platform, tolerate });
  }
  if (desired.services.length === 0) builder.notice({ _tag: "NothingToDo", what: "no image to pull" });
};
