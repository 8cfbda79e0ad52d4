// pull: fetches the images of services.
import type { pullSpec } from "../argv/specs/images.ts";
import { runWithEngine } from "../engine/run.ts";
import { printFailure, refuse } from "../pipeline/Failure.ts";
import { fromFiles } from "../pipeline/request.ts";
import { runChange } from "../pipeline/runChange.ts";
import { isFailure } from "../pipeline/scale.ts";
import { withSession } from "../session.ts";
import type { Run } from "./index.ts";

const policies = ["missing", "always"];

export const run: Run<typeof pullSpec> = ({ globals, options, operands: services }, host) =>
  withSession(options.quiet ? { ...globals, progress: "quiet" } : globals, host, async (session) => {
    const intent = { _tag: "Pull", services, ignoreFailures: options.ignorePullFailures, ignoreBuildable: options.ignoreBuildable } as const;
    const known = options.policy === undefined || policies.includes(options.policy);
    const change = known
      ? await fromFiles({ title: "pull", intent, flags: { pull: options.policy }, quiet: { pull: options.quiet, build: false } }, session, options.includeDeps)
      : refuse(`unknown value "${options.policy}" for --policy`, `use ${policies.join(" or ")}`);
    if (isFailure(change)) {
      await printFailure(change, host, session.settings);
      return 1;
    }
    // With dependencies the loaded part of the project is what is meant, not only the names.
    const wanted = options.includeDeps && services.length > 0 ? { ...change, intent: { ...intent, services: [] } } : change;
    return runWithEngine(session, change.workingDir, runChange(wanted, session));
  });
