// simulate: the user's change on a simulated engine that begins as the real one is. Nothing is changed.
import type { simulateSpec } from "../argv/specs/simulating.ts";
import { Engine } from "@composure/engine/Engine";
import type { Observed } from "@composure/core/observed/Observed";
import { simulationDocument } from "@composure/sim/document";
import { drawMarkdown } from "@composure/sim/picture/markdown";
import { drawSvg } from "@composure/sim/picture/svg";
import * as Effect from "effect/Effect";
import { runWithEngine } from "../engine/run.ts";
import type { Change } from "../pipeline/Change.ts";
import { printFailure, refuse, type Failure } from "../pipeline/Failure.ts";
import { planChange, type Planned } from "../pipeline/planning.ts";
import { fromFiles, fromFilesOrName, type Request } from "../pipeline/request.ts";
import { isFailure } from "../pipeline/scale.ts";
import { planFromSnapshot, readSnapshot, unknownImages } from "../pipeline/snapshot.ts";
import { withSession, type Session } from "../session.ts";
import { intentNames, intentOf } from "../simulate/intents.ts";
import { checkAsked, simulateAsked, type Told } from "../simulate/ask.ts";
import { renderSimulation } from "../simulate/view.ts";
import type { Call, Run } from "./index.ts";

type Options = Call<typeof simulateSpec>["options"];

/** Every form but that for terminals. */
const drawings: Readonly<Record<string, (told: Told, heading: string, command: string) => string>> = {
  svg: ({ rehearsal }, heading) => drawSvg(rehearsal.timeline, rehearsal.services, heading),
  markdown: ({ rehearsal, judged, explorations }, heading) => drawMarkdown(rehearsal, heading, judged, explorations),
  json: ({ rehearsal, judged, explorations }, _, command) => `${JSON.stringify(simulationDocument(rehearsal, { command, judged, explorations }), null, 2)}\n`,
};
const formats = ["text", ...Object.keys(drawings)];

const toChange = async (options: Options, services: ReadonlyArray<string>, session: Session): Promise<Change | Failure> => {
  if (!formats.includes(options.format)) return refuse(`unknown format "${options.format}"`, `use ${formats.join(", ")}`);
  const intent = intentOf(options.intent, services);
  if (intent === undefined) return refuse(`unknown intent "${options.intent}"`, `use ${intentNames.join(", ")}`);
  const wrong = checkAsked(options);
  if (wrong !== undefined) return wrong;
  const request: Request = { title: options.intent, intent, flags: options, scale: options.scale };
  return intent._tag === "Up" || intent._tag === "Create" ? fromFiles(request, session, !options.noDeps) : fromFilesOrName(request, session);
};

const simulated = (planned: Planned, change: Change, options: Options, session: Session, origin: string): Effect.Effect<number, Failure> =>
  Effect.gen(function* () {
    const { host, inks } = session;
    const told = simulateAsked(planned, change, options, session.settings.parallel);
    if (isFailure(told)) return yield* Effect.fail(told);
    const columns = host.stdout.isTTY ? host.stdout.size().columns : 120;
    const heading = `${change.title} ${change.name} simulated on ${origin}`;
    const draw = drawings[options.format];
    const text = draw === undefined ? renderSimulation(told, { heading, title: change.title, paint: inks.stdout, columns }) : draw(told, `${change.title} ${change.name}, simulated`, change.title);
    yield* Effect.promise(async () => host.stdout.write(text));
    return told.exitCode;
  });

const onSnapshot = async (observed: Observed, change: Change, options: Options, session: Session): Promise<number> => {
  const { host, settings, inks } = session;
  const planned = await planFromSnapshot(observed, change);
  const origin = `a snapshot of ${observed.target}, ${new Date(observed.readAt * 1000).toISOString()}`;
  const told = isFailure(planned) ? Effect.fail(planned) : simulated(planned, change, options, session, origin);
  if (!isFailure(planned)) for (const image of unknownImages(planned)) await host.stderr.write(`${inks.stderr("yellow", "warning")}: image ${image} is not in the snapshot, so it is pulled in the simulation\n`);
  const ended = await Effect.runPromise(Effect.match(told, { onSuccess: (code): number | Failure => code, onFailure: (failure): number | Failure => failure }));
  if (typeof ended === "number") return ended;
  await printFailure(ended, host, settings);
  return 1;
};

export const run: Run<typeof simulateSpec> = ({ globals, options, operands: services }, host) =>
  withSession(globals, host, async (session) => {
    const change = await toChange(options, services, session);
    const observed = isFailure(change) || options.state === undefined ? undefined : readSnapshot(options.state, session);
    if (isFailure(change) || (observed !== undefined && isFailure(observed))) {
      await printFailure(isFailure(change) ? change : (observed as Failure), host, session.settings);
      return 1;
    }
    if (observed !== undefined) return onSnapshot(observed, change, options, session);
    const program = Effect.gen(function* () {
      const engine = yield* Engine;
      const planned = yield* planChange(change);
      return yield* simulated(planned, change, options, session, engine.kind === "docker" ? `what docker engine ${engine.target} holds` : `what the ${engine.target} holds`);
    });
    return runWithEngine(session, change.workingDir, program);
  });
