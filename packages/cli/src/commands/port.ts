// port: where a container's port is published.
import * as Effect from "effect/Effect";
import type { portSpec } from "../argv/specs/inspecting.ts";
import { refuse, type Failure } from "../pipeline/Failure.ts";
import { checkServices, oneContainer, print, projectContainers, runReading } from "../pipeline/reading.ts";
import type { Run } from "./index.ts";

export const run: Run<typeof portSpec> = ({ globals, options, operands: [service = "", port = ""] }, host) =>
  runReading(globals, host, (project) =>
    Effect.gen(function* () {
      if (!/^\d+$/.test(port)) return yield* Effect.fail<Failure>(refuse(`"${port}" is not a port number`));
      const found = yield* projectContainers(project.name, false);
      yield* checkServices([service], project, found);
      const container = yield* oneContainer(service, options.index, found);
      const binding = container.ports.find((each) => each.private === Number(port) && each.protocol === options.protocol && each.public !== undefined);
      if (binding === undefined) {
        const published = container.ports.map((each) => (each.public === undefined ? `${each.private}/${each.protocol}` : `${each.public}->${each.private}/${each.protocol}`));
        return yield* Effect.fail<Failure>(refuse(`no port ${port}/${options.protocol} for container ${container.name}: ${published.join(", ")}`));
      }
      const ip = binding.ip ?? "";
      yield* print(host, `${ip.includes(":") ? `[${ip}]` : ip}:${binding.public}\n`);
      return 0;
    }),
  );
