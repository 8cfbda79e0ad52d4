// Commands executed in a running container.
import type { ExecResult } from "@composure/engine/Engine";
import { type Answer, answer, conflict, noSuchContainer } from "./refusals.ts";
import { interpret } from "./script.ts";
import { apiAtLeast, behaviourOf, findContainer, type World } from "./World.ts";

/** A command that would run on ends at once with 0: a simulated hook has nothing to wait for. */
export const executeIn = (world: World, reference: string, argv: ReadonlyArray<string>): Answer<ExecResult> => {
  const container = findContainer(world, reference);
  if (container === undefined) return noSuchContainer(reference);
  if (container.state === "paused") return conflict(`Container ${reference} is paused, unpause the container before exec`);
  if (container.state !== "running") return conflict(`${apiAtLeast(world, 47) ? "c" : "C"}ontainer ${container.id} is not running`);
  const given = behaviourOf(world, container).exec;
  if (given !== undefined) return answer(given);
  const program = interpret(argv);
  return answer({ exitCode: program.exits?.code ?? 0, output: program.prints.map(({ line }) => `${line.text}\n`).join("") });
};
