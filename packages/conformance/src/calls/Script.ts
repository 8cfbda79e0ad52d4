// Random scripts of engine calls: what a number stands for, as data that can be printed, shortened and run again.
import { type Random, seeded } from "../differential/random.ts";

/** What a container runs. All of them end at once when asked to, "stubborn" excepted. */
export type Program = "idle" | "stubborn" | "exit 0" | "exit 3" | "prints" | "healthy" | "unhealthy" | "database";
export type Restart = "no" | "always" | "unless-stopped" | "on-failure:2";

/** How a container is made. Slots are numbers; a container's networks and volumes may not exist. */
export interface Kind {
  readonly program: Program;
  readonly restart: Restart;
  readonly networks: ReadonlyArray<number>;
  /** With a fixed address in network 1. */
  readonly fixed: boolean;
  /** Instead of networks. */
  readonly mode?: "none" | "host" | { readonly beside: number };
  readonly volumes: ReadonlyArray<number | "anonymous">;
  readonly readOnly: boolean;
  readonly volumesFrom?: number;
  readonly publishes: boolean;
  readonly autoRemove: boolean;
}

/** A container by its name or by the id that its slot got last. */
export interface Who {
  readonly container: number;
  readonly by: "name" | "id";
}

export type Call =
  | { readonly _tag: "Create"; readonly container: number; readonly kind: Kind; readonly image?: string; readonly name?: string }
  | { readonly _tag: "Start" | "Pause" | "Unpause" | "Inspect" | "Wait" | "Logs" | "Inject"; readonly who: Who }
  | { readonly _tag: "Stop" | "Restart"; readonly who: Who; readonly timeout?: number }
  | { readonly _tag: "Kill"; readonly who: Who; readonly signal: string }
  | { readonly _tag: "Rename"; readonly who: Who; readonly to: string }
  | { readonly _tag: "Remove"; readonly who: Who; readonly force: boolean; readonly volumes: boolean }
  | { readonly _tag: "Exec"; readonly who: Who; readonly argv: ReadonlyArray<string>; readonly detached: boolean }
  | { readonly _tag: "CreateNetwork"; readonly network: number; readonly subnet: "none" | "own" | "overlapping" | "wrong"; readonly driver?: string }
  | { readonly _tag: "RemoveNetwork"; readonly network: number | "bridge" }
  | { readonly _tag: "Connect"; readonly who: Who; readonly network: number | "bridge" | "host"; readonly address?: number }
  | { readonly _tag: "Disconnect"; readonly who: Who; readonly network: number | "bridge" }
  | { readonly _tag: "CreateVolume"; readonly volume: number | "malformed"; readonly driver?: string; readonly label?: string }
  | { readonly _tag: "RemoveVolume"; readonly volume: number }
  | { readonly _tag: "List"; readonly all: boolean; readonly label: string };

const containers = 3;

const pickKind = (random: Random): Kind => {
  const mode = random.chance(0.2) ? random.pick(["none", "host", { beside: random.below(containers) }] as const) : undefined;
  const program = random.pick(["idle", "idle", "idle", "stubborn", "exit 0", "exit 3", "prints", "healthy", "unhealthy", "database", "database"] as const);
  const ends = program === "exit 0" || program === "exit 3" || program === "prints";
  // What ends and is always restarted never comes to rest.
  const restart = random.pick(ends ? (["no", "on-failure:2"] as const) : (["no", "no", "always", "unless-stopped", "on-failure:2"] as const));
  const autoRemove = restart === "no" && random.chance(0.1);
  const networks = mode === undefined ? random.some([0, 1], 0, 2) : [];
  return {
    program,
    restart,
    networks,
    // With two networks that have something wrong, it is a matter of luck which is told.
    fixed: networks.length === 1 && random.chance(0.5),
    ...(mode === undefined ? {} : { mode }),
    volumes: random.some([0, 1, "anonymous"] as const, 0, 2),
    readOnly: random.chance(0.2),
    ...(random.chance(0.15) ? { volumesFrom: random.below(containers) } : {}),
    publishes: mode === undefined && random.chance(0.3),
    autoRemove,
  };
};

type Draw = (random: Random) => Call;
const who = (random: Random): Who => ({ container: random.below(containers), by: random.pick(["name", "name", "id"] as const) });
/** Seconds; none of them so short that a busy machine decides how a container ends. */
const timeout = (random: Random): { readonly timeout?: number } => (random.chance(0.5) ? { timeout: 3 } : {});
const network = (random: Random): number => random.below(2);

const start: Draw = (random) => ({ _tag: "Start", who: who(random) });
const create: Draw = (random) => ({ _tag: "Create", container: random.below(containers), kind: pickKind(random) });
const connect: Draw = (random) => ({
  _tag: "Connect",
  who: who(random),
  network: random.chance(0.85) ? network(random) : random.pick(["bridge", "host"] as const),
  ...(random.chance(0.3) ? { address: random.pick([10, 11, 77]) } : {}),
});
const createNetwork: Draw = (random) => ({ _tag: "CreateNetwork", network: network(random), subnet: random.pick(["none", "own", "own", "overlapping"] as const) });

/** Each as often as it stands here. */
const draws: ReadonlyArray<Draw> = [
  create, create, create, create, start, start, start, start, start, connect, connect, connect, createNetwork, createNetwork,
  (random) => ({ _tag: "Stop", who: who(random), ...timeout(random) }),
  (random) => ({ _tag: "Stop", who: who(random), ...timeout(random) }),
  (random) => ({ _tag: "Restart", who: who(random), ...timeout(random) }),
  (random) => ({ _tag: "Kill", who: who(random), signal: random.pick(["KILL", "SIGKILL", "TERM", "15", "USR2", "NOSUCH", "0", "WINCH"]) }),
  (random) => ({ _tag: "Pause", who: who(random) }),
  (random) => ({ _tag: "Unpause", who: who(random) }),
  (random) => ({ _tag: "Rename", who: who(random), to: random.pick(["c0", "c1", "c2", "other", "_bad/", ""]) }),
  (random) => ({ _tag: "Remove", who: who(random), force: random.chance(0.5), volumes: random.chance(0.5) }),
  (random) => ({ _tag: "Remove", who: who(random), force: random.chance(0.5), volumes: random.chance(0.5) }),
  (random) => ({ _tag: "Exec", who: who(random), argv: random.pick([["true"], ["false"], ["sh", "-c", "exit 3"], ["echo", "hi"]]), detached: random.chance(0.2) }),
  (random) => ({ _tag: random.pick(["Inspect", "Wait", "Logs", "Inject"] as const), who: who(random) }),
  (random) => ({ _tag: random.pick(["Inspect", "Wait", "Logs", "Inject"] as const), who: who(random) }),
  (random) => ({ _tag: "Disconnect", who: who(random), network: random.chance(0.9) ? network(random) : "bridge" }),
  (random) => ({ _tag: "Disconnect", who: who(random), network: network(random) }),
  (random) => ({ _tag: "RemoveNetwork", network: random.chance(0.9) ? network(random) : "bridge" }),
  (random) => ({ _tag: "CreateVolume", volume: random.chance(0.9) ? random.below(2) : "malformed", ...(random.chance(0.3) ? { label: "x" } : {}), ...(random.chance(0.1) ? { driver: "nosuch" } : {}) }),
  (random) => ({ _tag: "RemoveVolume", volume: random.below(2) }),
  (random) => ({ _tag: "List", all: random.chance(0.5), label: random.pick(["slot=0", "slot", "slot=9"]) }),
  (random) => random.pick<Call>([
    { _tag: "Create", container: 0, kind: pickKind(random), image: "composure/nosuch:1" },
    { _tag: "Create", container: 0, kind: pickKind(random), name: "_bad/" },
    { _tag: "CreateNetwork", network: 0, subnet: "wrong" },
    { _tag: "CreateNetwork", network: 0, subnet: "none", driver: "nosuch" },
    { _tag: "CreateNetwork", network: 0, subnet: "none", driver: "host" },
  ]),
];

/** The script of a number: the same for the same number. */
export const drawScript = (seed: number): ReadonlyArray<Call> => {
  const random = seeded(seed);
  const script: Array<Call> = [createNetwork(random), create(random), { _tag: "Start", who: { container: 0, by: "name" } }];
  for (let left = 9 + random.below(8); left > 0; left -= 1) script.push(random.pick(draws)(random));
  return script;
};
