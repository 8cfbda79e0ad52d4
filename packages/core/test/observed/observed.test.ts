// What labels tell, which rule decides, what is read, and what a project without a file is.
import { describe, expect, it } from "vitest";
import { desiredFromObserved } from "../../src/desired/fromObserved.ts";
import { ruleSentences } from "../../src/observed/classify.ts";
import { containersOf, match } from "../../src/observed/match.ts";
import type { Observed, ObservedContainer } from "../../src/observed/Observed.ts";
import { observeQuery } from "../../src/observed/query.ts";
import { empty } from "../plan/applyModel.ts";
import { after } from "../plan/planning.ts";
import { cut, desired, policy, project, type ProjectText } from "../plan/projects.ts";

const shop: ProjectText = {
  services: {
    web: { scale: 2, image: "web:1", depends_on: { db: { condition: "service_healthy", restart: true } } },
    db: { image: "db:1", healthcheck: { test: ["CMD", "x"] } },
  },
  networks: { front: {} },
  volumes: { data: {} },
};
const running = after(shop);
const labelled = (name: string, labels: Record<string, string>): ObservedContainer => ({
  ...(running.containers[0] as ObservedContainer),
  id: name,
  name,
  labels: { "com.docker.compose.project": "p", ...labels },
});
const beside = (...more: ReadonlyArray<ObservedContainer>): Observed => ({
  ...running,
  containers: [...more, ...running.containers],
});

describe("matching", () => {
  it("puts each container where it belongs", () => {
    const hash = { "com.docker.compose.config-hash": "x" };
    const observed = beside(
      labelled("orphan", { ...hash, "com.docker.compose.service": "gone", "com.docker.compose.container-number": "1" }),
      labelled("off", { ...hash, "com.docker.compose.service": "off", "com.docker.compose.container-number": "1" }),
      labelled("one", { "com.docker.compose.service": "web", "com.docker.compose.oneoff": "True" }),
      labelled("hook", { "com.docker.compose.service": "web", "com.docker.compose.hook": "pre_start" }),
      labelled("image-labels", { "com.docker.compose.service": "web" }),
      labelled("odd", { ...hash, "com.docker.compose.service": "web", "com.docker.compose.container-number": "one" }),
    );
    const matched = match({ ...desired(shop), otherServices: ["off"] }, observed);
    expect(containersOf(matched, "web").map(({ name }) => name)).toEqual(["odd", "p-web-1", "p-web-2"]);
    expect(containersOf(matched, "off").map(({ name }) => name)).toEqual(["off"]);
    expect(matched.orphans.map(({ name }) => name)).toEqual(["orphan"]);
    expect(matched.oneOffs.map(({ name }) => name)).toEqual(["one"]);
    expect(matched.hooks.map(({ name }) => name)).toEqual(["hook"]);
    expect(matched.strangers.map(({ name }) => name)).toEqual(["image-labels"]);
  });
});

describe("rules", () => {
  it("each say why in one sentence", () => {
    for (const sentence of ruleSentences) expect(sentence).toMatch(/^\S.*\.$/);
    expect(new Set(ruleSentences).size).toBe(ruleSentences.length);
  });
});

describe("what is read", () => {
  const query = (tag: "Up" | "Stop" | "Pull" | "Start") =>
    observeQuery({ _tag: tag, services: [] }, desired(shop), policy);

  it("is what the command needs", () => {
    expect(query("Up")).toEqual({
      project: "p",
      images: ["db:1", "web:1"],
      imageDetails: [],
      volumes: true,
      foreign: true,
    });
    expect(query("Stop")).toEqual({ project: "p", images: [], imageDetails: [], volumes: false, foreign: false });
    expect(query("Pull").images).toEqual(["db:1", "web:1"]);
    expect(query("Start").foreign).toBe(true);
    const down = observeQuery({ _tag: "Down", services: [], volumes: true, images: "local" }, desired(shop), policy);
    expect(down).toMatchObject({ volumes: true, foreign: true, images: ["db:1", "web:1"] });
  });

  it("of a project known by name only is all that carries its label", () => {
    expect(observeQuery({ _tag: "Stop", services: [] }, "p", policy)).toEqual({
      project: "p",
      images: [],
      imageDetails: [],
      volumes: true,
      foreign: true,
    });
  });

  it("includes images of hooks, of mounts, and of services that may be carried along", () => {
    const whole = project({
      services: {
        web: { pre_start: [{ image: "tools:1" }], volumes: [{ type: "image", source: "data:1", target: "/d" }] },
        side: { image: "side:1", network_mode: "service:web" },
      },
    });
    expect(
      observeQuery({ _tag: "Up", services: ["web"] }, desired(cut(whole, ["web"]), { whole }), policy).images,
    ).toEqual(["app:1", "data:1", "side:1", "tools:1"]);
  });

  it("looks closer at images whose age or platform matters", () => {
    const aged = desired({
      services: {
        a: { image: "a:1", pull_policy: "daily" },
        b: { image: "b:1", platform: "linux/arm64" },
        c: { image: "c:1" },
      },
    });
    expect(observeQuery({ _tag: "Up", services: [] }, aged, policy).imageDetails).toEqual(["a:1", "b:1"]);
  });
});

describe("a project without a file", () => {
  it("is what the labels tell", () => {
    const found = desiredFromObserved("p", running);
    expect(found.project).toEqual({
      name: "p",
      workingDir: "/p",
      configFiles: ["/p/compose.yaml"],
      envFiles: [],
      separator: "-",
    });
    expect(found.services.map(({ name, replicas, image }) => [name, replicas, image])).toEqual([
      ["db", 1, "db:1"],
      ["web", 2, "web:1"],
    ]);
    expect(found.services[1]?.edges).toEqual([
      { service: "db", condition: "service_healthy", required: true, restart: true, kind: "depends_on" },
    ]);
    expect(found.networks.map(({ key, name }) => [key, name])).toEqual([
      ["default", "p_default"],
      ["front", "p_front"],
    ]);
    expect(found.volumes.map(({ key, name }) => [key, name])).toEqual([["data", "p_data"]]);
  });

  it("is empty where nothing is", () => {
    expect(desiredFromObserved("p", empty)).toMatchObject({ services: [], networks: [], volumes: [] });
  });
});
