// Planning against a snapshot instead of an engine.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Observed } from "@composure/core/observed/Observed";
import { decodeSnapshot } from "@composure/core/snapshot/snapshot";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import type { Session } from "../session.ts";
import type { Change } from "./Change.ts";
import { refuse, type Failure } from "./Failure.ts";
import { planAgainst, type Planned } from "./planning.ts";
import { labelOf } from "./reading.ts";

export const readSnapshot = (file: string, { host }: Session): Observed | Failure => {
  let text: string;
  try {
    text = readFileSync(resolve(host.cwd, file), "utf8");
  } catch (error) {
    return refuse(`cannot read ${file}: ${(error as Error).message}`);
  }
  const observed = decodeSnapshot(text);
  return Result.isSuccess(observed) ? observed.success : { _tag: "Invalid", diagnostics: observed.failure };
};

/** A snapshot holds the images that the files named when it was taken; whether the engine has others it cannot tell. */
export const unknownImages = ({ desired, observed }: Planned): ReadonlyArray<string> => {
  const known = new Set(observed.images.map(({ reference }) => reference));
  return [...new Set(desired.services.map(({ image }) => image))].filter((image) => !known.has(image));
};

/** The plan that would have been made when the snapshot was: its time is the time of planning. */
export const planFromSnapshot = async (observed: Observed, change: Change): Promise<Planned | Failure> => {
  const other = observed.containers.map((container) => labelOf(container, "project")).find((project) => project !== change.name);
  if (other !== undefined) return refuse(`the snapshot is of project "${other}", not of "${change.name}"`, "name the project with --project-name, or take a snapshot of this one");
  const then = { ...change, policy: { ...change.policy, now: observed.readAt } };
  return Effect.runPromise(Effect.match(planAgainst(then, observed), { onSuccess: (planned): Planned | Failure => planned, onFailure: (failure): Planned | Failure => failure }));
};
