// What the tests of flags share: stages that clean up after themselves, and a look into the simulated engine's file.
import type { SimContainer, World } from "@composure/sim/World";
import { afterEach, vi } from "vitest";
import { Stage, type StageOptions } from "../stage.ts";

export const shop = `name: shop
services:
  web:
    image: web:1
    depends_on: [db]
  db:
    image: db:1
    volumes: ["data:/data"]
volumes: { data: {} }
`;

/** The first command of a file loads everything; a machine may be busy. */
vi.setConfig({ testTimeout: 240_000 });

let stages: Array<Stage> = [];
afterEach(() => {
  for (const made of stages) made.remove();
  stages = [];
});

/** With `up`, its services run already. */
export const stage = async (compose = shop, options: StageOptions & { readonly up?: boolean } = {}): Promise<Stage> => {
  const made = new Stage(compose, options);
  stages.push(made);
  if (options.up === true) await done(made, "up -d");
  return made;
};

/** What a command that must succeed printed. */
export const done = async (at: Stage, line: string | ReadonlyArray<string>, more: StageOptions = {}) => {
  const finished = await at.run(line, more);
  if (finished.code !== 0) throw new Error(`${String(line)} ended with ${finished.code}: ${finished.stderr}${finished.stdout}`);
  return { ...finished, all: finished.stderr + finished.stdout };
};

export const world = (at: Stage): World => (JSON.parse(at.read("sim.json")) as { readonly world: World }).world;

/** Containers by name; a name that ends with a dash stands for the first that begins so. */
export const container = (at: Stage, name: string): SimContainer => {
  const found = Object.values(world(at).containers).find((one) => one.name === name || (name.endsWith("-") && one.name.startsWith(name)));
  if (found === undefined) throw new Error(`no container ${name}`);
  return found;
};

export const names = (at: Stage): ReadonlyArray<string> => Object.values(world(at).containers).map(({ name }) => name).sort();

/** Milliseconds between the signal that should end a container and its end. */
export const grace = (at: Stage, name: string): number => {
  const events = world(at).events.filter((event) => event.name === name);
  const last = (action: string) => events.findLast((event) => event.action === action)?.time ?? Number.NaN;
  return last("die") - last("kill");
};
