// Makes implicit things explicit: default network, implied dependencies, resource names (P2).
// Source: Compose Specification (networks, depends_on, links, names); details as in compose-go's loader/normalize.go.
import type { Diagnostic } from "../source/Diagnostic.ts";
import { warning } from "../source/problem.ts";
import type { Staged } from "../source/Staged.ts";
import {
  type Entry,
  get,
  isNull,
  list,
  map,
  mapEntries,
  type MapTree,
  scalar,
  set,
  supplied,
  type Tree,
} from "../source/Tree.ts";
import type { Environment } from "../source/Environment.ts";
import { inherited, lookup } from "./environment.ts";
import { cleanPath } from "./goPath.ts";

export interface NormaliseOptions {
  readonly projectName: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The same variables with where they came from, for the history of values. */
  readonly sources?: Environment;
}

const textOf = (tree: Tree | undefined): string | undefined =>
  tree?._tag === "Scalar" && typeof tree.value === "string" ? tree.value : undefined;

const change = (tree: MapTree, key: string, with_: (value: Tree) => Tree): MapTree => {
  const value = get(tree, key);
  return value === undefined ? tree : set(tree, key, with_(value));
};

const orElse = (tree: MapTree, key: string, text: string): MapTree => {
  const value = get(tree, key);
  return value === undefined || isNull(value) ? set(tree, key, supplied(text, tree.span)) : tree;
};

/** Keys without a value take it from the environment; `keep` says whether those that stay without one are kept. */
const resolveVariables =
  ({ environment, sources }: NormaliseOptions, keep: boolean) =>
  (tree: Tree): Tree => {
    switch (tree._tag) {
      case "Scalar":
        return tree;
      case "Map":
        return mapEntries(tree, (value, key) => {
          if (!isNull(value)) return value;
          const found = lookup(environment, key);
          return found === undefined ? (keep ? value : undefined) : inherited(value, key, found, sources);
        });
      case "List": {
        const items = tree.items.flatMap((item): ReadonlyArray<Tree> => {
          const text = textOf(item);
          if (text === undefined || text.includes("=")) return [item];
          const found = lookup(environment, text);
          if (found !== undefined) return [inherited(item, text, `${text}=${found}`, sources)];
          return keep ? [item] : [];
        });
        return list(items, tree.span);
      }
    }
  };

const normaliseBuild = (tree: Tree, options: NormaliseOptions): Tree => {
  if (tree._tag !== "Map") return tree;
  let build = orElse(tree, "context", ".");
  const inline = get(build, "dockerfile_inline");
  if (inline === undefined || isNull(inline)) build = orElse(build, "dockerfile", "Dockerfile");
  return change(build, "args", resolveVariables(options, false));
};

/** The services that others are named through, in the order in which they imply a dependency. */
const impliedDependencies = (
  service: MapTree,
): ReadonlyArray<readonly [name: string, restart: boolean, from: Tree, key: string]> => {
  const found: Array<readonly [string, boolean, Tree, string]> = [];
  const links = get(service, "links");
  for (const link of links?._tag === "List" ? links.items : []) {
    const parts = (textOf(link) ?? "").split(":");
    found.push([parts.length === 2 ? (parts[0] as string) : parts.join(":"), true, link, "links"]);
  }
  for (const namespace of ["network_mode", "ipc", "pid", "uts", "cgroup"]) {
    const value = get(service, namespace);
    const text = textOf(value);
    if (value !== undefined && text?.startsWith("service:") === true) found.push([text.slice(8), true, value, namespace]);
  }
  const volumesFrom = get(service, "volumes_from");
  for (const volume of volumesFrom?._tag === "List" ? volumesFrom.items : []) {
    const text = textOf(volume) ?? "";
    if (!text.startsWith("container:")) found.push([text.split(":")[0] as string, false, volume, "volumes_from"]);
  }
  return found;
};

const withDependencies = (service: MapTree): MapTree => {
  const written = get(service, "depends_on");
  const entries = new Map<string, Entry>(written?._tag === "Map" ? written.entries : []);
  for (const [name, restart, { span }, key] of impliedDependencies(service)) {
    if (entries.has(name)) continue;
    const added = `implied by ${key}`;
    const flag = (value: boolean | string): Entry => ({ span, value: supplied(value, span, added) });
    const value = map(
      [
        ["condition", flag("service_started")],
        ["restart", flag(restart)],
        ["required", flag(true)],
      ],
      span,
    );
    entries.set(name, { span, value: { ...value, origin: { added } } });
  }
  if (entries.size === 0) return service;
  return set(service, "depends_on", written?._tag === "Map" ? { ...written, entries } : { ...map(entries, service.span), origin: { added: "implied" } });
};

const joinsDefaultNetwork = (service: MapTree): boolean => {
  const networks = get(service, "networks");
  return networks === undefined || (networks._tag === "Map" && networks.entries.size === 0);
};

const normaliseService = (service: MapTree, options: NormaliseOptions): MapTree => {
  let out = service;
  const attached = get(out, "provider") === undefined && get(out, "network_mode") === undefined;
  if (attached && joinsDefaultNetwork(out)) {
    const span = get(out, "networks")?.span ?? out.span;
    out = set(out, "networks", {
      ...map([["default", { span, value: supplied(null, span, "default network") }]], span),
      origin: { added: "default network" },
    });
  }
  out = change(out, "pull_policy", (value) =>
    value._tag === "Scalar" && value.value === "if_not_present" ? { ...value, value: "missing" } : value,
  );
  out = change(out, "build", (build) => normaliseBuild(build, options));
  out = change(out, "environment", resolveVariables(options, true));
  out = withDependencies(out);
  return change(out, "volumes", (volumes) => {
    if (volumes._tag !== "List") return volumes;
    return { ...volumes, items: volumes.items.map(cleanTarget) };
  });
};

const cleanTarget = (volume: Tree): Tree => {
  const target = get(volume, "target");
  if (volume._tag !== "Map" || target?._tag !== "Scalar" || typeof target.value !== "string") return volume;
  const cleaned = cleanPath(target.value);
  return cleaned === target.value ? volume : set(volume, "target", { ...target, value: cleaned });
};

const usesDefault = (services: MapTree): boolean =>
  Array.from(services.entries.values()).some(({ value }) => {
    if (get(value, "provider") !== undefined || get(value, "network_mode") !== undefined) return false;
    const networks = get(value, "networks");
    return networks?._tag === "Map" && networks.entries.has("default");
  });

const withDefaultNetwork = (tree: MapTree, services: MapTree): MapTree => {
  if (!usesDefault(services)) return tree;
  const networks = get(tree, "networks");
  const known = networks?._tag === "Map" ? networks : { ...map([], tree.span), origin: { added: "default network" } };
  if (known.entries.has("default")) return tree;
  return set(tree, "networks", set(known, "default", supplied(null, tree.span, "default network")));
};

const isTrue = (tree: Tree | undefined): boolean => tree?._tag === "Scalar" && tree.value === true;

const originOf = ({ origin }: Tree) => (origin === undefined ? {} : { origin });

const named = (resource: Tree, key: string, projectName: string): Tree => {
  const body = isNull(resource) ? { ...map([], resource.span), ...originOf(resource) } : resource;
  if (body._tag !== "Map") return body;
  return orElse(body, "name", isTrue(get(body, "external")) ? key : `${projectName}_${key}`);
};

/** `v:/data` names the volume "v" when there is one; as a Windows drive it would mean nothing on this engine. */
const oneLetterVolume = (volume: Tree, volumes: Tree | undefined): Tree | undefined => {
  const source = textOf(get(volume, "source"));
  const target = textOf(get(volume, "target"));
  if (volume._tag !== "Map" || target === undefined) return undefined;
  const anonymous = source === undefined && textOf(get(volume, "type")) === "volume";
  const withOptions = source !== undefined && /^(?:ro|rw|z|Z|nocopy)$/.test(target);
  const spec = /^([A-Za-z]):(\/.*)$/s.exec((anonymous ? target : withOptions ? source : undefined) ?? "");
  if (spec === null || get(volumes, spec[1] as string) === undefined) return undefined;
  const { span } = volume;
  const text = (value: string): Entry => ({ span, value: scalar(value, span) });
  const entries: Array<readonly [string, Entry]> = [
    ["type", text("volume")],
    ["source", text(spec[1] as string)],
    ["target", text(spec[2] as string)],
  ];
  if (withOptions && target === "ro") entries.push(["read_only", { span, value: scalar(true, span) }]);
  const nocopy = map(withOptions && target === "nocopy" ? [["nocopy", { span, value: scalar(true, span) }]] : [], span);
  return map([...entries, ["volume", { span, value: nocopy }]], span);
};

const oneLetterVolumes = (service: Tree, name: string, tree: MapTree, problems: Array<Diagnostic>): Tree => {
  const mounts = get(service, "volumes");
  if (service._tag !== "Map" || mounts?._tag !== "List") return service;
  const items = mounts.items.map((volume, index) => {
    const meant = oneLetterVolume(volume, get(tree, "volumes"));
    if (meant === undefined) return volume;
    problems.push(
      warning(
        "one-letter-volume",
        `"${textOf(get(meant, "source"))}" is taken for the volume of that name; docker compose takes it for a Windows drive`,
        { path: ["services", name, "volumes", index], span: volume.span },
        "give the volume a name of two letters or more, or use the long syntax",
      ),
    );
    return meant;
  });
  return items.some((item, index) => item !== mounts.items[index])
    ? set(service, "volumes", { ...mounts, items })
    : service;
};

/** The project's name; one that the files write may have lost against the command line or the environment. */
const projectNamed = (tree: MapTree, projectName: string): MapTree => {
  const written = get(tree, "name");
  if (written?._tag === "Scalar" && written.value === projectName) return tree;
  const added = "project name: -p, COMPOSE_PROJECT_NAME or the folder";
  const name = supplied(projectName, written?.span ?? tree.span, added);
  return set(tree, "name", written === undefined ? name : { ...name, origin: { added, replaced: [written.span] } });
};

export const normalise = (tree: Tree, options: NormaliseOptions): Staged => {
  const { projectName } = options;
  if (tree._tag !== "Map") return { tree, diagnostics: [] };
  const diagnostics: Array<Diagnostic> = [];
  let out = projectNamed(tree, projectName);
  const services = get(out, "services");
  if (services?._tag === "Map") {
    const normal = mapEntries(services, (service, name) => {
      const meant = oneLetterVolumes(service, name, tree, diagnostics);
      return meant._tag === "Map" ? normaliseService(meant, options) : meant;
    });
    out = withDefaultNetwork(set(out, "services", normal), normal);
  }
  for (const section of ["networks", "volumes", "configs", "secrets"]) {
    out = change(out, section, (resources) =>
      resources._tag === "Map"
        ? mapEntries(resources, (resource, key) => named(resource, key, projectName))
        : resources,
    );
  }
  return { tree: out, diagnostics };
};
