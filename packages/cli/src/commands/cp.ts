// cp: files between here and the containers of a service.
import type { ObservedContainer } from "@composure/core/observed/Observed";
import * as Effect from "effect/Effect";
import type { copySpec } from "../argv/specs/closeLooks.ts";
import { readCopy } from "../files/Copy.ts";
import { copyIn } from "../files/copyIn.ts";
import { copyOut } from "../files/copyOut.ts";
import { refuse, type Failure } from "../pipeline/Failure.ts";
import { isOneOff, labelOf, projectContainers, runReading, say } from "../pipeline/reading.ts";
import type { Call, Run } from "./index.ts";

type Options = Call<typeof copySpec>["options"];

const number = (container: ObservedContainer): number => Number(labelOf(container, "container-number")) || Infinity;

/** Stopped ones too; those of `run` only with --all. The lowest number comes first. */
const containersOf = (service: string, options: Options, found: ReadonlyArray<ObservedContainer>): ReadonlyArray<ObservedContainer> | Failure => {
  const all = found.filter((container) => labelOf(container, "service") === service && (options.all || !isOneOff(container)));
  const wanted = all.filter((container) => options.index === 0 || (number(container) === options.index && !isOneOff(container)));
  if (all.length === 0) return refuse(`no container found for service "${service}"`);
  if (wanted.length === 0) return refuse(`service "${service}" has no container #${options.index}`);
  return [...wanted].sort((a, b) => number(a) - number(b) || (a.name < b.name ? -1 : 1));
};

export const run: Run<typeof copySpec> = ({ globals, options, operands: [from = "", to = ""] }, host) =>
  runReading(globals, host, (project, session) =>
    Effect.gen(function* () {
      const copy = readCopy(from, to);
      if (copy._tag === "Wrong") return yield* Effect.fail<Failure>(refuse(copy.message, copy.hint));
      const found = containersOf(copy.service, options, yield* projectContainers(project.name, true));
      if ("_tag" in found) return yield* Effect.fail(found);
      // Out of several replicas the first gives; into all of them everything goes.
      const affected = copy._tag === "Out" ? found.slice(0, 1) : found;
      const tell = (verb: string) =>
        Effect.forEach(
          affected,
          ({ name }) => say(session, copy._tag === "Out" ? `${verb} ${name}:${copy.from} to ${copy.to}` : `${verb} ${copy.from} to ${name}:${copy.to}`),
          { discard: true },
        );
      if (globals.dryRun) {
        yield* tell("would copy");
        return 0;
      }
      const ids = affected.map(({ id }) => id);
      yield* copy._tag === "Out"
        ? copyOut({ id: ids[0] ?? "", from: copy.from, to: copy.to, followLink: options.followLink }, host)
        : copyIn({ ids, from: copy.from, to: copy.to, followLink: options.followLink, archive: options.archive }, host);
      if (to !== "-") yield* tell(" Copied");
      return 0;
    }),
  );
