// volumes: those of the project, or those that some of its services mount.
import { Engine } from "@composure/engine/Engine";
import type { ObservedVolume } from "@composure/core/observed/Observed";
import * as Effect from "effect/Effect";
import type { volumesSpec } from "../argv/specs/inspecting.ts";
import { printRows } from "../output/rows.ts";
import { engineFailed, refuse, type Failure } from "../pipeline/Failure.ts";
import { checkServices, labelOf, print, runReading } from "../pipeline/reading.ts";
import type { Run } from "./index.ts";

/** docker's keys; the engine's list does not tell sizes. */
const fields = (volume: ObservedVolume) => ({
  Availability: "N/A",
  Driver: volume.driver,
  Group: "N/A",
  Labels: Object.entries(volume.labels).map(([key, value]) => `${key}=${value}`).sort().join(","),
  Links: "N/A",
  Name: volume.name,
  Size: "N/A",
  Status: "N/A",
});

const headers = { Driver: "DRIVER", Name: "VOLUME NAME", Labels: "LABELS" };

export const run: Run<typeof volumesSpec> = ({ globals, options, operands }, host) =>
  runReading(globals, host, (project) =>
    Effect.gen(function* () {
      const engine = yield* Engine;
      const observed = yield* Effect.mapError(engine.observe({ project: project.name, images: [], imageDetails: [], volumes: true, foreign: false }), engineFailed);
      yield* checkServices(operands, project, observed.containers);
      const mounted = new Set(
        observed.containers.filter((container) => operands.includes(labelOf(container, "service"))).flatMap(({ mounts }) => mounts.flatMap(({ name }) => name ?? [])),
      );
      const shown = observed.volumes
        .filter(({ name, labels }) => labels["com.docker.compose.project"] === project.name && (operands.length === 0 || mounted.has(name)))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      if (options.quiet) yield* print(host, shown.map(({ name }) => `${name}\n`).join(""));
      else {
        const printed = printRows(shown.map(fields), options.format, headers, ["Driver", "Name"]);
        if (printed.problem !== undefined) return yield* Effect.fail<Failure>(refuse(`cannot use --format: ${printed.problem}`));
        yield* print(host, printed.text);
      }
      return 0;
    }),
  );
