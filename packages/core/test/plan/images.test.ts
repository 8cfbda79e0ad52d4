// Which images are fetched, and what follows when one may have changed.
import { describe, expect, it } from "vitest";
import type { Observed } from "../../src/observed/Observed.ts";
import type { Policy } from "../../src/policy/Policy.ts";
import { apply, empty, imageId } from "./applyModel.ts";
import { after, change, containerNamed, lines, plan, problems, text, up } from "./planning.ts";
import { desired, healthcheck, type ProjectText, type ServiceText } from "./projects.ts";

const one = (service: ServiceText = {}): ProjectText => ({ services: { web: service } });
const local = (reference: string, taggedAt?: number): Observed => ({
  ...empty,
  images: [
    { reference, id: imageId(reference), digests: [], labels: {}, ...(taggedAt === undefined ? {} : { taggedAt }) },
  ],
});
const fetches = (service: ServiceText, observed: Observed, policy: Partial<Policy> = {}): ReadonlyArray<string> =>
  lines(plan(desired(one(service)), observed, up, policy)).filter((line) => line.includes("Image "));

describe("what is pulled and built", () => {
  it.each<readonly [string, ServiceText, Observed, Partial<Policy>, string | undefined]>([
    ["absent", {}, empty, {}, "PullImage app:1, it does not exist"],
    ["present", {}, local("app:1"), {}, undefined],
    ["if_not_present", { pull_policy: "if_not_present" }, local("app:1"), {}, undefined],
    ["always", { pull_policy: "always" }, local("app:1"), {}, "PullImage app:1, pull_policy: always asks for it"],
    ["--pull always", {}, local("app:1"), { pull: "always" }, "PullImage app:1, --pull always asks for it"],
    ["--pull missing over always", { pull_policy: "always" }, local("app:1"), { pull: "missing" }, undefined],
    ["daily, fresh", { pull_policy: "daily" }, local("app:1", 1_000_000 - 86_399), {}, undefined],
    [
      "daily, due",
      { pull_policy: "daily" },
      local("app:1", 1_000_000 - 86_400),
      {},
      "PullImage app:1, pull_policy: daily asks for it",
    ],
    ["every_1d12h, fresh", { pull_policy: "every_1d12h" }, local("app:1", 1_000_000 - 129_599), {}, undefined],
    [
      "every_1d12h, due",
      { pull_policy: "every_1d12h" },
      local("app:1", 1_000_000 - 129_600),
      {},
      "PullImage app:1, pull_policy: every_1d12h asks for it",
    ],
    [
      "weekly, unknown age",
      { pull_policy: "weekly" },
      local("app:1"),
      {},
      "PullImage app:1, pull_policy: weekly asks for it",
    ],
    ["build, absent", { build: { context: "/b" } }, empty, {}, "BuildImage p-web, it does not exist"],
    ["build, present", { build: { context: "/b" } }, local("p-web"), {}, undefined],
    [
      "build and image, absent",
      { build: { context: "/b" }, image: "app:1" },
      empty,
      {},
      "BuildImage app:1, it does not exist",
    ],
    [
      "pull_policy build",
      { build: { context: "/b" }, pull_policy: "build" },
      local("p-web"),
      {},
      "BuildImage p-web, pull_policy: build asks for it",
    ],
    [
      "--build",
      { build: { context: "/b" } },
      local("p-web"),
      { build: "always" },
      "BuildImage p-web, --build asks for it",
    ],
    ["--no-build, present", { build: { context: "/b" } }, local("p-web"), { build: "never" }, undefined],
    [
      "--no-build, pullable",
      { build: { context: "/b" }, image: "app:1" },
      empty,
      { build: "never" },
      "PullImage app:1, it does not exist",
    ],
    [
      "always with build",
      { build: { context: "/b" }, image: "app:1", pull_policy: "always" },
      local("app:1"),
      {},
      "PullImage app:1, pull_policy: always asks for it",
    ],
  ])("%s", (_, service, observed, policy, expected) => {
    const found = fetches(service, observed, policy);
    if (expected === undefined) expect(found).toEqual([]);
    else expect(found).toEqual([expect.stringContaining(expected)]);
  });

  it.each<readonly [string, ServiceText, Partial<Policy>, string]>([
    [
      "pull_policy never",
      { pull_policy: "never" },
      {},
      'the image "app:1" of service "web" is not on the engine and its pull policy is "never"',
    ],
    [
      "--pull never",
      {},
      { pull: "never" },
      'the image "app:1" of service "web" is not on the engine and its pull policy is "never"',
    ],
    [
      "--no-build",
      { build: { context: "/b" } },
      { build: "never" },
      'the image "p-web" of service "web" does not exist and --no-build forbids to build it',
    ],
  ])("refuses %s without the image, before anything is touched", (_, service, policy, message) => {
    expect(problems(desired(one(service)), empty, up, policy).map((problem) => problem.message)).toEqual([message]);
  });

  it("another platform counts as absent", () => {
    const arm = {
      ...empty,
      images: [{ reference: "app:1", id: "x", digests: [], labels: {}, platform: "linux/arm64/v8" }],
    };
    expect(fetches({ platform: "linux/arm64" }, arm)).toEqual([]);
    expect(fetches({ platform: "linux/amd64" }, arm)).toHaveLength(1);
  });

  it("one step serves all who share an image, and builds come before those who build on them", () => {
    const shared: ProjectText = {
      services: {
        base: { build: { context: "/base" } },
        app: { build: { context: "/app", additional_contexts: { base: "service:base" } } },
        worker: { image: "p-app" },
        other: { image: "redis:7" },
        another: { image: "redis:7" },
      },
    };
    expect(lines(plan(desired(shared), empty)).filter((line) => line.includes("Image "))).toMatchInlineSnapshot(`
      [
        "[] -> #1 image:redis:7 PullImage redis:7, it does not exist",
        "[] -> #2 image:p-base BuildImage p-base, it does not exist",
        "[2] -> #3 image:p-app BuildImage p-app, it does not exist",
      ]
    `);
  });

  it("nothing is fetched for a service that is scaled to nothing or only kept", () => {
    expect(fetches({ scale: 0 }, empty)).toEqual([]);
    const running = { ...after(one()), images: [] };
    expect(plan(desired(one()), running, up, { recreate: "never" }).steps).toEqual([]);
  });
});

describe("a pull that may bring another image", () => {
  const always = one({ pull_policy: "always" });

  it("replaces only if it does", () => {
    const observed = after(always);
    const made = plan(desired(always), observed);
    expect(text(made)).toMatchInlineSnapshot(`
      "[] -> #1 image:app:1 PullImage app:1, pull_policy: always asks for it
      [1] -> #2 service:web:1 CreateContainer <id>_p-web-1, its image may have changed [recreate:web:1] if changed #1
      [2] -> #3 service:web:1 StartContainer #2, replaces p-web-1 [recreate:web:1] if changed #1
      [3] -> #4 service:web:1 StopContainer p-web-1, replaced by #2 [recreate:web:1] if changed #1
      [4] -> #5 service:web:1 RemoveContainer p-web-1, replaced by #2 [recreate:web:1] if changed #1
      [5] -> #6 service:web:1 RenameContainer #2 to p-web-1, replaces p-web-1 [recreate:web:1] if changed #1
      [2] -> #7 service:web:1 RemoveContainer #2, the way back if #3 fails [recreate:web:1] if (changed #1 & failed #3)"
    `);
    const same = apply(made, observed);
    expect(same.observed.containers).toEqual(observed.containers);
    const moved = apply(made, observed, { registry: { "app:1": "sha256:new" } });
    expect(moved.refusals).toEqual([]);
    expect(containerNamed(moved.observed, "p-web-1").imageId).toBe("sha256:new");
    expect(moved.observed.containers).toHaveLength(1);
  });

  it("starts the old one otherwise", () => {
    const observed = change(after(always), "p-web-1", { state: "exited" });
    const made = plan(desired(always), observed);
    expect(text(made)).toMatchInlineSnapshot(`
      "[] -> #1 image:app:1 PullImage app:1, pull_policy: always asks for it
      [1] -> #2 service:web:1 CreateContainer <id>_p-web-1, its image may have changed [recreate:web:1] if changed #1
      [2] -> #3 service:web:1 StartContainer #2, replaces p-web-1 [recreate:web:1] if changed #1
      [3] -> #4 service:web:1 RemoveContainer p-web-1, replaced by #2 [recreate:web:1] if changed #1
      [4] -> #5 service:web:1 RenameContainer #2 to p-web-1, replaces p-web-1 [recreate:web:1] if changed #1
      [2] -> #6 service:web:1 RemoveContainer #2, the way back if #3 fails [recreate:web:1] if (changed #1 & failed #3)
      [] -> #7 service:web:1 StartContainer p-web-1, it is exited if unchanged #1"
    `);
    expect(apply(made, observed).observed.containers[0]).toMatchObject({
      state: "running",
      id: observed.containers[0]?.id,
    });
  });

  it("carries those along who share a namespace, and restarts dependents, under the same condition", () => {
    const family: ProjectText = {
      services: {
        vpn: { image: "vpn:1", pull_policy: "always" },
        app: { image: "own:1", network_mode: "service:vpn" },
        web: { image: "web:1", depends_on: { vpn: { restart: true } } },
      },
    };
    const observed = after(family);
    const made = plan(desired(family), observed);
    expect(text(made)).toMatchInlineSnapshot(`
      "[] -> #1 image:vpn:1 PullImage vpn:1, pull_policy: always asks for it
      [1] -> #2 service:vpn:1 CreateContainer <id>_p-vpn-1, its image may have changed [recreate:vpn:1] if changed #1
      [2] -> #3 service:app:1 CreateContainer <id>_p-app-1, it shares what belongs to vpn, whose container changes [recreate:app:1] if changed #1
      [2] -> #4 service:vpn:1 StartContainer #2, replaces p-vpn-1 [recreate:vpn:1] if changed #1
      [2] -> #5 service:vpn:1 RemoveContainer #2, the way back if #4 fails [recreate:vpn:1] if (changed #1 & failed #4)
      [3,4] -> #6 service:app:1 StopContainer p-app-1, replaced by #3 [recreate:app:1] if changed #1
      [3,4,6] -> #7 service:app:1 StartContainer #3, replaces p-app-1 [recreate:app:1] if changed #1
      [7] -> #8 service:app:1 RemoveContainer p-app-1, replaced by #3 [recreate:app:1] if changed #1
      [8] -> #9 service:app:1 RenameContainer #3 to p-app-1, replaces p-app-1 [recreate:app:1] if changed #1
      [3] -> #10 service:app:1 RemoveContainer #3, the way back if #7 fails [recreate:app:1] if (changed #1 & (failed #6 | failed #7))
      [6 after 10] -> #11 service:app:1 StartContainer p-app-1, the way back if #7 fails [recreate:app:1] if (changed #1 & (failed #6 | failed #7))
      [4] -> #12 service:web:1 RestartContainer p-web-1, vpn, which it depends on, got a new container [restart:web:1] if changed #1
      [] -> #13 service:web:1 StartContainer p-web-1, the way back if #12 fails [restart:web:1] if (changed #1 & failed #12)
      [4,7] -> #14 service:vpn:1 StopContainer p-vpn-1, replaced by #2 [recreate:vpn:1] if changed #1
      [14] -> #15 service:vpn:1 RemoveContainer p-vpn-1, replaced by #2 [recreate:vpn:1] if changed #1
      [15] -> #16 service:vpn:1 RenameContainer #2 to p-vpn-1, replaces p-vpn-1 [recreate:vpn:1] if changed #1"
    `);
    expect(apply(made, observed).observed.containers).toEqual(observed.containers);
    const moved = apply(made, observed, { registry: { "vpn:1": "sha256:new" } });
    expect(moved.refusals).toEqual([]);
    expect(plan(desired(family), moved.observed, up, { pull: "missing" }).steps).toEqual([]);
  });

  it("replaces for sure when the configuration changed too", () => {
    const made = plan(desired(one({ pull_policy: "always", environment: { A: "1" } })), after(always));
    expect(made.steps.every(({ guard }) => guard?._tag !== "ImageChanged")).toBe(true);
  });

  it("an image that has moved already replaces without a condition", () => {
    const observed = after(one());
    const moved = { ...observed, images: [{ reference: "app:1", id: "sha256:moved", digests: [], labels: {} }] };
    expect(lines(plan(desired(one()), moved))[0]).toContain("its image changed: app:1 -> moved");
  });

  it("waits only if something starts", () => {
    const waiting: ProjectText = {
      services: {
        db: { image: "db:1", healthcheck },
        web: { pull_policy: "always", depends_on: { db: { condition: "service_healthy" } } },
      },
    };
    const observed = change(after(waiting), "p-db-1", { health: "starting" });
    expect(lines(plan(desired(waiting), observed)).filter((line) => line.includes("WaitFor"))).toMatchInlineSnapshot(`
      [
        "[] -> #3 service:db WaitFor healthy p-db-1, needed by web if changed #1",
      ]
    `);
  });
});
