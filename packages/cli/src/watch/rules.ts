// The rules of develop.watch: which path belongs to which, and where it goes in a container.
import { readFileSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, posix, relative, sep } from "node:path";
import { type Inherited, type Ignore, parseIgnore } from "@composure/docker/ignore";
import type { Project } from "@composure/core/model/Project";
import type { Service, WatchRule } from "@composure/core/model/Service";

export interface Rule {
  readonly service: string;
  readonly action: WatchRule["action"];
  /** Absolute, on this machine. */
  readonly path: string;
  /** In the container; empty where nothing is copied. */
  readonly target: string;
  readonly exec: WatchRule["exec"];
  readonly initialSync: boolean;
  /** Whether a file at this absolute path concerns the rule. */
  readonly takes: (path: string) => boolean;
  /** Whether nothing at or below this path can concern the rule. */
  readonly shuns: (path: string) => boolean;
}

export interface Rules {
  readonly rules: ReadonlyArray<Rule>;
  readonly warnings: ReadonlyArray<string>;
}

// What editors and systems leave behind while they save, and what version control keeps for itself.
const litter = ["**/.git", "**/.DS_Store", "**/*~", "**/.*.swp", "**/.*.swx", "**/.*.swo", "**/.#*", "**/#*#", "**/.goutputstream*", "**/*___jb_tmp___", "**/*___jb_old___", "**/4913", "**/.~lock.*#"].join("\n");

/** Folders hand their matches down, so a path is looked at from the top. */
const isIgnored = (ignore: Ignore, path: string): boolean => {
  let inherited: Inherited | undefined;
  let ignored = false;
  const parts = path.split("/");
  for (let at = 1; at <= parts.length; at++) {
    const found = ignore.match(parts.slice(0, at).join("/"), inherited);
    inherited = found.inherited;
    ignored = found.ignored;
  }
  return ignored;
};

interface Sieve {
  readonly root: string;
  readonly ignore: Ignore;
}

/** Relative with slashes; undefined outside of the root, "" for the root itself. */
const within = (root: string, path: string): string | undefined => {
  const inside = relative(root, path);
  return inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside) ? undefined : inside.split(sep).join("/");
};

const holdsBack = ({ root, ignore }: Sieve, path: string): boolean => {
  const inside = within(root, path);
  return inside !== undefined && inside !== "" && isIgnored(ignore, inside);
};

/** A folder that is ignored may still hold an exception. */
const closes = (sieve: Sieve, path: string): boolean => holdsBack(sieve, path) && !sieve.ignore.enters(within(sieve.root, path) ?? "");

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};

/** The build context's .dockerignore; what it leaves out of the image need not be watched either. */
const dockerIgnore = ({ build }: Service): ReadonlyArray<Sieve> => {
  const context = build?.context;
  if (context === undefined || !isAbsolute(context)) return [];
  const dockerfile = join(context, build?.dockerfile ?? "Dockerfile");
  const text = readText(`${dockerfile}.dockerignore`) ?? readText(join(context, ".dockerignore"));
  return text === undefined ? [] : [{ root: context, ignore: parseIgnore(text) }];
};

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

const compile = (service: string, rule: WatchRule, sieves: ReadonlyArray<Sieve>): Rule => {
  // A rule about one file may be about one that is replaced, or not there yet.
  const root = isFile(rule.path) ? dirname(rule.path) : rule.path;
  const all: ReadonlyArray<Sieve> = [...sieves, { root, ignore: parseIgnore(litter) }, { root, ignore: parseIgnore((rule.ignore ?? []).join("\n")) }];
  const included = (rule.include ?? []).length === 0 ? undefined : parseIgnore((rule.include ?? []).join("\n"));
  const takes = (path: string): boolean => {
    const inside = within(rule.path, path);
    if (inside === undefined) return false;
    // What the rule itself names is meant, whatever .dockerignore says of it.
    if (inside !== "" && all.some((sieve) => holdsBack(sieve, path))) return false;
    return included === undefined || isIgnored(included, inside === "" ? basename(path) : inside);
  };
  return {
    service,
    action: rule.action,
    path: rule.path,
    target: rule.target ?? "",
    exec: rule.exec,
    initialSync: rule.initial_sync === true,
    takes,
    shuns: (path) => {
      const inside = within(rule.path, path);
      if (inside === undefined) return within(path, rule.path) === undefined;
      return inside !== "" && all.some((sieve) => closes(sieve, path));
    },
  };
};

const syncs = (action: WatchRule["action"]): boolean => action === "sync" || action === "sync+restart" || action === "sync+exec";

/** A folder that is mounted is up to date by itself. */
const isMounted = (service: Service, path: string): boolean =>
  (service.volumes ?? []).some((volume) => volume.type === "bind" && volume.source !== undefined && within(volume.source, path) !== undefined);

export const readRules = (project: Project, wanted: (service: string) => boolean): Rules => {
  const rules: Array<Rule> = [];
  const warnings: Array<string> = [];
  for (const [name, service] of Object.entries(project.services)) {
    if (!wanted(name)) continue;
    const sieves = dockerIgnore(service);
    for (const rule of service.develop?.watch ?? []) {
      if (syncs(rule.action) && isMounted(service, rule.path)) warnings.push(`path "${rule.path}" of service ${name} is also a bind mount: it is not watched`);
      else rules.push(compile(name, rule, sieves));
    }
  }
  return { rules, warnings };
};

/** Where a file goes in the container: below the target as it is below the rule's path. */
export const targetOf = (rule: Rule, path: string): string => {
  const inside = within(rule.path, path) ?? "";
  return inside === "" ? rule.target : posix.join(rule.target, inside);
};
