// top: the processes of running containers, in one table.
import { Engine } from "@composure/engine/Engine";
import type { ObservedContainer } from "@composure/core/observed/Observed";
import type { ProcessTable } from "@composure/engine/Facts";
import * as Effect from "effect/Effect";
import type { topSpec } from "../argv/specs/closeLooks.ts";
import { table } from "../output/table.ts";
import { engineFailed } from "../pipeline/Failure.ts";
import { byName, checkServices, labelOf, print, projectContainers, runReading } from "../pipeline/reading.ts";
import type { Run } from "./index.ts";

interface Looked {
  readonly container: ObservedContainer;
  readonly processes: ProcessTable;
}

/** The titles of all, the command last: an engine may have containers whose `ps` differ. */
const titlesOf = (looked: ReadonlyArray<Looked>): ReadonlyArray<string> => {
  const titles = [...new Set(looked.flatMap(({ processes }) => processes.titles))];
  const isCommand = (title: string) => title === "CMD" || title === "COMMAND";
  return [...titles.filter((title) => !isCommand(title)), ...titles.filter(isCommand)];
};

const rowsOf = (looked: ReadonlyArray<Looked>, titles: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> =>
  looked.flatMap(({ container, processes }) =>
    processes.processes.map((cells) => [
      labelOf(container, "service"),
      labelOf(container, "container-number") || "-",
      ...titles.map((title) => cells[processes.titles.indexOf(title)] ?? "-"),
    ]),
  );

export const run: Run<typeof topSpec> = ({ globals, operands }, host) =>
  runReading(globals, host, (project) =>
    Effect.gen(function* () {
      const engine = yield* Engine;
      const found = yield* projectContainers(project.name, false);
      yield* checkServices(operands, project, found);
      const wanted = found
        .filter((container) => container.state === "running" || container.state === "paused")
        .filter((container) => operands.length === 0 || operands.includes(labelOf(container, "service")))
        .sort(byName);
      // One that ended meanwhile has no processes.
      const look = (container: ObservedContainer) =>
        Effect.map(engine.listProcesses(container.id), (processes): ReadonlyArray<Looked> => [{ container, processes }]).pipe(
          Effect.catchReasons("EngineError", { NotFound: () => Effect.succeed([]), Conflict: () => Effect.succeed([]) }),
        );
      const looked = (yield* Effect.mapError(Effect.forEach(wanted, look, { concurrency: 8 }), engineFailed)).flat();
      if (looked.length === 0) return 0;
      const titles = titlesOf(looked);
      yield* print(host, table([["SERVICE", "#", ...titles], ...rowsOf(looked, titles)], 4, 2));
      return 0;
    }),
  );
