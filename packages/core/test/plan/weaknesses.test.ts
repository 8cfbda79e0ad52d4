// Measured faults of docker compose that no other test of the planner is about; docs/weaknesses.md lists them all.
import { describe, expect, it } from "vitest";
import type { Observed } from "../../src/observed/Observed.ts";
import { settingsOf } from "../../src/desired/settings.ts";
import { apply, empty } from "./applyModel.ts";
import { after, change, containerNamed, lines, names, plan, problems, up } from "./planning.ts";
import { cut, desired, project, type ProjectText, type ServiceText } from "./projects.ts";
import { down } from "./shop.ts";

const web = (service: ServiceText): ProjectText => ({ services: { web: service } });
const anonymous = [{ type: "volume", target: "/cache" }] as const;
const volumesOf = (observed: Observed, name: string): ReadonlyArray<string | undefined> =>
  containerNamed(observed, name).mounts.map((mount) => mount.name);

describe("faults of docker compose that this planner does not have", () => {
  it("a namespace parent with several replicas stands by its lowest number, whatever it is called meanwhile", () => {
    const shared = (service: ServiceText): ProjectText => ({
      services: { db: { scale: 3, ...service }, side: { network_mode: "service:db" } },
    });
    const observed = after(shared({}));
    expect(containerNamed(observed, "p-side-1").networkMode).toBe(`container:${containerNamed(observed, "p-db-1").id}`);
    const moved = after(shared({ environment: { A: "1" } }), observed);
    expect(containerNamed(moved, "p-side-1").networkMode).toBe(`container:${containerNamed(moved, "p-db-1").id}`);
    expect(plan(desired(shared({ environment: { A: "1" } })), moved).steps).toEqual([]);
  });

  it("replicas carry one hash, with driver options and a hardware address too", () => {
    const service: ServiceText = {
      scale: 3,
      mac_address: "02:42:ac:11:00:01",
      networks: { front: { driver_opts: { mode: "x" }, interface_name: "eth7" } },
    };
    const text: ProjectText = { services: { web: service }, networks: { front: {} } };
    const observed = after(text);
    const hashes = new Set(observed.containers.map(({ labels }) => labels["com.docker.compose.config-hash"]));
    expect(hashes.size).toBe(1);
    expect(plan(desired(text), observed).steps).toEqual([]);
  });

  it("a replica that scaling finds changed keeps its anonymous volume", () => {
    const observed = after(web({ volumes: anonymous }));
    const scaled = desired(web({ volumes: anonymous, environment: { A: "1" } }), { scale: { web: 2 } });
    expect(volumesOf(after(scaled, observed), "p-web-1")).toEqual(volumesOf(observed, "p-web-1"));
  });

  it("a dependency that run finds changed keeps its anonymous volume", () => {
    const shop = (level: string): ProjectText => ({
      services: { db: { volumes: anonymous, environment: { level } }, tool: { depends_on: ["db"] } },
    });
    const observed = after(desired(cut(project(shop("1")), ["db"])));
    const run = {
      _tag: "Run",
      services: ["tool"],
      name: "p-tool-run-1",
      slug: "1",
      start: true,
      stdin: false,
      autoRemove: false,
      aliases: false,
    } as const;
    const made = plan(desired(shop("2")), observed, run);
    const applied = apply(made, observed);
    expect(applied.refusals).toEqual([]);
    expect(volumesOf(applied.observed, "p-db-1")).toEqual(volumesOf(observed, "p-db-1"));
  });

  it("--always-recreate-deps means the dependencies of all services when none is named", () => {
    const two: ProjectText = { services: { web: { depends_on: ["db"] }, db: {} } };
    const made = plan(desired(two), after(two), up, { recreateDependencies: "force" });
    const replaced = made.steps.flatMap(({ operation, address }) =>
      operation._tag === "CreateContainer" ? [address] : [],
    );
    expect(replaced).toEqual(["service:db:1"]);
  });

  it("a failed create leaves the dependents that would have been restarted running", () => {
    const two = (service: ServiceText): ProjectText => ({
      services: { db: service, web: { depends_on: { db: { restart: true } } } },
    });
    const observed = after(two({}));
    const made = plan(desired(two({ environment: { A: "1" } })), observed);
    const create = made.steps.find(({ operation }) => operation._tag === "CreateContainer")?.id ?? 0;
    expect(names(apply(made, observed, { failing: [create] }).observed)).toEqual(["p-db-1 running", "p-web-1 running"]);
  });

  it("an image that pull_policy never forbids to fetch is missed before networks and volumes are made", () => {
    expect(problems(desired(web({ pull_policy: "never" })), empty).map(({ message }) => message)).toEqual([
      'the image "app:1" of service "web" is not on the engine and its pull policy is "never"',
    ]);
  });

  it("--rmi local keeps images that have a name of their own", () => {
    const built: ProjectText = {
      services: { own: { build: { context: "/p" }, image: "team/own:1" }, web: { build: { context: "/p" } } },
    };
    const removed = plan(desired(built), after(built), down({ images: "local" })).steps.flatMap(({ operation }) =>
      operation._tag === "RemoveImage" ? [operation.image] : [],
    );
    expect(removed).toEqual(["p-web"]);
  });

  it("down -v removes the anonymous volume that passed from one container to the next", () => {
    const observed = after(web({ volumes: anonymous, environment: { A: "1" } }), after(web({ volumes: anonymous })));
    expect(
      apply(plan(desired(web({ volumes: anonymous })), observed, down({ volumes: true })), observed).observed.volumes,
    ).toEqual([]);
  });

  it("a container linked over the default bridge gets a new one with the container it is linked to", () => {
    const bridge = (service: ServiceText): ProjectText => ({
      services: { db: { network_mode: "bridge", ...service }, web: { network_mode: "bridge", links: ["db"] } },
    });
    const made = plan(desired(bridge({ environment: { A: "1" } })), after(bridge({})));
    expect(lines(made).some((line) => line.includes("service:web:1 CreateContainer"))).toBe(true);
  });

  it("a network that only one service uses is removed as soon as that service is gone", () => {
    const apart: ProjectText = {
      services: { a: { networks: { left: null } }, b: { networks: { right: null } } },
      networks: { left: {}, right: {} },
    };
    const made = plan(desired(apart), after(apart), down());
    const left = made.steps.find(({ address }) => address === "network:left");
    const needed = made.steps.filter(({ id }) => left?.needs.includes(id) === true).map(({ address }) => address);
    expect(needed).toEqual(["service:a:1"]);
  });

  it("an orphan that lends its namespace goes when its user has moved", () => {
    const before: ProjectText = { services: { vpn: {}, web: { network_mode: "service:vpn" } } };
    const made = plan(desired(web({})), after(before), up, { removeOrphans: true });
    const stop = made.steps.find(
      ({ operation }) => operation._tag === "StopContainer" && operation.container.name === "p-vpn-1",
    );
    const start = made.steps.find(
      ({ operation, reason }) => operation._tag === "StartContainer" && reason._tag === "Replaces",
    );
    expect(stop?.needs).toContain(start?.id);
    expect(apply(made, after(before)).refusals).toEqual([]);
  });

  it("limits and the restart policy are those of the deploy section where it has some", () => {
    const { cpus, mem_limit, restart } = { cpus: 1, mem_limit: 1, restart: "always" };
    const deploy = { resources: { limits: { cpus: 2, memory: 2 } }, restart_policy: { condition: "on-failure" } };
    expect(settingsOf({ name: "web", cpus, mem_limit, restart, deploy })).toEqual({
      nanoCpus: 2_000_000_000,
      memory: 2,
      restart: { name: "on-failure", maximumRetries: 0 },
    });
  });

  it("a paused container goes on, and a dead one is replaced", () => {
    const observed = after(web({}));
    expect(lines(plan(desired(web({})), change(observed, "p-web-1", { state: "paused" })))[0]).toContain(
      "UnpauseContainer",
    );
    expect(lines(plan(desired(web({})), change(observed, "p-web-1", { state: "dead" })))[0]).toContain(
      "CreateContainer",
    );
  });
});
