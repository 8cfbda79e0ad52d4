// Kills a tool at every one of its engine requests, and says what the next command must make of it.
import { afterAll, beforeAll, expect } from "vitest";
import { type Checkout, checkOut } from "../../src/checkout.ts";
import { type Moment, openProxy, type Proxy, type Recorded, type Strike } from "../../src/proxy.ts";
import { look, states } from "../../src/snapshot.ts";
import type { Running, Subject } from "../../src/subject.ts";
import { betterThanPeer, type Ground, onEngine } from "../gate.ts";
import { succeeded } from "../scenarios/lifecycle.ts";

/** A project that is replaced and killed, again and again. */
export interface Victim {
  readonly tag: string;
  readonly name: string;
  readonly file: (marker: string) => string;
  readonly containers: ReadonlyArray<string>;
  /** Whose environment has MARKER. */
  readonly marked: string;
  readonly kept: { readonly container: string; readonly path: string };
}

// A published port forbids to start the successor first, and so takes the other order of the same replacement.
export const alone = (tag: string, name: string, port: string): Victim => ({
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

/** Starts the tool through the proxy and kills it at its k-th request; tells whether it lived that long, and what it had asked for. */
export const killAt = async (checkout: Checkout, proxy: Proxy, tool: Subject, args: ReadonlyArray<string>, k: number, moment: Moment): Promise<{ readonly struck: boolean; readonly story: string }> => {
  proxy.restore();
  let running: Running | undefined;
  proxy.arm(strikeAt(k, moment, () => running?.signal("SIGKILL")));
  running = checkout.start(tool, args, { host: proxy.host });
  const finished = await running.done;
  if (!proxy.struck()) succeeded(finished);
  const requests = proxy.requests.map(({ method, template, status }) => `${method} ${template} ${status ?? "-"}`).join("\n");
  return { struck: proxy.struck(), story: `${args.join(" ")} of ${tool.name} killed ${moment} request ${k} of\n${requests}` };
};

// More than any replacement of three services needs; a run that is struck this often never ends.
export const mostRequests = 120;

/** A checkout, and a proxy that strikes. */
export interface Stage {
  readonly at: () => Checkout;
  readonly proxy: () => Proxy;
}

export const staged = (ground: Ground, purpose: string): Stage => {
  let checkout: Checkout | undefined;
  let proxy: Proxy | undefined;
  beforeAll(async () => {
    checkout = await checkOut({ client: ground.client, purpose });
    proxy = await openProxy(ground.client.host);
  });
  afterAll(async () => {
    await proxy?.close();
    await checkout?.dispose();
  });
  const made = <A>(value: A | undefined): A => {
    if (value === undefined) throw new Error("the checkout could not be made");
    return value;
  };
  return { at: () => made(checkout), proxy: () => made(proxy) };
};

/** Gives what the finishing run said. */
const converged = async (ground: Ground, at: Checkout, victim: Victim, marker: string, story: string): Promise<string> => {
  const { output } = succeeded(await at.run(ground.subject, ["up", "-d"]));
  const after = await look(at);
  expect(states(after), `${story}\n${output}`).toEqual(victim.containers.map((name) => `${name} running`));
  const env = (await ground.client.inspect(after.get(victim.marked)?.row.id ?? "")).Config.Env;
  expect(env, story).toContain(`MARKER=${marker}`);
  const kept = await ground.client.exec(`${at.project}-${victim.kept.container}`, ["cat", `${victim.kept.path}/mark`]);
  expect(kept, `${story}\n${output}`).toEqual({ code: 0, output: "precious\n" });
  return output;
};

/** Replaces `victim` again and again with `tool`, killing it at one request later each time; our up must finish each. */
export const killEverywhere = async (ground: Ground, { at, proxy }: Stage, victim: Victim, tool: Subject, moment: Moment): Promise<void> => {
  const { container, path } = victim.kept;
  await at().write("compose.yaml", victim.file("0"));
  succeeded(await at().run(tool, ["up", "-d"]));
  await look(at());
  await ground.client.exec(`${at().project}-${container}`, ["sh", "-c", `echo precious > ${path}/mark`]);
  let k = 0;
  let resumed = 0;
  for (let struck = true; struck; ) {
    k += 1;
    expect(k, "the run never gets through").toBeLessThan(mostRequests);
    const marker = `${tool.name}-${moment}-${k}`;
    await at().write("compose.yaml", victim.file(marker));
    const killed = await killAt(at(), proxy(), tool, ["up", "-d"], k, moment);
    if (/^resuming /m.test(await converged(ground, at(), victim, marker, killed.story))) resumed += 1;
    struck = killed.struck;
  }
  // A replacement has at least a create, a start, a stop and a remove: fewer strikes would prove nothing.
  expect(k).toBeGreaterThan(4);
  expect(resumed, "no run said that it takes up what was left").toBeGreaterThan(0);
};

const noVolumeLeft = async (ground: Ground, at: Checkout): Promise<void> => {
  succeeded(await at.run(ground.subject, ["down", "-v"]));
  const left = await Promise.all([...at.volumesSeen].map(async (name) => ((await ground.client.hasVolume(name)) ? [name] : [])));
  expect(left.flat()).toEqual([]);
  // Nor a lock of those that were killed.
  expect(await ground.client.hasVolume(`composure-lock.${at.project}`)).toBe(false);
};

/** The tests of one victim. */
export const killedReplacing = (victim: Victim): void =>
  onEngine(`SIGKILL during the replacement of ${victim.name}`, (ground) => {
    const stage = staged(ground, `kill-${victim.tag}`);
    for (const moment of ["before", "after"] as const) {
      betterThanPeer(`${moment} each request: the next up -d finishes it`, () => killEverywhere(ground, stage, victim, ground.subject, moment), 280_000);
    }
    betterThanPeer("no volume is left over after down -v", () => noVolumeLeft(ground, stage.at()));
  });

