// One watch per project on a machine: two would undo each other's work.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { Host } from "../host/Host.ts";
import { refuse, type Failure } from "../pipeline/Failure.ts";

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

/** The process that holds the lock; what a process left behind that is gone does not count. */
const holder = (file: string): number | undefined => {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    return Number.isInteger(pid) && pid > 0 && pid !== process.pid && isAlive(pid) ? pid : undefined;
  } catch {
    return undefined;
  }
};

/** Held until the scope closes. */
export const watchLock = (project: string, host: Host): Effect.Effect<void, Failure, Scope.Scope> => {
  const user = process.getuid?.() ?? 0;
  const folder = join(host.env["XDG_RUNTIME_DIR"] || tmpdir(), `composure-${user}`);
  const file = join(folder, `${project}.watch.pid`);
  const take = Effect.try({
    try: () => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const other = holder(file);
      if (other !== undefined) return other;
      rmSync(file, { force: true });
      writeFileSync(file, String(process.pid), { flag: "wx" });
      return undefined;
    },
    catch: (error) => refuse(`cannot take the lock ${file}: ${(error as Error).message}`),
  });
  return Effect.asVoid(
    Effect.acquireRelease(
      Effect.flatMap(take, (other) =>
        other === undefined ? Effect.void : Effect.fail<Failure>(refuse(`project "${project}" is being watched already, by process ${other}`, "stop that one first")),
      ),
      () => Effect.sync(() => rmSync(file, { force: true })),
    ),
  );
};
