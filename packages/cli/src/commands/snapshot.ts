// snapshot: what the engine holds of the project, as a file that may leave the machine.
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { encodeSnapshot } from "@composure/core/snapshot/snapshot";
import * as Effect from "effect/Effect";
import type { snapshotSpec } from "../argv/specs/explaining.ts";
import { runWithEngine } from "../engine/run.ts";
import { printFailure, refuse, type Failure } from "../pipeline/Failure.ts";
import { observeChange } from "../pipeline/planning.ts";
import { fromFiles } from "../pipeline/request.ts";
import { isFailure } from "../pipeline/scale.ts";
import { withSession, type Session } from "../session.ts";
import type { Run } from "./index.ts";

const write = (text: string, file: string | undefined, { host }: Session): Effect.Effect<void, Failure> =>
  file === undefined || file === ""
    ? Effect.promise(async () => host.stdout.write(text))
    : Effect.try({
        // It tells names and layout: for its owner unless given away.
        try: () => writeFileSync(resolve(host.cwd, file), text, { mode: 0o600 }),
        catch: (error) => refuse(`cannot write ${file}: ${(error as Error).message}`),
      });

export const run: Run<typeof snapshotSpec> = ({ globals, options, operands: services }, host) =>
  withSession(globals, host, async (session) => {
    const change = await fromFiles({ title: "snapshot", intent: { _tag: "Up", services }, flags: {} }, session, true);
    if (isFailure(change)) {
      await printFailure(change, host, session.settings);
      return 1;
    }
    const program = Effect.gen(function* () {
      const { observed } = yield* observeChange(change);
      yield* write(encodeSnapshot(observed), options.output, session);
      return 0;
    });
    return runWithEngine(session, change.workingDir, program);
  });
