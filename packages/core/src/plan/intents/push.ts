// `push`: the images that the project builds under a name of their own, and their further tags.
import { byBytes } from "../../hash/canonicalJson.ts";
import type { Intent } from "../../policy/Intent.ts";
import { imageAddress } from "../Address.ts";
import type { Draft } from "../Draft.ts";

type Push = Extract<Intent, { readonly _tag: "Push" }>;

export const planPush = (draft: Draft, intent: Push): void => {
  const { builder, desired } = draft;
  const users = new Map<string, Array<string>>();
  for (const { name, service } of desired.services) {
    if (service.build === undefined || service.image === undefined) continue;
    for (const image of [service.image, ...(service.build.tags ?? [])]) users.set(image, [...(users.get(image) ?? []), name]);
  }
  for (const [image, services] of Array.from(users).sort(([a], [b]) => byBytes(a, b))) {
    builder.add({
      address: imageAddress(image),
      operation: { _tag: "PushImage", image, services: services.sort(byBytes), tolerateFailure: intent.ignoreFailures === true },
      reason: { _tag: "Requested", intent: "push" },
    });
  }
  if (users.size === 0) builder.notice({ _tag: "NothingToDo", what: "no image to push: only services with both build and image have one" });
};
