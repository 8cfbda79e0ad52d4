// Follows a path through the resulting model and, as far as it goes, through the tree of what was written.
import * as Result from "effect/Result";
import { valueKey } from "../normalise/environment.ts";
import { nearest } from "../source/problem.ts";
import type { Span } from "../source/Span.ts";
import type { ListTree, Tree, TreePath } from "../source/Tree.ts";

/** One part of the path: its value in the model, and where it stands in the files if it does. */
export interface Part {
  readonly path: TreePath;
  /** Undefined where the model lacks it: a service whose profile is off, a value that was folded into another. */
  readonly value: unknown;
  readonly tree: Tree | undefined;
  /** The best place to point at: the value for scalars and items, the key for blocks. */
  readonly span: Span | undefined;
}

export interface NotFound {
  readonly message: string;
  readonly hint?: string;
}

/** As a path can be given again: keys that hold dots, brackets or quotes are quoted. */
export const pathText = (path: TreePath): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    if (step === "" || /[.[\]"]/.test(step)) return `${text}[${JSON.stringify(step)}]`;
    return text === "" ? step : `${text}.${step}`;
  }, "");

type Record_ = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Record_ =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The key of `KEY=value` and of `KEY`. */
const keyOf = (item: Tree): string | undefined =>
  item._tag === "Scalar" && typeof item.value === "string" ? (item.value.split("=")[0] as string) : undefined;

/** Some maps stand in the tree as lists of `KEY=value`. */
const pairOf = (list: ListTree, key: string): Tree | undefined => list.items.find((item) => keyOf(item) === key);

const keysOf = ({ value, tree }: Part): ReadonlyArray<string> => {
  const keys = isRecord(value) ? Object.keys(value) : [];
  const written = tree?._tag === "Map" ? [...tree.entries.keys()].filter((key) => key !== valueKey) : [];
  return [...new Set([...keys, ...written])];
};

/** The entry of a map; also of one that the tree holds as a list. */
export const under = (part: Part, key: string): Part => {
  const path = [...part.path, key];
  const value = isRecord(part.value) && Object.hasOwn(part.value, key) ? part.value[key] : undefined;
  if (part.tree?._tag === "List") {
    const item = pairOf(part.tree, key);
    return { path, value, tree: item, span: item?.span };
  }
  const entry = part.tree?._tag === "Map" ? part.tree.entries.get(key) : undefined;
  const isWritten = entry?.value._tag === "Scalar" && entry.value.value !== null;
  return { path, value, tree: entry?.value, span: isWritten ? entry.value.span : entry?.span };
};

export const itemAt = (part: Part, index: number): Part => {
  const value: unknown = Array.isArray(part.value) ? part.value[index] : undefined;
  const tree = part.tree?._tag === "List" ? part.tree.items[index] : undefined;
  return { path: [...part.path, index], value, tree, span: tree?.span };
};

const lengthOf = ({ value, tree }: Part): number =>
  Array.isArray(value) ? value.length : value === undefined && tree?._tag === "List" ? tree.items.length : 0;

/** The parts one step below: the entries of a map or the items of a list. */
export const partsBelow = (part: Part): ReadonlyArray<Part> =>
  Array.isArray(part.value) || (part.value === undefined && part.tree?._tag === "List")
    ? Array.from({ length: lengthOf(part) }, (_, index) => itemAt(part, index))
    : keysOf(part).map((key) => under(part, key));

const describe = (path: TreePath): string => (path.length === 0 ? "the project" : pathText(path));

const unknownKey = (parts: ReadonlyArray<Part>, key: string, rest: TreePath): NotFound => {
  const [root] = parts as readonly [Part];
  const at = parts.at(-1) as Part;
  const keys = keysOf(at);
  const near = nearest(key, keys);
  const message = `there is no "${key}" in ${describe(at.path)}`;
  const better = near === undefined ? undefined : pathText([...at.path, near, ...rest]);
  if (better !== undefined) return { message, hint: `did you mean "${better}"?` };
  const service = at === root && keysOf(under(root, "services")).includes(key);
  if (service) return { message, hint: `did you mean "${pathText(["services", key, ...rest])}"?` };
  if (keys.length === 0) return { message, hint: `${describe(at.path)} has no parts` };
  const known = keys.slice(0, 20).join(", ");
  return { message, hint: `it has ${known}${keys.length > 20 ? " and more" : ""}` };
};

/** Keys may hold dots: of several ways to read the path the one with the shortest key that exists is taken. */
const nextKey = (part: Part, steps: TreePath): { readonly key: string; readonly taken: number } | undefined => {
  const keys = new Set(keysOf(part));
  const texts = steps.slice(0, steps.findIndex((step) => typeof step === "number") >>> 0) as ReadonlyArray<string>;
  for (let taken = 1; taken <= texts.length; taken++) {
    const key = texts.slice(0, taken).join(".");
    if (keys.has(key)) return { key, taken };
  }
  return undefined;
};

const noItem = (part: Part, index: number): NotFound => {
  const length = lengthOf(part);
  const message = `there is no item ${index} in ${describe(part.path)}`;
  return { message, hint: length === 0 ? "it is no list, or empty" : `it has ${length}, counted from 0` };
};

/** All parts from the root to the value. */
export const follow = (root: Part, steps: TreePath): Result.Result<ReadonlyArray<Part>, NotFound> => {
  const parts: Array<Part> = [root];
  for (let at = 0; at < steps.length;) {
    const part = parts.at(-1) as Part;
    const step = steps[at] as string | number;
    const isList = lengthOf(part) > 0 || Array.isArray(part.value);
    const index = typeof step === "number" ? step : isList && /^\d+$/.test(step) ? Number(step) : undefined;
    if (index !== undefined) {
      if (index >= lengthOf(part)) return Result.fail(noItem(part, index));
      parts.push(itemAt(part, index));
      at++;
      continue;
    }
    const next = nextKey(part, steps.slice(at));
    if (next === undefined) return Result.fail(unknownKey(parts, String(step), steps.slice(at + 1)));
    parts.push(under(part, next.key));
    at += next.taken;
  }
  return Result.succeed(parts);
};
