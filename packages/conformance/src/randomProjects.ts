// Small random projects for a real engine, and random edits of them: what a hand-written catalogue does not think of.
import { type Random, seeded } from "./differential/random.ts";

interface Draft {
  image: string;
  value: number;
  scale: number;
  networks: ReadonlyArray<string>;
  alias: string | undefined;
  volumes: ReadonlyArray<string>;
  needs: ReadonlyArray<{ readonly on: string; readonly restart: boolean; readonly healthy: boolean }>;
  beside: string | undefined;
  healthy: boolean;
  label: number;
}

interface Drafts {
  readonly services: Map<string, Draft>;
  networkLabel: number;
}

const names = ["ant", "bee", "cat", "dog"];
const images = ["composure/test-idle", "composure/test-web:1", "composure/test-web:2", "composure/test-db:1", "composure/test-cache"];
const networks = ["default", "left", "right"];
const volumes = ["shared:/shared", "/scratch", "own:/own"];

const draw = (random: Random, earlier: ReadonlyArray<string>, drafts: Map<string, Draft>): Draft => {
  const beside = earlier.length > 0 && random.chance(0.2) ? random.pick(earlier) : undefined;
  const healthy = random.chance(0.3);
  return {
    image: random.pick(images),
    value: random.below(3),
    scale: beside === undefined && random.chance(0.3) ? 2 : 1,
    networks: random.some(networks, 1, 2),
    alias: random.chance(0.3) ? random.pick(["alpha", "beta"]) : undefined,
    volumes: random.some(volumes, 0, 2),
    needs: random.some(earlier, 0, 2).map((on) => ({ on, restart: random.chance(0.3), healthy: drafts.get(on)?.healthy === true })),
    beside,
    healthy,
    label: random.below(2),
  };
};

const service = (name: string, draft: Draft): string => {
  const lines = [`  ${name}:`, `    image: ${draft.image}`, `    environment: {VALUE: "${draft.value}"}`, `    labels: {mark: "${draft.label}"}`];
  if (draft.scale > 1) lines.push(`    scale: ${draft.scale}`);
  if (draft.beside !== undefined) lines.push(`    network_mode: service:${draft.beside}`);
  else {
    lines.push("    networks:");
    for (const network of draft.networks) lines.push(`      ${network}:${draft.alias === undefined || network === "default" ? "" : ` {aliases: [${draft.alias}]}`}`);
  }
  if (draft.volumes.length > 0) lines.push(`    volumes: [${draft.volumes.map((one) => `"${one}"`).join(", ")}]`);
  if (draft.healthy) lines.push(`    healthcheck: {test: ["CMD", "true"], interval: 200ms, retries: 20}`);
  if (draft.needs.length > 0) lines.push("    depends_on:");
  for (const { on, restart, healthy } of draft.needs) {
    lines.push(`      ${on}: {condition: ${healthy ? "service_healthy" : "service_started"}, restart: ${restart}}`);
  }
  return `${lines.join("\n")}\n`;
};

const text = ({ services, networkLabel }: Drafts): string =>
  `services:\n${[...services].map(([name, draft]) => service(name, draft)).join("")}networks:\n  left: {labels: {v: "${networkLabel}"}}\n  right: {}\nvolumes:\n  shared: {}\n  own: {}\n`;

type Edit = (draft: Draft, random: Random) => void;
const edits: Readonly<Record<string, Edit>> = {
  image: (draft, random) => void (draft.image = random.pick(images)),
  environment: (draft) => void (draft.value += 1),
  label: (draft) => void (draft.label += 1),
  scale: (draft, random) => void (draft.scale = draft.beside === undefined ? 1 + random.below(3) : 1),
  networks: (draft, random) => void (draft.networks = random.some(networks, 1, 2)),
  alias: (draft) => void (draft.alias = draft.alias === "alpha" ? "beta" : "alpha"),
  volumes: (draft, random) => void (draft.volumes = random.some(volumes, 0, 2)),
};

/** A project, and the same after a few edits; `edited` says which. */
export interface RandomPair {
  readonly before: string;
  readonly after: string;
  readonly edited: ReadonlyArray<string>;
}

/** The pair of a seed: the same for the same seed. */
export const randomPair = (seed: number): RandomPair => {
  const random = seeded(seed);
  const drafts: Drafts = { services: new Map(), networkLabel: 0 };
  for (const name of names.slice(0, 2 + random.below(3))) drafts.services.set(name, draw(random, [...drafts.services.keys()], drafts.services));
  const before = text(drafts);
  const edited: Array<string> = [];
  for (let left = 1 + random.below(2); left > 0; left -= 1) {
    const name = random.pick([...drafts.services.keys()]);
    const kind = random.pick(Object.keys(edits));
    const draft = drafts.services.get(name);
    if (draft === undefined) continue;
    edits[kind]?.(draft, random);
    edited.push(`${kind} of ${name}`);
  }
  return { before, after: text(drafts), edited };
};
