// From here into containers: an archive of what is copied, under the name that it gets there.
import { lstatSync, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, posix, resolve } from "node:path";
import { type EngineApi, Engine } from "@composure/engine/Engine";
import * as Effect from "effect/Effect";
import type { Host } from "../host/Host.ts";
import { engineFailed, refuse, type Failure } from "../pipeline/Failure.ts";
import { type Coming, inContainer, landing, meansContent, meansFolder, type Place } from "./Copy.ts";

type Archive = AsyncIterable<Uint8Array>;

interface Source extends Coming {
  /** The archive with everything under this name; without one, the folder's content. */
  readonly pack: (name: string | undefined) => Promise<Archive>;
}

const packed = async (path: string, isFolder: boolean, name: string | undefined): Promise<Archive> => {
  const { pack } = await import("tar-fs");
  if (!isFolder) {
    const options = { entries: [basename(path)], map: (header: { name: string }) => ({ ...header, name: name ?? basename(path) }) };
    return pack(dirname(path), options as never) as unknown as Archive;
  }
  const under = (entry: string) => (entry === "." || entry === "" ? (name ?? ".") : name === undefined ? entry : `${name}/${entry}`);
  const options = { ...(name === undefined ? { entries: readdirSync(path) } : {}), strict: false, map: (header: { name: string }) => ({ ...header, name: under(header.name) }) };
  return pack(path, options as never) as unknown as Archive;
};

const localSource = (from: string, followLink: boolean, host: Host): Source | Failure => {
  const path = resolve(host.cwd, from);
  const content = meansContent(from);
  const follow = followLink || meansFolder(from);
  try {
    const stat = follow ? statSync(path) : lstatSync(path);
    const isFolder = stat.isDirectory();
    if (!isFolder && meansFolder(from)) return refuse(`${from} is not a folder`);
    // The packer looks at the thing itself; a link that is followed must be out of its way.
    const real = follow ? realpathSync(path) : path;
    return { name: basename(path), isFolder, content, pack: (name) => packed(real, isFolder, name) };
  } catch (error) {
    return refuse(`cannot read ${from}: ${(error as NodeJS.ErrnoException).code === "ENOENT" ? "no such file or directory" : (error as Error).message}`);
  }
};

/** Everything that comes in, for more than one container. */
const stdinOf = (host: Host): Effect.Effect<ReadonlyArray<Uint8Array>> =>
  Effect.callback((resume) => {
    const chunks: Array<Uint8Array> = [];
    const stop = host.stdin.onBytes((bytes) => {
      if (bytes !== undefined) chunks.push(bytes);
      else {
        stop();
        resume(Effect.succeed(chunks));
      }
    });
    return Effect.sync(stop);
  });

async function* replay(chunks: ReadonlyArray<Uint8Array>): Archive {
  yield* chunks;
}

interface Target {
  readonly path: string;
  readonly place: Place;
}

const targetOf = (engine: EngineApi, id: string, path: string): Effect.Effect<Target, Failure> => {
  const look = (at: string, links: number): ReturnType<typeof targetOf> =>
    Effect.gen(function* () {
      const stat = yield* Effect.catchReason(engine.statPath(id, at), "EngineError", "NotFound", () => Effect.succeed(undefined)).pipe(Effect.mapError(engineFailed));
      if (stat === undefined) return { path: at, place: "nothing" };
      if (stat.kind !== "link") return { path: at, place: stat.kind === "folder" ? "folder" : "file" };
      if (links > 40) return yield* Effect.fail<Failure>(refuse(`too many links at ${path}`));
      return yield* look(posix.resolve(posix.dirname(at), stat.linkTarget), links + 1);
    });
  return look(inContainer(path), 0);
};

export interface InRequest {
  readonly ids: ReadonlyArray<string>;
  readonly from: string;
  readonly to: string;
  readonly followLink: boolean;
  /** Everything belongs to the container's user afterwards. */
  readonly archive: boolean;
}

const unpackStdin = ({ ids, to, archive }: InRequest, host: Host): Effect.Effect<void, Failure, Engine> =>
  Effect.gen(function* () {
    const engine = yield* Engine;
    if (host.stdin.isTTY) return yield* Effect.fail<Failure>(refuse("an archive does not come from a terminal", "pipe one in: tar c folder | composure cp - SERVICE:/path"));
    const targets = yield* Effect.forEach(ids, (id) => targetOf(engine, id, to));
    if (targets.some(({ place }) => place !== "folder")) return yield* Effect.fail<Failure>(refuse(`destination "${to}" must be a directory`));
    const chunks = yield* stdinOf(host);
    const write = (id: string, at: number) => engine.writeArchive(id, targets[at]?.path ?? to, replay(chunks), archive);
    yield* Effect.mapError(Effect.forEach(ids, write, { concurrency: "unbounded", discard: true }), engineFailed);
  });

export const copyIn = (request: InRequest, host: Host): Effect.Effect<void, Failure, Engine> =>
  Effect.gen(function* () {
    if (request.from === "-") return yield* unpackStdin(request, host);
    const engine = yield* Engine;
    const source = localSource(request.from, request.followLink, host);
    if ("_tag" in source) return yield* Effect.fail(source);
    const one = (id: string) =>
      Effect.gen(function* () {
        const { path, place } = yield* targetOf(engine, id, request.to);
        const decided = landing(source, place, request.to, { folder: path, base: posix.basename(path), parent: posix.dirname(path) });
        if (decided._tag === "Refused") return yield* Effect.fail<Failure>(refuse(`${decided.message}: ${request.to}`));
        const archive = yield* Effect.promise(() => source.pack(decided.name));
        yield* Effect.mapError(engine.writeArchive(id, decided.folder, archive, request.archive), engineFailed);
      });
    yield* Effect.forEach(request.ids, one, { concurrency: "unbounded", discard: true });
  });
