// A small shop: what the tests of commands run on.
import type { Observed, ObservedContainer } from "../../src/observed/Observed.ts";
import type { Intent } from "../../src/policy/Intent.ts";
import { after, plan } from "./planning.ts";
import { desired, healthcheck, type ProjectText } from "./projects.ts";

export const shop: ProjectText = {
  services: {
    web: { depends_on: { api: { restart: true } }, image: "web:1", pre_stop: [{ command: ["drain"] }] },
    api: {
      depends_on: { db: { condition: "service_healthy", restart: true } },
      image: "api:1",
      post_start: [{ command: ["warm"] }],
    },
    db: {
      image: "db:1",
      healthcheck,
      volumes: [
        { type: "volume", source: "data", target: "/data" },
        { type: "volume", target: "/cache" },
      ],
    },
  },
  volumes: { data: {} },
};
export const running = after(shop);
export const on = (intent: Intent, observed: Observed = running, policy = {}) =>
  plan(desired(shop), observed, intent, policy);
export const none = { services: [] } as const;
export const down = (how: Partial<Extract<Intent, { _tag: "Down" }>> = {}): Intent => ({
  _tag: "Down",
  ...none,
  volumes: false,
  images: "none",
  ...how,
});
export const stopped: Observed = {
  ...running,
  containers: running.containers.map((container) => ({
    ...container,
    state: "exited" as const,
    exitCode: 0,
    health: "none" as const,
  })),
};
export const oneOff = (state: ObservedContainer["state"]): Observed => ({
  ...running,
  containers: [
    ...running.containers,
    {
      ...(running.containers[0] as ObservedContainer),
      id: "a".repeat(64),
      name: "p-web-run-1",
      state,
      mounts: [],
      labels: {
        "com.docker.compose.project": "p",
        "com.docker.compose.service": "web",
        "com.docker.compose.oneoff": "True",
      },
    },
  ],
});
