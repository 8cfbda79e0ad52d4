// exec: a command in a running container; its exit code is ours.
import { Engine, type Command } from "@composure/engine/Engine";
import * as Effect from "effect/Effect";
import type { execSpec } from "../argv/specs/processes.ts";
import { tellDetached } from "../interactive/attached.ts";
import { pump } from "../interactive/pump.ts";
import { readVariables } from "../interactive/variables.ts";
import { detachKeys } from "../load/dockerConfig.ts";
import { engineFailed } from "../pipeline/Failure.ts";
import { checkServices, oneContainer, projectContainers, runReading } from "../pipeline/reading.ts";
import type { Run } from "./index.ts";

export const run: Run<typeof execSpec> = ({ globals, options, operands: [service = "", ...argv] }, host) =>
  runReading(globals, host, (project, _, source) =>
    Effect.scoped(
      Effect.gen(function* () {
        const engine = yield* Engine;
        const found = yield* projectContainers(project.name, false);
        // Without files nobody can tell whether the service is known: then it is just not running.
        if (project.declared !== undefined) yield* checkServices([service], project, found);
        const { id } = yield* oneContainer(service, options.index, found);
        const known = source._tag === "FromFiles" ? source.loaded.project.environment : host.env;
        const command: Command = {
          argv,
          environment: readVariables(options.env, known).map(([name, value]) => (value === null ? name : `${name}=${value}`)),
          privileged: options.privileged,
          ...(options.user === undefined ? {} : { user: options.user }),
          ...(options.workdir === undefined ? {} : { workingDir: options.workdir }),
        };
        if (options.detach) {
          yield* Effect.mapError(engine.execDetached(id, command), engineFailed);
          return 0;
        }
        const tty = !options.noTty && host.stdin.isTTY && host.stdout.isTTY;
        const execution = yield* Effect.mapError(
          engine.openExec(id, command, { stdin: options.interactive, ...(tty ? { size: host.stdout.size() } : {}), ...detachKeys(host.env) }),
          engineFailed,
        );
        const how = yield* Effect.mapError(pump(execution, host, { stdin: options.interactive, tty, ...detachKeys(host.env), resize: execution.resize }), engineFailed);
        const code = how === "detached" ? "running" : yield* Effect.mapError(execution.exitCode, engineFailed);
        if (code !== "running") return code;
        yield* tellDetached(host);
        return 1;
      }),
    ),
  );
