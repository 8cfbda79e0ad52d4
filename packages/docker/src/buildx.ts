// Builds with docker's buildx: one process per image, told everything through a bake file on its standard input.
import { spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import type { Operation } from "@composure/core/plan/Operation";
import type { OnProgress, Progress } from "@composure/engine/Engine";
import { BuildFailed, EngineError } from "@composure/engine/EngineError";
import * as Effect from "effect/Effect";
import { type Bake, bakeFile } from "./bake.ts";
import type { Caller } from "./call.ts";
import { childEnvironment, type Endpoint } from "./plugins.ts";
import { imagePath } from "./containers.ts";
import { solveReader } from "./solve.ts";

type BuildImage = Extract<Operation, { readonly _tag: "BuildImage" }>;

/** The value of a top-level secret. */
export type Secret = (key: string) => string;

export interface Buildx {
  readonly path: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly endpoint: Effect.Effect<Endpoint>;
}

/** Milliseconds that an interrupted builder has to tidy up. */
const PATIENCE = 5000;

const failure = (image: string, detail: string, output = ""): EngineError =>
  new EngineError({ call: "buildImage", subject: image, reason: new BuildFailed({ detail, output }) });

/** buildx says where it was and why: "ERROR: target web: failed to solve: process ... exit code: 3". */
export const explainFailure = (complaints: ReadonlyArray<string>, lastWords: ReadonlyArray<string>, code: number | null) => {
  const errors = complaints.filter((line) => line.startsWith("ERROR: "));
  const detail = (errors.at(-1) ?? complaints.at(-1) ?? `buildx ended with code ${code ?? "unknown"}`)
    .replace(/^ERROR: /, "")
    .replace(/^target \S+: /, "")
    .replace(/^failed to solve: (?:rpc error: code = \w+ desc = )?/, "")
    .replace(/^failed to solve with frontend \S+: /, "");
  const excerpt = complaints.filter((line) => !line.startsWith("ERROR: ") && !/^(?:View build details|Build details):/.test(line));
  return { detail, output: [...lastWords, ...excerpt].join("\n") };
};

/** What old builders say to what they do not know, with what would help. */
export const advice = (detail: string): string =>
  /unsupported frontend capability moby\.buildkit\.frontend\.contexts/.test(detail)
    ? `${detail}: additional_contexts need a newer engine, or "# syntax=docker/dockerfile:1" as the Dockerfile's first line`
    : /unsupported request frontend\.lint/.test(detail)
      ? `${detail}: checks need a newer engine, or "# syntax=docker/dockerfile:1" as the Dockerfile's first line`
      : /subdir not supported yet/.test(detail)
        ? `${detail}: a folder within a git repository needs a newer engine, or DOCKER_BUILDKIT=0`
        : detail;

const argumentsFor = (bake: Bake, operation: BuildImage, metadata: string): ReadonlyArray<string> => [
  "bake",
  "--file",
  "-",
  "--progress",
  "rawjson",
  "--metadata-file",
  metadata,
  ...bake.allowed.flatMap((what) => ["--allow", what]),
  ...(operation.builder === undefined ? [] : ["--builder", operation.builder]),
];

interface Ended {
  readonly code: number | null;
  readonly complaints: ReadonlyArray<string>;
  readonly lastWords: ReadonlyArray<string>;
}

/** Runs to the end of its output; interrupting it ends the build. */
export const runBuildx = (
  path: string,
  args: ReadonlyArray<string>,
  env: NodeJS.ProcessEnv,
  input: string,
  onProgress: (progress: Progress) => void,
  onOutput: (text: string) => void = () => {},
): Effect.Effect<Ended, Error> =>
  Effect.callback<Ended, Error>((resume) => {
    // A group of its own: Ctrl-C in the terminal is ours, and we pass it on when the plan is told.
    const child = spawn(path, args, { env, stdio: "pipe", detached: true });
    child.stdout.setEncoding("utf8").on("data", onOutput);
    const reader = solveReader();
    createInterface({ input: child.stderr }).on("line", (line) => reader.read(line).forEach(onProgress));
    child.stdin.on("error", () => {});
    child.once("error", (error) => resume(Effect.fail(error)));
    child.once("close", (code) => {
      reader.end().forEach(onProgress);
      resume(Effect.succeed({ code, complaints: reader.complaints(), lastWords: reader.lastWords() }));
    });
    child.stdin.end(input);
    return Effect.callback<void>((done) => {
      const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
      child.once("close", () => {
        clearTimeout(timer);
        done(Effect.void);
      });
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) {
        clearTimeout(timer);
        done(Effect.void);
      } else child.kill("SIGINT");
    });
  });

const readMetadata = (path: string, target: string): Effect.Effect<string | undefined> =>
  Effect.promise(async () => {
    try {
      const all = JSON.parse(await readFile(path, "utf8")) as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
      const digest = all[target]?.["containerimage.config.digest"] ?? all[target]?.["containerimage.digest"];
      return typeof digest === "string" ? digest : undefined;
    } catch {
      return undefined;
    }
  });

/** Progress comes faster than anybody reads: it is told in order, and the build does not wait for it. */
const relay = (onProgress: OnProgress): ((progress: Progress) => void) => (progress) => void Effect.runFork(onProgress(progress));

/** A container starts from what the engine has under the name; what was only pushed is known by its digest. */
const builtId = (caller: Caller, image: string, digest: string | undefined): Effect.Effect<string, EngineError> =>
  caller
    .read("buildImage", image, (docker) => docker.getImage(imagePath(image)).inspect())
    .pipe(
      Effect.map(({ Id }) => Id),
      Effect.catchReason("EngineError", "NotFound", (_, error) => (digest === undefined ? Effect.fail(error) : Effect.succeed(digest))),
    );

export const buildWithBuildx = (
  caller: Caller,
  { path, env, endpoint }: Buildx,
  operation: BuildImage,
  onProgress: OnProgress,
  secret: Secret,
): Effect.Effect<{ readonly id: string }, EngineError> => {
  const { image } = operation;
  const bake = bakeFile([operation]);
  const variables = Object.fromEntries([...bake.variables].map(([variable, key]) => [variable, secret(key)]));
  const metadata = join(tmpdir(), `composure-build-${randomBytes(8).toString("hex")}.json`);
  return Effect.gen(function* () {
    const environment = childEnvironment(env, yield* endpoint, variables);
    const args = argumentsFor(bake, operation, metadata);
    const ended = yield* runBuildx(path, args, environment, JSON.stringify(bake.file), relay(onProgress)).pipe(
      Effect.mapError((error) => failure(image, `${path} cannot be run: ${error.message}`)),
    );
    if (ended.code !== 0) {
      const { detail, output } = explainFailure(ended.complaints, ended.lastWords, ended.code);
      return yield* failure(image, advice(detail), output);
    }
    return { id: yield* builtId(caller, image, yield* readMetadata(metadata, bake.targets[0] ?? "")) };
  }).pipe(Effect.ensuring(Effect.promise(() => rm(metadata, { force: true }))));
};
