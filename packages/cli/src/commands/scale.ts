// scale: another number of containers for some services.
import type { scaleSpec } from "../argv/specs/inspecting.ts";
import { runWithEngine } from "../engine/run.ts";
import { printFailure } from "../pipeline/Failure.ts";
import { fromFiles } from "../pipeline/request.ts";
import { runChange } from "../pipeline/runChange.ts";
import { isFailure, readScale } from "../pipeline/scale.ts";
import { withSession } from "../session.ts";
import type { Run } from "./index.ts";

export const run: Run<typeof scaleSpec> = ({ globals, options, operands }, host) =>
  withSession(globals, host, async (session) => {
    const counts = readScale(operands);
    const change = isFailure(counts)
      ? counts
      : await fromFiles({ title: "scale", intent: { _tag: "Up", services: Object.keys(counts) }, flags: {}, scale: operands }, session, !options.noDeps);
    if (isFailure(change)) {
      await printFailure(change, host, session.settings);
      return 1;
    }
    return runWithEngine(session, change.workingDir, runChange(change, session));
  });
