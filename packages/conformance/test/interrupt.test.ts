// Signals at chosen moments: a graceful stop in the right order, a forced one, and a half-done up that the next one finishes.
import { afterEach, expect, test } from "vitest";
import { type Checkout, checkOut } from "../src/checkout.ts";
import type { EngineEvent, EventWatch } from "../src/EngineClient.ts";
import { look, states } from "../src/snapshot.ts";
import { betterThanPeer, onEngine } from "./gate.ts";
import { succeeded } from "./scenarios/lifecycle.ts";

const stack = `services:
  front:
    image: composure/test-idle
    command: ["sh", "-c", "echo front is up; exec idle"]
    depends_on: [middle]
  middle:
    image: composure/test-idle
    command: ["sh", "-c", "echo middle is up; exec idle"]
    depends_on: [back]
  back:
    image: composure/test-idle
    command: ["sh", "-c", "echo back is up; exec idle"]
`;

// Ignores SIGTERM for longer than any test waits: only SIGKILL ends it in time.
const stubborn = `services:
  mule:
    image: composure/test-idle
    stop_grace_period: 10m
    command: ["sh", "-c", "trap '' TERM INT; echo mule is up; while :; do sleep 3600; done"]
`;

const gated = `services:
  door:
    image: composure/test-idle
    healthcheck: {test: ["CMD", "test", "-e", "/tmp/open"], interval: 200ms, retries: 10000}
  guest:
    image: composure/test-idle
    depends_on:
      door: {condition: service_healthy}
`;

const service = (event: EngineEvent): string => event.Actor.Attributes["com.docker.compose.service"] ?? "";
const is = (action: string, name: string, signal?: string) => (event: EngineEvent) =>
  event.Action === action && service(event) === name && (signal === undefined || event.Actor.Attributes["signal"] === signal);

onEngine("signals", ({ client, subject }) => {
  const open: Array<() => Promise<void> | void> = [];
  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });
  const opened = async (purpose: string, file: string): Promise<{ readonly checkout: Checkout; readonly events: EventWatch }> => {
    const checkout = await checkOut({ client, purpose });
    open.push(checkout.dispose);
    await checkout.write("compose.yaml", file);
    const events = await client.watch(checkout.project);
    open.push(events.close);
    return { checkout, events };
  };
  const allUp = [/front-1 +\| front is up/, /middle-1 +\| middle is up/, /back-1 +\| back is up/];

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    test(`${signal} ends a foreground up: services stop, those that depend first, and the exit code is 130`, async () => {
      const { checkout, events } = await opened(`stop-${signal.toLowerCase()}`, stack);
      const up = checkout.start(subject, ["up", "--no-color"]);
      await Promise.all(allUp.map((line) => up.line(line)));
      up.signal(signal);
      const finished = await up.done;
      expect(finished.code, finished.output).toBe(130);
      expect(states(await look(checkout)).map((one) => one.replace(/\(.*/, ""))).toEqual(["back-1 exited", "front-1 exited", "middle-1 exited"]);
      await events.until(is("die", "back"));
      const order = events.seen.filter((event) => event.Action === "die").map(service);
      expect(order).toEqual(["front", "middle", "back"]);
    });
  }

  test("a foreground up ends by itself, with code 0, when all containers have ended", async () => {
    const { checkout } = await opened("ends", `services:\n  one:\n    image: composure/test-idle\n    command: ["sh", "-c", "echo done; exit 3"]\n`);
    const finished = await checkout.run(subject, ["up", "--no-color"]);
    expect(finished.code, finished.output).toBe(0);
    expect(finished.output).toMatch(/one-1 +\| done/);
    expect(finished.output).toMatch(/one-1 exited with code 3/);
  });

  betterThanPeer("a second SIGINT kills what does not stop", async () => {
    const { checkout, events } = await opened("force", stubborn);
    const up = checkout.start(subject, ["up", "--no-color"]);
    await up.line(/mule is up/);
    up.signal("SIGINT");
    await events.until(is("kill", "mule", "15"));
    up.signal("SIGINT");
    await events.until(is("kill", "mule", "9"));
    const finished = await up.done;
    expect(finished.code, finished.output).toBe(130);
    expect(states(await look(checkout))).toEqual(["mule-1 exited(137)"]);
  });

  for (const [signal, code] of [
    ["SIGINT", 8],
    ["SIGTERM", 9],
  ] as const) {
    test(`${signal} reaches the process of a run, whose exit code it is, and --rm leaves nothing`, async () => {
      const { checkout } = await opened(`run-${signal.toLowerCase()}`, stack);
      const traps = "trap 'exit 8' INT; trap 'exit 9' TERM; echo waiting; while :; do sleep 0.1; done";
      const run = checkout.start(subject, ["run", "--rm", "-T", "--no-deps", "back", "sh", "-c", traps]);
      await run.line(/^waiting/);
      run.signal(signal);
      const finished = await run.done;
      expect(finished.code, finished.output).toBe(code);
      expect(await client.containers(checkout.project)).toEqual([]);
    });
  }

  test("SIGINT during up -d leaves what is done, and the next up -d does the rest", async () => {
    const { checkout, events } = await opened("detached", gated);
    const up = checkout.start(subject, ["up", "-d"]);
    await events.until(is("start", "door"));
    up.signal("SIGINT");
    const finished = await up.done;
    expect(finished.code, finished.output).toBe(130);
    const before = await look(checkout);
    expect(before.get("door-1")?.state).toBe("running");
    expect(before.get("guest-1")?.state ?? "created").toBe("created");
    await client.exec(`${checkout.project}-door-1`, ["touch", "/tmp/open"]);
    succeeded(await checkout.run(subject, ["up", "-d"]));
    const after = await look(checkout);
    expect(states(after)).toEqual(["door-1 running", "guest-1 running"]);
    expect(after.get("door-1")?.row.id).toBe(before.get("door-1")?.row.id);
    expect(after.get("door-1")?.startedAt).toBe(before.get("door-1")?.startedAt);
  });
});
