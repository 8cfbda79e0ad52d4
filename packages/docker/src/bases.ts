// Builds that start from what another build of the same run makes (`FROM app-base`) wait for it.
import { readFile } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import type { Build } from "@composure/core/model/Build";
import type { Operation } from "@composure/core/plan/Operation";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import { basesOf } from "./dockerfile.ts";
import { familiarText, parseReference } from "./reference.ts";
import { isRemote } from "./remote.ts";

type BuildImage = Extract<Operation, { readonly _tag: "BuildImage" }>;

/** Nothing where it cannot be read: the builder will say so. */
const dockerfileText = async ({ context = ".", dockerfile = "Dockerfile", dockerfile_inline }: Build): Promise<string> => {
  if (dockerfile_inline !== undefined) return dockerfile_inline;
  if (isRemote(context)) return "";
  return readFile(isAbsolute(dockerfile) ? dockerfile : resolve(context, dockerfile), "utf8").catch(() => "");
};

const keyOf = (image: string): string => familiarText(parseReference(image));

const namesOf = ({ image, build }: BuildImage): ReadonlyArray<string> => [image, ...(build.tags ?? [])].map(keyOf);

interface Running {
  readonly ended: Deferred.Deferred<void>;
  readonly waitsFor: Set<Running>;
}

const reaches = (from: Running, to: Running): boolean =>
  from === to || [...from.waitsFor].some((next) => reaches(next, to));

/** Runs a build when those that make its bases have ended, well or not. Builds that name each other do not wait. */
export const afterBases = (): (<A, E>(operation: BuildImage, build: Effect.Effect<A, E>) => Effect.Effect<A, E>) => {
  const running = new Map<string, Running>();
  return (operation, build) =>
    Effect.suspend(() => {
      const own: Running = { ended: Deferred.makeUnsafe(), waitsFor: new Set() };
      const names = namesOf(operation);
      for (const name of names) running.set(name, own);
      const wait = Effect.gen(function* () {
        const text = yield* Effect.promise(() => dockerfileText(operation.build));
        const found = basesOf(text).flatMap((image) => running.get(keyOf(image)) ?? []);
        for (const base of found.filter((each) => !reaches(each, own))) own.waitsFor.add(base);
        for (const base of own.waitsFor) yield* Deferred.await(base.ended);
      });
      const end = Effect.sync(() => {
        for (const name of names) if (running.get(name) === own) running.delete(name);
        Deferred.doneUnsafe(own.ended, Effect.void);
      });
      return Effect.ensuring(Effect.andThen(wait, build), end);
    });
};
