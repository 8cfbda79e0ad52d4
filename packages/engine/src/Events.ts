// The sink for events: whoever runs a plan decides who hears of it.
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type { Event } from "./Event.ts";

export interface EventsApi {
  readonly emit: (event: Event) => Effect.Effect<void>;
}

export class Events extends Context.Service<Events, EventsApi>()("@composure/engine/Events") {
  /** Nobody listens. */
  static readonly silent: Layer.Layer<Events> = Layer.succeed(Events, { emit: () => Effect.void });

  /** Appends to the array, for tests. */
  static readonly collecting = (into: Array<Event>): Layer.Layer<Events> =>
    Layer.succeed(Events, { emit: (event) => Effect.sync(() => void into.push(event)) });

  /** Calls a function. It must not throw and should be quick: the plan waits for it. */
  static readonly calling = (listener: (event: Event) => void): Layer.Layer<Events> =>
    Layer.succeed(Events, { emit: (event) => Effect.sync(() => listener(event)) });
}
