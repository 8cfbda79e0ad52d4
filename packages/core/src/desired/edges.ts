// The edges of the dependency graph: depends_on and everything that implies it.
import { byBytes } from "../hash/canonicalJson.ts";
import type { Dependency, Service } from "../model/Service.ts";
import type { Edge, EdgeKind } from "./Desired.ts";
import { linkTarget, namespaceTargets, volumesFromTargets } from "./references.ts";

const started: Dependency = { condition: "service_started", required: true };

/** Links on the default bridge are lines in /etc/hosts: they cannot outlive the target's container. */
export const usesBridgeLinks = (service: Service): boolean =>
  service.network_mode === "bridge" || service.network_mode === "default";

/** One edge for each target, sorted; the strongest kind wins. `exists` tells which targets take part. */
export const edgesOf = (service: Service, exists: (name: string) => boolean): ReadonlyArray<Edge> => {
  const kinds = new Map<string, EdgeKind>();
  for (const name of Object.keys(service.depends_on ?? {})) kinds.set(name, "depends_on");
  for (const link of service.links ?? []) kinds.set(linkTarget(link).service, "link");
  for (const name of volumesFromTargets(service)) kinds.set(name, "volumes_from");
  for (const [, name] of namespaceTargets(service)) kinds.set(name, "namespace");
  return Array.from(kinds)
    .filter(([name]) => name !== service.name && exists(name))
    .map(([name, kind]): Edge => {
      const { condition, required, restart } = service.depends_on?.[name] ?? started;
      return { service: name, condition, required, restart: restart === true, kind };
    })
    .sort((a, b) => byBytes(a.service, b.service));
};

/** The value of docker compose's label, sorted: "db:service_healthy:false,redis:service_started:true". */
export const dependsOnLabel = (service: Service): string =>
  Object.entries(service.depends_on ?? {})
    .map(([name, { condition, restart }]) => `${name}:${condition}:${String(restart === true)}`)
    .sort(byBytes)
    .join(",");

const conditions = new Set(["service_started", "service_healthy", "service_completed_successfully"]);

/** The other way; parts that do not parse are left out. */
export const parseDependsOnLabel = (label: string): Readonly<Record<string, Dependency>> => {
  const found: Record<string, Dependency> = {};
  for (const part of label.split(",")) {
    const [name = "", condition = "service_started", restart = "false"] = part.split(":");
    if (name === "" || !conditions.has(condition)) continue;
    found[name] = { condition: condition as Dependency["condition"], restart: restart === "true", required: true };
  }
  return found;
};
