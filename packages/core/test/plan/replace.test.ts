// How and when containers are replaced, and who follows.
import { describe, expect, it } from "vitest";
import type { Observed } from "../../src/observed/Observed.ts";
import type { Plan } from "../../src/plan/Plan.ts";
import { apply, empty } from "./applyModel.ts";
import { after, change, containerNamed, lines, names, plan, text, up } from "./planning.ts";
import { desired, healthcheck, type ProjectText, type ServiceText } from "./projects.ts";

const web = (service: ServiceText): ProjectText => ({ services: { web: service }, volumes: { data: {} } });
const changed = (service: ServiceText): ProjectText => web({ ...service, environment: { CHANGED: "1" } });
const update = (service: ServiceText) => plan(desired(changed(service)), after(web(service)));
const reasons = (made: Plan): ReadonlyArray<string> =>
  made.notices.flatMap((notice) => (notice._tag === "StopFirst" ? [notice.because] : []));

describe("start-first", () => {
  it("starts the new one, proves it, ends the old one", () => {
    expect(text(update({ healthcheck }))).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1 CreateContainer <id>_p-web-1, environment.CHANGED added: 1 [recreate:web:1]
      [1] -> #2 service:web:1 StartContainer #1, replaces p-web-1 [recreate:web:1]
      [2] -> #3 service:web:1 WaitFor ready_or_done #1, replaces p-web-1 [recreate:web:1]
      [3] -> #4 service:web:1 StopContainer p-web-1, replaced by #1 [recreate:web:1]
      [4] -> #5 service:web:1 RemoveContainer p-web-1, replaced by #1 [recreate:web:1]
      [5] -> #6 service:web:1 RenameContainer #1 to p-web-1, replaces p-web-1 [recreate:web:1]
      [1] -> #7 service:web:1 RemoveContainer #1, the way back if #2 fails [recreate:web:1] if (failed #2 | failed #3)"
    `);
    expect(update({}).notices).toEqual([]);
  });

  it("leaves the old one alone when the new one fails", () => {
    const observed = after(web({ healthcheck }));
    const made = plan(desired(changed({ healthcheck })), observed);
    const applied = apply(made, observed, { failing: [3] });
    expect(names(applied.observed)).toEqual(["p-web-1 running"]);
    expect(containerNamed(applied.observed, "p-web-1").id).toBe(containerNamed(observed, "p-web-1").id);
  });

  it("takes no time when nothing ran", () => {
    const observed = change(after(web({})), "p-web-1", { state: "exited" });
    expect(text(plan(desired(changed({})), observed))).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1 CreateContainer <id>_p-web-1, environment.CHANGED added: 1 [recreate:web:1]
      [1] -> #2 service:web:1 StartContainer #1, replaces p-web-1 [recreate:web:1]
      [2] -> #3 service:web:1 RemoveContainer p-web-1, replaced by #1 [recreate:web:1]
      [3] -> #4 service:web:1 RenameContainer #1 to p-web-1, replaces p-web-1 [recreate:web:1]
      [1] -> #5 service:web:1 RemoveContainer #1, the way back if #2 fails [recreate:web:1] if failed #2"
    `);
  });
});

describe("stop-first", () => {
  const data = { volumes: [{ type: "volume", source: "data", target: "/data" }] } as const;

  it("stops the old one when its successor exists, and brings it back when that fails", () => {
    expect(
      text(update({ ...data, healthcheck, pre_stop: [{ command: ["drain"] }], post_start: [{ command: ["warm"] }] })),
    ).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1 CreateContainer <id>_p-web-1, environment.CHANGED added: 1 [recreate:web:1]
      [1] -> #2 service:web:1 RunHook pre_stop[0] p-web-1, replaced by #1 [recreate:web:1]
      [2] -> #3 service:web:1 StopContainer p-web-1, replaced by #1 [recreate:web:1]
      [1,3] -> #4 service:web:1 StartContainer #1, replaces p-web-1 [recreate:web:1]
      [4] -> #5 service:web:1 RunHook post_start[0] #1, replaces p-web-1 [recreate:web:1]
      [5] -> #6 service:web:1 WaitFor ready_or_done #1, replaces p-web-1 [recreate:web:1]
      [6] -> #7 service:web:1 RemoveContainer p-web-1, replaced by #1 [recreate:web:1]
      [7] -> #8 service:web:1 RenameContainer #1 to p-web-1, replaces p-web-1 [recreate:web:1]
      [1] -> #9 service:web:1 RemoveContainer #1, the way back if #4 fails [recreate:web:1] if (failed #3 | failed #4 | failed #5 | failed #6)
      [3 after 9] -> #10 service:web:1 StartContainer p-web-1, the way back if #4 fails [recreate:web:1] if (failed #3 | failed #4 | failed #5 | failed #6)"
    `);
  });

  it.each([2, 3, 4])("serves again after a failure of step %i", (failing) => {
    const observed = after(web({ ...data, healthcheck }));
    const made = plan(desired(changed({ ...data, healthcheck })), observed);
    const applied = apply(made, observed, { failing: [failing] });
    expect(names(applied.observed)).toEqual(["p-web-1 running"]);
    expect(containerNamed(applied.observed, "p-web-1").id).toBe(containerNamed(observed, "p-web-1").id);
  });

  it.each<readonly [string, ServiceText, string]>([
    ["a fixed host port", { ports: [{ target: 80, published: "8080" }] }, "it publishes a fixed host port"],
    [
      "a full port range",
      { ports: [{ target: 80, published: "8080-8080" }] },
      "its range of host ports has no room for one more",
    ],
    ["container_name", { container_name: "box" }, "it has a container_name"],
    ["a fixed address", { networks: { default: { ipv4_address: "10.0.0.5" } } }, "it has a fixed address"],
    ["the host's network", { network_mode: "host" }, "it shares a network namespace"],
    ["a volume", data, "it writes to a volume or a host folder"],
    [
      "a writable bind",
      { volumes: [{ type: "bind", source: "/s", target: "/t" }] },
      "it writes to a volume or a host folder",
    ],
    [
      "an anonymous volume",
      { volumes: [{ type: "volume", target: "/cache" }] },
      "its anonymous volumes move to the new container",
    ],
    [
      "deploy.update_config",
      { deploy: { update_config: { order: "stop-first" } } },
      "deploy.update_config.order says so",
    ],
  ])("because of %s", (_, service, because) => {
    const made = update(service);
    expect(reasons(made)).toEqual([because]);
    const tags = made.steps.map(({ operation }) => operation._tag);
    expect(tags.indexOf("StopContainer")).toBeLessThan(tags.indexOf("StartContainer"));
  });

  it.each<readonly [string, ServiceText]>([
    ["an ephemeral port", { ports: [{ target: 80 }] }],
    ["a roomy port range", { ports: [{ target: 80, published: "8080-8090" }] }],
    ["a read-only bind", { volumes: [{ type: "bind", source: "/s", target: "/t", read_only: true }] }],
    ["a volume that replicas share", { ...data, scale: 2 }],
    ["a volume with an explicit order", { ...data, deploy: { update_config: { order: "start-first" } } }],
  ])("but not because of %s", (_, service) => {
    expect(reasons(update(service))).toEqual([]);
  });

  it("is a policy too", () => {
    expect(reasons(plan(desired(changed({})), after(web({})), up, { order: "stop-first" }))).toEqual([
      "it was asked for",
    ]);
  });

  it("waits for the dependencies before the old one stops", () => {
    const chain = (v: string): ProjectText => ({
      services: {
        db: { ...data, healthcheck, environment: { V: v } },
        web: { ...data, environment: { V: v }, depends_on: { db: { condition: "service_healthy" } } },
      },
      volumes: { data: {} },
    });
    expect(text(plan(desired(chain("2")), after(chain("1"))))).toMatchInlineSnapshot(`
      "[] -> #1 service:db:1 CreateContainer <id>_p-db-1, environment.V: 1 -> 2 [recreate:db:1]
      [] -> #2 service:web:1 CreateContainer <id>_p-web-1, environment.V: 1 -> 2 [recreate:web:1]
      [1] -> #3 service:db:1 StopContainer p-db-1, replaced by #1 [recreate:db:1]
      [1,3] -> #4 service:db:1 StartContainer #1, replaces p-db-1 [recreate:db:1]
      [4] -> #5 service:db:1 WaitFor healthy #1, replaces p-db-1 [recreate:db:1]
      [5] -> #6 service:db:1 RemoveContainer p-db-1, replaced by #1 [recreate:db:1]
      [6] -> #7 service:db:1 RenameContainer #1 to p-db-1, replaces p-db-1 [recreate:db:1]
      [1] -> #8 service:db:1 RemoveContainer #1, the way back if #4 fails [recreate:db:1] if (failed #3 | failed #4 | failed #5)
      [3 after 8] -> #9 service:db:1 StartContainer p-db-1, the way back if #4 fails [recreate:db:1] if (failed #3 | failed #4 | failed #5)
      [2,5] -> #10 service:web:1 StopContainer p-web-1, replaced by #2 [recreate:web:1]
      [2,5,10] -> #11 service:web:1 StartContainer #2, replaces p-web-1 [recreate:web:1]
      [11] -> #12 service:web:1 RemoveContainer p-web-1, replaced by #2 [recreate:web:1]
      [12] -> #13 service:web:1 RenameContainer #2 to p-web-1, replaces p-web-1 [recreate:web:1]
      [2] -> #14 service:web:1 RemoveContainer #2, the way back if #11 fails [recreate:web:1] if (failed #10 | failed #11)
      [10 after 14] -> #15 service:web:1 StartContainer p-web-1, the way back if #11 fails [recreate:web:1] if (failed #10 | failed #11)"
    `);
  });
});

describe("pre_stop hooks", () => {
  const hooked = (command: string): ServiceText => ({ pre_stop: [{ command: [command] }] });
  const hooks = (made: Plan): ReadonlyArray<unknown> =>
    made.steps.flatMap(({ operation }) => (operation._tag === "RunHook" ? [operation.hook.command] : []));

  it("are those that the old container was made with", () => {
    expect(hooks(plan(desired(changed(hooked("new"))), after(web(hooked("old")))))).toEqual([["old"]]);
    expect(hooks(plan(desired(changed(hooked("new"))), after(web({}))))).toEqual([]);
  });

  it("are the file's when nothing but hooks has changed, and the container stays", () => {
    expect(plan(desired(web(hooked("new"))), after(web(hooked("old")))).steps).toEqual([]);
    const stop = { _tag: "Stop", services: [] } as const;
    expect(hooks(plan(desired(web(hooked("new"))), after(web(hooked("old"))), stop))).toEqual([["new"]]);
  });

  it("are the file's for a container that docker compose made", () => {
    const observed = after(web(hooked("old")));
    const { labels } = containerNamed(observed, "p-web-1");
    const { "composure.config": _, ...theirs } = labels;
    expect(hooks(plan(desired(changed(hooked("new"))), change(observed, "p-web-1", { labels: theirs })))).toEqual([
      ["new"],
    ]);
  });

  it("run in orphans too", () => {
    const orphaned = plan(desired({ services: { app: {} } }), after(web(hooked("old"))), up, { removeOrphans: true });
    expect(hooks(orphaned)).toEqual([["old"]]);
  });
});

describe("jobs", () => {
  it("stop before their successors start", () => {
    const job = (v: string): ProjectText => ({
      services: {
        job: { environment: { V: v } },
        web: { depends_on: { job: { condition: "service_completed_successfully" } } },
      },
    });
    const observed = change(after(job("1"), empty, { jobs: ["job"] }), "p-job-1", { state: "running" });
    expect(reasons(plan(desired(job("2")), observed))).toEqual(["it is a job, and two must not run at once"]);
  });
});

describe("which containers are replaced", () => {
  const two: ProjectText = { services: { web: { depends_on: ["db"] }, db: {} } };
  const observed = after(two);
  const replaced = (made: Plan): ReadonlyArray<string> =>
    made.steps.flatMap(({ operation, address }) => (operation._tag === "CreateContainer" ? [address] : []));
  const named = { _tag: "Up", services: ["web"] } as const;

  it.each([
    ["nothing by itself", {}, up, []],
    ["--force-recreate all", { recreate: "force" }, up, ["service:db:1", "service:web:1"]],
    ["--force-recreate web only", { recreate: "force" }, named, ["service:web:1"]],
    ["--always-recreate-deps the dependencies of web", { recreateDependencies: "force" }, named, ["service:db:1"]],
    ["--always-recreate-deps every dependency", { recreateDependencies: "force" }, up, ["service:db:1"]],
    ["-V what is named", { recreate: "force", renewAnonymousVolumes: true }, named, ["service:web:1"]],
  ] as const)("%s", (_, policy, intent, expected) => {
    expect(replaced(plan(desired(two), observed, intent, policy))).toEqual(expected);
  });

  it("--no-recreate keeps what differs", () => {
    const next: ProjectText = { services: { ...two.services, db: { environment: { A: "1" } } } };
    expect(plan(desired(next), observed, up, { recreate: "never", recreateDependencies: "never" }).steps).toEqual([]);
  });

  it("says which flag", () => {
    expect(lines(plan(desired(two), observed, named, { recreate: "force" }))[0]).toContain(
      "--force-recreate asks for it",
    );
    expect(lines(plan(desired(two), observed, named, { recreateDependencies: "force" }))[0]).toContain(
      "--always-recreate-deps asks for it",
    );
    expect(lines(plan(desired(two), observed, named, { recreate: "force", renewAnonymousVolumes: true }))[0]).toContain(
      "--renew-anon-volumes asks for it",
    );
  });

  it("a hash in either bind encoding is the same", () => {
    const bind = web({ volumes: [{ type: "bind", source: "/s", target: "/t", bind: { create_host_path: true } }] });
    const made = after(bind);
    const { labels } = containerNamed(made, "p-web-1");
    expect(plan(desired(bind), made).steps).toEqual([]);
    const other = change(made, "p-web-1", { labels: { ...labels, "com.docker.compose.config-hash": "x" } });
    expect(plan(desired(bind), other).steps).not.toEqual([]);
  });

  it("a running container that misses a network or a volume", () => {
    const full: ProjectText = {
      services: { web: { volumes: [{ type: "volume", source: "data", target: "/d" }] } },
      volumes: { data: {} },
    };
    const fine = after(full);
    expect(lines(plan(desired(full), change(fine, "p-web-1", { endpoints: [] })))[0]).toContain(
      "the network default changed",
    );
    expect(lines(plan(desired(full), change(fine, "p-web-1", { mounts: [] })))[0]).toContain(
      "the volume p_data changed",
    );
  });

  it("changed texts of configs", () => {
    const files = (content: string): ProjectText => ({
      services: { web: { configs: [{ source: "c" }] } },
      configs: { c: { content } },
    });
    expect(plan(desired(files("a")), after(files("a"))).steps).toEqual([]);
    expect(lines(plan(desired(files("b")), after(files("a"))))[0]).toContain("configs and secrets changed");
  });
});

describe("anonymous volumes", () => {
  const cached: ServiceText = { volumes: [{ type: "volume", target: "/cache" }] };
  const volumeOf = (observed: Observed, destination: string): string | undefined =>
    observed.containers[0]?.mounts.find((mount) => mount.destination === destination)?.name;
  const updated = (observed: Observed, service: ServiceText, policy = {}, options = {}): Observed =>
    apply(plan(desired(changed(service)), observed, up, policy), observed, options).observed;

  it("pass on to the successor", () => {
    const observed = after(web(cached));
    expect(volumeOf(updated(observed, cached), "/cache")).toBe(volumeOf(observed, "/cache"));
  });

  it("of the image pass on too, known or not", () => {
    const options = { imageVolumes: { "app:1": ["/var/lib/data"] } };
    const observed = after(web({}), empty, options);
    expect(volumeOf(observed, "/var/lib/data")).toBeDefined();
    expect(volumeOf(updated(observed, {}, {}, options), "/var/lib/data")).toBe(volumeOf(observed, "/var/lib/data"));
    const details = { volumes: ["/elsewhere"], hasHealthcheck: false, exposed: [] };
    const known = { ...observed, images: observed.images.map((image) => ({ ...image, details })) };
    expect(volumeOf(updated(known, {}), "/var/lib/data")).toBeUndefined();
  });

  it("are renewed by -V", () => {
    const observed = after(web(cached));
    const renewed = updated(observed, cached, { recreate: "force", renewAnonymousVolumes: true });
    expect(volumeOf(renewed, "/cache")).not.toBe(volumeOf(observed, "/cache"));
  });

  it("give way to what the file now mounts there", () => {
    const observed = after(web(cached));
    const next: ServiceText = { volumes: [{ type: "volume", source: "data", target: "/cache" }] };
    expect(volumeOf(updated(observed, next), "/cache")).toBe("p_data");
  });
});
