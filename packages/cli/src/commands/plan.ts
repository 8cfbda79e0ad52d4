// plan: what up would do. The same value that up executes.
import { summarise } from "@composure/core/format/summary";
import * as Effect from "effect/Effect";
import type { planSpec } from "../argv/specs/up.ts";
import { runWithEngine } from "../engine/run.ts";
import { formatPlan, planFormats } from "../output/planFormats.ts";
import type { Change } from "../pipeline/Change.ts";
import { printFailure, refuse, type Failure } from "../pipeline/Failure.ts";
import { planChange } from "../pipeline/planning.ts";
import { fromFiles } from "../pipeline/request.ts";
import { showPlan } from "../pipeline/runChange.ts";
import { savePlan } from "../pipeline/saved.ts";
import { isFailure } from "../pipeline/scale.ts";
import { planFromSnapshot, readSnapshot, unknownImages } from "../pipeline/snapshot.ts";
import { withSession, type Session } from "../session.ts";
import type { Call, Run } from "./index.ts";

type Options = Call<typeof planSpec>["options"];

/** plan --state: against a snapshot; no engine is asked. */
const planFromState = async (file: string, change: Change, { format, out, detailedExitcode }: Options, session: Session): Promise<number> => {
  const { host, settings, inks } = session;
  const observed = out === undefined ? readSnapshot(file, session) : refuse("--state and --out are incompatible", "a saved plan relies on what the engine holds when it is made");
  const planned = isFailure(observed) ? observed : await planFromSnapshot(observed, change);
  if (isFailure(observed) || isFailure(planned)) {
    await printFailure(isFailure(observed) ? observed : (planned as Failure), host, settings);
    return 1;
  }
  for (const image of unknownImages(planned)) await host.stderr.write(`${inks.stderr("yellow", "warning")}: image ${image} is not in the snapshot, so it is planned as absent from the engine\n`);
  const heading = `up ${change.name} on a snapshot of ${observed.target}, ${new Date(observed.readAt * 1000).toISOString()}`;
  const columns = host.stdout.isTTY ? host.stdout.size().columns : 120;
  await host.stdout.write(formatPlan(planned.plan, format, { heading, paint: inks.stdout, columns, cwd: host.cwd }));
  return detailedExitcode && summarise(planned.plan).changed ? 2 : 0;
};

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
    if (options.state !== undefined) return planFromState(options.state, change, options, session);
    const program = Effect.gen(function* () {
      const planned = yield* planChange(change);
      if (options.out !== undefined) yield* savePlan(options.out, planned, change, session);
      yield* showPlan(change, planned, session, options.format);
      return options.detailedExitcode && summarise(planned.plan).changed ? 2 : 0;
    });
    return runWithEngine(session, change.workingDir, program);
  });
