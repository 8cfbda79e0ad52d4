// watch: brings the project up and keeps its containers up to date with the files they are made from.
import * as Effect from "effect/Effect";
import type { watchSpec } from "../argv/specs/watching.ts";
import { runWithEngine } from "../engine/run.ts";
import { printFailure } from "../pipeline/Failure.ts";
import { print } from "../pipeline/reading.ts";
import { fromFiles } from "../pipeline/request.ts";
import { runChange } from "../pipeline/runChange.ts";
import { isFailure } from "../pipeline/scale.ts";
import { withSession } from "../session.ts";
import { rulesFor, runWatch } from "../watch/run.ts";
import type { Run } from "./index.ts";

export const run: Run<typeof watchSpec> = ({ globals, options, operands: services }, host) =>
  withSession(globals, host, async (session) => {
    const quiet = { pull: options.quiet, build: options.quiet };
    const change = await fromFiles({ title: "up", intent: { _tag: "Up", services }, flags: { build: true }, quiet }, session, true);
    const rules = isFailure(change) || change.source._tag !== "FromFiles" ? change : rulesFor(change.source.loaded.project, services);
    if (isFailure(change) || isFailure(rules) || !("rules" in rules)) {
      if (isFailure(rules)) await printFailure(rules, host, session.settings);
      return 1;
    }
    const program = Effect.gen(function* () {
      const code = options.noUp ? 0 : yield* runChange(change, session);
      if (code !== 0 || globals.dryRun) return code;
      const say = (text: string) => print(host, `${text}\n`);
      return yield* runWatch(change.name, { rules, prune: options.prune, quiet: options.quiet, say }, session);
    });
    return runWithEngine(session, change.workingDir, program);
  });
