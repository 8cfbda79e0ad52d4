// A plan in every form that `plan` and `show` print.
import { planDot } from "@composure/core/format/dot";
import { encodePlan } from "@composure/core/format/json";
import { forGitHub, planMarkdown } from "@composure/core/format/markdown";
import { planMermaid } from "@composure/core/format/mermaid";
import { planSvg } from "@composure/core/format/svg";
import type { Plan } from "@composure/core/plan/Plan";
import { renderSteps } from "@composure/core/plan/render";
import { renderPlan, type PlanViewOptions } from "./planView.ts";

const ended = (text: string): string => (text.endsWith("\n") ? text : `${text}\n`);

const formats: Readonly<Record<string, (plan: Plan, view: PlanViewOptions) => string>> = {
  text: renderPlan,
  json: encodePlan,
  steps: (plan) => ended(renderSteps(plan)),
  markdown: (plan) => ended(planMarkdown(plan, forGitHub)),
  dot: (plan) => ended(planDot(plan)),
  mermaid: (plan) => ended(planMermaid(plan)),
  svg: (plan) => ended(planSvg(plan)),
};

export const planFormats: ReadonlyArray<string> = Object.keys(formats);

/** `format` must be one of `planFormats`. */
export const formatPlan = (plan: Plan, format: string, view: PlanViewOptions): string => {
  const render = formats[format];
  if (render === undefined) throw new Error(`no plan format "${format}"`);
  return render(plan, view);
};
