// stats: what containers use, once or every second.
import { type EngineApi, Engine } from "@composure/engine/Engine";
import type { EngineError } from "@composure/engine/EngineError";
import type { ContainerStats } from "@composure/engine/Facts";
import type { ObservedContainer } from "@composure/core/observed/Observed";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as Stream from "effect/Stream";
import type { statsSpec } from "../argv/specs/closeLooks.ts";
import { printRows } from "../output/rows.ts";
import { binarySize, listedSize } from "../output/units.ts";
import { engineFailed, refuse, type Failure } from "../pipeline/Failure.ts";
import { byName, checkServices, labelOf, print, projectContainers, runReading } from "../pipeline/reading.ts";
import type { Call, Run } from "./index.ts";

type Options = Call<typeof statsSpec>["options"];

const headers = {
  BlockIO: "BLOCK I/O",
  CPUPerc: "CPU %",
  Container: "CONTAINER",
  ID: "CONTAINER ID",
  MemPerc: "MEM %",
  MemUsage: "MEM USAGE / LIMIT",
  Name: "NAME",
  NetIO: "NET I/O",
  PIDs: "PIDS",
};
const columns = ["ID", "Name", "CPUPerc", "MemUsage", "MemPerc", "NetIO", "BlockIO", "PIDs"];

/** "--" until the first sample is there. */
const fields = (container: ObservedContainer, stats: ContainerStats | undefined, full: boolean): Record<keyof typeof headers, string> => {
  const both = (one: string, other: string) => `${one} / ${other}`;
  const percent = (value: number) => `${value.toFixed(2)}%`;
  const of = (text: (known: ContainerStats) => string, unknown = "--") => (stats === undefined ? unknown : text(stats));
  return {
    BlockIO: of((known) => both(listedSize(known.blockRead), listedSize(known.blockWritten))),
    CPUPerc: of((known) => percent(known.cpuPercent)),
    Container: container.id,
    ID: full ? container.id : container.id.slice(0, 12),
    MemPerc: of((known) => percent(known.memoryLimit === 0 ? 0 : (known.memoryUsage / known.memoryLimit) * 100)),
    MemUsage: of((known) => both(binarySize(known.memoryUsage), binarySize(known.memoryLimit)), "-- / --"),
    Name: container.name,
    NetIO: of((known) => both(listedSize(known.networkReceived), listedSize(known.networkSent))),
    PIDs: of((known) => String(known.processes)),
  };
};

type Samples = ReadonlyMap<string, ContainerStats>;

const render = (found: ReadonlyArray<ObservedContainer>, samples: Samples, options: Options): string | Failure => {
  const rows = [...found].sort(byName).map((container) => fields(container, samples.get(container.id), options.noTrunc));
  const printed = printRows(rows, options.format, headers, columns);
  return printed.problem === undefined ? printed.text : refuse(`cannot use --format: ${printed.problem}`);
};

/** A container that is gone, or that cannot be asked, has no sample. */
const quietly = (effect: Effect.Effect<void, EngineError>): Effect.Effect<void, EngineError> =>
  Effect.catchReasons(effect, "EngineError", { NotFound: () => Effect.void, Conflict: () => Effect.void });

const sampleAll = (engine: EngineApi, found: ReadonlyArray<ObservedContainer>): Effect.Effect<Samples, EngineError> => {
  const samples = new Map<string, ContainerStats>();
  const one = ({ id }: ObservedContainer) =>
    quietly(Stream.runForEach(Stream.take(engine.stats(id, false), 1), (stats) => Effect.sync(() => void samples.set(id, stats))));
  return Effect.as(Effect.forEach(found, one, { concurrency: "unbounded", discard: true }), samples);
};

const home = "\u001b[H";
const clearScreen = "\u001b[2J";
const clearLine = "\u001b[K";
const clearBelow = "\u001b[J";

/** Redrawn in place on a terminal, so that nothing flickers; elsewhere one table follows another. */
const frame = (text: string, isTTY: boolean): string => (isTTY ? `${home}${text.replaceAll("\n", `${clearLine}\n`)}${clearBelow}` : text);

export const run: Run<typeof statsSpec> = ({ globals, options, operands }, host) =>
  runReading(globals, host, (project) =>
    Effect.scoped(
      Effect.gen(function* () {
        const engine = yield* Engine;
        const list = Effect.map(projectContainers(project.name, options.all), (all) =>
          all.filter((container) => operands.length === 0 || operands.includes(labelOf(container, "service"))),
        );
        const first = yield* list;
        yield* checkServices(operands, project, first);
        const show = (found: ReadonlyArray<ObservedContainer>, samples: Samples) =>
          Effect.gen(function* () {
            const text = render(found, samples, options);
            if (typeof text !== "string") return yield* Effect.fail(text);
            yield* print(host, options.noStream ? text : frame(text, host.stdout.isTTY));
          });
        if (options.noStream) {
          yield* show(first, yield* Effect.mapError(sampleAll(engine, first), engineFailed));
          return 0;
        }
        const samples = new Map<string, ContainerStats>();
        const open = new Map<string, Fiber.Fiber<void, EngineError>>();
        const follow = ({ id }: ObservedContainer) =>
          quietly(Stream.runForEach(engine.stats(id, true), (stats) => Effect.sync(() => void samples.set(id, stats)))).pipe(Effect.ensuring(Effect.sync(() => void open.delete(id))));
        if (host.stdout.isTTY) yield* print(host, clearScreen);
        for (;;) {
          const found = yield* list;
          for (const container of found) if (!open.has(container.id)) open.set(container.id, yield* Effect.forkScoped(follow(container)));
          yield* show(found, samples);
          yield* Effect.sleep("1 second");
        }
      }),
    ),
  );
