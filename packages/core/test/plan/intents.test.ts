// The plans of every command but up.
import { describe, expect, it } from "vitest";
import { desiredFromObserved } from "../../src/desired/fromObserved.ts";
import type { Observed, ObservedContainer } from "../../src/observed/Observed.ts";
import type { Intent } from "../../src/policy/Intent.ts";
import { apply, empty } from "./applyModel.ts";
import { after, change, lines, names, plan, problems, text } from "./planning.ts";
import { cut, desired, healthcheck, project, type ProjectText } from "./projects.ts";

const shop: ProjectText = {
  services: {
    web: { depends_on: { api: { restart: true } }, image: "web:1", pre_stop: [{ command: ["drain"] }] },
    api: { depends_on: { db: { condition: "service_healthy", restart: true } }, image: "api:1", post_start: [{ command: ["warm"] }] },
    db: { image: "db:1", healthcheck, volumes: [{ type: "volume", source: "data", target: "/data" }, { type: "volume", target: "/cache" }] },
  },
  volumes: { data: {} },
};
const running = after(shop);
const on = (intent: Intent, observed: Observed = running, policy = {}) => plan(desired(shop), observed, intent, policy);
const none = { services: [] } as const;
const down = (how: Partial<Extract<Intent, { _tag: "Down" }>> = {}): Intent => ({ _tag: "Down", ...none, volumes: false, images: "none", ...how });
const stopped: Observed = { ...running, containers: running.containers.map((container) => ({ ...container, state: "exited" as const, exitCode: 0, health: "none" as const })) };
const oneOff = (state: ObservedContainer["state"]): Observed => ({
  ...running,
  containers: [
    ...running.containers,
    {
      ...(running.containers[0] as ObservedContainer),
      id: "a".repeat(64),
      name: "p-web-run-1",
      state,
      mounts: [],
      labels: { "com.docker.compose.project": "p", "com.docker.compose.service": "web", "com.docker.compose.oneoff": "True" },
    },
  ],
});

describe("down", () => {
  it("ends dependents first and takes the networks", () => {
    expect(text(on(down()))).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1 RunHook pre_stop[0] p-web-1, down was asked for
      [1] -> #2 service:web:1 StopContainer p-web-1, down was asked for
      [2] -> #3 service:api:1 StopContainer p-api-1, down was asked for
      [3] -> #4 service:db:1 StopContainer p-db-1, down was asked for
      [2] -> #5 service:web:1 RemoveContainer p-web-1, down was asked for
      [3] -> #6 service:api:1 RemoveContainer p-api-1, down was asked for
      [4] -> #7 service:db:1 RemoveContainer p-db-1, down was asked for
      [5,6,7] -> #8 network:default RemoveNetwork p_default, down was asked for"
    `);
    const applied = apply(on(down()), running);
    expect(applied.refusals).toEqual([]);
    expect(applied.observed.networks).toEqual([]);
    expect(applied.observed.volumes).toHaveLength(2);
    expect(on(down(), applied.observed)).toMatchObject({ steps: [], notices: [{ _tag: "NothingToDo" }] });
  });

  it("takes volumes and images when told", () => {
    const made = on(down({ volumes: true, images: "all" }));
    expect(lines(made).filter((line) => /Volume|Image/.test(line)).map((line) => line.replace(/[0-9a-f]{64}/g, "<anonymous>"))).toMatchInlineSnapshot(`
      [
        "[7] -> #9 volume:data RemoveVolume p_data, down was asked for",
        "[7] -> #10 volume:<anonymous> RemoveVolume <anonymous>, down was asked for",
        "[6] -> #11 image:api:1 RemoveImage api:1, down was asked for",
        "[7] -> #12 image:db:1 RemoveImage db:1, down was asked for",
        "[5] -> #13 image:web:1 RemoveImage web:1, down was asked for",
      ]
    `);
    const applied = apply(made, running);
    expect(applied.refusals).toEqual([]);
    expect(applied.observed).toMatchObject({ containers: [], networks: [], volumes: [], images: [] });
    expect(lines(on(down({ images: "local" }))).join()).not.toContain("RemoveImage");
  });

  it("with services takes those and their dependents, and keeps what others need", () => {
    const made = on(down({ services: ["api"], volumes: true }));
    expect(text(made)).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1 RunHook pre_stop[0] p-web-1, down was asked for
      [1] -> #2 service:web:1 StopContainer p-web-1, down was asked for
      [2] -> #3 service:api:1 StopContainer p-api-1, down was asked for
      [2] -> #4 service:web:1 RemoveContainer p-web-1, down was asked for
      [3] -> #5 service:api:1 RemoveContainer p-api-1, down was asked for"
    `);
    expect(made.notices).toEqual([{ _tag: "Warning", message: "network p_default is kept: p-db-1 uses it" }]);
  });

  it("takes services that do not take part, and orphans only when told", () => {
    const [web, other] = [{ services: { web: {} } }, { services: { web: {}, old: {} } }];
    const observed = after(other);
    const kept = plan(desired(web), observed, down());
    expect(lines(kept).join()).not.toContain("p-old-1");
    expect(kept.notices).toEqual([
      { _tag: "OrphansFound", containers: ["p-old-1"] },
      { _tag: "Warning", message: "network p_default is kept: p-old-1 uses it" },
    ]);
    expect(apply(plan(desired(web), observed, down(), { removeOrphans: true }), observed).observed.containers).toEqual([]);
    expect(apply(plan({ ...desired(web), otherServices: ["old"] }, observed, down()), observed).observed.containers).toEqual([]);
  });

  it("takes run containers with --remove-orphans, and tells of them without", () => {
    const observed = oneOff("running");
    expect(on(down(), observed).notices).toContainEqual({ _tag: "Warning", message: "still running, started by run: p-web-run-1 (--remove-orphans takes them too)" });
    expect(apply(on(down(), observed, { removeOrphans: true }), observed).observed.containers).toEqual([]);
  });

  it("keeps networks that containers of others use", () => {
    const [network] = running.networks;
    const guest = { ...(running.containers[0] as ObservedContainer), id: "b".repeat(64), name: "guest", labels: {}, mounts: [] };
    const made = on(down(), { ...running, foreign: [guest] });
    expect(made.notices).toEqual([{ _tag: "Warning", message: `network ${network?.name ?? ""} is kept: guest uses it` }]);
  });

  it("takes networks of the project that the file does not declare any more", () => {
    const labels = { "com.docker.compose.project": "p", "com.docker.compose.network": "gone" };
    const observed = { ...running, networks: [...running.networks, { id: "n9", name: "p_gone", driver: "bridge", scope: "local", subnets: [], labels }] };
    expect(lines(on(down(), observed)).join()).toContain("RemoveNetwork p_gone");
    expect(lines(on(down({ services: ["web"] }), observed)).join()).not.toContain("RemoveNetwork p_gone");
  });

  it("works from labels alone", () => {
    const made = plan(desiredFromObserved("p", running), running, down({ volumes: true }));
    const applied = apply(made, running);
    expect(applied.refusals).toEqual([]);
    expect(applied.observed).toMatchObject({ containers: [], networks: [], volumes: [] });
    expect(lines(made)[0]).toBe("[] -> #1 service:web:1 StopContainer p-web-1, down was asked for");
  });

  it("finds nothing without complaint", () => {
    expect(on(down(), empty).notices).toEqual([{ _tag: "NothingToDo", what: "nothing of project p was found to remove" }]);
  });
});

describe("stop and start", () => {
  it("stop in reverse order, start in order with the waits", () => {
    expect(text(on({ _tag: "Stop", ...none }))).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1 RunHook pre_stop[0] p-web-1, stop was asked for
      [1] -> #2 service:web:1 StopContainer p-web-1, stop was asked for
      [2] -> #3 service:api:1 StopContainer p-api-1, stop was asked for
      [3] -> #4 service:db:1 StopContainer p-db-1, stop was asked for"
    `);
    expect(text(on({ _tag: "Start", ...none }, stopped))).toMatchInlineSnapshot(`
      "[] -> #1 service:db:1 StartContainer p-db-1, it is exited
      [1] -> #2 service:db WaitFor healthy p-db-1, needed by api
      [2] -> #3 service:api:1 StartContainer p-api-1, it is exited
      [3] -> #4 service:api:1 RunHook post_start[0] p-api-1, it is exited
      [4] -> #5 service:web:1 StartContainer p-web-1, it is exited"
    `);
    expect(apply(on({ _tag: "Start", ...none }, stopped), stopped).refusals).toEqual([]);
  });

  it("keep the order across services that are not named", () => {
    expect(text(on({ _tag: "Stop", services: ["web", "db"] }))).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1 RunHook pre_stop[0] p-web-1, stop was asked for
      [1] -> #2 service:web:1 StopContainer p-web-1, stop was asked for
      [2] -> #3 service:db:1 StopContainer p-db-1, stop was asked for"
    `);
    expect(text(on({ _tag: "Start", services: ["api"] }, stopped))).toMatchInlineSnapshot(`
      "[] -> #1 service:db:1 StartContainer p-db-1, it is exited
      [1] -> #2 service:db WaitFor healthy p-db-1, needed by api
      [2] -> #3 service:api:1 StartContainer p-api-1, it is exited
      [3] -> #4 service:api:1 RunHook post_start[0] p-api-1, it is exited"
    `);
  });

  it("continue what is paused, leave what runs", () => {
    expect(lines(on({ _tag: "Start", ...none }, change(running, "p-db-1", { state: "paused" })))).toMatchInlineSnapshot(`
      [
        "[] -> #1 service:db:1 UnpauseContainer p-db-1, it is paused",
      ]
    `);
    expect(on({ _tag: "Start", ...none }).notices).toEqual([{ _tag: "NothingToDo", what: "no stopped container to start" }]);
    expect(on({ _tag: "Stop", ...none }, stopped).notices).toEqual([{ _tag: "NothingToDo", what: "no running container to stop" }]);
  });

  it("need containers", () => {
    expect(problems(desired(shop), empty, { _tag: "Start", services: ["db"] }).map(({ message }) => message)).toEqual(['service "db" has no container to start']);
  });

  it("use the timeout", () => {
    expect(on({ _tag: "Stop", services: ["web"] }, running, { stopTimeout: 3 }).steps.at(-1)?.operation).toMatchObject({ timeout: 3 });
    expect(on({ _tag: "Stop", services: ["web"] }).steps.at(-1)?.operation).not.toHaveProperty("timeout");
  });

  it("refuse services that the file does not have", () => {
    expect(problems(desired(shop), running, { _tag: "Stop", services: ["wbe"] })).toEqual([
      { severity: "error", code: "unknown-service", message: "no such service: wbe", hint: 'did you mean "web"?' },
    ]);
  });
});

describe("restart", () => {
  it("goes in order, dependents that ask for it included", () => {
    expect(text(on({ _tag: "Restart", services: ["db"], withDependents: true }))).toMatchInlineSnapshot(`
      "[] -> #1 service:db:1 RestartContainer p-db-1, restart was asked for
      [1] -> #2 service:db WaitFor healthy p-db-1, needed by api
      [2] -> #3 service:api:1 RestartContainer p-api-1, restart of db was asked for
      [3] -> #4 service:api:1 RunHook post_start[0] p-api-1, restart of db was asked for
      [4] -> #5 service:web:1 RunHook pre_stop[0] p-web-1, restart of api was asked for
      [5] -> #6 service:web:1 RestartContainer p-web-1, restart of api was asked for"
    `);
    expect(lines(on({ _tag: "Restart", services: ["db"], withDependents: false }))).toHaveLength(1);
    expect(lines(on({ _tag: "Restart", ...none, withDependents: true }, stopped)).length).toBeGreaterThan(2);
    expect(on({ _tag: "Restart", ...none, withDependents: true }, empty).notices).toEqual([{ _tag: "NothingToDo", what: "no container to restart" }]);
  });
});

describe("kill, pause, unpause", () => {
  it("reach what runs, without order", () => {
    expect(text(on({ _tag: "Kill", ...none, signal: "SIGKILL" }, oneOff("running")))).toMatchInlineSnapshot(`
      "[] -> #1 service:api:1 KillContainer p-api-1 SIGKILL, kill was asked for
      [] -> #2 service:db:1 KillContainer p-db-1 SIGKILL, kill was asked for
      [] -> #3 service:web:1 KillContainer p-web-1 SIGKILL, kill was asked for
      [] -> #4 container:p-web-run-1 KillContainer p-web-run-1 SIGKILL, kill was asked for"
    `);
    expect(on({ _tag: "Kill", ...none, signal: "SIGKILL" }, stopped).notices).toEqual([{ _tag: "NothingToDo", what: "no running container to kill" }]);
    expect(lines(on({ _tag: "Pause", services: ["db"] }))).toMatchInlineSnapshot(`
      [
        "[] -> #1 service:db:1 PauseContainer p-db-1, pause was asked for",
      ]
    `);
    expect(lines(on({ _tag: "Unpause", ...none }, change(running, "p-db-1", { state: "paused" })))).toMatchInlineSnapshot(`
      [
        "[] -> #1 service:db:1 UnpauseContainer p-db-1, unpause was asked for",
      ]
    `);
    expect(on({ _tag: "Unpause", ...none }).notices).toEqual([{ _tag: "NothingToDo", what: "no paused container to unpause" }]);
  });
});

describe("rm", () => {
  const rm = (how: Partial<Extract<Intent, { _tag: "Remove" }>> = {}): Intent => ({ _tag: "Remove", ...none, stop: false, volumes: false, ...how });

  it("takes what does not run, after a question", () => {
    const made = on(rm(), change(running, "p-web-1", { state: "exited" }));
    expect(text(made)).toMatchInlineSnapshot(`"[] -> #1 service:web:1 RemoveContainer p-web-1, rm was asked for"`);
    expect(made.confirmations).toEqual([{ address: "container:p-web-1", question: "Going to remove p-web-1. Go on?", destroys: false, flag: "--force" }]);
    expect(on(rm())).toMatchObject({ steps: [], confirmations: [], notices: [{ _tag: "NothingToDo", what: "no stopped container to remove" }] });
  });

  it("stops first, and takes anonymous volumes, when told", () => {
    const made = on(rm({ stop: true, volumes: true }));
    const applied = apply(made, running);
    expect(applied.refusals).toEqual([]);
    expect(names(applied.observed)).toEqual([]);
    expect(applied.observed.volumes.map(({ name }) => name)).toEqual(["p_data"]);
  });
});

describe("create", () => {
  const create: Intent = { _tag: "Create", ...none };
  const next: ProjectText = { ...shop, services: { ...shop.services, web: { ...shop.services["web"], environment: { A: "1" } } } };

  it("makes, replaces, starts nothing", () => {
    const made = plan(desired(shop), empty, create);
    expect(made.steps.some(({ operation }) => operation._tag === "StartContainer" || operation._tag === "WaitFor")).toBe(false);
    const there = apply(made, empty).observed;
    expect(plan(desired(shop), there, create).steps).toEqual([]);
    expect(text(plan(desired(next), running, create))).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1 CreateContainer <id>_p-web-1, environment.A added: 1 [recreate:web:1]
      [1] -> #2 service:web:1 RunHook pre_stop[0] p-web-1, replaced by #1 [recreate:web:1]
      [2] -> #3 service:web:1 StopContainer p-web-1, replaced by #1 [recreate:web:1]
      [3] -> #4 service:web:1 RemoveContainer p-web-1, replaced by #1 [recreate:web:1]
      [4] -> #5 service:web:1 RenameContainer #1 to p-web-1, replaces p-web-1 [recreate:web:1]"
    `);
    const applied = apply(plan(desired(next), running, create), running);
    expect(applied.refusals).toEqual([]);
    expect(names(applied.observed)).toEqual(["p-api-1 running", "p-db-1 running", "p-web-1 created"]);
  });

  it("leaves an up with only starts to do", () => {
    const there = apply(plan(desired(shop), empty, create), empty).observed;
    const rest = plan(desired(shop), there);
    expect(new Set(rest.steps.map(({ operation }) => operation._tag))).toEqual(new Set(["StartContainer", "WaitFor", "RunHook"]));
    expect(apply(rest, there).refusals).toEqual([]);
  });
});

describe("pull and build", () => {
  const images: ProjectText = {
    services: {
      a: { image: "a:1" },
      b: { image: "a:1" },
      c: { build: { context: "/c" } },
      d: { build: { context: "/d", additional_contexts: { c: "service:c" } }, image: "d:1" },
      e: { image: "e:1", pull_policy: "never" },
      f: { image: "f:1", pull_policy: "missing" },
      g: { image: "g", pull_policy: "missing" },
    },
  };
  const local = { ...empty, images: ["f:1", "g"].map((reference) => ({ reference, id: reference, digests: [], labels: {} })) };

  it("pull refreshes, but not what is built, forbidden or there", () => {
    expect(text(plan(desired(images), local, { _tag: "Pull", ...none }))).toMatchInlineSnapshot(`
      "[] -> #1 image:a:1 PullImage a:1, pull was asked for
      [] -> #2 image:d:1 PullImage d:1, pull was asked for
      [] -> #3 image:g PullImage g, pull was asked for"
    `);
    const careless = plan(desired(images), local, { _tag: "Pull", ...none, ignoreFailures: true, ignoreBuildable: true });
    expect(careless.steps.map(({ operation }) => (operation._tag === "PullImage" ? [operation.image, operation.tolerateFailure] : []))).toEqual([
      ["a:1", true],
      ["g", true],
    ]);
  });

  it("build takes bases first", () => {
    expect(text(plan(desired(images), local, { _tag: "Build", services: ["d"] }))).toMatchInlineSnapshot(`
      "[] -> #1 image:p-c BuildImage p-c, build was asked for
      [1] -> #2 image:d:1 BuildImage d:1, build was asked for"
    `);
    const made = plan(desired(images), local, { _tag: "Build", ...none, noCache: true, pull: true, args: { V: "1" } });
    expect(made.steps).toHaveLength(2);
    expect(made.steps[0]?.operation).toMatchObject({ noCache: true, pull: true, build: { args: { V: "1" } } });
  });
});

describe("a part of the project", () => {
  it("an up of one service leaves the others alone", () => {
    const whole = project(shop);
    const made = plan(desired(cut(whole, ["db"]), { whole }), empty, { _tag: "Up", services: ["db"] });
    expect(lines(made).join()).not.toMatch(/web|api/);
    expect(made.notices).toEqual([]);
  });
});

describe("run", () => {
  const run = (how: Partial<Extract<Intent, { _tag: "Run" }>> = {}): Intent => ({
    _tag: "Run",
    services: ["web"],
    name: "p-web-run-0123456789ab",
    slug: "0123456789ab",
    start: true,
    stdin: true,
    autoRemove: true,
    aliases: false,
    ...how,
  });
  const cutTo = (name: string) => desired(cut(project(shop), [name]));

  it("brings up the dependencies, then starts a container of its own", () => {
    const made = plan(cutTo("web"), empty, run());
    expect(text(made)).toMatchInlineSnapshot(`
      "[] -> #1 image:api:1 PullImage api:1, it does not exist
      [] -> #2 image:db:1 PullImage db:1, it does not exist
      [] -> #3 network:default CreateNetwork p_default, it does not exist
      [] -> #4 volume:data CreateVolume p_data, it does not exist
      [2,3,4] -> #5 service:db:1 CreateContainer p-db-1, it does not exist
      [1,3] -> #6 service:api:1 CreateContainer p-api-1, it does not exist
      [5] -> #7 service:db:1 StartContainer #5, it does not exist
      [7] -> #8 service:db WaitFor healthy #5, needed by api
      [6,8] -> #9 service:api:1 StartContainer #6, it does not exist
      [9] -> #10 service:api:1 RunHook post_start[0] #6, it does not exist
      [] -> #11 image:web:1 PullImage web:1, it does not exist
      [3,11] -> #12 container:p-web-run-0123456789ab CreateContainer p-web-run-0123456789ab, run was asked for
      [10,12] -> #13 container:p-web-run-0123456789ab StartContainer #12, run was asked for"
    `);
    const applied = apply(made, empty);
    expect(applied.refusals).toEqual([]);
    expect(names(applied.observed)).toEqual(["p-api-1 running", "p-db-1 running", "p-web-run-0123456789ab running"]);
    const [box] = applied.observed.containers.filter(({ name }) => name.includes("run"));
    expect(box?.labels).toMatchObject({ "com.docker.compose.oneoff": "True", "com.docker.compose.slug": "0123456789ab", "com.docker.compose.service": "web" });
    expect(box?.labels).not.toHaveProperty("com.docker.compose.container-number");
    expect(box?.endpoints.map(({ aliases }) => aliases)).toEqual([["p-web-run-0123456789ab"]]);
  });

  it("leaves its replicas alone, and only makes the container for who attaches first", () => {
    const observed = change(running, "p-db-1", { health: "starting" });
    expect(text(plan(cutTo("web"), observed, run({ start: false })))).toMatchInlineSnapshot(`"[] -> #1 container:p-web-run-0123456789ab CreateContainer p-web-run-0123456789ab, run was asked for"`);
    const known = plan(cutTo("web"), running, run({ aliases: true })).steps[0]?.operation;
    expect(known?._tag === "CreateContainer" ? known.spec.endpoints.map(({ aliases }) => aliases) : []).toEqual([["p-web-run-0123456789ab", "web"]]);
  });

  it("refuses a name that is taken", () => {
    expect(problems(cutTo("web"), running, run({ name: "p-db-1" })).map(({ code }) => code)).toEqual(["name-taken"]);
  });
});
