// Why a container is made anew, also when another tool made it.
import { assert, describe, it } from "@effect/vitest";
import { diffLive } from "../../src/explain/live.ts";
import { triggerText, why } from "../../src/explain/why.ts";
import type { ObservedContainer } from "../../src/observed/Observed.ts";
import { after, change, containerNamed, plan } from "../plan/planning.ts";
import { desired, type ProjectText } from "../plan/projects.ts";

const text = (log: string): ProjectText => ({
  services: {
    db: { image: "postgres" },
    web: {
      image: "nginx:1",
      environment: { LOG: log, TOKEN: "hunter2" },
      labels: { tier: "front", TOKEN: "hunter2" },
      ports: [{ target: 80, published: "8080", protocol: "tcp", mode: "ingress" }],
      volumes: [{ type: "volume", source: "data", target: "/data" }],
      depends_on: { db: { restart: true } },
      configs: [{ source: "settings", target: "/settings" }],
    },
  },
  volumes: { data: {} },
  configs: { settings: { content: "a" } },
});

/** As docker compose would have made it. */
const withoutOurLabels = (container: ObservedContainer): ObservedContainer => ({
  ...container,
  labels: Object.fromEntries(Object.entries(container.labels).filter(([key]) => !key.startsWith("composure."))),
});

describe("why", () => {
  it("tells how the containers came to be, what comes next, and what would", () => {
    const first = after(text("info"));
    const second = after(text("debug"), first);
    const wanted = desired(text("trace"));
    const told = why("web", wanted, second, plan(wanted, second));
    assert.deepStrictEqual(
      told?.containers.map(({ name, madeBy, because, isSuccessor }) => ({ name, madeBy, because, isSuccessor })),
      [{ name: "p-web-1", madeBy: "Composure", because: "environment.LOG changed", isSuccessor: true }],
    );
    assert.deepStrictEqual(
      told?.next.map(({ action, fields }) => ({ action, fields })),
      [{ action: "replace", fields: [{ path: "environment.LOG", before: "debug", after: "trace" }] }],
    );
    assert.deepStrictEqual(told?.triggers.map(triggerText), [
      "a change of its configuration in the file",
      "another image under the name nginx:1, after a pull",
      "new contents of settings",
      "a new container of db: it is restarted then",
      "a change of network p_default",
      "another configuration or name of volume p_data",
    ]);
    assert.isUndefined(why("nobody", wanted, second, plan(wanted, second)));
    const [db] = why("db", wanted, first, plan(wanted, first))?.containers ?? [];
    assert.strictEqual(db?.because, "it does not exist");
    assert.deepStrictEqual(db?.configFiles, ["/p/compose.yaml"]);
  });

  it("knows docker compose's containers, of which nobody noted why", () => {
    const observed = after(text("info"));
    const theirs = { ...observed, containers: observed.containers.map(withoutOurLabels) };
    const wanted = desired(text("info"));
    const [story] = why("web", wanted, theirs, plan(wanted, theirs))?.containers ?? [];
    assert.strictEqual(story?.madeBy, "docker compose");
    assert.isNull(story?.because);
  });
});

describe("a container without a record", () => {
  const observed = after(text("info"));
  const theirs = withoutOurLabels(containerNamed(observed, "p-web-1"));
  const web = (of: ProjectText) => {
    const found = desired(of).services.find(({ name }) => name === "web");
    if (found === undefined) throw new Error("no web");
    return found;
  };

  it("differs in nothing that can be seen when nothing was edited", () => {
    const running = { ...theirs, ports: [{ ip: "0.0.0.0", private: 80, public: 8080, protocol: "tcp" }] };
    assert.deepStrictEqual(diffLive(running, web(text("debug"))), [], "the engine's list does not tell environments");
  });

  it("shows what the engine's list tells, without secrets", () => {
    const edited = text("info");
    const changed: ProjectText = {
      ...edited,
      services: {
        ...edited.services,
        web: {
          ...edited.services["web"],
          image: "nginx:2",
          labels: { tier: "back", TOKEN: "other" },
          volumes: [{ type: "bind", source: "/srv", target: "/data", read_only: true }],
          ports: [{ target: 80, published: "9090", protocol: "tcp", mode: "ingress" }],
          networks: { front: null },
        },
      },
      networks: { front: {} },
    };
    const running = { ...theirs, ports: [{ private: 80, public: 8080, protocol: "tcp" }] };
    assert.deepStrictEqual(diffLive(running, web(changed)), [
      { path: "image", before: "nginx:1", after: "nginx:2" },
      { path: "labels.TOKEN", before: "(secret)", after: "(secret)" },
      { path: "labels.tier", before: "front", after: "back" },
      { path: "networks", before: "p_default", after: "p_front" },
      { path: "ports", before: "8080:80/tcp", after: "9090:80/tcp" },
      { path: "volumes", before: "p_data:/data", after: "/srv:/data:ro" },
    ]);
  });

  it("is explained so in the plan", () => {
    const world = { ...change(observed, "p-web-1", { labels: theirs.labels }) };
    const edited = text("info");
    const made = plan(
      desired({ ...edited, services: { ...edited.services, web: { ...edited.services["web"], image: "nginx:2" } } }),
      world,
    );
    const create = made.steps.find(
      ({ operation, address }) => operation._tag === "CreateContainer" && address === "service:web:1",
    );
    assert.deepStrictEqual(create?.reason, {
      _tag: "ConfigChanged",
      fields: [{ path: "image", before: "nginx:1", after: "nginx:2" }],
      from: "live",
    });
  });
});
