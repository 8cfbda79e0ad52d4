// Who holds a lock: this process as others should see it, and whether the process behind another's lock still lives.
import { readFileSync, readlinkSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import type { Lock } from "@composure/core/lock/lock";

const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};

/** Where Linux counts processes: the same number in another container, or after a restart, is another process. */
const processSpace = (): string => {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
};

/** Equal for processes that can see each other. */
export const machine = (): string => `${hostname()}/${readText("/proc/sys/kernel/random/boot_id")?.trim() ?? process.platform}/${processSpace()}`;

/** State and start time; both undefined where the system does not tell. */
const statOf = (pid: number): { readonly state: string | undefined; readonly born: string | undefined } => {
  // The command's name stands in parentheses and may hold anything.
  const fields = readText(`/proc/${pid}/stat`)?.replace(/^.*\) /s, "").split(" ");
  return { state: fields?.[0], born: fields?.[19] };
};

/** Numbers of processes are used again; with its start time one is unmistakable. */
export const processIdentity = (pid = process.pid): string => `${pid}.${statOf(pid).born ?? ""}`;

const userName = (env: Readonly<Record<string, string | undefined>>): string => {
  const named = env["USER"] || env["LOGNAME"];
  if (named) return named;
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "?"}`;
  }
};

/** "ana@laptop". */
export const deployerName = (env: Readonly<Record<string, string | undefined>>): string => `${userName(env)}@${hostname()}`;

/** "ana@laptop:4242". */
export const ownerName = (env: Readonly<Record<string, string>>): string => `${deployerName(env)}:${process.pid}`;

const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is there too.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

/** Undefined for a lock from another machine. */
export const isAlive = (lock: Lock): boolean | undefined => {
  if (lock.machine === "" || lock.machine !== machine()) return undefined;
  const [, pid = "", born = ""] = /^(\d{1,10})\.(\d*)$/.exec(lock.process) ?? [];
  if (pid === "") return undefined;
  if (!exists(Number(pid))) return false;
  const now = statOf(Number(pid));
  if (now.state === "Z" || now.state === "X") return false;
  return born === "" || now.born === undefined || now.born === born;
};
