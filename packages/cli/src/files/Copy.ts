// What a copy between here and a container is, read from its two operands.
import { isAbsolute } from "node:path";

export type Copy =
  | { readonly _tag: "Out"; readonly service: string; readonly from: string; readonly to: string }
  | { readonly _tag: "In"; readonly service: string; readonly from: string; readonly to: string }
  | { readonly _tag: "Wrong"; readonly message: string; readonly hint: string };

/** "web:/etc" has a service; "./a:b" and "/a:b" are paths of this machine. */
const split = (text: string): { readonly service: string; readonly path: string } | undefined => {
  const at = text.indexOf(":");
  return isAbsolute(text) || at <= 0 || text.startsWith(".") ? undefined : { service: text.slice(0, at), path: text.slice(at + 1) };
};

export const readCopy = (from: string, to: string): Copy => {
  const source = split(from);
  const target = split(to);
  if (source !== undefined && target !== undefined) {
    return { _tag: "Wrong", message: "copying between services is not supported", hint: `in two steps: composure cp ${from} - | composure cp - ${to}` };
  }
  if (source !== undefined) return { _tag: "Out", service: source.service, from: source.path, to };
  if (target !== undefined) return { _tag: "In", service: target.service, from, to: target.path };
  return { _tag: "Wrong", message: "unknown copy direction", hint: "one of the two paths needs a service before it: web:/path" };
};

/** A path inside a container as the engine takes it: whole, without what its end says. */
export const inContainer = (path: string): string => {
  const rooted = path.startsWith("/") ? path : `/${path}`;
  return rooted.replace(/(?:\/+\.?)+$/, "") || "/";
};

/** "dir/." means what is in the folder. */
export const meansContent = (path: string): boolean => path === "." || path.endsWith("/.");

/** "dir/" can only be a folder. */
export const meansFolder = (path: string): boolean => path.endsWith("/") || meansContent(path);

/** What stands at the place where a copy goes. */
export type Place = "folder" | "file" | "nothing";

export type Landing =
  /** Unpack in `folder`, the copied thing under `name`; without a name, what is in the copied folder. */
  | { readonly _tag: "Land"; readonly folder: string; readonly name: string | undefined }
  | { readonly _tag: "Refused"; readonly message: string };

export interface Coming {
  /** What the source calls itself. */
  readonly name: string;
  readonly isFolder: boolean;
  readonly content: boolean;
}

/** Where a copy goes, as docker cp decides: into a folder that exists, else under the last name of the path. */
export const landing = (coming: Coming, place: Place, to: string, parts: { readonly folder: string; readonly base: string; readonly parent: string }): Landing => {
  switch (place) {
    case "folder":
      return { _tag: "Land", folder: parts.folder, name: coming.isFolder && coming.content ? undefined : coming.name };
    case "file":
      return coming.isFolder ? { _tag: "Refused", message: "cannot copy directory" } : { _tag: "Land", folder: parts.parent, name: parts.base };
    case "nothing":
      return !coming.isFolder && meansFolder(to) ? { _tag: "Refused", message: "no such directory" } : { _tag: "Land", folder: parts.parent, name: parts.base };
  }
};
