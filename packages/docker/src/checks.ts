// `build --check`: BuildKit's lint of the Dockerfiles; nothing is built.
import type { Operation } from "@composure/core/plan/Operation";
import * as Effect from "effect/Effect";
import { readDockerConfig } from "./auth.ts";
import { bakeFile } from "./bake.ts";
import { type BuilderPlace, chooseBuilder } from "./builder.ts";
import { advice, explainFailure, runBuildx } from "./buildx.ts";
import { dockerConfigDir } from "./connect.ts";
import { childEnvironment } from "./plugins.ts";

type BuildImage = Extract<Operation, { readonly _tag: "BuildImage" }>;

export interface Checked {
  /** 0 when nothing is to be said against the Dockerfiles. */
  readonly code: number;
  /** Why they could not be checked. */
  readonly problem?: string;
}

/** `onOutput` is given what the builder prints. */
export const checkBuilds = async (
  place: BuilderPlace,
  builds: ReadonlyArray<BuildImage>,
  onOutput: (text: string) => void,
): Promise<Checked> => {
  const { env, home } = place;
  const config = await readDockerConfig(dockerConfigDir(env, home));
  const builder = chooseBuilder(place, config, Effect.succeed(undefined));
  if (builder._tag === "Engine") return { code: 1, problem: `--check needs BuildKit: ${builder.instead}` };
  const { path, endpoint } = builder.buildx;
  const bake = bakeFile(builds, "lint");
  const chosen = builds.find(({ builder: name }) => name !== undefined)?.builder;
  const args = [
    "bake",
    "--file",
    "-",
    "--progress",
    "rawjson",
    ...bake.allowed.flatMap((what) => ["--allow", what]),
    ...(chosen === undefined ? [] : ["--builder", chosen]),
  ];
  let printed = "";
  const print = (text: string) => {
    printed += text;
    onOutput(text);
  };
  const environment = childEnvironment(env, await Effect.runPromise(endpoint));
  const ended = await Effect.runPromise(
    Effect.result(runBuildx(path, args, environment, JSON.stringify(bake.file), () => {}, print)),
  );
  if (ended._tag === "Failure") return { code: 1, problem: `${path} cannot be run: ${ended.failure.message}` };
  const { code, complaints, lastWords } = ended.success;
  // With something printed, that is the judgement; else it came to none.
  if (code === 0 || printed !== "") return { code: code ?? 1 };
  return { code: 1, problem: advice(explainFailure(complaints, lastWords, code).detail) };
};
