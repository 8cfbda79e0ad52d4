// Runs a command's effect over the chosen engine, turns failures into messages and signals into interruption.
import type { Engine } from "@composure/engine/Engine";
import type { EngineError } from "@composure/engine/EngineError";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import type * as Layer from "effect/Layer";
import { engineFailed, printFailure, refuse, type Failure } from "../pipeline/Failure.ts";
import type { Session } from "../session.ts";
import { chooseEngine } from "./choose.ts";

/** 128 + SIGINT, as docker compose ends on any signal. */
export const interruptedCode = 130;

const engineLayer = async (session: Session, workingDir: string): Promise<Layer.Layer<Engine, EngineError> | undefined> => {
  const { globals, host } = session;
  const choice = chooseEngine(globals, host.env, workingDir, host.cwd);
  switch (choice?._tag) {
    case undefined:
      return undefined;
    case "Sim":
      return (await import("./simFile.ts")).simLayer(choice.path);
    case "Docker":
      return (await import("./dockerEngine.ts")).dockerLayer(choice, host.env);
  }
};

/**
 * The first signal interrupts the effect and lets it tidy up; the second ends the process at once.
 * With `ownsSignals` the effect hears signals itself.
 */
export const runWithEngine = async (
  session: Session,
  workingDir: string,
  program: Effect.Effect<number, Failure, Engine>,
  ownsSignals = false,
): Promise<number> => {
  const { host, settings, globals } = session;
  const layer = await engineLayer(session, workingDir);
  if (layer === undefined) {
    await printFailure(refuse(`unknown engine "${globals.engine ?? host.env["COMPOSURE_ENGINE"]}"`, "use --engine docker, --engine sim or --engine sim:PATH"), host, settings);
    return 1;
  }
  const failing = Effect.provide(program, layer).pipe(Effect.mapError((error): Failure => (error._tag === "EngineError" ? engineFailed(error) : error)));
  const fiber = Effect.runFork(failing);
  let signals = 0;
  const stopListening = ownsSignals
    ? () => {}
    : host.onSignal(() => {
        signals++;
        if (signals > 1) host.exit(interruptedCode);
        Effect.runFork(Fiber.interrupt(fiber));
      });
  const exit = await Effect.runPromise(Fiber.await(fiber));
  stopListening();
  if (Exit.isSuccess(exit)) return signals > 0 ? interruptedCode : exit.value;
  if (Cause.hasInterruptsOnly(exit.cause)) return interruptedCode;
  const failure = Cause.findErrorOption(exit.cause);
  if (failure._tag === "None") throw Cause.squash(exit.cause);
  await printFailure(failure.value, host, settings);
  return signals > 0 ? interruptedCode : 1;
};
