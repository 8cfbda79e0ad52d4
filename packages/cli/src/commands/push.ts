// push: sends the images that the project builds to their registries.
import type { pushSpec } from "../argv/specs/images.ts";
import { runWithEngine } from "../engine/run.ts";
import { printFailure } from "../pipeline/Failure.ts";
import { fromFiles } from "../pipeline/request.ts";
import { runChange } from "../pipeline/runChange.ts";
import { isFailure } from "../pipeline/scale.ts";
import { withSession } from "../session.ts";
import type { Run } from "./index.ts";

export const run: Run<typeof pushSpec> = ({ globals, options, operands: services }, host) =>
  withSession(options.quiet ? { ...globals, progress: "quiet" } : globals, host, async (session) => {
    const intent = { _tag: "Push", services, ignoreFailures: options.ignorePushFailures } as const;
    const change = await fromFiles({ title: "push", intent, flags: {}, quiet: { pull: options.quiet, build: false } }, session, options.includeDeps);
    if (isFailure(change)) {
      await printFailure(change, host, session.settings);
      return 1;
    }
    // With dependencies the loaded part of the project is what is meant, not only the names.
    const wanted = options.includeDeps && services.length > 0 ? { ...change, intent: { ...intent, services: [] } } : change;
    return runWithEngine(session, change.workingDir, runChange(wanted, session));
  });
