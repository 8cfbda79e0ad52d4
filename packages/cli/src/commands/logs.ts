// logs: what the project's containers have printed, and with -f what they print from now on.
import { Engine, type LogsRequest } from "@composure/engine/Engine";
import type { ObservedContainer } from "@composure/core/observed/Observed";
import * as Effect from "effect/Effect";
import type { logsSpec } from "../argv/specs/reading.ts";
import { runWithEngine } from "../engine/run.ts";
import type { Host } from "../host/Host.ts";
import { loadFilesOrName, type Source } from "../load/source.ts";
import { followAll } from "../logs/follow.ts";
import { containerLines, mergeByTime } from "../logs/streams.ts";
import { logName } from "../logs/names.ts";
import { apiTime } from "../logs/time.ts";
import { logWriter } from "../logs/Writer.ts";
import { describeError } from "../output/engineError.ts";
import { printFailure, refuse, type Failure } from "../pipeline/Failure.ts";
import { identityOf } from "../pipeline/identity.ts";
import { byName, checkServices, projectContainers } from "../pipeline/reading.ts";
import { withSession, type Session } from "../session.ts";
import type { Call, Run } from "./index.ts";

type Options = Call<typeof logsSpec>["options"];

const readRequest = (options: Options, host: Host): LogsRequest | Failure => {
  const tail = options.tail;
  if (tail !== "all" && !/^-?\d+$/.test(tail)) return refuse(`invalid value "${tail}" for --tail`, 'use a number of lines, or "all"');
  const times: { since?: string; until?: string } = {};
  for (const key of ["since", "until"] as const) {
    const given = options[key];
    if (given === undefined || given === "") continue;
    const time = apiTime(given, host.now());
    if (time === undefined) return refuse(`invalid value "${given}" for --${key}`, "use a time (2013-01-02T13:23:37Z) or a duration (42m)");
    times[key] = time;
  }
  const lines = tail === "all" || Number(tail) < 0 ? undefined : Number(tail);
  return { follow: options.follow, timestamps: options.timestamps, ...times, ...(lines === undefined ? {} : { tail: lines }) };
};

/** Services whose output is asked for; without names, those that do not opt out with `attach: false`. */
const selector = (source: Source, operands: ReadonlyArray<string>) => {
  const services = source._tag === "FromFiles" ? { ...source.loaded.project.disabled_services, ...source.loaded.project.services } : {};
  return (service: string) => (operands.length > 0 ? operands.includes(service) : services[service]?.attach !== false);
};

const program = (session: Session, source: Source, options: Options, operands: ReadonlyArray<string>, request: LogsRequest) =>
  Effect.gen(function* () {
    const { host } = session;
    const engine = yield* Engine;
    const identity = identityOf(source, host);
    const { name: project } = identity;
    const selected = selector(source, operands);
    const wanted = (container: { readonly labels: ObservedContainer["labels"] }) => {
      const text = (key: string) => container.labels[`com.docker.compose.${key}`] ?? "";
      return text("oneoff") !== "True" && selected(text("service")) && (options.index === 0 || text("container-number") === String(options.index));
    };
    const writer = logWriter({ prefix: !options.noLogPrefix, paint: options.noColor ? (_, text) => text : session.inks.stdout });
    const write = (text: string) => Effect.promise(async () => host.stdout.write(text));
    const complain = (name: string) => (error: Parameters<typeof describeError>[0]) =>
      Effect.promise(async () => host.stderr.write(`cannot read the logs of ${name}: ${describeError(error).headline}\n`));
    const prepare = Effect.gen(function* () {
      const found = yield* Effect.provideService(projectContainers(project, true), Engine, engine);
      yield* checkServices(operands, identity, found);
      const containers = found.filter(wanted).sort(byName);
      for (const container of containers) writer.register(logName(container, project));
      return containers;
    });
    if (options.follow) {
      yield* followAll({
        project,
        request,
        wanted,
        containers: prepare,
        write: (name, lines) => write(lines.map(({ text }) => writer.line(name, text)).join("")),
        complain: (name, error) => complain(name)(error),
      });
      return 0;
    }
    const sources = (yield* prepare).map((container) => ({
      name: logName(container, project),
      lines: containerLines(container.id, { ...request, timestamps: true }),
    }));
    yield* mergeByTime(
      sources,
      (line) => write(writer.line(line.name, line.text, options.timestamps ? line.time : undefined)),
      (name, error) => complain(name)(error),
    );
    return 0;
  });

export const run: Run<typeof logsSpec> = ({ globals, options, operands }, host) =>
  withSession(globals, host, async (session) => {
    const source = await loadFilesOrName(globals, host);
    const request = readRequest(options, host);
    const failure: Failure | undefined =
      source._tag === "Invalid"
        ? source
        : "_tag" in request
          ? request
          : options.index > 0 && operands.length !== 1
            ? refuse("--index requires one service to be selected")
            : undefined;
    if (failure !== undefined || source._tag === "Invalid" || "_tag" in request) {
      if (failure !== undefined) await printFailure(failure, host, session.settings);
      return 1;
    }
    return runWithEngine(session, identityOf(source, host).workingDir, program(session, source, options, operands, request));
  });
