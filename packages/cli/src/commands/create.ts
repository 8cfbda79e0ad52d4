// create: makes containers and starts none.
import type { createSpec } from "../argv/specs/up.ts";
import { runWithEngine } from "../engine/run.ts";
import { printFailure } from "../pipeline/Failure.ts";
import { fromFiles } from "../pipeline/request.ts";
import { runChange } from "../pipeline/runChange.ts";
import { isFailure } from "../pipeline/scale.ts";
import { withSession } from "../session.ts";
import type { Run } from "./index.ts";

export const run: Run<typeof createSpec> = ({ globals, options, operands: services }, host) =>
  withSession(globals, host, async (session) => {
    const change = await fromFiles(
      { title: "create", intent: { _tag: "Create", services }, flags: options, scale: options.scale, yes: options.yes, quiet: { pull: options.quietPull, build: false } },
      session,
      true,
    );
    if (isFailure(change)) {
      await printFailure(change, host, session.settings);
      return 1;
    }
    return runWithEngine(session, change.workingDir, runChange(change, session));
  });
