// commit: an image of a service's container as it is now.
import { Engine } from "@composure/engine/Engine";
import * as Effect from "effect/Effect";
import type { commitSpec } from "../argv/specs/closeLooks.ts";
import { engineFailed } from "../pipeline/Failure.ts";
import { checkServices, oneContainer, projectContainers, runReading, say } from "../pipeline/reading.ts";
import type { Run } from "./index.ts";

export const run: Run<typeof commitSpec> = ({ globals, options, operands: [service = "", reference = ""] }, host) =>
  runReading(globals, host, (project, session) =>
    Effect.gen(function* () {
      const engine = yield* Engine;
      const found = yield* projectContainers(project.name, false);
      yield* checkServices([service], project, found);
      const container = yield* oneContainer(service, options.index, found);
      if (globals.dryRun) {
        yield* say(session, `would commit ${container.name}${reference === "" ? "" : ` as ${reference}`}`);
        return 0;
      }
      const request = { reference, author: options.author, message: options.message, changes: options.change, pause: options.pause };
      const { id } = yield* Effect.mapError(engine.commitContainer(container.id, request), engineFailed);
      yield* say(session, ` Container ${container.name}  Committed as ${reference === "" ? id : `${reference} (${id})`}`);
      return 0;
    }),
  );
