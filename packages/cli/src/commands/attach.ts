// attach: our input and output become those of a container's own process.
import { Engine } from "@composure/engine/Engine";
import * as Effect from "effect/Effect";
import type { attachSpec } from "../argv/specs/processes.ts";
import { converse, endOf, forwardSignals, tellDetached } from "../interactive/attached.ts";
import { parseKeys } from "../interactive/escape.ts";
import { detachKeys } from "../load/dockerConfig.ts";
import { engineFailed, refuse, type Failure } from "../pipeline/Failure.ts";
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
        const keys = detachKeys(host.env, options.detachKeys);
        if (keys.detachKeys !== undefined && parseKeys(keys.detachKeys) === undefined) {
          return yield* Effect.fail<Failure>(refuse(`invalid detach keys (${keys.detachKeys}) provided`, "a list of keys, each a letter or ctrl- and a letter: ctrl-p,ctrl-q"));
        }
        const tty = details.tty && stdin && host.stdin.isTTY;
        const talk = Effect.gen(function* () {
          const ended = yield* endOf(project.name, id);
          const channel = yield* engine.attach(id, { stdin, ...keys });
          if (options.sigProxy) yield* forwardSignals(signals, host, id);
          if (tty) {
            // A program draws its screen, and a shell its prompt, when the size changes; the size may be what it was before.
            const { columns, rows } = host.stdout.size();
            yield* Effect.ignore(engine.resizeContainer(id, { columns: columns + 1, rows: rows + 1 }));
            yield* Effect.ignore(engine.resizeContainer(id, { columns, rows }));
          }
          const code = yield* converse({ id, channel, ended, stdin, tty, ...keys }, host);
          if (code !== "detached") return code;
          yield* tellDetached(host);
          return 1;
        });
        return yield* Effect.mapError(talk, (error): Failure => engineFailed(error));
      }),
    ),
  );
