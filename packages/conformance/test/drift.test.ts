// What somebody did by hand to a running project, and what the next up makes of it: the same as the peer's, or better where that is written here.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Checkout, checkOut } from "../src/checkout.ts";
import type { EngineClient } from "../src/EngineClient.ts";
import { type Fate, fates, look, states } from "../src/snapshot.ts";
import type { Subject } from "../src/subject.ts";
import { onEngineWithPeer } from "./gate.ts";
import { succeeded } from "./scenarios/lifecycle.ts";

const file = (image: string): string => `services:
  web:
    image: ${image}
    pull_policy: never
    scale: 2
    networks: [front]
    depends_on: [db]
  db:
    image: composure/test-db:1
    networks: {front: {aliases: [store]}}
    volumes: ["rows:/rows"]
  beside:
    image: composure/test-idle
    network_mode: service:db
networks:
  front: {}
volumes:
  rows: {}
`;

interface Hands {
  readonly client: EngineClient;
  /** The full name of "web-1". */
  readonly name: (short: string) => string;
  readonly checkout: Checkout;
}

interface Drift {
  readonly what: string;
  readonly by: (hands: Hands) => Promise<unknown>;
  readonly flags?: ReadonlyArray<string>;
  /** Where we do better than the peer: what must become of each container instead. */
  readonly better?: { readonly why: string; readonly fates: Readonly<Record<string, Fate>> };
}

const post = ({ client }: Hands, path: string, body?: unknown): Promise<unknown> => client.json("POST", path, body);
const remove = ({ client }: Hands, path: string): Promise<unknown> => client.json("DELETE", path);

const withNewNamespace = "a container that is started again has a new network; the peer leaves its companion in the old one";

const drifts: ReadonlyArray<Drift> = [
  { what: "nothing", by: async () => undefined },
  { what: "a replica was stopped", by: (hands) => post(hands, `/containers/${hands.name("web-1")}/stop`) },
  {
    what: "the database was killed",
    by: (hands) => post(hands, `/containers/${hands.name("db-1")}/kill`),
    better: { why: withNewNamespace, fates: { "beside-1": "restarted", "db-1": "restarted", "web-1": "untouched", "web-2": "untouched" } },
  },
  { what: "a replica was removed", by: (hands) => remove(hands, `/containers/${hands.name("web-1")}?force=1`) },
  { what: "all replicas were removed", by: async (hands) => {
    const rows = await hands.client.containers(hands.checkout.project);
    for (const { id, service } of rows) if (service === "web") await remove(hands, `/containers/${id}?force=1`);
  } },
  { what: "the owner of a shared namespace was removed", by: (hands) => remove(hands, `/containers/${hands.name("db-1")}?force=1`) },
  {
    what: "a replica was taken off its network",
    by: (hands) => post(hands, `/networks/${hands.checkout.project}_front/disconnect`, { Container: hands.name("web-1"), Force: true }),
  },
  {
    what: "the image behind the tag is another one",
    by: (hands) => post(hands, `/images/composure%2Ftest-web:2/tag?repo=${hands.checkout.project}%2Fweb&tag=now`),
  },
  {
    what: "a replica is paused",
    by: (hands) => post(hands, `/containers/${hands.name("web-1")}/pause`),
    better: { why: "the peer fails: cannot start a paused container", fates: { "beside-1": "untouched", "db-1": "untouched", "web-1": "untouched", "web-2": "untouched" } },
  },
  { what: "somebody wants fewer on the command line", by: async () => undefined, flags: ["--scale", "web=1"] },
  { what: "somebody wants none of them", by: async () => undefined, flags: ["--scale", "web=0"] },
  { what: "somebody forces it", by: async () => undefined, flags: ["--force-recreate"] },
  { what: "somebody forces one without its dependencies", by: async () => undefined, flags: ["--force-recreate", "--no-deps", "web"] },
  {
    what: "stopped, but must not be made anew",
    by: (hands) => post(hands, `/containers/${hands.name("db-1")}/stop`),
    flags: ["--no-recreate"],
    better: { why: withNewNamespace, fates: { "beside-1": "restarted", "db-1": "restarted", "web-1": "untouched", "web-2": "untouched" } },
  },
];

interface Outcome {
  readonly fates: Readonly<Record<string, Fate>>;
  readonly states: ReadonlyArray<string>;
  readonly code: number | null;
  readonly said: string;
}

// A gap in the numbers closes differently over time: every drift starts from the same two replicas.
const fromScratch = async (checkout: Checkout, tool: Subject): Promise<void> => {
  succeeded(await checkout.run(tool, ["down", "-v"]));
  await checkout.client.json("POST", `/images/composure%2Ftest-web:1/tag?repo=${checkout.project}%2Fweb&tag=now`);
  succeeded(await checkout.run(tool, ["up", "-d"]));
};

const outcomeOf = async (checkout: Checkout, tool: Subject, drift: Drift): Promise<Outcome> => {
  await fromScratch(checkout, tool);
  const before = await look(checkout);
  await drift.by({ client: checkout.client, name: (short) => `${checkout.project}-${short}`, checkout });
  const { code, output } = await checkout.run(tool, ["up", "-d", ...(drift.flags ?? [])]);
  const after = await look(checkout);
  const byName = fates(before, after);
  return { fates: byName, states: states(after), code, said: output };
};

onEngineWithPeer("drift", ({ client, subject, peer }) => {
  const checkouts = new Map<Subject["name"] | "theirs", Checkout>();
  beforeAll(async () => {
    for (const [side, purpose] of [["composure", "drift-ours"], ["theirs", "drift-theirs"]] as const) {
      const checkout = await checkOut({ client, purpose });
      checkouts.set(side, checkout);
      await checkout.write("compose.yaml", file(`${checkout.project}/web:now`));
    }
  });
  afterAll(async () => {
    for (const checkout of checkouts.values()) {
      await checkout.dispose();
      await client.request("DELETE", `/images/${checkout.project}%2Fweb:now`);
    }
  });
  const at = (side: "composure" | "theirs"): Checkout => {
    const checkout = checkouts.get(side);
    if (checkout === undefined) throw new Error("the checkout could not be made");
    return checkout;
  };

  for (const drift of drifts) {
    test(drift.what, async () => {
      const [own, theirs] = await Promise.all([outcomeOf(at("composure"), subject, drift), outcomeOf(at("theirs"), peer, drift)]);
      const story = `ours said:\n${own.said}\ntheirs:\n${theirs.said}`;
      if (drift.better !== undefined && subject.name !== "peer") {
        expect(own.code, story).toBe(0);
        expect(own.fates, drift.better.why).toEqual(drift.better.fates);
        return;
      }
      expect(own.code, story).toBe(theirs.code);
      expect(own.states, story).toEqual(theirs.states);
      expect(own.fates, story).toEqual(theirs.fates);
    });
  }
});
