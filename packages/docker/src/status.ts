// What the container list says in words: state, health and exit code out of "Up 3 minutes (healthy)" and its like.
import type { ContainerState, Health } from "@composure/core/observed/Observed";

const STATES: ReadonlyArray<ContainerState> = [
  "created",
  "running",
  "paused",
  "restarting",
  "removing",
  "exited",
  "dead",
];

/** Podman has states of its own ("configured", "stopped", "stopping"). */
const FOREIGN: Readonly<Record<string, ContainerState>> = {
  configured: "created",
  initialized: "created",
  stopped: "exited",
  stopping: "running",
};

export const parseState = (state: string): ContainerState => {
  const text = state.toLowerCase();
  return STATES.find((known) => known === text) ?? FOREIGN[text] ?? "dead";
};

/** "none" also while the list does not tell: a paused container shows "(Paused)" in its health's place. */
export const parseHealth = (status: string): Health => {
  if (/\(health: starting\)/.test(status)) return "starting";
  if (/\(unhealthy\)/.test(status)) return "unhealthy";
  return /\(healthy\)/.test(status) ? "healthy" : "none";
};

/** "Exited (137) 3 seconds ago" and "Restarting (1) 2 seconds ago". */
export const parseExitCode = (status: string): number | undefined => {
  const match = /^(?:Exited|Restarting|Dead) \((-?\d+)\)/.exec(status);
  return match === null ? undefined : Number(match[1]);
};
