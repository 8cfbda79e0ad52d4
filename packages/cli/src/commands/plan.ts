// plan: what up would do. The same value that up executes.
import { summarise } from "@composure/core/format/summary";
import * as Effect from "effect/Effect";
import type { planSpec } from "../argv/specs/up.ts";
import { runWithEngine } from "../engine/run.ts";
import { planFormats } from "../output/planFormats.ts";
import { printFailure, refuse } from "../pipeline/Failure.ts";
import { planChange } from "../pipeline/planning.ts";
import { fromFiles } from "../pipeline/request.ts";
import { showPlan } from "../pipeline/runChange.ts";
import { savePlan } from "../pipeline/saved.ts";
import { isFailure } from "../pipeline/scale.ts";
import { withSession } from "../session.ts";
import type { Run } from "./index.ts";

export const run: Run<typeof planSpec> = ({ globals, options, operands: services }, host) =>
  withSession(globals, host, async (session) => {
    const intent = options.noStart ? ({ _tag: "Create", services } as const) : ({ _tag: "Up", services } as const);
    const change = planFormats.includes(options.format)
      ? await fromFiles({ title: "up", intent, flags: options, scale: options.scale }, session, !options.noDeps)
      : refuse(`unknown format "${options.format}"`, `use ${planFormats.join(", ")}`);
    if (isFailure(change)) {
      await printFailure(change, host, session.settings);
      return 1;
    }
    const program = Effect.gen(function* () {
      const planned = yield* planChange(change);
      if (options.out !== undefined) yield* savePlan(options.out, planned, change, session);
      yield* showPlan(change, planned, session, options.format);
      return options.detailedExitcode && summarise(planned.plan).changed ? 2 : 0;
    });
    return runWithEngine(session, change.workingDir, program);
  });
