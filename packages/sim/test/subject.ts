// A project in the simulator, as the command makes it: brought up, edited, observed, planned.
import { observeQuery } from "@composure/core/observed/query";
import { type Assertion } from "../src/assertion/Expression.ts";
import { parseAssertion } from "../src/assertion/parse.ts";
import { type Violation, violationOf } from "../src/assertion/evaluate.ts";
import { assume, parseAssumption } from "../src/Assumptions.ts";
import type { ComposeFile } from "../src/generate.ts";
import { observe } from "../src/observe.ts";
import { type Rehearsal, rehearse, type Subject } from "../src/rehearse.ts";
import { worldFromObserved } from "../src/seed.ts";
import { planOn, plainPolicy } from "../src/simulate.ts";
import { type Known, parseTrouble, type Trouble } from "../src/Trouble.ts";
import { wantedReplicas } from "../src/wanted.ts";
import { makeWorld } from "../src/World.ts";
import { deploy, read } from "./scenario.ts";
import * as Result from "effect/Result";

const up = { _tag: "Up", services: [] } as const;

export const orThrow = <A>(result: Result.Result<A, { readonly message: string }>): A => {
  if (Result.isFailure(result)) throw new Error(result.failure.message);
  return result.success;
};

/** From a world in which `before` (if any) is up to one in which `after` is wanted. */
export const subjectOf = (before: ComposeFile | undefined, after: ComposeFile, assumptions: ReadonlyArray<string> = []): Subject => {
  const there = makeWorld();
  if (before !== undefined) deploy(there, read(before));
  const { desired } = read(after);
  const world = worldFromObserved(observe(there, observeQuery(up, desired, plainPolicy), "there"), desired);
  const plan = planOn(world, up, desired);
  const names = [...desired.services.map(({ name }) => name), ...desired.services.map(({ image }) => image)];
  return {
    world,
    plan,
    desired,
    replan: (later) => planOn(later, up, desired),
    recheck: (later) => planOn(later, up, desired),
    contents: () => "",
    wanted: wantedReplicas(world, plan, desired),
    assumptions: assume(assumptions.map((text) => orThrow(parseAssumption(text, names)))),
  };
};

export const knownOf = ({ desired, plan }: Subject): Known => ({
  services: desired.services.map(({ name }) => name),
  images: desired.services.map(({ image }) => image),
  steps: plan.steps.length,
  waits: new Set(plan.steps.filter(({ operation }) => operation._tag === "WaitFor").map(({ id }) => id)),
});

export const troublesOf = (subject: Subject, ...texts: ReadonlyArray<string>): ReadonlyArray<Trouble> => texts.map((text) => orThrow(parseTrouble(text, knownOf(subject))));

export const withFaults = (subject: Subject, ...texts: ReadonlyArray<string>): Rehearsal => rehearse(subject, { troubles: troublesOf(subject, ...texts) });

export const assertionOf = (subject: Subject, text: string): Assertion => orThrow(parseAssertion(text, knownOf(subject).services));
export const violated = (subject: Subject, text: string, run: Rehearsal): Violation | undefined => violationOf(assertionOf(subject, text), run);

/** web waits for db to be healthy; `v` is the version of both. */
export const shop = (v: string): ComposeFile => ({
  name: "shop",
  services: {
    web: { image: "web:1", environment: { V: v }, scale: 2, depends_on: { db: { condition: "service_healthy" } } },
    db: { image: "db:1", environment: { V: v }, volumes: ["data:/srv"], healthcheck: { test: ["CMD", "ready"], interval: "1s" } },
  },
  volumes: { data: {} },
});

export const serviceOf = (run: Rehearsal, name: string) => {
  const found = run.services.find(({ service }) => service === name);
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
};
