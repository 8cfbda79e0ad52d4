// The services whose images a build starts from (`additional_contexts: {base: "service:base"}`).
import { byBytes } from "../hash/canonicalJson.ts";
import type { Service } from "../model/Service.ts";

export const contextServices = ({ build = {} }: Pick<Service, "build">): ReadonlyArray<string> =>
  Object.values(build.additional_contexts ?? {})
    .flatMap((context) => (context.startsWith("service:") ? [context.slice("service:".length)] : []))
    .sort(byBytes);
