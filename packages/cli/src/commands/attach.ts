// attach: our input and output become those of a container's own process.
import { Engine } from "@composure/engine/Engine";
import * as Effect from "effect/Effect";
import type { attachSpec } from "../argv/specs/processes.ts";
import { converse, endOf, forwardSignals } from "../interactive/attached.ts";
import { engineFailed, type Failure } from "../pipeline/Failure.ts";
import { checkServices, oneContainer, projectContainers, runReading } from "../pipeline/reading.ts";
import type { Run } from "./index.ts";

export const run: Run<typeof attachSpec> = ({ globals, options, operands: [service = ""] }, host) =>
  runReading(globals, host, (project, _session, _source, signals) =>
    Effect.scoped(
      Effect.gen(function* () {
        const engine = yield* Engine;
        const found = yield* projectContainers(project.name, false);
        yield* checkServices([service], project, found);
        const { id } = yield* oneContainer(service, options.index, found);
        const details = yield* Effect.mapError(engine.inspectContainer(id), engineFailed);
        const stdin = !options.noStdin;
        const tty = details.tty && stdin && host.stdin.isTTY;
        const talk = Effect.gen(function* () {
          const ended = yield* endOf(project.name, id);
          const channel = yield* engine.attach(id, { stdin });
          if (options.sigProxy) yield* forwardSignals(signals, host, id);
          if (tty) yield* Effect.ignore(engine.resizeContainer(id, host.stdout.size()));
          return yield* converse({ id, channel, ended, stdin, tty }, host);
        });
        return yield* Effect.mapError(talk, (error): Failure => engineFailed(error));
      }),
    ),
  );
