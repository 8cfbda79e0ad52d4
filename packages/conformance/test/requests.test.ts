// How many engine requests commands make: exact counts, so that a chatty change is seen at once.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Checkout, checkOut } from "../src/checkout.ts";
import { floor, peerCounts } from "../src/floor.ts";
import { look, states } from "../src/snapshot.ts";
import { openProxy, type Proxy, type Recorded, template } from "../src/proxy.ts";
import type { Subject } from "../src/subject.ts";
import { betterThanPeer, onEngine } from "./gate.ts";
import { succeeded } from "./scenarios/lifecycle.ts";

// The peer's counts are known and exact; that they come out is what shows that the counting is right.
const bound = (subject: Subject, ours: number, peers: number): { readonly atMost: number; readonly atLeast: number } =>
  subject.name === "peer" ? { atMost: peers, atLeast: peers } : { atMost: ours, atLeast: 1 };

const summary = (requests: ReadonlyArray<Recorded>): string => {
  const counts = new Map<string, number>();
  for (const { method, template: path } of requests) counts.set(`${method} ${path}`, (counts.get(`${method} ${path}`) ?? 0) + 1);
  return [...counts].map(([what, count]) => `${count} × ${what}`).sort().join("\n");
};

const many = (count: number, marker: string): string => {
  const changes = Math.floor(count / 2);
  const services = Array.from({ length: count }, (_, at) => {
    const environment = at === changes ? `\n    environment: {MARKER: ${marker}}` : "";
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

/** What was read of the engine longer than this before the lock came is read again: only on a machine that is far too busy. */
const freshness = 1_900;
const isList = ({ method, template: path }: Recorded): boolean => method === "GET" && ["/containers/json", "/networks", "/volumes", "/images/json"].includes(path);

const withoutSecondReading = (requests: ReadonlyArray<Recorded>): ReadonlyArray<Recorded> => {
  const taken = requests.find(({ method, template: path }) => method === "POST" && path === "/volumes/create");
  const first = requests[0];
  if (taken === undefined || first === undefined || taken.at - first.at < freshness) return requests;
  const seen = new Set<string>();
  return requests.filter((request) => !isList(request) || (!seen.has(request.template) && seen.add(request.template)));
};

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
      const requests = withoutSecondReading(proxy?.requests ?? []);
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

/** Taking the project's lock and giving it back, and a look at the volumes, which show whether somebody else was at work. */
const lock = 3;

for (const count of [1, 10, 50]) {
  onEngine(`requests of ${count} independent services`, (ground) => {
    const { checkout, expectCount } = counted(ground, `count-${count}`, many(count, "one"));
    test("cold up", () => expectCount(["up", "-d"], floor.coldUp(count) + lock, peerCounts.coldUp(count)));
    // Volumes are looked at, but containers tell of their images.
    test("up with nothing to do", () => expectCount(["up", "-d"], floor.noop, peerCounts.noop));
    // One more because the new container is there before the old one goes, one less because containers tell of images.
    test("up with one changed service", async () => {
      await checkout().write("compose.yaml", many(count, "two"));
      await expectCount(["up", "-d"], floor.changeOne - 1 + 1 + lock, peerCounts.changeOne);
    });
    test("ps", () => expectCount(["ps"], floor.ps, peerCounts.ps(count)));
    test("ps of one service", () => expectCount(["ps", "s00"], floor.ps, 3));
    test("logs", () => expectCount(["logs"], floor.logs(count), peerCounts.logs(count)));
    test("down", () => expectCount(["down"], floor.down(count) + lock, peerCounts.down(count)));
    test("down with nothing to do", () => expectCount(["down"], 3, 3));
  });
}

const replicas = 12;

onEngine(`requests of scaling to ${replicas} and back`, (ground) => {
  const { checkout, expectCount } = counted(ground, "count-scale", many(1, "one"));
  test("to many", async () => {
    succeeded(await checkout().run(ground.subject, ["up", "-d"]));
    await expectCount(["scale", `s00=${replicas}`], floor.scale(replicas) - 1 + lock, peerCounts.scaleUp(replicas));
  });
  test("to one", () => expectCount(["scale", "s00=1"], floor.scale(replicas) - 1 + lock, peerCounts.scaleDown(replicas)));
});

// What the list of containers does not tell, limits and policies, is in the record that Composure puts beside it.
const limited = `services:
  a:
    image: composure/test-idle
    restart: unless-stopped
    mem_limit: 64m
    stop_signal: SIGKILL
    volumes: [data:/data]
  b: {image: composure/test-web:1, restart: always, deploy: {resources: {limits: {cpus: "0.5"}}}}
volumes: {data: {}}
`;

onEngine("requests of services with limits, restart policies and volumes", (ground) => {
  const { checkout, expectCount } = counted(ground, "count-limits", limited);
  const unknown = 0;
  betterThanPeer("cold up", () => expectCount(["up", "-d"], floor.coldUp(2) + 1 + lock, unknown));
  betterThanPeer("up with nothing to do", () => expectCount(["up", "-d"], floor.noop, unknown));
  betterThanPeer("one changed, whose stop signal is SIGKILL: removing it stops it", async () => {
    await checkout().write("compose.yaml", limited.replace("restart: unless-stopped", "restart: unless-stopped\n    hostname: other"));
    await expectCount(["up", "-d"], floor.changeOne - 1 + 1 + lock, unknown);
  });
  betterThanPeer("down", () => expectCount(["down", "-v"], floor.down(2) - 1 + 1 + lock, unknown));
});

onEngine(`requests of a chain of ${chainLength} healthchecked services`, (ground) => {
  const { checkout, expectCount } = counted(ground, "count-chain", chain);
  // The peer asks every dependency every half second: its count depends on the machine.
  const unknown = 0;
  betterThanPeer("cold up: health comes from one event stream, not from asking", () => expectCount(["up", "-d"], floor.coldUpWaiting(chainLength) + lock, unknown));
  betterThanPeer("up with nothing to do, everything being healthy", () => expectCount(["up", "-d"], floor.noop, unknown));
  betterThanPeer("everything runs", async () => {
    expect(states(await look(checkout()))).toEqual(Array.from({ length: chainLength }, (_, at) => `c${at}-1 running`));
  });
  betterThanPeer("down", () => expectCount(["down"], floor.down(chainLength) + lock, unknown));
});
