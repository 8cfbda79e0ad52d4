// Files of the host that containers mount: which of them the shell should look at, and what follows from what it found.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { byBytes } from "../hash/canonicalJson.ts";
import type { MountSpec } from "../plan/Operation.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import { fault } from "../source/problem.ts";
import type { Desired, DesiredService } from "./Desired.ts";

/** What is at a path. `digest` is of the content; absent for a file that is too large to be read for that. */
export type HostFile =
  | { readonly _tag: "File"; readonly digest?: string }
  | { readonly _tag: "Folder" }
  | { readonly _tag: "Missing" }
  | { readonly _tag: "Unreadable"; readonly why: string };

export type HostFiles = ReadonlyMap<string, HostFile>;

type Bind = Extract<MountSpec, { readonly _tag: "Bind" }>;

/** Mounts whose source the engine does not make when it is not there. */
const mustExist = ({ mounts, replicas }: DesiredService): ReadonlyArray<Bind> =>
  replicas === 0 ? [] : mounts.filter((mount): mount is Bind => mount._tag === "Bind" && !mount.createHostPath);

/** Sorted, each once. Only for an engine on this machine: another one has files of its own. */
export const hostPathsOf = (desired: Desired): ReadonlyArray<string> =>
  Array.from(new Set(desired.services.flatMap(mustExist).map(({ source }) => source))).sort(byBytes);

const problemOf = (service: DesiredService, mount: Bind, found: HostFile | undefined): Diagnostic | undefined => {
  if (found?._tag !== "Missing" && found?._tag !== "Unreadable") return undefined;
  const file = service.fileMounts.find(({ target, source }) => target === mount.target && source === mount.source);
  const what = found._tag === "Missing" ? "does not exist" : `cannot be read: ${found.why}`;
  if (file === undefined) {
    // An engine of another user may read what this one cannot.
    if (found._tag === "Unreadable") return undefined;
    const text = `${mount.source}, which service "${service.name}" mounts, ${what}`;
    const hint = "create it, or leave out create_host_path: false";
    return fault("path-missing", text, { path: ["services", service.name, "volumes"] }, hint);
  }
  const { kind, reference } = file;
  const text = `${kind} "${reference.source}" of service "${service.name}" is the file ${mount.source}, which ${what}`;
  const path = [`${kind}s`, reference.source, "file"];
  return fault("file-missing", text, { path }, `create the file, or change its path`);
};

export const hostFileProblems = (desired: Desired, files: HostFiles): ReadonlyArray<Diagnostic> =>
  desired.services.flatMap((service) =>
    mustExist(service).flatMap((mount) => problemOf(service, mount, files.get(mount.source)) ?? []),
  );

const digestOf = (service: DesiredService, files: HostFiles): string | undefined => {
  const parts = service.fileMounts.flatMap(({ source, target }) => {
    const found = files.get(source);
    return found?._tag === "File" && found.digest !== undefined ? [`${target}\n${found.digest}`] : [];
  });
  // Of some but not of all files, it would change when only the reading does.
  if (parts.length === 0 || parts.length < service.fileMounts.length) return undefined;
  return bytesToHex(sha256(utf8ToBytes(parts.sort(byBytes).join("\n")))).slice(0, 32);
};

/** The desired state with what the contents of mounted configs and secrets come to: a change of them makes new containers. */
export const withHostFiles = (desired: Desired, files: HostFiles): Desired => ({
  ...desired,
  services: desired.services.map((service) => {
    const digest = digestOf(service, files);
    return digest === undefined ? service : { ...service, hostFilesDigest: digest };
  }),
});
