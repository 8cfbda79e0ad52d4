// Which builder builds: docker's buildx, or the engine's own.
import { readFileSync } from "node:fs";
import * as Effect from "effect/Effect";
import type { DockerConfig } from "./auth.ts";
import type { Buildx } from "./buildx.ts";
import { endpointFor, type TargetOptions } from "./connect.ts";
import { findPlugin } from "./plugins.ts";

export type Builder =
  | { readonly _tag: "Buildx"; readonly buildx: Buildx }
  /** `instead` is what the user does to get the other one. */
  | { readonly _tag: "Engine"; readonly instead: string };

/** What decides. */
export interface BuilderPlace extends TargetOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

export const readText = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};

/** Set to what Go reads as false. */
const isOff = (text: string | undefined): boolean => text !== undefined && /^(?:0|f|false)$/i.test(text);

/**
 * As docker compose 2.40: buildx unless BuildKit is turned off or it is not installed. COMPOSE_BAKE=false leaves BuildKit
 * on. `used` is the engine's address where docker itself would take another.
 */
export const chooseBuilder = (
  place: BuilderPlace,
  config: DockerConfig,
  used: Effect.Effect<string | undefined>,
): Builder => {
  const { env, home } = place;
  if (isOff(env["DOCKER_BUILDKIT"])) return { _tag: "Engine", instead: "set DOCKER_BUILDKIT=1 to use BuildKit" };
  const path = findPlugin("buildx", { env, home, extra: config.cliPluginsExtraDirs });
  if (path === undefined) return { _tag: "Engine", instead: "install docker buildx to use BuildKit" };
  const endpoint = Effect.map(used, (address) => endpointFor(env, home, place, readText, address));
  return { _tag: "Buildx", buildx: { path, env, endpoint } };
};
