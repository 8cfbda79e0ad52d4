// Runs a script of calls on the simulated and on a real engine, call by call, and tells the first difference.
import type { ObserveQuery } from "@composure/core/observed/Observed";
import type { EngineApi } from "@composure/engine/Engine";
import { inOrder } from "@composure/sim/Choice";
import { loadImage } from "@composure/sim/images";
import { makeKernel } from "@composure/sim/Kernel";
import { advanceTo, nextDue } from "@composure/sim/life";
import { observe } from "@composure/sim/observe";
import { makeEngine } from "@composure/sim/SimEngine";
import { findContainer, isLive, makeWorld, type World } from "@composure/sim/World";
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Stream from "effect/Stream";
import { containerName, emptyBook, type Place } from "./Place.ts";
import { perform, type Side } from "./perform.ts";
import type { Call } from "./Script.ts";
import { noteVolumes, stateOf } from "./state.ts";

/** What the two engines told differently, and what had been done until then. */
export interface Difference {
  readonly at: number;
  readonly call: Call;
  readonly sim: ReadonlyArray<string>;
  readonly real: ReadonlyArray<string>;
}

const query = ({ prefix }: Place): ObserveQuery => ({ project: prefix, images: [], imageDetails: [], volumes: true, foreign: false });

const probe = (command: string) => ({ healthcheck: { test: ["CMD", command], interval: 200_000_000, retries: 2 } });
const idle = { command: ["idle"] };

/** The images of scripts/engine/images.sh, as far as the scripts use them. */
const freshWorld = (apiVersion: string): World => {
  const images = {
    "busybox:latest": { command: ["sh"] },
    "composure/test-idle:latest": idle,
    "composure/test-healthy:latest": { ...idle, ...probe("true") },
    "composure/test-unhealthy:latest": { ...idle, ...probe("false") },
    "composure/test-db:1": { ...idle, volumes: ["/var/lib/postgresql/data"], exposed: ["5432/tcp"], labels: { version: "1" } },
  };
  const world = makeWorld({ apiVersion, images });
  for (const image of Object.keys(images)) loadImage(world, image);
  return world;
};

/** Runs on the simulation in no time, then lets everything happen that happens by itself. */
const onSim = <A>(world: World, use: (engine: EngineApi) => Effect.Effect<A>): A => {
  const kernel = makeKernel(world, { choice: inOrder });
  const run = kernel.run(use(makeEngine(kernel.driver)));
  if (run._tag !== "Finished") throw new Error(`the simulation is ${run._tag}`);
  if (Exit.isFailure(run.exit)) throw new Error(String(run.exit.cause));
  const rest = world.now + 60_000;
  for (let due = nextDue(world); due !== undefined && due <= rest; due = nextDue(world)) advanceTo(world, due);
  advanceTo(world, world.now + 20);
  return run.exit.value;
};

/** Milliseconds; longer than anything that a script sets in motion takes on a loaded machine. */
const patience = Number(process.env["COMPOSURE_CALLS_PATIENCE"] ?? 20_000);
const tooLong = 60_000;

/** As patience ends in a process that was busy with other scripts all the time, it may have looked only once. */
const fewestLooks = 100;

/** Looks until the engine is where the simulation says that it will be, or patience ends. */
const settled = (side: Side, seen: Set<string>, expected: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<string>> =>
  Effect.gen(function* () {
    const clock = yield* Clock.Clock;
    const end = clock.currentTimeMillisUnsafe() + patience;
    for (let looks = 1; ; looks += 1) {
      const observed = yield* Effect.orDie(side.engine.observe(query(side.place)));
      noteVolumes(seen, observed);
      const state = stateOf(side.place, side.book, observed, seen);
      if (JSON.stringify(state) === JSON.stringify(expected) || (looks >= fewestLooks && clock.currentTimeMillisUnsafe() > end)) return state;
      yield* Effect.sleep("50 millis");
    }
  });

/**
 * What is asked in this state. A wait for what goes on running would last for ever. An engine of 28.5 hangs when a paused
 * container is removed by force (`docker rm -f` hangs as well), so a paused one is unpaused instead.
 */
const possible = (world: World, { prefix, ...rest }: Place, call: Call, id: string | undefined): Call => {
  if (call._tag !== "Wait" && call._tag !== "Remove" && call._tag !== "Connect") return call;
  const container = findContainer(world, call.who.by === "name" ? containerName({ prefix, ...rest }, call.who.container) : (id ?? ""));
  if (container === undefined) return call;
  // Engines of both generations break the connection off when one that shares a namespace, and does not run, is connected.
  if (call._tag === "Connect") return container.spec.networkMode?.startsWith("container:") === true && !isLive(container) ? { _tag: "Inspect", who: call.who } : call;
  if (call._tag !== "Remove") return isLive(container) ? { _tag: "Inspect", who: call.who } : call;
  return call.force && container.state === "paused" ? { _tag: "Unpause", who: call.who } : call;
};

const told = ["create", "start", "die", "stop", "kill", "pause", "unpause", "rename", "restart", "destroy"];
interface Heard {
  readonly action: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}
/** Events by container, in order; between containers the order is a matter of luck. */
const story = (place: Place, events: ReadonlyArray<Heard>): ReadonlyArray<string> => {
  const lines = new Map<string, Array<string>>();
  for (const { action, name, attributes } of events) {
    if (!told.includes(action) && !action.startsWith("health_status")) continue;
    const line = [action, ...["exitCode", "signal"].flatMap((key) => (attributes[key] === undefined ? [] : [`${key}=${attributes[key]}`]))].join(" ");
    lines.set(name, [...(lines.get(name) ?? []), line]);
  }
  // Whether the end or the stop is told first is a matter of luck on newer engines.
  for (const all of lines.values()) {
    for (const [at, line] of all.entries()) if (line === "stop" && all[at + 1]?.startsWith("die") === true) all.splice(at, 2, all[at + 1] ?? "", line);
  }
  return [...lines].map(([name, all]) => `${name.replace(place.prefix, "P")}: ${all.join(", ")}`).sort();
};

/** The first difference, or nothing. Everything is removed afterwards. */
export const runScript = (engine: EngineApi, apiVersion: string, place: Place, script: ReadonlyArray<Call>): Effect.Effect<Difference | undefined> =>
  Effect.scoped(
    Effect.gen(function* () {
      const world = freshWorld(apiVersion);
      const simBook = emptyBook();
      const side: Side = { engine, place, book: emptyBook() };
      const volumes = { sim: new Set<string>(), real: new Set<string>() };
      const heard: Array<Heard> = [];
      const events = yield* Effect.orDie(engine.containerEvents(place.prefix));
      yield* Effect.forkScoped(Effect.ignore(Stream.runForEach(events, (event) => Effect.sync(() => void heard.push(event)))));
      for (const [at, wanted] of script.entries()) {
        const call = possible(world, place, wanted, "who" in wanted ? simBook.containers.get(wanted.who.container) : undefined);
        const simAnswer = onSim(world, (simulated) => perform({ engine: simulated, place, book: simBook }, call));
        const realAnswer = yield* perform(side, call).pipe(Effect.timeoutOrElse({ duration: tooLong, orElse: () => Effect.succeed("no answer") }));
        const observed = observe(world, query(place), "sim");
        noteVolumes(volumes.sim, observed);
        const simState = stateOf(place, simBook, observed, volumes.sim);
        const realState = yield* settled(side, volumes.real, simState);
        if (simAnswer !== realAnswer || JSON.stringify(simState) !== JSON.stringify(realState)) return { at, call, sim: [simAnswer, ...simState], real: [realAnswer, ...realState] };
      }
      const expected = story(place, world.events);
      for (let left = 20; left > 0 && JSON.stringify(story(place, heard)) !== JSON.stringify(expected); left -= 1) yield* Effect.sleep("50 millis");
      const call: Call = { _tag: "List", all: true, label: "events" };
      return JSON.stringify(story(place, heard)) === JSON.stringify(expected) ? undefined : { at: script.length, call, sim: expected, real: story(place, heard) };
    }),
  );
