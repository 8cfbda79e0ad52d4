// show: a saved plan, as it was.
import type { showSpec } from "../argv/specs/saved.ts";
import { formatPlan, planFormats } from "../output/planFormats.ts";
import { printFailure, refuse } from "../pipeline/Failure.ts";
import { readSavedPlan } from "../pipeline/saved.ts";
import { isFailure } from "../pipeline/scale.ts";
import { withSession } from "../session.ts";
import type { Run } from "./index.ts";

export const run: Run<typeof showSpec> = ({ globals, options, operands: [file = ""] }, host) =>
  withSession(globals, host, async (session) => {
    const saved = planFormats.includes(options.format)
      ? readSavedPlan(file, session)
      : refuse(`unknown format "${options.format}"`, `use ${planFormats.join(", ")}`);
    if (isFailure(saved)) {
      await printFailure(saved, host, session.settings);
      return 1;
    }
    const { meta, plan } = saved;
    const made = `${new Date(meta.createdAt * 1000).toISOString()}${meta.createdBy === undefined ? "" : ` by ${meta.createdBy}`}`;
    const view = {
      heading: `up ${plan.project.name} on ${meta.target}, saved ${made}`,
      paint: session.inks.stdout,
      columns: host.stdout.isTTY ? host.stdout.size().columns : 120,
      cwd: host.cwd,
    };
    await host.stdout.write(formatPlan(plan, options.format, view));
    return 0;
  });
