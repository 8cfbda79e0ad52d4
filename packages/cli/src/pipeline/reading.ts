// What the commands that only read have in common: the project's name, its containers, and where output goes.
import { Engine } from "@composure/engine/Engine";
import type { ObservedContainer } from "@composure/core/observed/Observed";
import * as Effect from "effect/Effect";
import type { GlobalOptions } from "../argv/globals.ts";
import { runWithEngine, type SignalDesk } from "../engine/run.ts";
import type { Host } from "../host/Host.ts";
import { loadFilesOrName, type Source } from "../load/source.ts";
import { withSession, type Session } from "../session.ts";
import { engineFailed, printFailure, refuse, type Failure } from "./Failure.ts";
import { identityOf, type Identity } from "./identity.ts";

export const labelOf = (container: ObservedContainer, key: string): string => container.labels[`com.docker.compose.${key}`] ?? "";
export const isOneOff = (container: ObservedContainer): boolean => labelOf(container, "oneoff") === "True";
export const byName = (a: ObservedContainer, b: ObservedContainer): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** Runs `program` for the project of the files, or of the name when there are none. */
export const runReading = (
  globals: GlobalOptions,
  host: Host,
  program: (project: Identity, session: Session, source: Source, signals: SignalDesk) => Effect.Effect<number, Failure, Engine>,
): Promise<number> =>
  withSession(globals, host, async (session) => {
    const source = await loadFilesOrName(globals, host);
    if (source._tag === "Invalid") {
      await printFailure(source, host, session.settings);
      return 1;
    }
    const identity = identityOf(source, host);
    return runWithEngine(session, identity.workingDir, (signals) => program(identity, session, source, signals));
  });

export const projectContainers = (name: string, all: boolean): Effect.Effect<ReadonlyArray<ObservedContainer>, Failure, Engine> =>
  Effect.gen(function* () {
    const engine = yield* Engine;
    return yield* Effect.mapError(
      engine.listContainers({ labels: [`com.docker.compose.project=${name}`, "com.docker.compose.config-hash"], all }),
      engineFailed,
    );
  });

/** Services that are neither declared nor have a container. */
export const checkServices = (
  named: ReadonlyArray<string>,
  { declared }: Identity,
  found: ReadonlyArray<ObservedContainer>,
): Effect.Effect<void, Failure> => {
  const unknown = named.find((service) => declared?.has(service) !== true && !found.some((container) => labelOf(container, "service") === service));
  return unknown === undefined ? Effect.void : Effect.fail(refuse(`no such service: ${unknown}`));
};

/** The running container that a command with SERVICE means: the numbered one, or the lowest. */
export const oneContainer = (service: string, index: number, found: ReadonlyArray<ObservedContainer>): Effect.Effect<ObservedContainer, Failure> => {
  const number = (container: ObservedContainer) => Number(labelOf(container, "container-number")) || Infinity;
  const running = found.filter((container) => container.state === "running" && labelOf(container, "service") === service);
  const wanted = running
    .filter((container) => index === 0 || (number(container) === index && !isOneOff(container)))
    .sort((a, b) => Number(isOneOff(a)) - Number(isOneOff(b)) || number(a) - number(b));
  const [first] = wanted;
  return first === undefined ? Effect.fail(refuse(`service "${service}" is not running${index === 0 ? "" : ` container #${index}`}`)) : Effect.succeed(first);
};

export const print = (host: Host, text: string | Uint8Array): Effect.Effect<void> => Effect.promise(async () => host.stdout.write(text));

/** One line about what was done, in the way that progress is asked for. */
export const say = ({ host, settings }: Session, text: string): Effect.Effect<void> =>
  Effect.promise(async () => {
    if (settings.progress === "quiet") return;
    await host.stderr.write(settings.progress === "json" ? `${JSON.stringify({ message: text.trim() })}\n` : `${text}\n`);
  });
