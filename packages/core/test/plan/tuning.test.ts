// Fields that need no new container: updates of a container that stays, other names, and what is no part of it at all.
import { describe, expect, it } from "vitest";
import type { Service } from "../../src/model/Service.ts";
import type { Observed } from "../../src/observed/Observed.ts";
import { apply } from "./applyModel.ts";
import { after, change, containerNamed, lines, names, plan, problems, text, up } from "./planning.ts";
import { desired, type ProjectText, type ServiceText } from "./projects.ts";

const web = (service: ServiceText): ProjectText => ({ services: { web: service } });
const mb = 1_048_576;
const marks = (observed: Observed): ReadonlyArray<string> =>
  observed.volumes.map(({ name }) => name).filter((name) => name.startsWith("composure-updated."));
const masked = (made: Parameters<typeof text>[0]): string => text(made).replaceAll(/composure-updated\.\w+/g, "<mark>");

/** From one file to the next, applied; the plan after that must be empty. */
const edit = (before: ServiceText, now: ServiceText, observed: Observed = after(web(before))) => {
  const made = plan(desired(web(now)), observed);
  const applied = apply(made, observed);
  expect(applied.refusals).toEqual([]);
  expect(lines(plan(desired(web(now)), applied.observed))).toEqual([]);
  return { made, observed: applied.observed };
};

const replaces = (before: ServiceText, now: ServiceText): boolean =>
  edit(before, now).made.steps.some(({ operation }) => operation._tag === "CreateContainer");

describe("an update", () => {
  it("changes limits and restart policy of the container that stays", () => {
    const { made, observed } = edit(
      { cpus: 0.5, mem_limit: 64 * mb, restart: "no" },
      { cpus: 1.5, mem_limit: 256 * mb, restart: "on-failure:3" },
    );
    expect(masked(made)).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1 CreateVolume <mark>, cpus: 0.5 -> 1.5; mem_limit: 67108864 -> 268435456; restart: no -> on-failure:3 [update:web:1]
      [1] -> #2 service:web:1 UpdateContainer p-web-1 memory=268435456 memorySwap=536870912 nanoCpus=1500000000 restart=on-failure:3, cpus: 0.5 -> 1.5; mem_limit: 67108864 -> 268435456; restart: no -> on-failure:3 [update:web:1]"
    `);
    expect(containerNamed(observed, "p-web-1").settings).toEqual({
      nanoCpus: 1_500_000_000,
      memory: 256 * mb,
      memorySwap: 512 * mb,
      restart: { name: "on-failure", maximumRetries: 3 },
    });
  });

  it("reads the deploy section as well as the service's own fields", () => {
    const deploy = (memory: number, cpus: number): NonNullable<Service["deploy"]> => ({
      resources: { limits: { memory, cpus } },
      restart_policy: { condition: "any" },
    });
    const { made } = edit({ deploy: deploy(64 * mb, 0.5) }, { deploy: deploy(128 * mb, 0.25) });
    expect(masked(made)).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1 CreateVolume <mark>, deploy.resources.limits.cpus: 0.5 -> 0.25; deploy.resources.limits.memory: 67108864 -> 134217728 [update:web:1]
      [1] -> #2 service:web:1 UpdateContainer p-web-1 memory=134217728 memorySwap=268435456 nanoCpus=250000000, deploy.resources.limits.cpus: 0.5 -> 0.25; deploy.resources.limits.memory: 67108864 -> 134217728 [update:web:1]"
    `);
  });

  it("a whole new deploy section is as gentle as what is in it", () => {
    expect(replaces({}, { deploy: { resources: { limits: { cpus: 0.5 } } } })).toBe(false);
    expect(replaces({}, { deploy: { update_config: { order: "start-first" } } })).toBe(false);
    expect(replaces({ deploy: { update_config: { parallelism: 2 } } }, {})).toBe(false);
  });

  it("taken back is seen although the labels fit again", () => {
    const { observed } = edit({ cpus: 0.5 }, { cpus: 1 });
    const { made, observed: back } = edit({}, { cpus: 0.5 }, observed);
    expect(masked(made)).toMatchInlineSnapshot(
      `"[] -> #1 service:web:1 UpdateContainer p-web-1 nanoCpus=500000000, cpus: 1 -> 0.5 [update:web:1]"`,
    );
    expect(marks(back)).toHaveLength(1);
  });

  it("that was cut off after its mark is done again", () => {
    const observed = after(web({ cpus: 0.5 }));
    const made = plan(desired(web({ cpus: 1 })), observed);
    const cut = apply({ ...made, steps: made.steps.slice(0, 1) }, observed).observed;
    expect(marks(cut)).toHaveLength(1);
    expect(lines(plan(desired(web({ cpus: 1 })), cut)).join("\n")).toMatch(
      /^\[\] -> #1 service:web:1 UpdateContainer /,
    );
  });

  it("goes before the start of a container that is down", () => {
    const observed = change(after(web({ cpus: 0.5 })), "p-web-1", { state: "exited", exitCode: 1 });
    expect(masked(plan(desired(web({ cpus: 1 })), observed))).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1 CreateVolume <mark>, cpus: 0.5 -> 1 [update:web:1]
      [1] -> #2 service:web:1 UpdateContainer p-web-1 nanoCpus=1000000000, cpus: 0.5 -> 1 [update:web:1]
      [2] -> #3 service:web:1 StartContainer p-web-1, it is exited"
    `);
  });

  it("is not for --no-recreate", () => {
    const observed = after(web({ cpus: 0.5 }));
    expect(plan(desired(web({ cpus: 1 })), observed, up, { recreate: "never" }).steps).toEqual([]);
  });

  it("cannot take a limit away, but a restart policy", () => {
    expect(replaces({ mem_limit: 64 * mb }, {})).toBe(true);
    expect(replaces({ restart: "always" }, {})).toBe(false);
    const { observed } = edit({}, { pids_limit: 100 });
    expect(edit({}, {}, observed).made.steps.some(({ operation }) => operation._tag === "CreateContainer")).toBe(true);
  });

  it("is not enough when another field changes too", () => {
    const { made } = edit({ cpus: 0.5 }, { cpus: 1, environment: { A: "1" } });
    expect(made.steps.some(({ operation }) => operation._tag === "UpdateContainer")).toBe(false);
    expect(made.steps.some(({ operation }) => operation._tag === "CreateContainer")).toBe(true);
  });

  it("is for containers with a record only: of others nobody knows what else has changed", () => {
    const observed = after(web({ cpus: 0.5 }));
    const { "composure.config": _, ...labels } = containerNamed(observed, "p-web-1").labels;
    const made = plan(desired(web({ cpus: 1 })), change(observed, "p-web-1", { labels }));
    expect(made.steps.some(({ operation }) => operation._tag === "CreateContainer")).toBe(true);
  });

  it("comes instead of a replacement that a pull does not bring about", () => {
    const service = { pull_policy: "always" } as const;
    const observed = after(web({ ...service, cpus: 0.5 }));
    const made = plan(desired(web({ ...service, cpus: 1 })), observed);
    expect(masked(made).split("\n").slice(0, 12)).toMatchInlineSnapshot(`
      [
        "[] -> #1 image:app:1 PullImage app:1, pull_policy: always asks for it",
        "[1] -> #2 service:web:1 CreateContainer <id>_p-web-1, its image may have changed [recreate:web:1] if changed #1",
        "[2] -> #3 service:web:1 StartContainer #2, replaces p-web-1 [recreate:web:1] if changed #1",
        "[3] -> #4 service:web:1 StopContainer p-web-1, replaced by #2 [recreate:web:1] if changed #1",
        "[4] -> #5 service:web:1 RemoveContainer p-web-1, replaced by #2 [recreate:web:1] if changed #1",
        "[5] -> #6 service:web:1 RenameContainer #2 to p-web-1, replaces p-web-1 [recreate:web:1] if changed #1",
        "[2] -> #7 service:web:1 RemoveContainer #2, the way back if #3 fails [recreate:web:1] if (changed #1 & failed #3)",
        "[] -> #8 service:web:1 CreateVolume <mark>, cpus: 0.5 -> 1 [update:web:1] if unchanged #1",
        "[8] -> #9 service:web:1 UpdateContainer p-web-1 nanoCpus=1000000000, cpus: 0.5 -> 1 [update:web:1] if unchanged #1",
      ]
    `);
    expect(apply(made, observed).refusals).toEqual([]);
    const moved = apply(made, observed, { registry: { "app:1": "sha256:new" } });
    expect(moved.refusals).toEqual([]);
    expect(lines(plan(desired(web({ ...service, cpus: 1 })), moved.observed)).join("\n")).not.toContain("Update");
  });

  it("of a service that shares a namespace is made only while its parent is the same", () => {
    const shared = (cpus: number): ProjectText => ({
      services: { db: {}, web: { network_mode: "service:db", volumes_from: ["db:ro"], cpus } },
    });
    const observed = after(shared(0.5));
    const made = plan(desired(shared(1)), observed);
    expect(masked(made)).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1 CreateVolume <mark>, cpus: 0.5 -> 1 [update:web:1]
      [1] -> #2 service:web:1 UpdateContainer p-web-1 nanoCpus=1000000000, cpus: 0.5 -> 1 [update:web:1]"
    `);
    const ids = observed.containers.map(({ id }) => id);
    const moved = {
      ...observed,
      containers: observed.containers.map((each) => (each.name === "p-db-1" ? { ...each, id: "f".repeat(64) } : each)),
    };
    expect(ids).not.toContain("f".repeat(64));
    expect(lines(plan(desired(shared(1)), moved)).join("\n")).toContain("CreateContainer");
  });
});

describe("a mark", () => {
  it("goes with its container", () => {
    const { observed } = edit({ cpus: 0.5 }, { cpus: 1 });
    expect(marks(edit({}, { cpus: 1, environment: { A: "1" } }, observed).observed)).toEqual([]);
    const down = { _tag: "Down", services: [], volumes: false, images: "none" } as const;
    const made = plan(desired(web({ cpus: 1 })), observed, down);
    expect(masked(made)).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1 StopContainer p-web-1, down was asked for
      [1] -> #2 service:web:1 RemoveContainer p-web-1, down was asked for
      [2] -> #3 service:web:1 RemoveVolume <mark>, down was asked for
      [2] -> #4 network:default RemoveNetwork p_default, down was asked for"
    `);
    expect(marks(apply(made, observed).observed)).toEqual([]);
  });

  it("of a container that somebody else has removed is cleared away", () => {
    const { observed } = edit({ cpus: 0.5 }, { cpus: 1 });
    const gone = { ...observed, containers: [] };
    const made = plan(desired(web({ cpus: 1 })), gone);
    expect(masked(made)).toContain("RemoveVolume <mark>");
    expect(marks(apply(made, gone).observed)).toEqual([]);
  });
});

describe("another name", () => {
  it("is given to the container that stays, and taken back", () => {
    const { made, observed } = edit({ container_name: "a" }, { container_name: "b" });
    expect(text(made)).toMatchInlineSnapshot(
      `"[] -> #1 service:web:1 RenameContainer a to b, container_name: a -> b [update:web:1]"`,
    );
    expect(names(edit({}, {}, observed).observed)).toEqual(["p-web-1 running"]);
  });

  it("that somebody has is found before anything is touched", () => {
    const observed = after(web({}));
    const [container] = observed.containers;
    const foreign = container === undefined ? [] : [{ ...container, id: "e".repeat(64), name: "box", labels: {} }];
    const found = problems(desired(web({ container_name: "box" })), { ...observed, foreign });
    expect(found.map(({ message }) => message)).toMatchInlineSnapshot(`
      [
        "the container name "box" of service "web" is taken by container eeeeeeeeeeee",
      ]
    `);
  });

  it("is let alone with --no-recreate, and when docker compose made the container", () => {
    const observed = after(web({ container_name: "a" }));
    expect(plan(desired(web({ container_name: "b" })), observed, up, { recreate: "never" }).steps).toEqual([]);
    const theirs = after(web({}));
    const { "composure.config": _, ...labels } = containerNamed(theirs, "p-web-1").labels;
    expect(plan(desired(web({})), change(theirs, "p-web-1", { name: "mine", labels })).steps).toEqual([]);
  });
});

describe("nothing at all", () => {
  const edits: ReadonlyArray<readonly [string, ServiceText, ServiceText]> = [
    ["develop", {}, { develop: { watch: [{ path: "/p", action: "sync", target: "/p" }] } }],
    ["attach", {}, { attach: false }],
    ["deploy.update_config", {}, { deploy: { update_config: { order: "stop-first" } } }],
    ["stop_grace_period", {}, { stop_grace_period: 30_000_000_000 }],
    ["post_start", {}, { post_start: [{ command: ["x"] }] }],
  ];
  it.each(edits)("is done for %s", (_, before, now) => expect(edit(before, now).made.steps).toEqual([]));

  it("but a stop takes the time that the file gives now", () => {
    const stop = { _tag: "Stop", services: [] } as const;
    const made = plan(desired(web({ stop_grace_period: 30_000_000_000 })), after(web({})), stop);
    expect(made.steps.map(({ operation }) => (operation._tag === "StopContainer" ? operation.timeout : 0))).toEqual([
      30,
    ]);
  });

  it("is different for the access of volumes_from, which the hash leaves out", () => {
    const from = (mode: string): ProjectText => ({ services: { db: {}, web: { volumes_from: [`db${mode}`] } } });
    expect(lines(plan(desired(from(":ro")), after(from(""))))[0]).toMatchInlineSnapshot(
      `"[] -> #1 service:web:1 CreateContainer <id>_p-web-1, volumes_from: db -> db:ro [recreate:web:1]"`,
    );
    expect(plan(desired(from(":ro")), after(from(":ro"))).steps).toEqual([]);
  });
});
