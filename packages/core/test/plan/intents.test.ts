// The plans of commands that start, stop and remove.
import { describe, expect, it } from "vitest";
import { desiredFromObserved } from "../../src/desired/fromObserved.ts";
import type { ObservedContainer } from "../../src/observed/Observed.ts";
import type { Intent } from "../../src/policy/Intent.ts";
import { apply, empty } from "./applyModel.ts";
import { after, change, lines, names, plan, problems, text } from "./planning.ts";
import { desired } from "./projects.ts";
import { down, none, on, oneOff, running, shop, stopped } from "./shop.ts";

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
    expect(
      lines(made)
        .filter((line) => /Volume|Image/.test(line))
        .map((line) => line.replace(/[0-9a-f]{64}/g, "<anonymous>")),
    ).toMatchInlineSnapshot(`
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
    expect(apply(plan(desired(web), observed, down(), { removeOrphans: true }), observed).observed.containers).toEqual(
      [],
    );
    expect(
      apply(plan({ ...desired(web), otherServices: ["old"] }, observed, down()), observed).observed.containers,
    ).toEqual([]);
  });

  it("takes run containers with --remove-orphans, and tells of them without", () => {
    const observed = oneOff("running");
    expect(on(down(), observed).notices).toContainEqual({
      _tag: "Warning",
      message: "still running, started by run: p-web-run-1 (--remove-orphans takes them too)",
    });
    expect(apply(on(down(), observed, { removeOrphans: true }), observed).observed.containers).toEqual([]);
  });

  it("keeps networks that containers of others use", () => {
    const [network] = running.networks;
    const guest = {
      ...(running.containers[0] as ObservedContainer),
      id: "b".repeat(64),
      name: "guest",
      labels: {},
      mounts: [],
    };
    const made = on(down(), { ...running, foreign: [guest] });
    expect(made.notices).toEqual([
      { _tag: "Warning", message: `network ${network?.name ?? ""} is kept: guest uses it` },
    ]);
  });

  it("takes networks of the project that the file does not declare any more", () => {
    const labels = { "com.docker.compose.project": "p", "com.docker.compose.network": "gone" };
    const observed = {
      ...running,
      networks: [
        ...running.networks,
        { id: "n9", name: "p_gone", driver: "bridge", scope: "local", subnets: [], labels },
      ],
    };
    expect(lines(on(down(), observed)).join()).toContain("RemoveNetwork p_gone");
    expect(lines(on(down({ services: ["web"] }), observed)).join()).not.toContain("RemoveNetwork p_gone");
  });

  it("works from labels alone", () => {
    const made = plan(desiredFromObserved("p", running), running, down({ volumes: true }));
    const applied = apply(made, running);
    expect(applied.refusals).toEqual([]);
    expect(applied.observed).toMatchObject({ containers: [], networks: [], volumes: [] });
    expect(lines(made)[0]).toBe("[] -> #1 service:web:1 RunHook pre_stop[0] p-web-1, down was asked for");
  });

  it("finds nothing without complaint", () => {
    expect(on(down(), empty).notices).toEqual([
      { _tag: "NothingToDo", what: "nothing of project p was found to remove" },
    ]);
  });
});

describe("stop and start", () => {
  it("tell of what does not run already", () => {
    expect(on({ _tag: "Stop", services: ["web"] }, stopped)).toMatchObject({ steps: [], untouched: [{ name: "p-web-1", state: "exited" }] });
  });

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
    expect(lines(on({ _tag: "Start", ...none }, change(running, "p-db-1", { state: "paused" }))))
      .toMatchInlineSnapshot(`
      [
        "[] -> #1 service:db:1 UnpauseContainer p-db-1, it is paused",
      ]
    `);
    expect(on({ _tag: "Start", ...none }).notices).toEqual([
      { _tag: "NothingToDo", what: "no stopped container to start" },
    ]);
    expect(on({ _tag: "Stop", ...none }, stopped).notices).toEqual([
      { _tag: "NothingToDo", what: "no running container to stop" },
    ]);
  });

  it("need containers", () => {
    expect(problems(desired(shop), empty, { _tag: "Start", services: ["db"] }).map(({ message }) => message)).toEqual([
      'service "db" has no container to start',
    ]);
  });

  it("use the timeout", () => {
    expect(on({ _tag: "Stop", services: ["web"] }, running, { stopTimeout: 3 }).steps.at(-1)?.operation).toMatchObject({
      timeout: 3,
    });
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
      [] -> #2 service:db:1 StartContainer p-db-1, the way back if #1 fails if failed #1
      [1] -> #3 service:db WaitFor healthy p-db-1, needed by api
      [3] -> #4 service:api:1 RestartContainer p-api-1, restart of db was asked for
      [] -> #5 service:api:1 StartContainer p-api-1, the way back if #4 fails if failed #4
      [4] -> #6 service:api:1 RunHook post_start[0] p-api-1, restart of db was asked for
      [6] -> #7 service:web:1 RunHook pre_stop[0] p-web-1, restart of api was asked for
      [7] -> #8 service:web:1 RestartContainer p-web-1, restart of api was asked for
      [] -> #9 service:web:1 StartContainer p-web-1, the way back if #8 fails if failed #8"
    `);
    expect(lines(on({ _tag: "Restart", services: ["db"], withDependents: false }))).toHaveLength(2);
    expect(lines(on({ _tag: "Restart", ...none, withDependents: true }, stopped)).length).toBeGreaterThan(2);
    expect(on({ _tag: "Restart", ...none, withDependents: true }, empty).notices).toEqual([
      { _tag: "NothingToDo", what: "no container to restart" },
    ]);
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
    expect(on({ _tag: "Kill", ...none, signal: "SIGKILL" }, stopped).notices).toEqual([
      { _tag: "NothingToDo", what: "no running container to kill" },
    ]);
    expect(lines(on({ _tag: "Pause", services: ["db"] }))).toMatchInlineSnapshot(`
      [
        "[] -> #1 service:db:1 PauseContainer p-db-1, pause was asked for",
      ]
    `);
    expect(lines(on({ _tag: "Unpause", ...none }, change(running, "p-db-1", { state: "paused" }))))
      .toMatchInlineSnapshot(`
      [
        "[] -> #1 service:db:1 UnpauseContainer p-db-1, unpause was asked for",
      ]
    `);
    for (const _tag of ["Pause", "Unpause"] as const) {
      const misspelt = on({ _tag, services: ["wbe"] });
      expect(misspelt.steps).toEqual([]);
      expect(misspelt.notices).toContainEqual({ _tag: "Warning", message: 'no such service: wbe (did you mean "web"?)' });
    }
    expect(on({ _tag: "Unpause", ...none }).notices).toEqual([
      { _tag: "NothingToDo", what: "no paused container to unpause" },
    ]);
  });
});

describe("rm", () => {
  const rm = (how: Partial<Extract<Intent, { _tag: "Remove" }>> = {}): Intent => ({
    _tag: "Remove",
    ...none,
    stop: false,
    volumes: false,
    ...how,
  });

  it("takes what does not run, after a question", () => {
    const made = on(rm(), change(running, "p-web-1", { state: "exited" }));
    expect(text(made)).toMatchInlineSnapshot(`"[] -> #1 service:web:1 RemoveContainer p-web-1, rm was asked for"`);
    expect(made.confirmations).toEqual([
      { address: "container:p-web-1", question: "Going to remove p-web-1. Go on?", destroys: false, flag: "--force" },
    ]);
    expect(on(rm())).toMatchObject({
      steps: [],
      confirmations: [],
      notices: [{ _tag: "NothingToDo", what: "no stopped container to remove" }],
    });
  });

  it("stops first, and takes anonymous volumes, when told", () => {
    const made = on(rm({ stop: true, volumes: true }));
    const applied = apply(made, running);
    expect(applied.refusals).toEqual([]);
    expect(names(applied.observed)).toEqual([]);
    expect(applied.observed.volumes.map(({ name }) => name)).toEqual(["p_data"]);
  });
});
