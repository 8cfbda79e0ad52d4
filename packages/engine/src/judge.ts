// Whether a container already is what somebody waits for: pure, from what is known of it.
import type { Health } from "@composure/core/observed/Observed";
import type { WaitCondition } from "@composure/core/plan/Operation";
import type { ContainerDetails, ContainerEvent } from "./Engine.ts";
import type { ObservedContainer } from "@composure/core/observed/Observed";
import type { WaitFailed } from "./EngineError.ts";

/** What is known of a container; `undefined` is not known. */
export interface Known {
  readonly running: boolean | undefined;
  /** Ended, and its restart policy will start it again. */
  readonly restarting: boolean;
  readonly health: Health | undefined;
  /** Of its last end. */
  readonly exitCode: number | undefined;
  /** Ends since it last was healthy. */
  readonly deaths: number;
  /** It ended with 0 at least once. */
  readonly completed: boolean;
  readonly gone: boolean;
  /** Events may have been missed: what is not known must be asked. */
  readonly blind: boolean;
  /** Asked after the last event: bad news can be believed. */
  readonly asked: boolean;
}

export const unknown: Known = {
  running: undefined,
  restarting: false,
  health: undefined,
  exitCode: undefined,
  deaths: 0,
  completed: false,
  gone: false,
  blind: false,
  asked: false,
};

/** Whether there is a healthcheck, as far as the plan tells. */
export type HasCheck = "yes" | "no" | "unknown";

export type Verdict =
  | { readonly _tag: "Met" }
  | { readonly _tag: "Pending" }
  /** An inspect must tell more. */
  | { readonly _tag: "Ask" }
  | { readonly _tag: "Bad"; readonly why: WaitFailed["why"]; readonly exitCode?: number };

const met: Verdict = { _tag: "Met" };
const pending: Verdict = { _tag: "Pending" };
const ask: Verdict = { _tag: "Ask" };

/** Docker waits twice as long after every restart, from 100 ms on: five ends in vain are told after two seconds of waiting. */
export const restartLimit = 5;

const withoutHealth = (known: Known): Known["health"] => (known.health === "none" ? "none" : undefined);

/** What an event adds. */
export const learnEvent = (known: Known, event: ContainerEvent): Known => {
  switch (event.action) {
    case "start":
      return { ...known, running: true, restarting: false, health: withoutHealth(known), asked: false };
    case "die": {
      const exitCode = Number(event.attributes["exitCode"] ?? 0);
      const completed = known.completed || exitCode === 0;
      return { ...known, running: false, restarting: false, health: withoutHealth(known), exitCode, completed, deaths: known.deaths + 1, asked: false };
    }
    case "health_status: healthy":
      return { ...known, running: true, health: "healthy", deaths: 0, asked: false };
    case "health_status: unhealthy":
      return { ...known, running: true, health: "unhealthy", asked: false };
    case "destroy":
      return { ...known, running: false, gone: true, asked: true };
    default:
      return known;
  }
};

const isUp = (state: ObservedContainer["state"]): boolean => state === "running" || state === "paused";
const hasEnded = (state: ObservedContainer["state"]): boolean => state === "exited" || state === "dead";

const learnState = (known: Known, state: ObservedContainer["state"], health: Health, exitCode: number | undefined): Known => ({
  ...known,
  running: isUp(state),
  restarting: state === "restarting",
  health: isUp(state) ? health : withoutHealth(known),
  exitCode: isUp(state) ? known.exitCode : exitCode,
  completed: known.completed || (hasEnded(state) && exitCode === 0),
  blind: false,
});

/** What the container list tells, for containers that no event has told of. A paused container hides its health there. */
export const learnListed = (known: Known, container: ObservedContainer): Known => {
  const learnt = learnState(known, container.state, container.health, hasEnded(container.state) ? (container.exitCode ?? 0) : undefined);
  return container.state === "paused" ? { ...learnt, health: undefined, blind: true } : learnt;
};

/** What an inspect tells. */
export const learnDetails = (known: Known, details: ContainerDetails): Known => ({
  ...learnState(known, details.state, details.health, details.state === "created" ? undefined : details.exitCode),
  asked: true,
});

const bad = (known: Known, why: WaitFailed["why"]): Verdict =>
  known.asked ? { _tag: "Bad", why, ...(known.exitCode === undefined ? {} : { exitCode: known.exitCode }) } : ask;

const notKnown = (known: Known): Verdict => (known.blind ? ask : pending);

/** For a container that should run and does not. Created and not yet started is no bad news. */
const judgeDown = (known: Known): Verdict => (known.restarting || known.exitCode === undefined ? pending : bad(known, "exited"));

/** As good as serving: it did its work and its policy lets it rest. */
const judgeDone = (known: Known): Verdict => {
  if (known.exitCode !== 0 || known.restarting) return judgeDown(known);
  return known.asked ? met : ask;
};

const judgeHealth = (known: Known, check: HasCheck, without: Verdict): Verdict => {
  switch (known.health) {
    case "healthy":
      return met;
    case "unhealthy":
      return bad(known, "unhealthy");
    case "starting":
      return pending;
    case "none":
      return without;
    case undefined:
      if (check === "no") return without;
      return check === "yes" && !known.blind ? pending : ask;
  }
};

const judgeEnd = (known: Known, wanted: "any" | "zero"): Verdict => {
  if (known.completed) return met;
  if (known.running === undefined) return notKnown(known);
  if (known.running || known.restarting || known.exitCode === undefined) return pending;
  if (wanted === "zero") return bad(known, "exited");
  return known.asked ? met : ask;
};

export const judge = (condition: WaitCondition, known: Known, check: HasCheck): Verdict => {
  if (known.gone) return bad(known, "missing");
  const ends = condition === "completed_successfully" || condition === "exited";
  if (ends && known.completed) return met;
  if (known.deaths >= restartLimit) return bad({ ...known, asked: true }, "restarting");
  switch (condition) {
    case "running":
      if (known.running === undefined) return notKnown(known);
      return known.running ? met : judgeDown(known);
    case "healthy":
      if (known.running === false) return judgeDown(known);
      return judgeHealth(known, check, { _tag: "Bad", why: "no-healthcheck" });
    case "running_or_healthy":
    case "ready_or_done":
      if (known.running === false) return condition === "ready_or_done" ? judgeDone(known) : judgeDown(known);
      if (known.running === undefined && check !== "unknown") return notKnown(known);
      return judgeHealth(known, check, met);
    case "completed_successfully":
      return judgeEnd(known, "zero");
    case "exited":
      return judgeEnd(known, "any");
  }
};
