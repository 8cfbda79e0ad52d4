// Screens from events: rows on a terminal, lines in a pipe, objects for programs. No clock, no terminal: time is an argument.
import { replicaAddress, networkAddress, serviceAddress, imageAddress } from "@composure/core/plan/Address";
import type { Operation } from "@composure/core/plan/Operation";
import type { Plan, Step } from "@composure/core/plan/Plan";
import { EngineError, PortTaken, WaitFailed } from "@composure/engine/EngineError";
import type { Event } from "@composure/engine/Event";
import { describe, expect, it } from "vitest";
import { paint } from "../src/output/style.ts";
import { jsonLines } from "../src/screen/json.ts";
import { plainLines } from "../src/screen/plain.ts";
import { empty, reduce, type Screen } from "../src/screen/Screen.ts";
import { view } from "../src/screen/terminal.ts";

const old = { _tag: "Existing", id: "a".repeat(64), name: "shop-web-1" } as const;
const born = { _tag: "CreatedBy", step: 3, name: "shop-web-1" } as const;
const spec = { service: { name: "web" } } as Extract<Operation, { _tag: "CreateContainer" }>["spec"];

const step = (id: number, address: Step["address"], operation: Operation, group?: string): Step => ({
  id,
  address,
  operation,
  reason: { _tag: "Missing" },
  needs: [],
  ...(group === undefined ? {} : { group }),
});

const network = step(1, networkAddress("default"), { _tag: "CreateNetwork", name: "shop_default", network: {}, labels: {} });
const pull = step(2, imageAddress("web:2"), { _tag: "PullImage", image: "web:2", services: ["web"], tolerateFailure: false });
const group = "recreate:web:1";
const web = replicaAddress("web", 1);
const create = step(3, web, { _tag: "CreateContainer", name: `${"a".repeat(12)}_shop-web-1`, spec }, group);
const start = step(4, web, { _tag: "StartContainer", container: born }, group);
const stop = step(5, web, { _tag: "StopContainer", container: old }, group);
const remove = step(6, web, { _tag: "RemoveContainer", container: old, force: false, volumes: false }, group);
const rename = step(7, web, { _tag: "RenameContainer", container: born, name: "shop-web-1" }, group);
const wait = step(8, serviceAddress("web"), { _tag: "WaitFor", containers: [born], service: "web", condition: "healthy", required: true });
const steps = [network, pull, create, start, stop, remove, rename, wait];

const plan: Plan = {
  project: { name: "shop", workingDir: "/shop", configFiles: [], envFiles: [], separator: "-" },
  intent: { _tag: "Up", services: [] },
  steps,
  notices: [],
  confirmations: [],
  untouched: [],
};

const begun = (at: Step): Event => ({ _tag: "StepStarted", step: at });
const done = (at: Step): Event => ({ _tag: "StepDone", step: at, result: {} });
const failing = (at: Step): Event => ({
  _tag: "StepFailed",
  step: at,
  error: new EngineError({ call: "startContainer", subject: "shop-web-1", reason: new PortTaken({ port: "80", detail: "in use by nginx" }) }),
});

/** Plays events, one each 100 ms, and gives the screen with the lines of both line modes. */
const play = (events: ReadonlyArray<Event>) => {
  let screen: Screen = empty("up", 0);
  let now = 0;
  const plain: Array<string> = [];
  const json: Array<unknown> = [];
  for (const event of [{ _tag: "PlanStarted", plan } as const, ...events]) {
    screen = reduce(screen, event, now);
    plain.push(...plainLines(event, screen));
    json.push(...jsonLines(event, screen).map((line) => JSON.parse(line) as unknown));
    now += 100;
  }
  return { screen, plain, json, now };
};

const frame = (played: { readonly screen: Screen; readonly now: number }, columns = 60, rows = 20): ReadonlyArray<string> =>
  view(played.screen, played.now, { columns, rows }, paint(false));

describe("rows on a terminal", () => {
  it("are one per thing: a replacement is one container under its final name", () => {
    const played = play([begun(network), done(network), begun(create)]);
    expect(frame(played)).toEqual(["[+] up 1/4  0.4s", " ✔ Network shop_default  Created     0.1s", " ⠼ Container shop-web-1  Recreating  0.1s  creating"]);
  });

  it("show the bytes of a pull", () => {
    const layer = (id: string, current: number, total: number): Event => ({ _tag: "StepProgress", step: pull, progress: { id, text: "Downloading", current, total } });
    const played = play([begun(pull), layer("a", 500_000, 1_000_000), layer("b", 1_000_000, 3_000_000)]);
    expect(frame(played, 80)).toEqual(["[+] up 0/4  0.4s", " ⠼ Image web:2  Pulling  0.3s  [⣤⣀] 1.5MB/4MB"]);
  });

  it("end as Recreated, Healthy, or with the error in the row", () => {
    const whole = play(steps.flatMap((each) => [begun(each), done(each)]));
    expect(frame(whole)).toEqual([
      "[+] up 4/4  1.7s",
      " ✔ Network shop_default  Created    0.1s",
      " ✔ Image web:2           Pulled     0.1s",
      " ✔ Container shop-web-1  Recreated  0.9s",
      " ✔ Service web           Healthy    0.1s",
    ]);
    const broken = play([begun(create), done(create), begun(start), failing(start)]);
    expect(frame(broken, 90).at(-1)).toBe(" ✘ Container shop-web-1  Error  0.3s  host port 80 is in use: in use by nginx");
  });

  it("count a layer in full once it is loaded, and put many into few cells", () => {
    const told = (id: string, text: string, more: object = {}): Event => ({ _tag: "StepProgress", step: pull, progress: { id, text, ...more } });
    const played = play([
      begun(pull),
      told("2", "Pulling from library/web"),
      told("a", "Pulling fs layer"),
      told("b", "Already exists"),
      told("c", "Downloading", { current: 5, total: 10 }),
      told("c", "Extracting", { current: 1, total: 10 }),
    ]);
    expect(frame(played, 80).at(-1)).toBe(" ⠧ Image web:2  Pulling  0.6s  [⠀⣿⣿] 10B/10B");
    const many = play([begun(pull), ...Array.from({ length: 100 }, (_, at) => told(`l${at}`, at < 50 ? "Pull complete" : "Waiting"))]);
    expect(frame(many, 60).at(-1)).toMatch(/\[⣿{10,25}.?⠀{10,25}\]$/);
    for (const columns of [30, 40, 50, 60]) for (const line of frame(many, columns)) expect(line.length).toBeLessThan(columns);
  });

  it("tell the step that a build is at, not what the step prints", () => {
    const build = step(9, imageAddress("app"), { _tag: "BuildImage", image: "app" } as Operation);
    const builds: Plan = { ...plan, steps: [build] };
    const screenOf = (texts: ReadonlyArray<readonly [id: string, text: string]>): Screen =>
      texts.reduce<Screen>(
        (screen, [id, text]) => reduce(screen, { _tag: "StepProgress", step: build, progress: { id, text } }, 0),
        reduce(reduce(empty("build", 0), { _tag: "PlanStarted", plan: builds }, 0), begun(build), 0),
      );
    const details = (...texts: ReadonlyArray<readonly [id: string, text: string]>) => view(screenOf(texts), 0, { columns: 80, rows: 9 }, paint(false)).at(-1);
    const classic: ReadonlyArray<readonly [string, string]> = [["1/2", "Step 1/2 : FROM busybox"], ["1/2", " ---> 0123456789ab"], ["2/2", "Step 2/2 : RUN make"], ["2/2", "cc -c main.c"]];
    expect(details(...classic)).toBe(" ⠋ Image app  Building  0.0s  [2/2] RUN make");
    expect(details(["web 2/3", "[web 2/3] COPY . ."])).toBe(" ⠋ Image app  Building  0.0s  [web 2/3] COPY . .");
  });

  it("leave the kind away and cut names in the middle when the window is narrow", () => {
    const names = (...of: ReadonlyArray<string>) => of.map((name, at) => step(20 + at, replicaAddress("worker", at + 1), { _tag: "StartContainer", container: { _tag: "Existing", id: "b".repeat(64), name } }));
    const starts = names("storefront-worker-1", "storefront-worker-2");
    const screen = starts.reduce((so, each) => reduce(so, begun(each), 0), reduce(empty("up", 0), { _tag: "PlanStarted", plan: { ...plan, steps: starts } }, 0));
    const at = (columns: number) => view(screen, 0, { columns, rows: 20 }, paint(false)).slice(1);
    expect(at(60)[0]).toBe(" ⠋ Container storefront-worker-1  Starting  0.0s");
    expect(at(44)[0]).toBe(" ⠋ storefront-worker-1  Starting  0.0s");
    expect(at(34)).toEqual([" ⠋ storefr…rker-1  Starting  0.0s", " ⠋ storefr…rker-2  Starting  0.0s"]);
  });

  it("never get wider than the window, nor more than fit into it", () => {
    const broken = play([begun(network), done(network), begun(create), begun(pull), begun(wait), failing(wait)]);
    for (const columns of [20, 30, 40, 80]) for (const line of frame(broken, columns)) expect(line.length).toBeLessThan(Math.max(columns, 32));
    const small = frame(broken, 80, 5);
    expect(small).toHaveLength(4);
    expect(small.join("\n")).toContain("✘ Service web");
    expect(small.at(-1)).toContain("2 more");
  });

  it("leave out what turned out not to be needed", () => {
    const played = play([begun(network), done(network), ...steps.slice(2, 7).map((each): Event => ({ _tag: "StepNotNeeded", step: each }))]);
    expect(frame(played).join("\n")).not.toContain("shop-web-1");
  });
});

describe("lines in a pipe", () => {
  it("are one per finished thing; long work says when it begins", () => {
    expect(play(steps.flatMap((each) => [begun(each), done(each)])).plain).toEqual([
      " Network shop_default  Created",
      " web Pulling",
      " web Pulled",
      " Container shop-web-1  Recreated",
      " Container shop-web-1  Waiting",
      " Container shop-web-1  Healthy",
    ]);
  });

  it("tell what is left alone, and a restart behind a recreated dependency as stop and start", () => {
    const restart: Step = {
      ...step(1, replicaAddress("job", 1), { _tag: "RestartContainer", container: { _tag: "Existing", id: "c".repeat(64), name: "shop-job-1" } }),
      reason: { _tag: "DependencyRecreated", service: "web" },
    };
    const untouched = [
      { address: replicaAddress("db", 1), name: "shop-db-1", state: "running" },
      { address: replicaAddress("init", 1), name: "shop-init-1", state: "exited" },
      { address: replicaAddress("job", 1), name: "shop-job-1", state: "running" },
    ];
    const told = (of: Plan): ReadonlyArray<string> => {
      const events: ReadonlyArray<Event> = [{ _tag: "PlanStarted", plan: of }, ...of.steps.flatMap((each) => [begun(each), done(each)])];
      let screen = empty("up", 0);
      return events.flatMap((event) => {
        screen = reduce(screen, event, 0);
        return plainLines(event, screen);
      });
    };
    expect(told({ ...plan, steps: [restart], untouched })).toEqual([
      " Container shop-db-1  Running",
      " Container shop-job-1  Restarting",
      " Container shop-job-1  Stopped",
      " Container shop-job-1  Started",
    ]);
    expect(told({ ...plan, intent: { _tag: "Stop", services: [] }, steps: [], untouched: untouched.slice(1, 2) })).toEqual([" Container shop-init-1  Stopped"]);
  });

  it("do not call a container recreated that was only started: its possible replacement was not needed", () => {
    const startOld = step(9, web, { _tag: "StartContainer", container: old }, group);
    const unneeded = (at: Step): Event => ({ _tag: "StepNotNeeded", step: at });
    const withStart: Plan = { ...plan, steps: [...steps, startOld] };
    const ways: ReadonlyArray<ReadonlyArray<Event>> = [
      [...[create, start, stop, remove, rename].map(unneeded), begun(startOld), done(startOld)],
      [...[create, start].map(unneeded), begun(startOld), done(startOld), ...[stop, remove, rename].map(unneeded)],
      [begun(startOld), done(startOld), ...[create, start, stop, remove, rename].map(unneeded)],
    ];
    for (const way of ways) {
      const played = play([{ _tag: "PlanStarted", plan: withStart }, ...way]);
      expect(played.plain).toEqual([" Container shop-web-1  Started"]);
      expect(frame(played).at(-1)).toMatch(/^ ✔ Container shop-web-1 {2}Started /);
    }
  });

  it("tell the wait within a replacement to its end", () => {
    const inside: Step = { ...wait, id: 9, address: web, group };
    let screen = empty("up", 0);
    const events: ReadonlyArray<Event> = [{ _tag: "PlanStarted", plan: { ...plan, steps: [create, start, inside, stop, remove, rename] } }, begun(create), done(create), begun(inside), done(inside)];
    const told = events.flatMap((event) => {
      screen = reduce(screen, event, 0);
      return plainLines(event, screen);
    });
    expect(told).toEqual([" Container shop-web-1  Waiting", " Container shop-web-1  Healthy"]);
  });

  it("never call healthy what was not waited for to the end", () => {
    const { plain } = play([begun(wait), { _tag: "StepDone", step: wait, result: { warnings: ['optional dependency "web" failed to start'] } }]);
    expect(plain).toEqual([" Container shop-web-1  Waiting", " Container shop-web-1  Not ready"]);
  });

  it("tell failures and what was skipped because of them", () => {
    const skipped = (at: Step): Event => ({ _tag: "StepSkipped", step: at, cause: { _tag: "NeedFailed", step: 1 } });
    const unhealthy: Event = {
      _tag: "StepFailed",
      step: wait,
      error: new EngineError({ call: "waitFor", subject: "web", reason: new WaitFailed({ container: "shop-web-1", why: "unhealthy", log: [] }) }),
    };
    expect(play([begun(wait), unhealthy, ...steps.slice(2, 7).map(skipped)]).plain).toEqual([
      " Container shop-web-1  Waiting",
      " Container shop-web-1  Error  container shop-web-1 is unhealthy",
      " Container shop-web-1  Skipped",
    ]);
  });
});

describe("objects for programs", () => {
  it("have docker compose's keys, and the reason", () => {
    const layer: Event = { _tag: "StepProgress", step: pull, progress: { id: "c0ffee", text: "Downloading", current: 1, total: 4 } };
    expect(play([begun(network), done(network), begun(pull), layer, failing(start)]).json).toEqual([
      { id: "Network shop_default", status: "Working", text: "Creating", step: 1, reason: "Missing" },
      { id: "Network shop_default", status: "Done", text: "Created", step: 1, reason: "Missing" },
      { id: "web", status: "Working", text: "Pulling", step: 2, reason: "Missing" },
      { id: "c0ffee", parent_id: "web", status: "Working", text: "Downloading", current: 1, total: 4, percent: 25 },
      { id: "Container shop-web-1", status: "Error", text: "Error", details: "host port 80 is in use: in use by nginx", step: 4, reason: "Missing" },
    ]);
  });
});
