// Files put into a container: one tar archive, unpacked by the engine at the root.
import type { InjectedFile } from "@composure/core/desired/Desired";
import type { EngineApi } from "@composure/engine/Engine";
import { EngineError, Rejected } from "@composure/engine/EngineError";
import * as Effect from "effect/Effect";
import { type Caller, wire } from "./call.ts";
import { segment } from "./containers.ts";

/** An id in digits; names mean nothing to the engine. Absent and empty are root. */
const numericId = (text: string): number | undefined =>
  text === "" ? 0 : /^\d+$/.test(text) ? Number(text) : undefined;

const packFiles = async (
  files: ReadonlyArray<InjectedFile>,
  content: (file: InjectedFile) => string,
): Promise<Buffer> => {
  const { pack } = await import("tar-stream");
  const archive = pack();
  for (const file of files) {
    archive.entry(
      {
        name: file.target.replace(/^\/+/, ""),
        mode: file.mode,
        uid: numericId(file.uid) ?? 0,
        gid: numericId(file.gid) ?? 0,
        mtime: new Date(),
      },
      content(file),
    );
  }
  archive.finalize();
  const chunks: Array<Uint8Array> = [];
  for await (const chunk of archive) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
};

export const injectFiles =
  (caller: Caller): EngineApi["injectFiles"] =>
  (id, files, content) =>
    Effect.gen(function* () {
      if (files.length === 0) return;
      const wrong = files.find((file) => numericId(file.uid) === undefined || numericId(file.gid) === undefined);
      if (wrong !== undefined) {
        const detail = `${wrong.kind} ${wrong.key}: uid and gid must be numbers, got "${wrong.uid}:${wrong.gid}"`;
        return yield* new EngineError({
          call: "injectFiles",
          subject: id,
          reason: new Rejected({ status: 0, detail }),
        });
      }
      const archive = yield* Effect.promise(() => packFiles(files, content));
      yield* caller.change("injectFiles", id, (docker, signal) =>
        docker.getContainer(segment(id)).putArchive(archive, { ...wire({ path: "/" }, {}, signal), path: "/" }),
      );
    });
