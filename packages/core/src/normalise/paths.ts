// Makes the relative paths of the model absolute (L15).
// Source: Compose Specification, paths are relative to the project directory; details as in compose-go's paths package.
import type { Diagnostic } from "../source/Diagnostic.ts";
import { pathRules, type PathRules } from "../source/paths.ts";
import { type Reading, refuse, warn } from "../source/reading.ts";
import { type Rewrite, rewrite } from "../source/rewrite.ts";
import type { Staged } from "../source/Staged.ts";
import { get, set, type Tree, type TreePath } from "../source/Tree.ts";
import { isAbsolute, isWindowsAbsolute, joinPath, relativePath } from "./goPath.ts";

export interface PathOptions {
  readonly workingDir: string;
  /** $HOME; undefined keeps `~` and warns. */
  readonly home: string | undefined;
  /** For `extends` from another file: paths come out relative to this folder instead of absolute. */
  readonly relativeTo?: string;
}

/** Where relative paths start, and what `~` is. */
interface Base {
  readonly folder: string;
  readonly home: string | undefined;
}

type Resolve = (path: string, base: Base, reading: Reading) => string;

const expandHome: Resolve = (path, { home }, reading) => {
  if (!path.startsWith("~")) return path;
  if (home !== undefined && home !== "") return joinPath(home, path.slice(1));
  warn(reading, "home-unset", "cannot expand '~', because the environment lacks HOME");
  return path;
};

const plainPath: Resolve = (path, base, reading) => {
  const expanded = expandHome(path, base, reading);
  return expanded === "" || isAbsolute(expanded) ? expanded : joinPath(base.folder, expanded);
};

/** For paths that may belong to a Windows client of a Linux engine. */
const hostPath: Resolve = (path, base, reading) => {
  const expanded = expandHome(path, base, reading);
  return isAbsolute(expanded) || isWindowsAbsolute(expanded) ? expanded : joinPath(base.folder, expanded);
};

const remotePrefixes = ["https://", "http://", "git://", "ssh://", "github.com/", "git@", "service:"];

/** A build context: a folder, unless it is a URL, a git reference or another service. */
const contextPath: Resolve = (path, base, reading) =>
  path.includes("://") || remotePrefixes.some((prefix) => path.startsWith(prefix))
    ? path
    : plainPath(path, base, reading);

const onText =
  (resolve: Resolve, base: Base): Rewrite =>
  (reading) => {
    const { tree } = reading;
    if (tree._tag !== "Scalar" || typeof tree.value !== "string") return tree;
    const value = resolve(tree.value, base, reading);
    return value === tree.value ? tree : { ...tree, value };
  };

const onKey = (reading: Reading, key: string, change: Rewrite): Tree => {
  const { tree } = reading;
  const value = get(tree, key);
  if (tree._tag !== "Map" || value === undefined) return tree;
  return set(tree, key, change({ ...reading, tree: value, path: [...reading.path, key] }));
};

const isText = (tree: Tree | undefined, text: string): boolean => tree?._tag === "Scalar" && tree.value === text;

const bindSource =
  (base: Base): Rewrite =>
  (reading) => {
    if (!isText(get(reading.tree, "type"), "bind")) return reading.tree;
    if (get(reading.tree, "source") !== undefined) return onKey(reading, "source", onText(hostPath, base));
    refuse(reading, "a bind mount needs a source", "add source: with the path on the host");
    return reading.tree;
  };

/** A local volume with the option `o: bind` is a folder of the host in disguise. */
const localDevice =
  (base: Base): Rewrite =>
  (reading) => {
    if (!isText(get(reading.tree, "driver"), "local")) return reading.tree;
    return onKey(reading, "driver_opts", (opts) =>
      isText(get(opts.tree, "o"), "bind") ? onKey(opts, "device", onText(hostPath, base)) : opts.tree,
    );
  };

const rulesFor = (base: Base): PathRules<Rewrite> =>
  pathRules<Rewrite>([
    ["services.*.build.context", onText(contextPath, base)],
    ["services.*.build.additional_contexts.*", onText(contextPath, base)],
    ["services.*.build.ssh.*", onText(hostPath, base)],
    ["services.*.env_file.[].path", onText(plainPath, base)],
    ["services.*.label_file.[]", onText(plainPath, base)],
    ["services.*.extends.file", onText(plainPath, base)],
    ["services.*.develop.watch.[].path", onText(plainPath, base)],
    ["services.*.volumes.[]", bindSource(base)],
    ["configs.*.file", onText(hostPath, base)],
    ["secrets.*.file", onText(hostPath, base)],
    ["volumes.*", localDevice(base)],
  ]);

const run = (tree: Tree, path: TreePath, rules: PathRules<Rewrite> | undefined): Staged => {
  const diagnostics: Array<Diagnostic> = [];
  const problems = { add: (diagnostic: Diagnostic) => diagnostics.push(diagnostic) };
  return { tree: rewrite({ tree, path, problems }, rules), diagnostics };
};

const baseOf = ({ workingDir, home, relativeTo }: PathOptions): Base => ({
  folder: relativeTo === undefined ? workingDir : relativePath(relativeTo, workingDir),
  home,
});

export const resolvePaths = (tree: Tree, options: PathOptions): Staged => run(tree, [], rulesFor(baseOf(options)));

/** The paths of one service of another file, for `extends`. */
export const resolveServicePaths = (service: Tree, name: string, options: PathOptions): Staged =>
  run(service, ["services", name], rulesFor(baseOf(options)).keys.get("services")?.any);
