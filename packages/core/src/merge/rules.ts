// Where merging differs from the default, and how. Source: Compose Specification, 13-merge.md, and docker compose's
// override rules. `base` is what was loaded so far, `over` the document on top.
import { byBytes } from "../hash/canonicalJson.ts";
import { goText } from "../source/goText.ts";
import type { Origin } from "../source/Origin.ts";
import { type PathRules, pathRules } from "../source/paths.ts";
import { type Entry, get, isNull, list, map, type MapTree, sameTree, scalar, type Tree } from "../source/Tree.ts";

/** What a rule needs from the walk: merging two maps with the rules below this place, and a way to report. */
export interface MergeContext {
  readonly mergeMaps: (base: MapTree, over: MapTree) => MapTree;
  /** Reports that `over` cannot be merged here, and gives `base`. */
  readonly refuse: (base: Tree, over: Tree, expected: string) => Tree;
  readonly warn: (code: string, message: string, at: Tree) => void;
}

export type MergeRule = (base: Tree, over: Tree, context: MergeContext) => Tree;

/** `over` with the memory of what it replaced. */
export const replacing = <A extends Tree>(over: A, base: Tree): A => {
  // A default is no definition that somebody could look up.
  const own = base.origin?.added === undefined ? [base.span] : [];
  const origin: Origin = { ...over.origin, replaced: [...own, ...(base.origin?.replaced ?? [])] };
  return { ...over, origin };
};

const replace: MergeRule = (base, over) => replacing(over, base);

const entryTexts = (key: string, entry: Entry): ReadonlyArray<Tree> => {
  const { value, span } = entry;
  const text = (suffix: string, at: Tree = value): Tree => ({
    ...scalar(`${key}${suffix}`, isNull(at) ? span : at.span),
    ...(value.origin === undefined ? {} : { origin: value.origin }),
  });
  if (isNull(value)) return [text("")];
  if (value._tag === "List") return value.items.map((item) => text(`=${goText(item)}`, item));
  return [text(`=${goText(value)}`)];
};

/** A map becomes sorted `key=value` texts, a text a list of one; other values count as nothing. */
const toSequence = (tree: Tree): ReadonlyArray<Tree> => {
  switch (tree._tag) {
    case "List":
      return tree.items;
    case "Map":
      return [...tree.entries]
        .flatMap(([key, entry]) => entryTexts(key, entry))
        .sort((a, b) => byBytes(textOf(a), textOf(b)));
    case "Scalar":
      return typeof tree.value === "string" ? [tree] : [];
  }
};

const textOf = (tree: Tree): string => (tree._tag === "Scalar" && typeof tree.value === "string" ? tree.value : "");

const appendSequences: MergeRule = (base, over) =>
  list([...toSequence(base), ...toSequence(over)], isNull(over) ? base.span : over.span);

const appendHosts: MergeRule = (base, over) => {
  const known = toSequence(base);
  const texts = new Set(known.map(textOf));
  return list([...known, ...toSequence(over).filter((item) => !texts.has(textOf(item)))], over.span);
};

/** A list of names becomes a map with `value` for each; undefined when the tree is neither. */
const toMap = (tree: Tree, value: (item: Tree) => Tree): MapTree | undefined => {
  if (tree._tag === "Map") return tree;
  if (tree._tag !== "List") return undefined;
  const entries: Array<readonly [string, Entry]> = [];
  for (const item of tree.items) {
    if (item._tag !== "Scalar" || typeof item.value !== "string") return undefined;
    entries.push([item.value, { span: item.span, value: value(item) }]);
  }
  return map(entries, tree.span);
};

const mergeAsMaps =
  (value: (item: Tree) => Tree, expected: string): MergeRule =>
  (base, over, context) => {
    const left = isNull(base) ? map([], base.span) : toMap(base, value);
    const right = isNull(over) ? map([], over.span) : toMap(over, value);
    if (left === undefined || right === undefined) return context.refuse(base, over, expected);
    return context.mergeMaps(left, right);
  };

const nothing = (item: Tree): Tree => scalar(null, item.span);

const startedDependency = (item: Tree): Tree =>
  map(
    [
      ["condition", { span: item.span, value: scalar("service_started", item.span) }],
      ["required", { span: item.span, value: scalar(true, item.span) }],
    ],
    item.span,
  );

const toBuild = (tree: Tree): MapTree | undefined => {
  if (tree._tag === "Map") return tree;
  if (isNull(tree)) return map([], tree.span);
  if (tree._tag !== "Scalar" || typeof tree.value !== "string") return undefined;
  return map([["context", { span: tree.span, value: tree }]], tree.span);
};

const mergeBuild: MergeRule = (base, over, context) => {
  const left = toBuild(base);
  const right = toBuild(over);
  if (left === undefined || right === undefined) return context.refuse(base, over, "a path or a mapping");
  return context.mergeMaps(left, right);
};

/** Options only make sense together with their driver. */
const mergeLogging: MergeRule = (base, over, context) => {
  if (base._tag !== "Map" || over._tag !== "Map") return context.refuse(base, over, "a mapping");
  const mine = get(over, "driver");
  const theirs = get(base, "driver");
  if (mine === undefined || theirs === undefined || sameTree(mine, theirs)) return context.mergeMaps(base, over);
  return replacing(over, base);
};

/**
 * Pools with the same subnet are merged, others are added. docker compose 2.40.3 loses the pools of the base that the
 * override does not repeat; nobody means that, so they stay and a warning says so.
 */
const mergePools: MergeRule = (base, over, context) => {
  if (base._tag !== "List" || over._tag !== "List") return context.refuse(base, over, "a list");
  const subnet = (tree: Tree): string => goText(get(tree, "subnet") ?? scalar(null, tree.span));
  const pools = new Map<string, Tree>(base.items.map((pool) => [subnet(pool), pool]));
  const kept = new Set(pools.keys());
  for (const pool of over.items) {
    const key = subnet(pool);
    const known = pools.get(key);
    kept.delete(key);
    if (known === undefined) pools.set(key, pool);
    else if (known._tag === "Map" && pool._tag === "Map") pools.set(key, context.mergeMaps(known, pool));
    else return context.refuse(base, over, "a list of mappings");
  }
  for (const key of kept) {
    context.warn("pool-kept", `the address pool ${key} stays, although the file on top does not repeat it`, over);
  }
  return list([...pools.values()], over.span);
};

const service = (path: string): string => `services.*.${path}`;

export const mergeRules: PathRules<MergeRule> = pathRules<MergeRule>([
  ["networks.*.ipam.config", mergePools],
  ["networks.*.labels", appendSequences],
  ["volumes.*.labels", appendSequences],
  ...[
    "annotations",
    "build.args",
    "build.additional_contexts",
    "build.labels",
    "deploy.labels",
    "dns",
    "dns_opt",
    "dns_search",
    "env_file",
    "label_file",
    "environment",
    "labels",
    "sysctls",
    "tmpfs",
  ].map((path) => [service(path), appendSequences] as const),
  ...["extra_hosts", "build.extra_hosts"].map((path) => [service(path), appendHosts] as const),
  ...["command", "entrypoint", "healthcheck.test", "ulimits.*"].map((path) => [service(path), replace] as const),
  [service("build"), mergeBuild],
  [service("depends_on"), mergeAsMaps(startedDependency, "a list of services or a mapping")],
  [service("networks"), mergeAsMaps(nothing, "a list of networks or a mapping")],
  [service("models"), mergeAsMaps(nothing, "a list of models or a mapping")],
  [service("logging"), mergeLogging],
]);
