// export: all files of a service's container as a tar archive.
import { createWriteStream } from "node:fs";
import { resolve } from "node:path";
import { Engine } from "@composure/engine/Engine";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import type { exportSpec } from "../argv/specs/closeLooks.ts";
import { toFile } from "../files/toFile.ts";
import { engineFailed, refuse, type Failure } from "../pipeline/Failure.ts";
import { checkServices, oneContainer, print, projectContainers, runReading, say } from "../pipeline/reading.ts";
import type { Run } from "./index.ts";

export const run: Run<typeof exportSpec> = ({ globals, options, operands: [service = ""] }, host) =>
  runReading(globals, host, (project, session) =>
    Effect.gen(function* () {
      const engine = yield* Engine;
      if (options.output === undefined && host.stdout.isTTY) {
        return yield* Effect.fail<Failure>(refuse("an archive is not for a terminal", "name a file with --output, or redirect the output"));
      }
      const found = yield* projectContainers(project.name, false);
      yield* checkServices([service], project, found);
      const container = yield* oneContainer(service, options.index, found);
      if (globals.dryRun) {
        yield* say(session, `would export ${container.name}${options.output === undefined ? "" : ` to ${options.output}`}`);
        return 0;
      }
      const archive = engine.exportContainer(container.id);
      if (options.output === undefined) {
        yield* Effect.mapError(Stream.runForEach(archive, (bytes) => print(host, bytes)), engineFailed);
        return 0;
      }
      const path = resolve(host.cwd, options.output);
      yield* toFile(archive, () => createWriteStream(path), options.output);
      yield* say(session, ` Container ${container.name}  Exported to ${options.output}`);
      return 0;
    }),
  );
