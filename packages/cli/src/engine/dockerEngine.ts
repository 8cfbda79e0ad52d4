// The engine that docker's own settings name.
import { homedir } from "node:os";
import { type DockerOptions, layer } from "@composure/docker/DockerEngine";
import type { Engine } from "@composure/engine/Engine";
import type { EngineError } from "@composure/engine/EngineError";
import type * as Layer from "effect/Layer";
import type { Host } from "../host/Host.ts";
import type { EngineChoice } from "./choose.ts";

export const dockerOptions = (choice: Extract<EngineChoice, { _tag: "Docker" }>, env: Host["env"]): DockerOptions => ({
  env,
  home: env["HOME"] || homedir(),
  ...(choice.host === undefined ? {} : { host: choice.host }),
  ...(choice.context === undefined ? {} : { context: choice.context }),
  ...(choice.tls === undefined ? {} : { tls: choice.tls }),
});

export const dockerLayer = (choice: Extract<EngineChoice, { _tag: "Docker" }>, env: Host["env"]): Layer.Layer<Engine, EngineError> => layer(dockerOptions(choice, env));
