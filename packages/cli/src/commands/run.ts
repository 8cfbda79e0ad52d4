// run: one more container of a service, for one command; its exit code is ours.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseDotenv } from "@composure/core/parse/dotenv";
import type { Intent } from "@composure/core/policy/Intent";
import { Engine } from "@composure/engine/Engine";
import type { Outcome } from "@composure/engine/Event";
import * as Effect from "effect/Effect";
import type { runSpec } from "../argv/specs/processes.ts";
import { runWithEngine, type SignalDesk } from "../engine/run.ts";
import { converse, endOf, forwardSignals } from "../interactive/attached.ts";
import { oneOffService } from "../interactive/oneOff.ts";
import { detachKeys } from "../load/dockerConfig.ts";
import type { Change } from "../pipeline/Change.ts";
import { engineFailed, printFailure, refuse, type Failure } from "../pipeline/Failure.ts";
import { print } from "../pipeline/reading.ts";
import { exitCodeOf } from "../pipeline/report.ts";
import { fromFiles } from "../pipeline/request.ts";
import { carryOut, prepareAlone } from "../pipeline/runChange.ts";
import { isFailure } from "../pipeline/scale.ts";
import { withSession, type Session } from "../session.ts";
import type { Call, Run } from "./index.ts";

type Options = Call<typeof runSpec>["options"];
type RunIntent = Extract<Intent, { _tag: "Run" }>;

const fileVariables = (files: ReadonlyArray<string>, session: Session): ReadonlyArray<string> | Failure => {
  const { host } = session;
  const variables: Array<string> = [];
  for (const file of files) {
    try {
      const { values, diagnostics } = parseDotenv(readFileSync(resolve(host.cwd, file), "utf8"), (name) => host.env[name], { file });
      if (diagnostics.some(({ severity }) => severity === "error")) return { _tag: "Invalid", diagnostics };
      for (const [name, value] of values) variables.push(`${name}=${value}`);
    } catch (error) {
      return refuse(`cannot read ${file}: ${(error as Error).message}`);
    }
  }
  return variables;
};

const isTerminal = (options: Options, { host }: Session): boolean => !options.noTty && !options.detach && host.stdin.isTTY && host.stdout.isTTY;

/** The project with the service as the command line makes it. */
const withOneOff = (change: Change, options: Options, argv: ReadonlyArray<string>, session: Session): Change | Failure => {
  if (change.source._tag !== "FromFiles") return refuse("run needs the project's files");
  const { loaded } = change.source;
  const [name = ""] = change.intent.services;
  const service = loaded.project.services[name];
  if (service === undefined) return refuse(`no such service: ${name}`);
  const fromFile = fileVariables(options.envFromFile, session);
  if (isFailure(fromFile)) return fromFile;
  const made = oneOffService(service, {
    argv,
    entrypoint: options.entrypoint,
    variables: [...fromFile, ...options.env],
    labels: options.label,
    user: options.user,
    workdir: options.workdir,
    capAdd: options.capAdd,
    capDrop: options.capDrop,
    servicePorts: options.servicePorts,
    publish: options.publish,
    volumes: options.volume,
    tty: isTerminal(options, session),
    stdin: options.interactive,
    cwd: session.host.cwd,
    environment: loaded.project.environment,
  });
  if (isFailure(made)) return made;
  const project = { ...loaded.project, services: { ...loaded.project.services, [name]: made } };
  return { ...change, source: { _tag: "FromFiles", loaded: { ...loaded, project } } };
};

const toChange = async (options: Options, service: string, argv: ReadonlyArray<string>, session: Session): Promise<Change | Failure> => {
  const slug = randomBytes(32).toString("hex");
  const intent: RunIntent = {
    _tag: "Run",
    services: [service],
    name: options.name ?? "",
    slug,
    start: options.detach,
    // Detached too: a program that reads waits for whoever attaches later, as docker compose has it.
    stdin: options.interactive,
    autoRemove: options.rm,
    aliases: options.useAliases,
  };
  const quiet = { pull: options.quietPull || options.quiet, build: options.quietBuild || options.quiet };
  const change = await fromFiles({ title: "run", intent, flags: { build: options.build, pull: options.pull, removeOrphans: options.removeOrphans }, quiet }, session, !options.noDeps);
  if (isFailure(change)) return change;
  const name = options.name ?? `${change.name}-${service}-run-${slug.slice(0, 12)}`;
  return withOneOff({ ...change, intent: { ...intent, name } }, options, argv, session);
};

const madeId = (outcome: Outcome, name: string): string | undefined => {
  for (const { step, outcome: ended } of outcome.steps) {
    if (step.operation._tag === "CreateContainer" && step.operation.name === name && ended._tag === "Done") return ended.result.id;
  }
  return undefined;
};

const attachedRun = (id: string, change: Change, options: Options, session: Session, signals: SignalDesk): Effect.Effect<number, Failure, Engine> =>
  Effect.scoped(
    Effect.gen(function* () {
      const engine = yield* Engine;
      const { host } = session;
      const stdin = options.interactive;
      const tty = isTerminal(options, session);
      const ended = yield* endOf(change.name, id);
      const channel = yield* engine.attach(id, { stdin, ...detachKeys(host.env) });
      yield* forwardSignals(signals, host, id);
      yield* engine.startContainer(id).pipe(
        // What never ran would stay for ever.
        Effect.tapError(() => (options.rm ? Effect.ignore(engine.removeContainer(id, { force: true, volumes: true })) : Effect.void)),
      );
      if (tty) yield* Effect.ignore(engine.resizeContainer(id, host.stdout.size()));
      const code = yield* converse({ id, channel, ended, stdin, tty, ...detachKeys(host.env) }, host);
      // Whoever lets go of it wants it to go on, with --rm until its own end.
      if (code === "detached") return 0;
      // The engine removes it by itself, a moment later; whoever looks after this command must not see it any more.
      if (options.rm) yield* Effect.ignore(engine.removeContainer(id, { force: true, volumes: true }));
      return code;
    }),
  ).pipe(Effect.mapError(engineFailed));

export const run: Run<typeof runSpec> = ({ globals, options, operands: [service = "", ...argv] }, host) =>
  withSession({ ...globals, ...(options.quiet ? { progress: "quiet" } : {}) }, host, async (session) => {
    const change = await toChange(options, service, argv, session);
    if (isFailure(change)) {
      await printFailure(change, host, session.settings);
      return 1;
    }
    const program = (signals: SignalDesk) =>
      Effect.gen(function* () {
        const outcome = yield* Effect.scoped(
          Effect.gen(function* () {
            const prepared = yield* prepareAlone(change, session);
            return prepared._tag === "Stop" ? prepared.code : yield* carryOut(prepared.planned.plan, change, session);
          }),
        );
        if (typeof outcome === "number") return outcome;
        const code = exitCodeOf(outcome);
        const id = madeId(outcome, change.intent._tag === "Run" ? change.intent.name : "");
        if (code !== 0 || id === undefined) return code;
        if (options.detach) return yield* Effect.as(print(host, `${id}\n`), 0);
        return yield* attachedRun(id, change, options, session, signals);
      });
    return runWithEngine(session, change.workingDir, program);
  });
