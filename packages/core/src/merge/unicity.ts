// Keeps one entry for each key of a keyed list (L8, L12): a later entry takes the place of the earlier one.
import * as Result from "effect/Result";
import { parseVolume } from "../canonical/volumes.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import { goText } from "../source/goText.ts";
import { type PathRules, pathRules, underKey } from "../source/paths.ts";
import { fault } from "../source/problem.ts";
import type { Staged } from "../source/Staged.ts";
import { get, type ListTree, mapEntries, type Tree } from "../source/Tree.ts";
import { replacing } from "./rules.ts";

/** The key of one entry, or why it has none. */
type Key = (entry: Tree) => Result.Result<string, string>;

const kindOf = (tree: Tree): string => {
  if (tree._tag !== "Scalar") return tree._tag === "List" ? "list" : "mapping";
  return tree.value === null ? "null" : typeof tree.value === "bigint" ? "number" : typeof tree.value;
};

const textOf = (tree: Tree | undefined): string | undefined =>
  tree?._tag === "Scalar" && typeof tree.value === "string" ? tree.value : undefined;

const isWhole = (tree: Tree): boolean =>
  tree._tag === "Scalar" &&
  !tree.float &&
  (typeof tree.value === "bigint" || (typeof tree.value === "number" && Number.isInteger(tree.value)));

const beforeEquals: Key = (entry) => {
  const text = textOf(entry);
  if (text === undefined) return Result.fail(`must be text, it is a ${kindOf(entry)}`);
  const at = text.indexOf("=");
  return Result.succeed(at < 0 ? text : text.slice(0, at));
};

const mountTarget =
  (fromText: (text: string) => Result.Result<string, string>): Key =>
  (entry) => {
    const text = textOf(entry);
    if (text !== undefined) return fromText(text);
    if (entry._tag !== "Map") return Result.succeed("");
    const target = textOf(get(entry, "target"));
    return target === undefined ? Result.fail("is missing a mount target") : Result.succeed(target);
  };

const volumeTarget = mountTarget((text) => {
  const parsed = parseVolume(text);
  return Result.isSuccess(parsed)
    ? Result.succeed(parsed.success.target)
    : Result.fail(`is no volume: ${parsed.failure}`);
});

const deviceTarget = mountTarget((text) => {
  const [source = "", target = source] = text.split(":");
  return Result.succeed(target);
});

const fileTarget =
  (folder: string): Key =>
  (entry) => {
    const text = textOf(entry);
    if (text !== undefined) return Result.succeed(`${folder}/${text}`);
    if (entry._tag !== "Map") return Result.fail(`must be text or a mapping, it is a ${kindOf(entry)}`);
    const target = get(entry, "target");
    if (target === undefined) return Result.succeed(`${folder}/${textOf(get(entry, "source")) ?? ""}`);
    const written = textOf(target);
    return written === undefined ? Result.fail("has a target that is no text") : Result.succeed(written);
  };

const exposed: Key = (entry) =>
  textOf(entry) === undefined && !isWhole(entry)
    ? Result.fail(`must be a port, it is a ${kindOf(entry)}`)
    : Result.succeed(goText(entry));

/** A number and the same digits as text are different ports to docker compose. */
const marked = (tree: Tree | undefined): string =>
  tree === undefined ? "?" : isWhole(tree) ? `#${goText(tree)}` : goText(tree);

const port: Key = (entry) => {
  if (entry._tag !== "Map") {
    return Result.succeed(textOf(entry) ?? (isWhole(entry) ? goText(entry) : ""));
  }
  const target = get(entry, "target");
  if (target === undefined) return Result.fail("is missing a target port");
  const host = get(entry, "host_ip");
  const protocol = get(entry, "protocol");
  return Result.succeed(
    [
      host === undefined ? "0.0.0.0" : goText(host),
      marked(get(entry, "published")),
      goText(target),
      protocol === undefined ? "tcp" : goText(protocol),
    ].join("\u0000"),
  );
};

const envFile: Key = (entry) => {
  if (entry._tag !== "Map") return Result.succeed(textOf(entry) ?? "");
  const path = textOf(get(entry, "path"));
  return path === undefined ? Result.fail("is missing its path") : Result.succeed(path);
};

const service = (path: string): string => `services.*.${path}`;

const keys: PathRules<Key> = pathRules<Key>([
  ["networks.*.labels", beforeEquals],
  ["networks.*.ipam.options", beforeEquals],
  ...[
    "annotations",
    "build.args",
    "build.additional_contexts",
    "build.platform",
    "build.tags",
    "build.labels",
    "cap_add",
    "cap_drop",
    "deploy.labels",
    "dns",
    "dns_opt",
    "dns_search",
    "environment",
    "labels",
    "links",
    "networks.*.aliases",
    "networks.*.link_local_ips",
    "profiles",
    "sysctls",
    "tmpfs",
  ].map((path) => [service(path), beforeEquals] as const),
  [service("devices"), deviceTarget],
  [service("volumes"), volumeTarget],
  [service("configs"), fileTarget("")],
  [service("secrets"), fileTarget("/run/secrets")],
  [service("env_file"), envFile],
  [service("expose"), exposed],
  [service("ports"), port],
]);

/** Mutable while one tree is walked. */
interface Walk {
  readonly path: string[];
  readonly diagnostics: Diagnostic[];
}

const uniqueItems = (walk: Walk, tree: ListTree, key: Key): ListTree => {
  const items: Tree[] = [];
  const positions = new Map<string, number>();
  for (let index = 0; index < tree.items.length; index++) {
    const item = tree.items[index] as Tree;
    const found = key(item);
    if (Result.isFailure(found)) {
      const place = { path: [...walk.path, index], span: item.span };
      walk.diagnostics.push(fault("invalid-value", `item ${index} of ${walk.path.at(-1)} ${found.failure}`, place));
      items.push(item);
      continue;
    }
    const at = positions.get(found.success);
    if (at === undefined) {
      positions.set(found.success, items.length);
      items.push(item);
    } else items[at] = replacing(item, items[at] as Tree);
  }
  return items.length === tree.items.length ? tree : { ...tree, items };
};

const walkTree = (walk: Walk, tree: Tree, rules: PathRules<Key> | undefined): Tree => {
  if (rules === undefined) return tree;
  if (tree._tag === "List") return rules.rule === undefined ? tree : uniqueItems(walk, tree, rules.rule);
  if (tree._tag !== "Map") return tree;
  return mapEntries(tree, (value, key) => {
    walk.path.push(key);
    const walked = walkTree(walk, value, underKey(rules, key));
    walk.path.pop();
    return walked;
  });
};

export const enforceUnicity = (tree: Tree): Staged => {
  const walk: Walk = { path: [], diagnostics: [] };
  return { tree: walkTree(walk, tree, keys), diagnostics: walk.diagnostics };
};
