// SIGKILL at every engine request: whatever the moment, the next up converges, keeps the data and leaves no half-made container.
import { afterAll, beforeAll, expect } from "vitest";
import { type Checkout, checkOut } from "../src/checkout.ts";
import { type Moment, openProxy, type Proxy, type Recorded, type Strike } from "../src/proxy.ts";
import { look, states } from "../src/snapshot.ts";
import { type Running } from "../src/subject.ts";
import { betterThanPeer, onEngine } from "./gate.ts";
import { succeeded } from "./scenarios/lifecycle.ts";

interface Victim {
  readonly tag: string;
  readonly name: string;
  readonly file: (marker: string) => string;
  readonly containers: ReadonlyArray<string>;
  /** Whose environment has MARKER. */
  readonly marked: string;
  readonly kept: { readonly container: string; readonly path: string };
}

// A published port forbids to start the successor first, and so takes the other order of the same replacement.
const alone = (tag: string, name: string, port: string): Victim => ({
  tag,
  name,
  file: (marker) => `services:
  cache:
    image: composure/test-cache
    environment: {MARKER: ${marker}}${port}
`,
  containers: ["cache-1"],
  marked: "cache-1",
  kept: { container: "cache-1", path: "/data" },
});

const cascade: Victim = {
  tag: "cascade",
  name: "three services that share one's namespaces and volumes",
  file: (marker) => `services:
  pod:
    image: composure/test-db:1
    environment: {MARKER: ${marker}}
  mesh:
    image: composure/test-idle
    network_mode: service:pod
  collector:
    image: composure/test-idle
    volumes_from: [pod]
    depends_on: [mesh]
`,
  containers: ["collector-1", "mesh-1", "pod-1"],
  marked: "pod-1",
  kept: { container: "pod-1", path: "/var/lib/postgresql/data" },
};

const changes = (request: Recorded): boolean => request.method !== "GET" && request.method !== "HEAD";

/** Strikes at the k-th request (`before`), or after the engine did the k-th request that changes something (`after`). */
const strikeAt = (k: number, moment: Moment, kill: () => void): Strike => {
  let counted = 0;
  const matches = (request: Recorded): boolean => {
    if (moment === "after" && !changes(request)) return false;
    counted += 1;
    return counted === k;
  };
  return { _tag: "Cut", moment, matches, act: kill };
};

// More than any replacement of three services needs; a run that is struck this often never ends.
const mostRequests = 120;

const killedEverywhere = (victim: Victim): void =>
  onEngine(`SIGKILL during the replacement of ${victim.name}`, ({ client, subject }) => {
    let checkout: Checkout | undefined;
    let proxy: Proxy | undefined;
    beforeAll(async () => {
      checkout = await checkOut({ client, purpose: `kill-${victim.tag}` });
      proxy = await openProxy(client.host);
    });
    afterAll(async () => {
      await proxy?.close();
      await checkout?.dispose();
    });
    const { container, path } = victim.kept;

    const converged = async (at: Checkout, marker: string, story: string): Promise<void> => {
      const { output } = succeeded(await at.run(subject, ["up", "-d"]));
      const after = await look(at);
      expect(states(after), `${story}\n${output}`).toEqual(victim.containers.map((name) => `${name} running`));
      const env = (await client.inspect(after.get(victim.marked)?.row.id ?? "")).Config.Env;
      expect(env, story).toContain(`MARKER=${marker}`);
      const kept = await client.exec(`${at.project}-${container}`, ["cat", `${path}/mark`]);
      expect(kept, `${story}\n${output}`).toEqual({ code: 0, output: "precious\n" });
    };

    for (const moment of ["before", "after"] as const) {
      betterThanPeer(`${moment} each request: the next up -d finishes it`, async () => {
        if (checkout === undefined || proxy === undefined) throw new Error("the checkout could not be made");
        await checkout.write("compose.yaml", victim.file("0"));
        succeeded(await checkout.run(subject, ["up", "-d"]));
        await look(checkout);
        await client.exec(`${checkout.project}-${container}`, ["sh", "-c", `echo precious > ${path}/mark`]);
        let k = 0;
        for (let struck = true; struck; ) {
          k += 1;
          expect(k, "the run never gets through").toBeLessThan(mostRequests);
          await checkout.write("compose.yaml", victim.file(`${moment}${k}`));
          proxy.restore();
          let running: Running | undefined;
          proxy.arm(strikeAt(k, moment, () => running?.signal("SIGKILL")));
          running = checkout.start(subject, ["up", "-d"], { host: proxy.host });
          const finished = await running.done;
          struck = proxy.struck();
          if (!struck) succeeded(finished);
          const said = proxy.requests.map(({ method, template, status }) => `${method} ${template} ${status ?? "-"}`).join("\n");
          await converged(checkout, `${moment}${k}`, `killed ${moment} request ${k} of\n${said}`);
        }
        // A replacement has at least a create, a start, a stop and a remove: fewer strikes would prove nothing.
        expect(k).toBeGreaterThan(4);
      });
    }

    betterThanPeer("no volume is left over after down -v", async () => {
      if (checkout === undefined) throw new Error("the checkout could not be made");
      succeeded(await checkout.run(subject, ["down", "-v"]));
      const left = await Promise.all([...checkout.volumesSeen].map(async (name) => ((await client.hasVolume(name)) ? [name] : [])));
      expect(left.flat()).toEqual([]);
    });
  });

killedEverywhere(alone("plain", "a service with an anonymous volume", ""));
killedEverywhere(alone("port", "one that publishes a port, too", `\n    ports: ["127.0.0.1:\${WEB_PORT}:80"]`));
killedEverywhere(cascade);
