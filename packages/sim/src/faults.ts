// What may go wrong in a simulation, as data: which call, and what happens to it.
import { type EngineReason, Rejected, Unavailable } from "@composure/engine/EngineError";
import type { CallLabel } from "./Driver.ts";
import { launch, restartPolicyOf, stopEverything } from "./life.ts";
import type { Millis, World } from "./World.ts";

export type Fault =
  /** The daemon refuses; nothing happened. */
  | { readonly _tag: "FailBefore"; readonly reason?: EngineReason }
  /** It happened, but the answer is an error. */
  | { readonly _tag: "FailAfter"; readonly reason?: EngineReason }
  /** The client dies; `effect` tells whether the call had reached the daemon. */
  | { readonly _tag: "Crash"; readonly effect: boolean }
  /** The user interrupts while this call is under way. */
  | { readonly _tag: "Interrupt" }
  /** The answer takes this long. */
  | { readonly _tag: "Slow"; readonly millis: Millis }
  /** No answer comes until the client's limit is over; it happened nevertheless. */
  | { readonly _tag: "Hang" }
  | { readonly _tag: "EngineRestart" }
  /** Somebody else changes the world just before. */
  | { readonly _tag: "Interference"; readonly change: (world: World) => void };

/** Which fault hits a call; `index` counts all calls of a run from 0. */
export type Faults = (index: number, label: CallLabel) => Fault | undefined;

export const noFaults: Faults = () => undefined;

/** One fault at one call. */
export const faultAt =
  (index: number, fault: Fault): Faults =>
  (at) =>
    at === index ? fault : undefined;

/** One fault at the n-th call (from 0) of those that change something. */
export const faultAtChange = (index: number, fault: Fault): Faults => {
  let changes = -1;
  return (_, label) => {
    if (label.changes) changes += 1;
    return label.changes && changes === index ? fault : undefined;
  };
};

/** One fault at the first call of a method about a subject (the beginning of it is enough). */
export const faultOn = (method: string, subject: string, fault: Fault): Faults => {
  let hit = false;
  return (_, label) => {
    if (hit || label.method !== method || !label.subject.startsWith(subject)) return undefined;
    hit = true;
    return fault;
  };
};

/** The words of a daemon that has trouble of its own. */
export const brokenDaemon: EngineReason = new Rejected({ status: 500, detail: "simulated failure" });
export const lostAnswer: EngineReason = new Unavailable({ cause: "lost", target: "sim", detail: "simulated loss of the answer" });
export const noAnswer: EngineReason = new Unavailable({ cause: "timeout", target: "sim", detail: "no answer" });

/** The time after which a client gives up on a call that hangs. */
export const callLimit: Millis = 600_000;

/** The daemon restarts without live-restore: everything stops, policies bring back what they cover, connections are cut. */
export const restartEngine = (world: World): void => {
  const ran = stopEverything(world);
  world.life += 1;
  for (const container of Object.values(world.containers)) {
    const policy = restartPolicyOf(container).name;
    const back = policy === "always" || (policy === "unless-stopped" && !container.stoppedByHand) || (policy === "on-failure" && ran.includes(container.id));
    if (back && container.state === "exited") launch(world, container);
  }
};
