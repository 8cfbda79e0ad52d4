// A world as text and back, so that a simulated engine can live in a file between commands.
import * as Result from "effect/Result";
import { advanceTo } from "./life.ts";
import type { Millis, World } from "./World.ts";

const format = "composure simulated engine, 1";

/** Lines of output that are kept per container. */
const keptLines = 1000;

/** Events that are kept, as many as the daemon keeps. */
const keptEvents = 256;

export const encodeWorld = (world: World): string => {
  const containers = Object.fromEntries(Object.entries(world.containers).map(([id, container]) => [id, { ...container, logs: container.logs.slice(-keptLines) }]));
  return `${JSON.stringify({ format, world: { ...world, containers, events: world.events.slice(-keptEvents) } }, null, 1)}\n`;
};

/** Reads what `encodeWorld` wrote. `now` (Unix milliseconds) lets the time in between pass: restarts, probes and exits happen. */
export const decodeWorld = (text: string, now: Millis): Result.Result<World, string> => {
  const parsed = parse(text);
  if (parsed === undefined || parsed.format !== format || parsed.world === undefined) {
    return Result.fail("this file does not hold a simulated engine (or one of another version)");
  }
  advanceTo(parsed.world, now);
  return Result.succeed(parsed.world);
};

const parse = (text: string): { readonly format?: unknown; readonly world?: World } | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
};

/** A copy that shares nothing. */
export const copyWorld = (world: World): World => structuredClone(world);
