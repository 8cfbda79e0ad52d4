// A map for a file system, to load from in tests.
import type { FileContent, Invalid, Loaded, LoadRequest } from "../../src/load/Load.ts";
import { load } from "../../src/load/loadProject.ts";
import { renderSpan } from "../../src/source/Span.ts";

export const CWD = "/home/me/app";

/** Relative names are in `CWD`; the value null is a folder. */
export type World = Readonly<Record<string, string | null>>;

const absolute = (path: string): string => (path.startsWith("/") ? path : `${CWD}/${path}`);

export const request = (changes: Partial<LoadRequest> = {}): LoadRequest => ({
  cwd: CWD,
  env: { HOME: "/home/me", PWD: CWD },
  files: [],
  profiles: [],
  envFiles: [],
  services: [],
  ...changes,
});

/** Loads, handing over what is asked for; `rounds` are the paths asked for each time. */
export const loadRounds = (
  world: World,
  changes: Partial<LoadRequest> = {},
): { readonly result: Loaded | Invalid; readonly rounds: ReadonlyArray<ReadonlyArray<string>> } => {
  const files = new Map(Object.entries(world).map(([path, text]) => [absolute(path), text]));
  const folders = new Set([...files.keys()].map((path) => path.slice(0, path.lastIndexOf("/"))));
  const read = (path: string): FileContent => {
    const text = files.get(path);
    if (typeof text === "string") return { _tag: "Text", content: text };
    return text === null || folders.has(path) ? { _tag: "Directory" } : { _tag: "Missing" };
  };
  const fetched = new Map<string, FileContent>();
  const rounds: Array<ReadonlyArray<string>> = [];
  for (;;) {
    const result = load(request(changes), fetched);
    if (result._tag !== "NeedFiles") return { result, rounds };
    rounds.push(result.paths);
    for (const path of result.paths) fetched.set(path, read(path));
  }
};

export const loaded = (world: World, changes: Partial<LoadRequest> = {}): Loaded => {
  const { result } = loadRounds(world, changes);
  if (result._tag === "Loaded") return result;
  throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
};

/** "file:line:column code" of every error. */
export const problems = (world: World, changes: Partial<LoadRequest> = {}): ReadonlyArray<string> => {
  const { result } = loadRounds(world, changes);
  if (result._tag === "Loaded") return [];
  return result.diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ span, code }) => (span === undefined ? code : `${renderSpan(span).replace(`${CWD}/`, "")} ${code}`));
};
