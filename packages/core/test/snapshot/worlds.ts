// Worlds by seed: a project brought up, then disturbed and edited, so that every kind of decision comes up.
import type { Desired } from "../../src/desired/Desired.ts";
import type { ContainerState, Observed, ObservedContainer } from "../../src/observed/Observed.ts";
import { after } from "../plan/planning.ts";
import { desired, type ProjectText, type ServiceText } from "../plan/projects.ts";

export type Draw = (below: number) => number;

/** A small generator of Lehmer's kind; good enough to mix cases. */
export const drawFrom = (seed: number): Draw => {
  let state = (seed * 48_271 + 11) % 2_147_483_647 || 1;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
};

const services = ["api", "cache", "db", "web"] as const;

const serviceText = (draw: Draw, index: number): ServiceText => ({
  image: draw(2) === 0 ? "nginx" : "redis:7",
  environment: { LOG: String(draw(2)), DB_PASSWORD: `hunter${draw(2)}` },
  labels: { "traefik.basicauth.users": `me:hunter${draw(2)}`, tier: "front" },
  // Replicas cannot share a fixed host port.
  ...(draw(3) === 0
    ? { ports: [{ target: 80, published: String(8000 + index), protocol: "tcp", mode: "ingress" }] }
    : draw(3) === 0
      ? { scale: 2 + draw(2) }
      : {}),
  ...(draw(3) === 0
    ? { volumes: [{ type: "volume" as const, target: "/data", ...(draw(2) === 0 ? { source: "data" } : {}) }] }
    : {}),
});

const projectText = (draw: Draw): ProjectText => {
  const chosen = services.filter(() => draw(5) > 0);
  const names = chosen.length === 0 ? [services[0]] : chosen;
  const texts = names.map((name, index): readonly [string, ServiceText] => {
    const before = names[index - 1];
    const text = serviceText(draw, index);
    if (before === undefined || draw(3) > 0) return [name, text];
    return [name, { ...text, depends_on: { [before]: { restart: draw(2) === 0 } } }];
  });
  return {
    services: Object.fromEntries(texts),
    networks: { default: draw(3) === 0 ? { labels: { API_TOKEN: "hunter2" } } : {} },
    volumes: { data: draw(3) === 0 ? { labels: { SECRET: "hunter2" } } : {} },
  };
};

const states: ReadonlyArray<ContainerState> = [
  "running",
  "running",
  "running",
  "running",
  "exited",
  "created",
  "paused",
  "dead",
];

const disturb = (observed: Observed, draw: Draw): Observed => ({
  ...observed,
  containers: observed.containers.flatMap((container): ReadonlyArray<ObservedContainer> => {
    if (draw(8) === 0) return [];
    const state = states[draw(states.length)] as ContainerState;
    return [
      { ...container, state, command: "serve --token hunter2", ...(state === "exited" ? { exitCode: draw(2) } : {}) },
    ];
  }),
  foreign:
    draw(2) === 0
      ? []
      : observed.containers
          .slice(0, 1)
          .map((container) => ({
            ...container,
            id: "f".repeat(64),
            name: "other-1",
            labels: { "com.docker.compose.project": "other", TOKEN: "hunter2" },
          })),
});

export interface WorldCase {
  readonly wanted: Desired;
  readonly observed: Observed;
}

export const worldOf = (seed: number): WorldCase => {
  const draw = drawFrom(seed);
  const before = projectText(draw);
  const observed = draw(6) === 0 ? undefined : after(before);
  const edited = draw(3) === 0 ? before : projectText(draw);
  return { wanted: desired(edited), observed: disturb(observed ?? after({ services: {} }), draw) };
};
