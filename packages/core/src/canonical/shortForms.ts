// The short forms of single attributes and what they stand for.
// Source: Compose Specification; details as in compose-go's transform package.
import * as Result from "effect/Result";
import { goText } from "../source/goText.ts";
import { renderPath } from "../source/paths.ts";
import { named, type Reading, refuse, warn } from "../source/reading.ts";
import {
  derived,
  get,
  isNull,
  list,
  map,
  type MapTree,
  remove,
  scalar,
  type Scalar,
  set,
  supplied,
  type Tree,
} from "../source/Tree.ts";
import { parsePorts, type ShortPort } from "./ports.ts";
import { parseVolume, type ShortVolume } from "./volumes.ts";

/** A map whose parts all come from one value; absent ones are left out. */
const made = (from: Tree, parts: Readonly<Record<string, Tree | Scalar | undefined>>): MapTree => {
  const entries = Object.entries(parts).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const tree = value !== null && typeof value === "object" ? value : derived(from, value);
    return [[key, { span: from.span, value: tree }] as const];
  });
  return { ...map(entries, from.span), ...(from.origin === undefined ? {} : { origin: from.origin }) };
};

const textOf = (tree: Tree): string | undefined =>
  tree._tag === "Scalar" && typeof tree.value === "string" ? tree.value : undefined;

const kept = (reading: Reading, message: string, hint?: string): Tree => {
  refuse(reading, message, hint);
  return reading.tree;
};

/** "x" becomes `{ key: x }`; a map stays. */
export const textToMap =
  (key: string) =>
  (reading: Reading): Tree => {
    const { tree } = reading;
    if (tree._tag === "Map") return tree;
    return textOf(tree) === undefined
      ? kept(reading, `${named(reading)} must be text or a mapping`)
      : made(tree, { [key]: tree });
  };

export const textToList = ({ tree }: Reading): Tree => (textOf(tree) === undefined ? tree : list([tree], tree.span));

/** `dns` without its empty entries: those count as not written. */
export const nameservers = (reading: Reading): Tree => {
  const servers = textToList(reading);
  if (servers._tag !== "List") return servers;
  const written = servers.items.filter((item) => !isNull(item) && textOf(item) !== "");
  return written.length === servers.items.length ? servers : { ...servers, items: written };
};

export const toText = ({ tree }: Reading): Tree =>
  tree._tag === "Scalar" && typeof tree.value !== "string" ? derived(tree, goText(tree)) : tree;

/** [a, b] becomes `{ a: null, b: null }`. */
export const namesToMap = ({ tree }: Reading): Tree => {
  if (tree._tag !== "List") return tree;
  const names = tree.items.flatMap((item) => {
    const name = textOf(item);
    return name === undefined ? [] : [[name, { span: item.span, value: scalar(null, item.span) }] as const];
  });
  return map(names, tree.span);
};

/** `k=v` entries become a map. */
export const pairsToMap =
  (ignoreParseErrors: boolean) =>
  (reading: Reading): Tree => {
    const { tree } = reading;
    if (tree._tag !== "List") return tree;
    const texts = tree.items.map((item) => textOf(item) ?? "");
    if (texts.some((text) => !text.includes("="))) {
      return ignoreParseErrors ? tree : kept(reading, `every entry of ${named(reading)} must be written as key=value`);
    }
    return map(
      tree.items.map((item, index) => {
        const text = texts[index] as string;
        const at = text.indexOf("=");
        return [text.slice(0, at), { span: item.span, value: derived(item, text.slice(at + 1)) }];
      }),
      tree.span,
    );
  };

/** SSH agents and keys: `default` or `id=path`. */
export const sshKeys = (reading: Reading): Tree => {
  const { tree } = reading;
  if (tree._tag === "Map") return tree;
  if (tree._tag !== "List") return kept(reading, `${named(reading)} must be a list or a mapping`);
  const wrong = tree.items.find((item) => textOf(item) !== "default" && textOf(item)?.includes("=") !== true);
  if (wrong !== undefined) return kept({ ...reading, tree: wrong }, 'an ssh key is written as "default" or as id=path');
  return map(
    tree.items.map((item) => {
      const text = textOf(item) ?? "";
      const at = text.indexOf("=");
      const path = at < 0 ? null : text.slice(at + 1);
      return [at < 0 ? text : text.slice(0, at), { span: item.span, value: derived(item, path) }];
    }),
    tree.span,
  );
};

const withDefault = (tree: MapTree, key: string, value: Scalar): MapTree =>
  get(tree, key) === undefined ? set(tree, key, supplied(value, tree.span)) : tree;

const dependency = (reading: Reading, value: Tree): Tree =>
  value._tag === "Map"
    ? withDefault(withDefault(value, "condition", "service_started"), "required", true)
    : kept({ ...reading, tree: value }, "a dependency must be a mapping");

export const dependencies = (reading: Reading): Tree => {
  const { tree } = reading;
  if (tree._tag === "Scalar") return kept(reading, `${named(reading)} must be a list or a mapping`);
  const mapped = tree._tag === "List" ? namesToMap(reading) : tree;
  if (mapped._tag !== "Map") return mapped;
  const entries = Array.from(mapped.entries, ([key, entry]) => {
    const value = tree._tag === "List" ? map([], entry.span) : entry.value;
    return [key, { span: entry.span, value: dependency(reading, value) }] as const;
  });
  return { ...mapped, entries: new Map(entries) };
};

export const envFiles = (reading: Reading): Tree => {
  const { tree } = reading;
  const one = (item: Tree): Tree => {
    if (item._tag === "Map") return withDefault(item, "required", true);
    return textOf(item) === undefined ? item : made(item, { path: item, required: supplied(true, item.span) });
  };
  if (tree._tag === "List") return { ...tree, items: tree.items.map(one) };
  return textOf(tree) === undefined
    ? kept(reading, `${named(reading)} must be text or a list`)
    : list([one(tree)], tree.span);
};

export const gpus = (reading: Reading): Tree => {
  const { tree } = reading;
  if (tree._tag === "List") return tree;
  return textOf(tree) === undefined
    ? kept(reading, `${named(reading)} must be "all" or a list`)
    : list([made(tree, { count: "all" })], tree.span);
};

export const device =
  (ignoreParseErrors: boolean) =>
  (reading: Reading): Tree => {
    const { tree } = reading;
    if (tree._tag === "Map") return tree;
    const text = textOf(tree);
    if (text === undefined) return kept(reading, "a device must be text or a mapping");
    const [source = "", target = "", permissions = "rwm", ...more] = text.split(":");
    if (more.length > 0) {
      if (ignoreParseErrors) return made(tree, { source: "", target: "", permissions: "rwm" });
      return kept(
        reading,
        `"${text}" has too many colons for a device`,
        "use the long syntax: source, target, permissions",
      );
    }
    return made(tree, { source, target: target === "" ? source : target, permissions });
  };

export const ulimit = (reading: Reading): Tree => {
  const { tree } = reading;
  const whole = tree._tag === "Scalar" && (typeof tree.value === "bigint" || Number.isInteger(tree.value));
  return tree._tag === "Map" || whole ? tree : kept(reading, "a limit must be a whole number or a mapping");
};

const longPort = (from: Tree, port: ShortPort): Tree =>
  made(from, {
    mode: supplied("ingress", from.span),
    host_ip: port.hostIp,
    // Port 0 is no port: it is left out here and refused as missing later, as docker compose does.
    target: port.target === 0 ? undefined : port.target,
    published: port.published,
    protocol: goText(from).includes("/") ? port.protocol : supplied(port.protocol, from.span),
  });

/** The problem was told; nothing more is worked out for it. */
const exhausted = ({ problems }: Reading): boolean => problems.ports !== undefined && problems.ports.left < 0;

/** Takes `count` from what port ranges may expand to; false, and a problem the first time, when that is used up. */
const spend = (reading: Reading, count: number): boolean => {
  const budget = reading.problems.ports;
  if (budget === undefined) return true;
  budget.left -= count;
  if (budget.left >= 0) return true;
  refuse(
    reading,
    "the port ranges of this model stand for too many ports",
    "publish fewer ports, or use network_mode: host",
  );
  return false;
};

export const ports =
  (ignoreParseErrors: boolean) =>
  (reading: Reading): Tree => {
    const { tree } = reading;
    if (tree._tag !== "List") return kept(reading, `${named(reading)} must be a list`);
    if (exhausted(reading)) return tree;
    const long: Array<Tree> = [];
    let failed = false;
    for (const [index, item] of tree.items.entries()) {
      const at: Reading = { ...reading, tree: item, path: [...reading.path, index] };
      if (item._tag === "Map") long.push(item);
      else if (
        item._tag !== "Scalar" ||
        item.value === null ||
        typeof item.value === "boolean" ||
        item.float === true
      ) {
        failed = true;
        refuse(at, "a port must be a number, text or a mapping");
      } else {
        const parsed = parsePorts(goText(item));
        if (Result.isSuccess(parsed)) {
          if (!spend(at, parsed.success.length)) return tree;
          for (const port of parsed.success) long.push(longPort(item, port));
        } else {
          failed = true;
          if (!ignoreParseErrors) refuse(at, `"${goText(item)}" is not a port: ${parsed.failure}`, portHint);
        }
      }
    }
    return failed ? tree : { ...tree, items: long };
  };

const portHint = 'write "8080:80", "127.0.0.1:8080:80/udp", or the long syntax with target and published';

const longVolume = (from: Tree, volume: ShortVolume): Tree =>
  made(from, {
    type: volume.type,
    source: volume.source,
    target: volume.target,
    read_only: volume.readOnly ? true : undefined,
    bind: volume.bind === undefined ? undefined : made(from, volume.bind),
    volume: volume.volume === undefined ? undefined : made(from, volume.volume),
  });

export const volume =
  (ignoreParseErrors: boolean) =>
  (reading: Reading): Tree => {
    const { tree } = reading;
    if (tree._tag === "Map") return tree;
    const text = textOf(tree);
    if (text === undefined) return kept(reading, "a volume must be text or a mapping");
    const parsed = parseVolume(text);
    if (Result.isSuccess(parsed)) return longVolume(tree, parsed.success);
    return ignoreParseErrors ? tree : kept(reading, `"${text}" is not a volume: ${parsed.failure}`);
  };

/** `external: { name: n }` is the old form of `external: true` with `name: n`. */
export const external = (reading: Reading): Tree => {
  const { tree } = reading;
  if (tree._tag !== "Map") return tree;
  const written = get(tree, "external");
  if (written?._tag !== "Map") return tree;
  const outer = get(tree, "name");
  const inner = get(written, "name");
  const marked = set(remove(tree, "external"), "external", scalar(true, written.span));
  if (inner === undefined) return marked;
  const at: Reading = { ...reading, tree: inner };
  const message = `${renderPath(reading.path)}: external.name is deprecated. Please set name and external: true`;
  warn(at, "external-name", message, "write name: beside external: true");
  if (outer === undefined) return set(marked, "name", inner);
  const equal = outer._tag === "Scalar" && inner._tag === "Scalar" && outer.value === inner.value;
  return equal ? marked : kept(at, "name and external.name differ", "keep only name");
};
