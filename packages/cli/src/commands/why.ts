// why: how a service's containers came to be, what up would do to them now, and what would make new ones.
import { why } from "@composure/core/explain/why";
import { noSuchService } from "@composure/core/select/select";
import * as Effect from "effect/Effect";
import type { whySpec } from "../argv/specs/explaining.ts";
import { runWithEngine } from "../engine/run.ts";
import { renderWhy } from "../output/whyView.ts";
import type { Change } from "../pipeline/Change.ts";
import { printFailure, refuse, type Failure } from "../pipeline/Failure.ts";
import { planChange } from "../pipeline/planning.ts";
import { fromFiles } from "../pipeline/request.ts";
import { isFailure } from "../pipeline/scale.ts";
import { withSession } from "../session.ts";
import type { Run } from "./index.ts";

const unknown = ({ source }: Change, service: string): Failure => {
  if (source._tag === "ByName") return refuse(`no such service: ${service}`);
  const { message, hint } = noSuchService(source.loaded.project, service);
  return refuse(message, hint);
};

const formats = ["text", "json"];

export const run: Run<typeof whySpec> = ({ globals, options, operands: [service = ""] }, host) =>
  withSession(globals, host, async (session) => {
    const change = formats.includes(options.format)
      ? await fromFiles({ title: "why", intent: { _tag: "Up", services: [] }, flags: {} }, session, true)
      : refuse(`unknown format "${options.format}"`, `use ${formats.join(" or ")}`);
    if (isFailure(change)) {
      await printFailure(change, host, session.settings);
      return 1;
    }
    const program = Effect.gen(function* () {
      const { desired, observed, plan } = yield* planChange(change);
      const found = why(service, desired, observed, plan);
      if (found === undefined) return yield* Effect.fail(unknown(change, service));
      const view = { paint: session.inks.stdout, cwd: host.cwd, now: observed.readAt };
      yield* Effect.promise(async () => host.stdout.write(options.format === "json" ? `${JSON.stringify(found, null, 2)}\n` : renderWhy(found, view)));
      return 0;
    });
    return runWithEngine(session, change.workingDir, program);
  });
