// Looks at the files of this machine that containers are going to mount.
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import type { HostFile, HostFiles } from "@composure/core/desired/hostFiles";

/** Bytes; configs and secrets are small, and what is larger is data. */
const DIGEST_LIMIT = 8 * 1024 * 1024;

const lookAt = (path: string): HostFile => {
  try {
    const info = statSync(path);
    if (info.isDirectory()) return { _tag: "Folder" };
    if (!info.isFile() || info.size > DIGEST_LIMIT) return { _tag: "File" };
    return { _tag: "File", digest: createHash("sha256").update(readFileSync(path)).digest("hex") };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === "ENOENT" || code === "ENOTDIR" ? { _tag: "Missing" } : { _tag: "Unreadable", why: code ?? message };
  }
};

export const readHostFiles = (paths: ReadonlyArray<string>): HostFiles =>
  new Map(paths.map((path) => [path, lookAt(path)]));
