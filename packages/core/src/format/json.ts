// The plan as JSON: versioned, complete, in a stable order, without secrets. What is derived (summary, actions) is for
// readers; only the plan itself is read back.
import * as Result from "effect/Result";
import { maskSecrets } from "../explain/secrets.ts";
import { describeOperation } from "../plan/describe.ts";
import type { Plan } from "../plan/Plan.ts";
import type { Reason } from "../plan/Reason.ts";
import type { Diagnostic } from "../source/Diagnostic.ts";
import { fault } from "../source/problem.ts";
import type { Action, ServiceSummary, Summary } from "./Action.ts";
import { downtimeText } from "./downtime.ts";
import { documentNode, planFormat, planVersion, type PlanDocument } from "./document.ts";
import { planShape } from "./planShape.ts";
import { arrange, check } from "./shape.ts";
import { summarise } from "./summary.ts";
import { becauseText, reasonText } from "./words.ts";

type ActionDocument = PlanDocument["actions"][number];

const reasonWords = (reason: Reason): { readonly _tag: string; readonly text: string } => ({
  _tag: reason._tag,
  text: reasonText(reason),
});

const actionDocument = (action: Action): ActionDocument => ({
  address: action.address,
  kind: action.kind,
  ...(action.service === undefined ? {} : { service: action.service }),
  name: action.name,
  action: action.action,
  ...(action.order === undefined ? {} : { order: action.order }),
  reason: reasonWords(action.reason),
  fields: action.fields,
  downtime: { class: action.downtime._tag, text: downtimeText(action.downtime) },
  ...(action.when === undefined ? {} : { when: action.when }),
  restorable: action.restorable,
  steps: action.steps,
});

const serviceDocument = ({ service, downtime }: ServiceSummary): PlanDocument["services"][number] => ({
  service,
  downtime: { class: downtime._tag, text: downtimeText(downtime) },
});

/** The document with every secret masked and every field in its place. */
export const planDocument = (plan: Plan, summary: Summary = summarise(plan)): PlanDocument => {
  const document: PlanDocument = {
    format: planFormat,
    version: planVersion,
    changed: summary.changed,
    headline: summary.headline,
    counts: summary.counts,
    actions: [...summary.resources, ...summary.services.flatMap(({ actions }) => actions)].map(actionDocument),
    services: summary.services.map(serviceDocument),
    ...plan,
    steps: plan.steps.map((step) => ({ ...step, text: describeOperation(step.operation), because: becauseText(step) })),
  };
  return maskSecrets(arrange(documentNode, document)) as PlanDocument;
};

/** Two spaces of indentation and a newline at the end. */
export const encodePlan = (plan: Plan): string => `${JSON.stringify(planDocument(plan), null, 2)}\n`;

type Decoded<A> = Result.Result<A, ReadonlyArray<Diagnostic>>;

export const parseDocument = (text: string, what: string): Decoded<unknown> => {
  try {
    return Result.succeed(JSON.parse(text) as unknown);
  } catch (error) {
    return Result.fail([fault("invalid-json", `${what} is no JSON: ${(error as Error).message}`, {})]);
  }
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The document when it says that it is one of ours, of a version that is known. */
export const claimedDocument = (
  value: unknown,
  format: string,
  version: number,
  what: string,
): Decoded<Readonly<Record<string, unknown>>> => {
  if (!isRecord(value) || value["format"] !== format) {
    return Result.fail([fault("wrong-document", `this is no ${what}: "format" is not "${format}"`, {})]);
  }
  if (value["version"] !== version) {
    const hint = "Make it again with this version, or read it with the version that made it.";
    return Result.fail([
      fault(
        "wrong-version",
        `${what} of version ${JSON.stringify(value["version"])}; this version of Composure reads ${version}`,
        {},
        hint,
      ),
    ]);
  }
  return Result.succeed(value);
};

/** Only the order makes a graph a plan: each step names earlier ones. */
const checkOrder = (plan: Plan): ReadonlyArray<Diagnostic> =>
  plan.steps.flatMap((step, index) => {
    const here = `steps.${index}`;
    const wrongId = step.id === index + 1 ? [] : [fault("invalid-plan", `${here}: expected id ${index + 1}`, {})];
    const named = [...step.needs, ...(step.after ?? []), ...idsIn(step.operation), ...idsIn(step.guard)];
    const late = named.filter((id) => id >= step.id);
    return [
      ...wrongId,
      ...late.map((id) =>
        fault("invalid-plan", `${here}: step ${step.id} comes before step ${id}, which it names`, {}),
      ),
    ];
  });

/** References to steps, wherever they stand in an operation or a guard. */
const idsIn = (value: unknown): ReadonlyArray<number> => {
  if (Array.isArray(value)) return value.flatMap(idsIn);
  if (!isRecord(value)) return [];
  const own = typeof value["_tag"] === "string" && typeof value["step"] === "number" ? [value["step"]] : [];
  return [...own, ...Object.values(value).flatMap(idsIn)];
};

/** Reads the plan out of a document, which may hold more than the plan. */
export const readPlan = (document: Readonly<Record<string, unknown>>): Decoded<Plan> => {
  const steps: unknown = document["steps"];
  const value = {
    project: document["project"],
    intent: document["intent"],
    steps: Array.isArray(steps)
      ? steps.map((step: unknown) => {
          if (!isRecord(step)) return step;
          const { text: _, because: __, ...rest } = step;
          return rest;
        })
      : steps,
    notices: document["notices"],
    confirmations: document["confirmations"],
    untouched: document["untouched"],
  };
  const faults = check(planShape.node, value);
  if (faults.length > 0) return Result.fail(faults);
  const plan = value as Plan;
  const disorder = checkOrder(plan);
  return disorder.length > 0 ? Result.fail(disorder) : Result.succeed(plan);
};

/** The plan of a document made by `encodePlan`; its secrets stay masked. */
export const decodePlan = (text: string): Decoded<Plan> =>
  Result.flatMap(parseDocument(text, "the plan"), (value) =>
    Result.flatMap(claimedDocument(value, planFormat, planVersion, "plan"), readPlan),
  );
