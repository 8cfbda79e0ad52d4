// A container's file system: archives in and out, all of it, and an image of it.
import { Readable } from "node:stream";
import type { EngineApi } from "@composure/engine/Engine";
import { EngineError, NotFound } from "@composure/engine/EngineError";
import type { PathStat } from "@composure/engine/Facts";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import { type Caller, wire } from "./call.ts";
import { segment } from "./containers.ts";
import { parseReference } from "./reference.ts";

type FileCalls = Pick<EngineApi, "statPath" | "readArchive" | "writeArchive" | "exportContainer" | "commitContainer">;

type Answer = NodeJS.ReadableStream & { readonly headers?: Readonly<Record<string, string | undefined>> };

/** Go's os.FileMode: its kinds are bits of their own. */
const FOLDER = 2 ** 31;
const LINK = 2 ** 27;
const OTHER = 2 ** 26 + 2 ** 25 + 2 ** 24 + 2 ** 21 + 2 ** 19;

interface WireStat {
  readonly name: string;
  readonly mode: number;
  readonly linkTarget?: string;
}

const has = (mode: number, bits: number): boolean => Math.floor(mode / bits) % 2 === 1;

const kindOf = (mode: number): PathStat["kind"] => {
  if (has(mode, FOLDER)) return "folder";
  if (has(mode, LINK)) return "link";
  return (mode & OTHER) === 0 ? "file" : "other";
};

const toStat = (header: string | undefined): PathStat => {
  const stat = JSON.parse(Buffer.from(header ?? "", "base64").toString("utf8")) as WireStat;
  return { name: stat.name, kind: kindOf(stat.mode), linkTarget: stat.linkTarget ?? "" };
};

/** A HEAD request has no body that could say what is missing. */
const missing = (id: string, path: string) => (error: EngineError) =>
  error.reason._tag === "NotFound"
    ? new EngineError({ call: "statPath", subject: id, reason: new NotFound({ what: `Could not find the file ${path} in container ${id}` }) })
    : error;

const statPath =
  (caller: Caller): FileCalls["statPath"] =>
  (id, path) =>
    caller
      .read("statPath", id, async (docker, signal) => {
        const answer = (await docker.getContainer(segment(id)).infoArchive({ ...wire({ path }, {}, signal), path })) as unknown as Answer;
        answer.resume();
        return toStat(answer.headers?.["x-docker-container-path-stat"]);
      })
      .pipe(Effect.mapError(missing(id, path)));

const bytesOf = (caller: Caller, call: string, id: string, body: NodeJS.ReadableStream): Stream.Stream<Uint8Array, EngineError> =>
  Stream.fromAsyncIterable(body as AsyncIterable<Uint8Array>, (error) => caller.fail(call, id, error));

const streamed = (caller: Caller, call: string, id: string, run: Parameters<Caller["stream"]>[2]): Stream.Stream<Uint8Array, EngineError> =>
  Stream.unwrap(Effect.map(caller.stream(call, id, run), (body) => bytesOf(caller, call, id, body)));

export const fileCalls = (caller: Caller): FileCalls => ({
  statPath: statPath(caller),
  readArchive: (id, path) =>
    streamed(caller, "readArchive", id, (docker, signal) => docker.getContainer(segment(id)).getArchive({ ...wire({ path }, {}, signal), path })),
  writeArchive: (id, folder, archive, asUser) => {
    const query = { path: folder, noOverwriteDirNonDir: "true", ...(asUser ? { copyUIDGID: "true" } : {}) };
    return Effect.asVoid(
      caller.long("writeArchive", id, (docker, signal) =>
        docker.getContainer(segment(id)).putArchive(Readable.from(archive), { ...wire(query, {}, signal), path: folder }),
      ),
    );
  },
  // dockerode's own export sends no query and cannot carry the signal of a scope otherwise.
  exportContainer: (id) => streamed(caller, "exportContainer", id, (docker, signal) => docker.getContainer(segment(id)).export({ abortSignal: signal } as never) as unknown as Promise<NodeJS.ReadableStream>),
  commitContainer: (id, request) => {
    const { reference, author, message, changes, pause } = request;
    const name = reference === "" ? undefined : parseReference(reference);
    const query = {
      container: id,
      ...(name === undefined ? {} : { repo: reference.replace(/(:[^/:]*)?$/, ""), ...(name.tag === undefined ? {} : { tag: name.tag }) }),
      ...(author === "" ? {} : { author }),
      ...(message === "" ? {} : { comment: message }),
      ...(changes.length === 0 ? {} : { changes: [...changes] }),
      pause: pause ? 1 : 0,
    };
    return Effect.map(
      caller.change("commitContainer", id, (docker, signal) => docker.getContainer(segment(id)).commit(wire(query, {}, signal) as never) as unknown as Promise<unknown>),
      (made) => ({ id: (made as { readonly Id?: string }).Id ?? "" }),
    );
  },
});
