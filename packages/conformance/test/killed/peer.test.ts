// What the peer left half-done when it was killed, our next up finishes.
import { betterThanPeer, onEngineWithPeer } from "../gate.ts";
import { alone, killEverywhere, staged } from "./killing.ts";

onEngineWithPeer("SIGKILL of the peer while it replaces", (ground) => {
  const stage = staged(ground, "kill-peer");
  const victim = alone("peer", "a service with an anonymous volume", "");
  for (const moment of ["before", "after"] as const) {
    betterThanPeer(`${moment} each request: our up -d finishes it`, () => killEverywhere(ground, stage, victim, ground.peer, moment), 280_000);
  }
});
