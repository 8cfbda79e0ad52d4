// Random scripts of calls on the simulated and on a real engine: the same answers, the same state after each, the same events.
import { randomBytes } from "node:crypto";
import { makeDockerEngine } from "@composure/docker/DockerEngine";
import * as Effect from "effect/Effect";
import { describe, test } from "vitest";
import type { Place } from "../src/calls/Place.ts";
import { runScript } from "../src/calls/run.ts";
import { drawScript } from "../src/calls/Script.ts";
import { shrink, tell } from "../src/calls/shrink.ts";
import type { EngineClient } from "../src/EngineClient.ts";
import { findEngine, removeProject } from "../src/engineUnderTest.ts";

/** `COMPOSURE_CALLS_RUNS=500` is the nightly mode; `COMPOSURE_SEED` is the first script. */
const runs = Number(process.env["COMPOSURE_CALLS_RUNS"] ?? 25);
const first = Number(process.env["COMPOSURE_SEED"] ?? 1);

/** Shortening runs a script once per call of it. */
const shortens = process.env["COMPOSURE_CALLS_SHRINK"] !== "no";

/** Drawn, not counted: several runs may share an engine. */
const drawPlace = (): Place => {
  const [a = 0, b = 0, c = 0] = randomBytes(3);
  return { prefix: `calls-${randomBytes(4).toString("hex")}x`, subnet: `10.${100 + (a % 100)}.${b}`, port: 20_000 + a * 40 + (c % 40) };
};

const clean = async (client: EngineClient, { prefix }: Place): Promise<void> => {
  // What is paused cannot be removed on every engine.
  const containers = await client.containers(prefix);
  await Promise.all(containers.map(({ id }) => client.request("POST", `/containers/${id}/unpause`)));
  await removeProject(client, prefix);
};

const gate = await findEngine();

describe.skipIf(gate._tag === "Absent").concurrent(`calls are answered alike${gate._tag === "Absent" ? `: ${gate.why}` : ""}`, () => {
  test.each(Array.from({ length: runs }, (_, at) => first + at))("script %i", { timeout: 600_000 }, async (seed) => {
    if (gate._tag === "Absent") return;
    const { client } = gate;
    const script = drawScript(seed);
    const program = Effect.gen(function* () {
      const engine = yield* makeDockerEngine({ env: process.env, home: process.env["HOME"] ?? "/" });
      const { apiVersion } = yield* engine.version;
      const once = (calls: typeof script) => {
        const place = drawPlace();
        return Effect.ensuring(runScript(engine, apiVersion, place, calls), Effect.promise(() => clean(client, place)));
      };
      const difference = yield* once(script);
      if (difference === undefined) return undefined;
      return tell(seed, shortens ? yield* shrink(script, difference, once) : { script: script.slice(0, difference.at + 1), difference });
    });
    const text = await Effect.runPromise(Effect.scoped(program));
    if (text !== undefined) throw new Error(text);
  });
});
