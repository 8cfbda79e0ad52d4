// wait: until containers end; the exit code is that of the last one.
import { Engine } from "@composure/engine/Engine";
import * as Effect from "effect/Effect";
import type { waitSpec } from "../argv/specs/inspecting.ts";
import { engineFailed, refuse, type Failure } from "../pipeline/Failure.ts";
import { checkServices, isOneOff, labelOf, print, projectContainers, runReading } from "../pipeline/reading.ts";
import { runRequest } from "../pipeline/run.ts";
import type { Run } from "./index.ts";

export const run: Run<typeof waitSpec> = async ({ globals, options, operands }, host) => {
  const code = await runReading(globals, host, (project) =>
    Effect.gen(function* () {
      const engine = yield* Engine;
      const found = yield* projectContainers(project.name, true);
      yield* checkServices(operands, project, found);
      const named = found.filter((container) => !isOneOff(container) && operands.includes(labelOf(container, "service")));
      const running = named.filter(({ state }) => state !== "exited" && state !== "dead" && state !== "created");
      // What has ended already has an exit code too: a short job must not fail those who come late.
      const waited = running.length > 0 ? running : named.filter(({ state }) => state === "exited");
      if (waited.length === 0) return yield* Effect.fail<Failure>(refuse(`no containers for project "${project.name}"`));
      let last = 0;
      const one = (id: string) =>
        Effect.gen(function* () {
          last = yield* Effect.mapError(engine.waitContainer(id), engineFailed);
          yield* print(host, `container "${id}" exited with status code ${last}\n`);
        });
      const all = Effect.forEach(waited, ({ id }) => one(id), { concurrency: "unbounded", discard: true });
      yield* options.downProject ? Effect.raceAll(waited.map(({ id }) => one(id))) : all;
      return last;
    }),
  );
  if (!options.downProject) return code;
  const down = await runRequest({ title: "down", intent: { _tag: "Down", services: [], volumes: false, images: "none" }, flags: { removeOrphans: true } }, globals, host);
  return down === 0 ? code : down;
};
