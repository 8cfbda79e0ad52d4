// The files of one load call: what was fetched, and what is still missing.
import { cleanPath, isAbsolute, joinPath } from "../normalise/goPath.ts";
import type { FileContent, Fetched } from "./Load.ts";

/** Reads by absolute path; a path that was not fetched yet is remembered and read as undefined. */
export interface Files {
  readonly read: (path: string) => FileContent | undefined;
  /** Asks for a path without looking at it. */
  readonly need: (path: string) => void;
  readonly missing: () => ReadonlyArray<string>;
}

export const filesOf = (fetched: Fetched): Files => {
  const missing = new Set<string>();
  const need = (path: string): void => {
    if (!fetched.has(path)) missing.add(path);
  };
  return {
    need,
    read: (path) => {
      need(path);
      return fetched.get(path);
    },
    missing: () => [...missing],
  };
};

/** `path` as an absolute path, seen from the folder `from`. */
export const absoluteFrom = (from: string, path: string): string =>
  isAbsolute(path) ? cleanPath(path) : joinPath(from, path);
