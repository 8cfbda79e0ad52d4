// Resolves `extends`: a service starts from another one, of the same file or of another (L4).
// Source: Compose Specification, 05-services.md#extends, and compose-go loader/extends.go.
import { folderOf, relativePath } from "../normalise/goPath.ts";
import { resolvePaths } from "../normalise/paths.ts";
import { mergeServices } from "../merge/merge.ts";
import { resetService } from "../merge/reset.ts";
import type { ResetPath } from "../parse/yamlNode.ts";
import { fault, nearest } from "../source/problem.ts";
import { get, isNull, map, type MapTree, remove, set, type Tree } from "../source/Tree.ts";
import { absoluteFrom } from "./files.ts";
import { type ComposeFile, type ExtendsFile, hasErrors, type Loading, report, type Scope } from "./Loading.ts";
import { isRemote, refuseRemote } from "./remote.ts";

/** What `extends` says, once its form is right. */
interface Reference {
  readonly service: string;
  readonly file: { readonly name: string; readonly at: Tree } | undefined;
  readonly at: Tree;
}

const textOf = (tree: Tree | undefined): string | undefined =>
  tree?._tag === "Scalar" && typeof tree.value === "string" ? tree.value : undefined;

const readReference = (loading: Loading, name: string, written: Tree): Reference | undefined => {
  const path = ["services", name, "extends"];
  const short = textOf(written);
  if (short !== undefined) return { service: short, file: undefined, at: written };
  const service = textOf(get(written, "service"));
  if (service === undefined) {
    const hint = "Write `extends: {service: NAME}` or `extends: {file: FILE, service: NAME}`.";
    report(loading, fault("extends", `extends.${name}.service is required`, { path, span: written.span }, hint));
    return undefined;
  }
  const file = get(written, "file");
  if (file === undefined || isNull(file)) return { service, file: undefined, at: written };
  const fileName = textOf(file);
  if (fileName === undefined) {
    report(loading, fault("extends", `extends.${name}.file must be a string`, { path, span: file.span }));
    return undefined;
  }
  return { service, file: { name: fileName, at: file }, at: written };
};

/** Reads the file that `reference` names; undefined when it is not usable or not there yet. */
const readOther = (
  loading: Loading,
  scope: Scope,
  name: string,
  fileName: string,
  at: Tree,
): ExtendsFile | undefined => {
  const place = { path: ["services", name, "extends", "file"], span: at.span };
  if (isRemote(fileName)) {
    report(loading, refuseRemote(fileName, place));
    return undefined;
  }
  const path = absoluteFrom(scope.folder, fileName);
  const key = `${scope.folder}\u0000${path}`;
  if (loading.extended.has(key)) return loading.extended.get(key);
  // Against a file that is read in a cycle: whoever asks again finds it unusable instead of reading it once more.
  loading.extended.set(key, undefined);
  const start = { tree: map([], at.span), sound: true };
  const added = loading.stages.addFile(loading, scope, { path }, start, "Extends", [], place);
  if (!added.sound) return undefined;
  const workingDir = relativePath(scope.folder, folderOf(path));
  const resolved = resolvePaths(added.tree, { workingDir, home: loading.home });
  report(loading, resolved.diagnostics);
  const services = get(resolved.tree, "services");
  if (services?._tag !== "Map" || hasErrors(resolved.diagnostics)) {
    if (services?._tag !== "Map") {
      const reason = services === undefined ? "no services section" : "services must be a mapping";
      report(loading, fault("extends", `cannot extend service "${name}" in ${path}: ${reason}`, place));
    }
    return undefined;
  }
  const other: ExtendsFile = { path, services, resets: added.resets, resolved: new Map() };
  loading.extended.set(key, other);
  return other;
};

/** One service on the way from an extending service to the end of its chain. */
interface Link {
  readonly file: ExtendsFile;
  readonly name: string;
  readonly service: MapTree;
}

const reportUnknown = (loading: Loading, link: Link, target: ExtendsFile, reference: Reference): void => {
  const known = [...target.services.entries.keys()];
  // Looking for a similar name is dear, and nobody reads thousands of hints.
  const similar = loading.diagnostics.length < 100 ? nearest(reference.service, known) : undefined;
  const hint =
    similar === undefined
      ? `Services there: ${known.slice(0, 10).join(", ")}${known.length > 10 ? ", ..." : ""}.`
      : `Did you mean "${similar}"?`;
  const message = `cannot extend service "${link.name}" in ${link.file.path}: service "${reference.service}" not found in ${target.path}`;
  const place = { path: ["services", link.name, "extends"], span: reference.at.span };
  report(loading, fault("extends", message, place, hint));
};

const reportCycle = (loading: Loading, chain: ReadonlyArray<Link>, target: ExtendsFile, service: string): void => {
  const [first, ...others] = chain;
  if (first === undefined) return;
  const lines = [...others.map((link) => `${link.name} in ${link.file.path}`), `${service} in ${target.path}`];
  const message = `Circular reference:\n  ${first.name} in ${first.file.path}\n  extends ${lines.join("\n  extends ")}`;
  const place = { path: ["services", first.name, "extends"], span: get(first.service, "extends")?.span };
  report(loading, fault("extends-cycle", message, place, "Remove one of these extends."));
};

/** What stands at the end of a chain: a finished service, nothing at all, or (`broken`) a mistake that was reported. */
interface ChainEnd {
  readonly chain: ReadonlyArray<Link>;
  readonly base: Tree | undefined;
  readonly broken: boolean;
}

/** Follows `extends` from `name` on; every service on the way becomes a link. */
const followChain = (loading: Loading, scope: Scope, start: ExtendsFile, startName: string): ChainEnd => {
  const chain: Link[] = [];
  const seen = new Set<string>();
  let file = start;
  let name = startName;
  for (;;) {
    if (file.resolved.has(name)) return { chain, base: file.resolved.get(name), broken: false };
    const service = get(file.services, name);
    if (service === undefined || isNull(service)) return { chain, base: undefined, broken: false };
    if (service._tag !== "Map") {
      const place = { path: ["services", name], span: service.span };
      report(loading, fault("wrong-type", `services.${name} must be a mapping`, place));
      return { chain, base: undefined, broken: true };
    }
    const written = get(service, "extends");
    if (written === undefined) return { chain, base: service, broken: false };
    const link: Link = { file, name, service };
    chain.push(link);
    seen.add(`${file.path}\u0000${name}`);
    const reference = readReference(loading, name, written);
    if (reference === undefined) return { chain, base: undefined, broken: true };
    const target =
      reference.file === undefined ? file : readOther(loading, scope, name, reference.file.name, reference.file.at);
    if (target === undefined) return { chain, base: undefined, broken: true };
    if (!target.services.entries.has(reference.service)) {
      reportUnknown(loading, link, target, reference);
      return { chain, base: undefined, broken: true };
    }
    if (seen.has(`${target.path}\u0000${reference.service}`)) {
      reportCycle(loading, chain, target, reference.service);
      // The others of the cycle are not reported again.
      for (const member of chain) member.file.resolved.set(member.name, remove(member.service, "extends"));
      return { chain: [], base: undefined, broken: true };
    }
    file = target;
    name = reference.service;
  }
};

const resolveService = (loading: Loading, scope: Scope, file: ExtendsFile, name: string): Tree | undefined => {
  const { chain, base, broken } = followChain(loading, scope, file, name);
  let current = base;
  for (const link of chain.toReversed()) {
    if (current?._tag === "Map") {
      const reset = resetService(current, link.name, link.file.resets);
      const merged = mergeServices(reset, link.service, link.name);
      report(loading, merged.diagnostics);
      current = remove(merged.tree, "extends");
    } else current = broken ? remove(link.service, "extends") : link.service;
    link.file.resolved.set(link.name, current);
  }
  return file.resolved.has(name) ? file.resolved.get(name) : current;
};

/** The document a service is extended in: its file and its resets. */
export interface ExtendsPlace {
  readonly file: ComposeFile;
  readonly resets: ReadonlyArray<ResetPath>;
}

/** The document with every `extends` replaced by what it stands for. */
export const applyExtends = (loading: Loading, scope: Scope, document: MapTree, place: ExtendsPlace): MapTree => {
  const services = get(document, "services");
  if (services === undefined) return document;
  if (services._tag !== "Map") {
    const at = { path: ["services"], span: services.span };
    report(loading, fault("wrong-type", "services must be a mapping", at, "Write one key for each service."));
    return remove(document, "services");
  }
  const file: ExtendsFile = { path: place.file.path, services, resets: place.resets, resolved: new Map() };
  const entries = new Map(services.entries);
  for (const [name, entry] of services.entries) {
    if (entry.value._tag === "Scalar" && !isNull(entry.value)) continue;
    if (get(entry.value, "extends") === undefined) continue;
    const resolved = resolveService(loading, scope, file, name);
    if (resolved !== undefined) entries.set(name, { span: entry.span, value: resolved });
  }
  return set(document, "services", { ...services, entries });
};
