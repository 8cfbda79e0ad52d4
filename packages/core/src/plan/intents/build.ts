// `build`: the images of all services that have a build section; bases before what builds on them.
import type { Intent } from "../../policy/Intent.ts";
import type { Draft } from "../Draft.ts";
import { Images } from "../images.ts";
import { inDependencyOrder, isNamed } from "./selection.ts";

export const planBuild = (draft: Draft, intent: Extract<Intent, { readonly _tag: "Build" }>): void => {
  const { builder, desired, observed, policy } = draft;
  const services = [...desired.services, ...desired.bases];
  const images = new Images({ builder, observed, policy, project: desired.project, services });
  // What a build may start from comes before it: with a limit on parallel steps it would wait for its base otherwise.
  const built = inDependencyOrder(desired.services).filter(
    ({ name, service }) => service.build !== undefined && isNamed(draft, name),
  );
  for (const service of built) {
    if (images.stepOf(service) === undefined) images.build(service, { _tag: "Requested", intent: "build" }, { ...intent, single: false });
  }
  if (built.length === 0) builder.notice({ _tag: "NothingToDo", what: "no service to build" });
};
