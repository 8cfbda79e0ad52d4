// events: what happens to the project's containers, until interrupted.
import { Engine, type ContainerEvent, type EventSpan } from "@composure/engine/Engine";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import type { eventsSpec } from "../argv/specs/inspecting.ts";
import { goJson } from "../output/template.ts";
import { apiTime } from "../logs/time.ts";
import { engineFailed, refuse, type Failure } from "../pipeline/Failure.ts";
import { print, runReading } from "../pipeline/reading.ts";
import { isFailure } from "../pipeline/scale.ts";
import type { Run } from "./index.ts";

const own = "com.docker.compose.";

/** The user's attributes, sorted; those that every container of compose has say nothing. */
const attributes = (event: ContainerEvent): ReadonlyArray<readonly [string, string]> =>
  Object.entries(event.attributes).filter(([key]) => !key.startsWith(own) && !key.startsWith("composure.")).sort(([a], [b]) => (a < b ? -1 : 1));

const parts = (nanoseconds: bigint) => ({ date: new Date(Number(nanoseconds / 1_000_000n)), fraction: String(nanoseconds % 1_000_000_000n).padStart(9, "0") });

const line = (event: ContainerEvent): string => {
  const { date, fraction } = parts(event.time);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${fraction.slice(0, 6)}`;
  const told = attributes(event).map(([key, value]) => `${key}=${value}`).join(", ");
  return `${day} ${time} container ${event.action} ${event.id} (${told})\n\n`;
};

const json = (event: ContainerEvent): string => {
  const { date, fraction } = parts(event.time);
  const time = `${date.toISOString().slice(0, 19)}.${fraction}Z`;
  const service = event.attributes[`${own}service`] ?? "";
  return `${goJson({ action: event.action, attributes: Object.fromEntries(attributes(event)), id: event.id, service, time, type: "container" })}\n`;
};

const spanOf = ({ since, until }: { readonly since: string | undefined; readonly until: string | undefined }, now: number): EventSpan | Failure => {
  const times: Record<string, string> = {};
  for (const [name, text] of [["since", since], ["until", until]] as const) {
    if (text === undefined) continue;
    const time = apiTime(text, now);
    if (time === undefined) return refuse(`"${text}" is no time for --${name}`, "use 2013-01-02T13:23:37Z, a number of unix seconds, or how long ago: 42m");
    times[name] = time;
  }
  return times;
};

export const run: Run<typeof eventsSpec> = ({ globals, options, operands }, host) =>
  runReading(globals, host, (project) =>
    Effect.scoped(
      Effect.gen(function* () {
        const engine = yield* Engine;
        const span = spanOf(options, host.now());
        if (isFailure(span)) return yield* Effect.fail(span);
        const events = yield* Effect.mapError(engine.containerEvents(project.name, span), engineFailed);
        const wanted = (event: ContainerEvent) =>
          event.attributes[`${own}oneoff`] !== "True" && (operands.length === 0 || operands.includes(event.attributes[`${own}service`] ?? ""));
        yield* events.pipe(
          Stream.filter(wanted),
          Stream.runForEach((event) => print(host, options.json ? json(event) : line(event))),
          Effect.mapError(engineFailed),
        );
        return 0;
      }),
    ),
  );
