// Puts changed files into the containers of a service, and takes away what is gone.
import { lstatSync } from "node:fs";
import { posix } from "node:path";
import { type EngineApi, Engine } from "@composure/engine/Engine";
import type { EngineError } from "@composure/engine/EngineError";
import type { ObservedContainer } from "@composure/core/observed/Observed";
import * as Effect from "effect/Effect";
import { type Rule, targetOf } from "./rules.ts";

interface Change {
  readonly rule: Rule;
  readonly path: string;
}

const exists = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/** One rule's files in one archive for the container's root. */
const packed = async (rule: Rule, paths: ReadonlyArray<string>): Promise<AsyncIterable<Uint8Array>> => {
  const { pack } = await import("tar-fs");
  const { dirname, relative } = posix;
  const base = paths.includes(rule.path) && lstatSync(rule.path).isFile() ? dirname(rule.path) : rule.path;
  const options = {
    entries: paths.map((path) => relative(base, path) || "."),
    strict: false,
    ignore: (path: string) => path !== rule.path && (rule.shuns(path) || (!lstatSync(path, { throwIfNoEntry: false })?.isDirectory() && !rule.takes(path))),
    map: (header: { name: string }) => ({ ...header, name: targetOf(rule, posix.join(base, header.name)).replace(/^\/+/, "") || "." }),
  };
  return pack(base, options as never) as unknown as AsyncIterable<Uint8Array>;
};

const remove = (engine: EngineApi, id: string, targets: ReadonlyArray<string>): Effect.Effect<void, EngineError> =>
  Effect.asVoid(engine.exec(id, { argv: ["rm", "-rf", ...targets], user: "0", environment: [], privileged: false }, () => Effect.void));

/** A folder that came or went speaks for all that is in it. */
const outermost = (paths: ReadonlyArray<string>): ReadonlyArray<string> => paths.filter((path) => !paths.some((other) => other !== path && path.startsWith(`${other}/`)));

export const syncInto = (containers: ReadonlyArray<ObservedContainer>, changes: ReadonlyArray<Change>): Effect.Effect<void, EngineError, Engine> =>
  Effect.gen(function* () {
    const engine = yield* Engine;
    const gone = outermost(changes.filter(({ path }) => !exists(path)).map(({ rule, path }) => targetOf(rule, path)));
    const rules = [...new Set(changes.map(({ rule }) => rule))];
    const one = ({ id }: ObservedContainer) =>
      Effect.gen(function* () {
        if (gone.length > 0) yield* remove(engine, id, gone);
        for (const rule of rules) {
          const present = outermost(changes.filter((change) => change.rule === rule && exists(change.path)).map(({ path }) => path));
          if (present.length === 0) continue;
          const archive = yield* Effect.promise(() => packed(rule, present));
          yield* engine.writeArchive(id, "/", archive, true);
        }
      });
    yield* Effect.forEach(containers, one, { concurrency: 8, discard: true });
  });
