// How many engine requests commands make: exact counts, so that a chatty change is seen at once.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Checkout, checkOut } from "../src/checkout.ts";
import { look, states } from "../src/snapshot.ts";
import { openProxy, type Proxy, type Recorded, template } from "../src/proxy.ts";
import type { Subject } from "../src/subject.ts";
import { betterThanPeer, onEngine } from "./gate.ts";
import { succeeded } from "./scenarios/lifecycle.ts";

// What the fewest calls are that reach the same state: create and start per container, one list of each kind, one network.
const floor = {
  coldUp: (services: number) => 2 * services + 4,
  noop: 3,
  changeOne: 7,
  ps: 1,
  logs: (services: number) => services + 1,
  down: (services: number) => 2 * services + 3,
};

// One request takes the deploy lock, one gives it back; what changes nothing does without.
const lock = 2;

// The peer's counts are known and exact; that they come out is what shows that the counting is right.
const bound = (subject: Subject, ours: number, peers: number): { readonly atMost: number; readonly atLeast: number } =>
  subject.name === "peer" ? { atMost: peers, atLeast: peers } : { atMost: ours, atLeast: 1 };

const summary = (requests: ReadonlyArray<Recorded>): string => {
  const counts = new Map<string, number>();
  for (const { method, template: path } of requests) counts.set(`${method} ${path}`, (counts.get(`${method} ${path}`) ?? 0) + 1);
  return [...counts].map(([what, count]) => `${count} × ${what}`).sort().join("\n");
};

const serviceCount = 50;

const many = (marker: string): string => {
  const services = Array.from({ length: serviceCount }, (_, at) => {
    const environment = at === 7 ? `\n    environment: {MARKER: ${marker}}` : "";
    return `  s${String(at).padStart(2, "0")}:\n    image: composure/test-idle${environment}\n`;
  });
  return `services:\n${services.join("")}`;
};

const chainLength = 6;
const healthy = `    healthcheck: {test: ["CMD", "true"], interval: 200ms, retries: 20}\n`;
const chain = `services:\n${Array.from({ length: chainLength }, (_, at) => {
  const needs = at === 0 ? "" : `    depends_on: {c${at - 1}: {condition: service_healthy}}\n`;
  return `  c${at}:\n    image: composure/test-idle\n${healthy}${needs}`;
}).join("")}`;

interface Counted {
  readonly checkout: () => Checkout;
  readonly expectCount: (args: ReadonlyArray<string>, ours: number, peers: number) => Promise<void>;
}

const counted = (ground: { readonly client: Checkout["client"]; readonly subject: Subject }, purpose: string, file: string): Counted => {
  let checkout: Checkout | undefined;
  let proxy: Proxy | undefined;
  beforeAll(async () => {
    checkout = await checkOut({ client: ground.client, purpose });
    proxy = await openProxy(ground.client.host);
    await checkout.write("compose.yaml", file);
  });
  afterAll(async () => {
    await proxy?.close();
    await checkout?.dispose();
  });
  const opened = (): Checkout => {
    if (checkout === undefined) throw new Error("the checkout could not be made");
    return checkout;
  };
  return {
    checkout: opened,
    expectCount: async (args, ours, peers) => {
      proxy?.restore();
      succeeded(await opened().run(ground.subject, args, { host: proxy?.host }));
      const requests = proxy?.requests ?? [];
      const { atMost, atLeast } = bound(ground.subject, ours, peers);
      expect(requests.length, summary(requests)).toBeLessThanOrEqual(atMost);
      expect(requests.length, summary(requests)).toBeGreaterThanOrEqual(atLeast);
    },
  };
};

test("paths are counted by what they do, not by whom they name", () => {
  expect(template("/v1.41/containers/4f1c/start?t=1")).toBe("/containers/{}/start");
  expect(template("/containers/json?all=1")).toBe("/containers/json");
  expect(template("/v1.51/images/registry.example:5000/a/b:1/json")).toBe("/images/{}/json");
  expect(template("/networks")).toBe("/networks");
  expect(template("/networks/abc/connect")).toBe("/networks/{}/connect");
  expect(template("/_ping")).toBe("/_ping");
});

onEngine(`requests of ${serviceCount} independent services`, (ground) => {
  const { checkout, expectCount } = counted(ground, "count-many", many("one"));
  test("cold up", () => expectCount(["up", "-d"], floor.coldUp(serviceCount) + lock + 1, 158));
  test("up with nothing to do", () => expectCount(["up", "-d"], floor.noop + 2, 5));
  test("up with one changed service", async () => {
    await checkout().write("compose.yaml", many("two"));
    await expectCount(["up", "-d"], floor.changeOne + lock + 1, 12);
  });
  test("ps", () => expectCount(["ps"], floor.ps + 2, serviceCount + 2));
  test("ps of one service", () => expectCount(["ps", "s07"], floor.ps + 2, 3));
  test("logs", () => expectCount(["logs"], floor.logs(serviceCount) + 2, 2 * serviceCount + 2));
  test("down", () => expectCount(["down"], floor.down(serviceCount) + 2, 2 * serviceCount + 5));
  test("down with nothing to do", () => expectCount(["down"], 5, 3));
});

onEngine(`requests of a chain of ${chainLength} healthchecked services`, (ground) => {
  const { checkout, expectCount } = counted(ground, "count-chain", chain);
  // The peer asks every dependency every half second: its count depends on the machine.
  const unknown = 0;
  betterThanPeer("cold up: health comes from one event stream, not from asking", () => expectCount(["up", "-d"], floor.coldUp(chainLength) + 1 + 3, unknown));
  betterThanPeer("up with nothing to do, everything being healthy", () => expectCount(["up", "-d"], floor.noop + 2, unknown));
  betterThanPeer("everything runs", async () => {
    expect(states(await look(checkout()))).toEqual(Array.from({ length: chainLength }, (_, at) => `c${at}-1 running`));
  });
  betterThanPeer("down", () => expectCount(["down"], floor.down(chainLength) + 2, unknown));
});
