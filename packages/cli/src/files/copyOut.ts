// From a container to here: the engine's archive, unpacked under the right name, or passed on as it is.
import { lstatSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { posix } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type EngineApi, Engine } from "@composure/engine/Engine";
import type { EngineError } from "@composure/engine/EngineError";
import type { PathStat } from "@composure/engine/Facts";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import type { Host } from "../host/Host.ts";
import { engineFailed, refuse, type Failure } from "../pipeline/Failure.ts";
import { print } from "../pipeline/reading.ts";
import { inContainer, landing, meansContent, type Place } from "./Copy.ts";

/** Where a path leads in the end: a link in a container is resolved by name, its target may be relative to it. */
const resolved = (engine: EngineApi, id: string, path: string, follow: boolean): Effect.Effect<{ readonly path: string; readonly stat: PathStat }, EngineError> =>
  Effect.gen(function* () {
    const stat = yield* engine.statPath(id, path);
    if (!follow || stat.kind !== "link") return { path, stat };
    const target = posix.resolve(posix.dirname(path), stat.linkTarget);
    return { path: target, stat: yield* engine.statPath(id, target) };
  });

const placeAt = (path: string): Place => {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? "nothing" : stat.isDirectory() ? "folder" : "file";
};

/** The archive's first name becomes `name`, or goes. */
const renamed = (entry: string, name: string | undefined): string => {
  const rest = entry.replace(/^\.?\/+/, "").split("/").slice(1).join("/");
  return name === undefined ? rest : rest === "" ? name : `${name}/${rest}`;
};

const unpack = async (archive: AsyncIterable<Uint8Array>, folder: string, name: string | undefined): Promise<void> => {
  const { extract } = await import("tar-fs");
  const options = {
    // The files belong to whoever copies them; their modes are kept to the bit.
    chown: false,
    umask: 0,
    // A link may lead anywhere; nothing is ever written through one.
    validateSymlinks: false,
    map: (header: { name: string; type?: string | null; linkname?: string | null }) => {
      header.name = renamed(header.name, name) || ".";
      if (header.type === "link" && typeof header.linkname === "string") header.linkname = renamed(header.linkname, name);
      return header;
    },
  };
  await pipeline(Readable.from(archive), extract(folder, options as never));
};

export interface OutRequest {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly followLink: boolean;
}

export const copyOut = ({ id, from, to, followLink }: OutRequest, host: Host): Effect.Effect<void, Failure, Engine> =>
  Effect.gen(function* () {
    const engine = yield* Engine;
    const asked = inContainer(from);
    const content = meansContent(from);
    const source = yield* Effect.mapError(resolved(engine, id, asked, followLink || content), engineFailed);
    const archive = engine.readArchive(id, source.path);
    if (to === "-") {
      if (host.stdout.isTTY) return yield* Effect.fail<Failure>(refuse("an archive is not for a terminal", "redirect the output, or name a file"));
      return yield* Effect.mapError(Stream.runForEach(archive, (bytes) => print(host, bytes)), engineFailed);
    }
    const local = resolve(host.cwd, to);
    const coming = { name: posix.basename(asked) || "root", isFolder: source.stat.kind === "folder", content };
    const decided = landing(coming, placeAt(local), to, { folder: local, base: basename(local), parent: dirname(local) });
    if (decided._tag === "Refused") return yield* Effect.fail<Failure>(refuse(`${decided.message}: ${to}`));
    if (lstatSync(decided.folder, { throwIfNoEntry: false }) === undefined) return yield* Effect.fail<Failure>(refuse(`invalid output path: directory "${decided.folder}" does not exist`));
    yield* Effect.tryPromise({
      try: () => unpack(Stream.toAsyncIterable(archive), decided.folder, decided.name),
      catch: (error): Failure => (isEngineError(error) ? engineFailed(error) : refuse(`cannot write ${to}: ${(error as Error).message}`)),
    });
  });

const isEngineError = (error: unknown): error is EngineError => typeof error === "object" && error !== null && "_tag" in error && error._tag === "EngineError";
