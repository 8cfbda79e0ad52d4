// ps: the project's containers.
import type { ObservedContainer } from "@composure/core/observed/Observed";
import * as Effect from "effect/Effect";
import type { psSpec } from "../argv/specs/reading.ts";
import { dockerConfig } from "../load/dockerConfig.ts";
import { psFilters } from "../output/psFilters.ts";
import { printContainers } from "../output/psTable.ts";
import { refuse, type Failure } from "../pipeline/Failure.ts";
import { byName, checkServices, isOneOff, labelOf, print, projectContainers, runReading } from "../pipeline/reading.ts";
import type { Run } from "./index.ts";

export const run: Run<typeof psSpec> = ({ globals, options, operands }, host) =>
  runReading(globals, host, (project) =>
    Effect.gen(function* () {
      const filters = psFilters(options.status, options.filter);
      if (filters._tag === "Refused") return yield* Effect.fail<Failure>(filters);
      const { name, declared } = project;
      // A filter by state looks at stopped ones and one-offs too.
      const everything = options.all || filters.states.length > 0;
      const wanted = (container: ObservedContainer) =>
        (everything || !isOneOff(container)) &&
        (operands.length === 0 || operands.includes(labelOf(container, "service"))) &&
        (options.orphans || declared === undefined || declared.has(labelOf(container, "service"))) &&
        (filters.states.length === 0 || filters.states.includes(container.state));
      const found = yield* projectContainers(name, everything);
      yield* checkServices(operands, project, found);
      const shown = found.filter(wanted).sort(byName);
      if (options.quiet) yield* print(host, shown.map(({ id }) => `${id}\n`).join(""));
      else if (options.services) yield* print(host, [...new Set(shown.map((container) => labelOf(container, "service")))].map((service) => `${service}\n`).join(""));
      else {
        const printed = printContainers(shown, options.format || dockerConfig(host.env).psFormat || "table", { now: host.now() / 1000, full: options.noTrunc });
        if (printed.problem !== undefined) return yield* Effect.fail<Failure>(refuse(`cannot use --format: ${printed.problem}`));
        yield* print(host, printed.text);
      }
      return 0;
    }),
  );
