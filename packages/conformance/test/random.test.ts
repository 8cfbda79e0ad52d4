// Random projects and edits on the engine: what becomes of each container is the same as with the peer.
import { afterEach, expect, test } from "vitest";
import { type Checkout, checkOut } from "../src/checkout.ts";
import { randomPair } from "../src/randomProjects.ts";
import { type Fate, fates, look, states } from "../src/snapshot.ts";
import type { Subject } from "../src/subject.ts";
import { onEngineWithPeer } from "./gate.ts";
import { succeeded } from "./scenarios/lifecycle.ts";

const seeds = Number(process.env["COMPOSURE_SEEDS"] ?? 3);
const first = Number(process.env["COMPOSURE_FIRST_SEED"] ?? 1);

interface Outcome {
  readonly before: ReadonlyArray<string>;
  readonly fates: Readonly<Record<string, Fate>>;
  readonly after: ReadonlyArray<string>;
  readonly volumes: ReadonlyArray<string>;
  readonly said: string;
}

/** Anonymous volumes that a container of the same name still has. */
const kept = (before: Awaited<ReturnType<typeof look>>, after: typeof before): ReadonlyArray<string> =>
  [...after].flatMap(([name, seen]) => Object.entries(seen.volumes).flatMap(([path, volume]) => (before.get(name)?.volumes[path] === volume ? [`${name} ${path}`] : []))).sort();

const outcomeOf = async (checkout: Checkout, tool: Subject, pair: ReturnType<typeof randomPair>): Promise<Outcome> => {
  await checkout.write("compose.yaml", pair.before);
  succeeded(await checkout.run(tool, ["up", "-d"]));
  const before = await look(checkout);
  await checkout.write("compose.yaml", pair.after);
  const { output } = succeeded(await checkout.run(tool, ["up", "-d"]));
  const after = await look(checkout);
  return { before: states(before), fates: fates(before, after), after: states(after), volumes: kept(before, after), said: output };
};

onEngineWithPeer("random edits", ({ client, subject, peer }) => {
  const open: Array<Checkout> = [];
  afterEach(async () => {
    for (const checkout of open.splice(0)) await checkout.dispose();
  });
  for (let seed = first; seed < first + seeds; seed += 1) {
    const pair = randomPair(seed);
    test(`seed ${seed}: ${pair.edited.join(", ")}`, async () => {
      const ours = await checkOut({ client, purpose: `random-${seed}-ours` });
      const theirs = await checkOut({ client, purpose: `random-${seed}-theirs` });
      open.push(ours, theirs);
      const [own, other] = await Promise.all([outcomeOf(ours, subject, pair), outcomeOf(theirs, peer, pair)]);
      const story = `${pair.before}---\n${pair.after}\nours said:\n${own.said}\ntheirs:\n${other.said}`;
      expect(own.before, story).toEqual(other.before);
      expect(own.fates, story).toEqual(other.fates);
      expect(own.after, story).toEqual(other.after);
      // Which volumes a new image declares is not known before it is looked into: we keep what might be wanted.
      expect(own.volumes, story).toEqual(expect.arrayContaining([...other.volumes]));
    });
  }
});
