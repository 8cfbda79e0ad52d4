// Runs a command's effect over the chosen engine, turns failures into messages and signals into interruption.
import type { Engine } from "@composure/engine/Engine";
import type { EngineError } from "@composure/engine/EngineError";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Fiber from "effect/Fiber";
import type * as Layer from "effect/Layer";
import type { Signal } from "../host/Host.ts";
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

/** Who hears signals: the command's effect may put its own listener here. */
export interface SignalDesk {
  listener: (signal: Signal) => void;
}

type Program = Effect.Effect<number, Failure, Engine>;

const badEngine = async ({ globals, host, settings }: Session): Promise<number> => {
  const asked = globals.engine ?? host.env["COMPOSURE_ENGINE"] ?? "";
  await printFailure(refuse(`unknown engine "${asked}"`, "use --engine docker, --engine sim or --engine sim:PATH"), host, settings);
  return 1;
};

/** The first signal interrupts the effect and lets it tidy up; the second ends the process at once. */
export const runWithEngine = async (session: Session, workingDir: string, program: Program | ((signals: SignalDesk) => Program)): Promise<number> => {
  const { host, settings } = session;
  const layer = await engineLayer(session, workingDir);
  if (layer === undefined) return badEngine(session);
  let signals = 0;
  const desk: SignalDesk = {
    listener: () => {
      signals++;
      if (signals > 1) host.exit(interruptedCode);
      fiber.interruptUnsafe();
    },
  };
  const provided = Effect.provide(typeof program === "function" ? program(desk) : program, layer);
  const fiber = Effect.runFork(Effect.mapError(provided, (error): Failure => (error._tag === "EngineError" ? engineFailed(error) : error)));
  const stopListening = host.onSignal((signal) => desk.listener(signal));
  const exit = await Effect.runPromise(Fiber.await(fiber));
  stopListening();
  if (Exit.isSuccess(exit)) return signals > 0 ? interruptedCode : exit.value;
  const failure = Cause.findErrorOption(exit.cause);
  if (failure._tag === "Some") await printFailure(failure.value, host, settings);
  else if (!Cause.hasInterruptsOnly(exit.cause)) throw Cause.squash(exit.cause);
  return signals > 0 || failure._tag === "None" ? interruptedCode : 1;
};
