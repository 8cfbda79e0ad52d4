// build: makes the images of services.
import { resolve } from "node:path";
import { parseByteSize } from "@composure/core/decode/byteSize";
import type { Operation } from "@composure/core/plan/Operation";
import type { SshKey } from "@composure/core/policy/Intent";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import type { buildSpec } from "../argv/specs/images.ts";
import { dockerOptions } from "../engine/dockerEngine.ts";
import { chooseEngine } from "../engine/choose.ts";
import { runWithEngine } from "../engine/run.ts";
import type { Host } from "../host/Host.ts";
import type { Change } from "../pipeline/Change.ts";
import { printFailure, refuse, type Failure } from "../pipeline/Failure.ts";
import { planAgainst } from "../pipeline/planning.ts";
import { fromFiles } from "../pipeline/request.ts";
import { runChange } from "../pipeline/runChange.ts";
import { isFailure } from "../pipeline/scale.ts";
import { withSession, type Session } from "../session.ts";
import type { Call, Run } from "./index.ts";

type Options = Call<typeof buildSpec>["options"];
type BuildImage = Extract<Operation, { readonly _tag: "BuildImage" }>;

/** `KEY=VALUE`, or `KEY` for the value that the environment has. */
const readArguments = (given: ReadonlyArray<string>, env: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    given.flatMap((text) => {
      const at = text.indexOf("=");
      if (at !== -1) return [[text.slice(0, at), text.slice(at + 1)]];
      const value = env[text];
      return value === undefined ? [] : [[text, value]];
    }),
  );

/** "default", or "id=path". */
const readSsh = (text: string, cwd: string): SshKey => {
  const at = text.indexOf("=");
  if (at === -1) return { id: text === "" ? "default" : text };
  const path = text.slice(at + 1);
  return { id: text.slice(0, at), path: path === "" ? path : resolve(cwd, path) };
};

const readMemory = (text: string | undefined): number | undefined | Failure => {
  if (text === undefined) return undefined;
  const size = parseByteSize(text);
  return Result.isSuccess(size) ? size.success : refuse(`invalid argument "${text}" for "-m, --memory" flag: ${size.failure}`, "write a number with b, k, m or g: 512m");
};

const intentOf = (options: Options, services: ReadonlyArray<string>, host: Host) => {
  const memory = readMemory(options.memory);
  if (typeof memory === "object") return memory;
  const { builder, provenance, sbom } = options;
  return {
    _tag: "Build",
    services,
    pull: options.pull,
    noCache: options.noCache,
    args: readArguments(options.buildArg, host.env),
    ...(options.push ? { push: true } : {}),
    ...(builder === undefined || builder === "" ? {} : { builder }),
    ...(memory === undefined || memory === 0 ? {} : { memory }),
    ...(options.ssh === undefined ? {} : { ssh: [readSsh(options.ssh, host.cwd)] }),
    ...(provenance === undefined ? {} : { provenance }),
    ...(sbom === undefined ? {} : { sbom }),
  } as const;
};

/** A build is planned the same whatever the engine holds. */
const nothing = { apiVersion: "1.51", target: "", readAt: 0, containers: [], foreign: [], networks: [], volumes: [], images: [] };

const buildsOf = async (change: Change): Promise<ReadonlyArray<BuildImage> | Failure> => {
  const planned = await Effect.runPromise(Effect.result(planAgainst(change, nothing)));
  if (Result.isFailure(planned)) return planned.failure;
  return planned.success.plan.steps.flatMap(({ operation }) => (operation._tag === "BuildImage" ? [operation] : []));
};

const print = async (builds: ReadonlyArray<BuildImage>, { host }: Session): Promise<number> => {
  const { bakeFile } = await import("@composure/docker/bake");
  await host.stdout.write(`${JSON.stringify(bakeFile(builds).file, null, 2)}\n`);
  return 0;
};

/** The builder's own judgement of the Dockerfiles, printed as it comes. */
const check = async (builds: ReadonlyArray<BuildImage>, change: Change, session: Session): Promise<number> => {
  const { host, globals, settings } = session;
  const choice = chooseEngine(globals, host.env, change.workingDir, host.cwd);
  const { checkBuilds } = await import("@composure/docker/checks");
  const failed = async (failure: Failure) => {
    await printFailure(failure, host, settings);
    return 1;
  };
  if (choice?._tag !== "Docker") return failed(refuse("--check needs docker buildx", "use --engine docker"));
  const checked = await checkBuilds(dockerOptions(choice, host.env), builds, (text) => void host.stdout.write(text));
  return checked.problem === undefined ? checked.code : failed(refuse(checked.problem));
};

export const run: Run<typeof buildSpec> = ({ globals, options, operands: services }, host) =>
  withSession({ ...globals, progress: options.progress ?? globals.progress }, host, async (session) => {
    const intent = intentOf(options, services, host);
    const change = isFailure(intent)
      ? intent
      : await fromFiles({ title: "build", intent, flags: {}, quiet: { pull: false, build: options.quiet } }, session, options.withDependencies);
    if (isFailure(change)) {
      await printFailure(change, host, session.settings);
      return 1;
    }
    // With dependencies the loaded part of the project is what is meant, not only the names.
    const wanted = options.withDependencies && services.length > 0 ? { ...change, intent: { ...change.intent, services: [] } } : change;
    if (!options.print && !options.check) return runWithEngine(session, change.workingDir, runChange(wanted, session));
    const builds = await buildsOf(wanted);
    if (!isFailure(builds)) return options.print ? print(builds, session) : check(builds, wanted, session);
    await printFailure(builds, host, session.settings);
    return 1;
  });
