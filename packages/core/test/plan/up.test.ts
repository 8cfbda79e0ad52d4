// New projects, states, waits, jobs, scale.
import { describe, expect, it } from "vitest";
import { empty } from "./applyModel.ts";
import { after, change, lines, plan, text } from "./planning.ts";
import { desired, healthcheck, type ProjectText } from "./projects.ts";

const one: ProjectText = { services: { web: {} } };

describe("a new project", () => {
  it("makes everything early and starts in dependency order", () => {
    const shop: ProjectText = {
      services: {
        web: { depends_on: ["api"], networks: { front: null } },
        api: {
          depends_on: { db: { condition: "service_healthy" } },
          networks: { front: null, back: null },
          image: "api:1",
        },
        db: {
          healthcheck,
          networks: { back: null },
          volumes: [{ type: "volume", source: "data", target: "/data" }],
          image: "db:1",
        },
      },
      networks: { front: {}, back: {} },
      volumes: { data: {} },
    };
    expect(text(plan(desired(shop), empty))).toMatchInlineSnapshot(`
      "[] -> #1 image:api:1 PullImage api:1, it does not exist
      [] -> #2 image:db:1 PullImage db:1, it does not exist
      [] -> #3 image:app:1 PullImage app:1, it does not exist
      [] -> #4 network:back CreateNetwork p_back, it does not exist
      [] -> #5 network:front CreateNetwork p_front, it does not exist
      [] -> #6 volume:data CreateVolume p_data, it does not exist
      [2,4,6] -> #7 service:db:1 CreateContainer p-db-1, it does not exist
      [1,4,5] -> #8 service:api:1 CreateContainer p-api-1, it does not exist
      [3,5] -> #9 service:web:1 CreateContainer p-web-1, it does not exist
      [7] -> #10 service:db:1 StartContainer #7, it does not exist
      [10] -> #11 service:db WaitFor healthy #7, needed by api
      [8,11] -> #12 service:api:1 StartContainer #8, it does not exist
      [9,12] -> #13 service:web:1 StartContainer #9, it does not exist"
    `);
  });

  it("lets independent services go their own ways", () => {
    expect(text(plan(desired({ services: { a: { image: "a:1" }, b: { image: "b:1" } } }), empty)))
      .toMatchInlineSnapshot(`
      "[] -> #1 image:a:1 PullImage a:1, it does not exist
      [] -> #2 image:b:1 PullImage b:1, it does not exist
      [] -> #3 network:default CreateNetwork p_default, it does not exist
      [1,3] -> #4 service:a:1 CreateContainer p-a-1, it does not exist
      [2,3] -> #5 service:b:1 CreateContainer p-b-1, it does not exist
      [4] -> #6 service:a:1 StartContainer #4, it does not exist
      [5] -> #7 service:b:1 StartContainer #5, it does not exist"
    `);
  });

  it("needs nothing more once it is up", () => {
    expect(plan(desired(one), after(one)).steps).toEqual([]);
    expect(plan(desired(one), after(one)).untouched).toEqual([
      { address: "service:web:1", name: "p-web-1", state: "running" },
    ]);
  });

  it("joins networks one by one on engines before API 1.44", () => {
    const two: ProjectText = {
      services: { web: { networks: { a: null, b: { priority: 5 } } } },
      networks: { a: {}, b: {} },
    };
    expect(text(plan(desired(two), { ...empty, apiVersion: "1.41" }))).toMatchInlineSnapshot(`
      "[] -> #1 image:app:1 PullImage app:1, it does not exist
      [] -> #2 network:a CreateNetwork p_a, it does not exist
      [] -> #3 network:b CreateNetwork p_b, it does not exist
      [1,2,3] -> #4 service:web:1 CreateContainer p-web-1, it does not exist
      [2,4] -> #5 service:web:1 ConnectNetwork #4 to p_a, it does not exist
      [4,5] -> #6 service:web:1 StartContainer #4, it does not exist"
    `);
    expect(plan(desired(two), after(two, { ...empty, apiVersion: "1.41" })).steps).toEqual([]);
  });

  it("puts texts into containers before each start", () => {
    const files: ProjectText = {
      services: { web: { configs: [{ source: "c", target: "/etc/c" }] } },
      configs: { c: { content: "x" } },
    };
    expect(text(plan(desired(files), empty))).toMatchInlineSnapshot(`
      "[] -> #1 image:app:1 PullImage app:1, it does not exist
      [] -> #2 network:default CreateNetwork p_default, it does not exist
      [1,2] -> #3 service:web:1 CreateContainer p-web-1, it does not exist
      [3] -> #4 service:web:1 InjectFiles #3 /etc/c, it does not exist
      [3,4] -> #5 service:web:1 StartContainer #3, it does not exist"
    `);
    expect(plan(desired(files), after(files)).steps).toEqual([]);
  });

  it("runs hooks around the start", () => {
    const hooks: ProjectText = {
      services: {
        db: { image: "db:1" },
        web: {
          depends_on: ["db"],
          pre_start: [{ command: ["migrate"] }, { command: ["seed"], image: "tools:1" }],
          post_start: [{ command: ["warm"] }],
        },
      },
    };
    expect(text(plan(desired(hooks), empty))).toMatchInlineSnapshot(`
      "[] -> #1 image:db:1 PullImage db:1, it does not exist
      [] -> #2 image:app:1 PullImage app:1, it does not exist
      [] -> #3 image:tools:1 PullImage tools:1, it does not exist
      [] -> #4 network:default CreateNetwork p_default, it does not exist
      [1,4] -> #5 service:db:1 CreateContainer p-db-1, it does not exist
      [2,4] -> #6 service:web:1 CreateContainer p-web-1, it does not exist
      [5] -> #7 service:db:1 StartContainer #5, it does not exist
      [6,7] -> #8 service:web RunHookContainer pre_start[0] #6, it does not exist
      [3,8] -> #9 service:web RunHookContainer pre_start[1] #6, it does not exist
      [6,7,9] -> #10 service:web:1 StartContainer #6, it does not exist
      [10] -> #11 service:web:1 RunHook post_start[0] #6, it does not exist"
    `);
    expect(plan(desired(hooks), after(hooks)).steps).toEqual([]);
  });
});

describe("states of containers that stay", () => {
  const state = (how: Parameters<typeof change>[2]) => lines(plan(desired(one), change(after(one), "p-web-1", how)));

  it("starts, continues, or leaves them", () => {
    expect(state({ state: "exited", exitCode: 1 })).toMatchInlineSnapshot(`
      [
        "[] -> #1 service:web:1 StartContainer p-web-1, it is exited",
      ]
    `);
    expect(state({ state: "created" })).toMatchInlineSnapshot(`
      [
        "[] -> #1 service:web:1 StartContainer p-web-1, it is created",
      ]
    `);
    expect(state({ state: "paused" })).toMatchInlineSnapshot(`
      [
        "[] -> #1 service:web:1 UnpauseContainer p-web-1, it is paused",
      ]
    `);
    expect(state({ state: "restarting" })).toEqual([]);
  });

  it("replaces a dead one", () => {
    expect(state({ state: "dead" })).toMatchInlineSnapshot(`
      [
        "[] -> #1 service:web:1 CreateContainer <id>_p-web-1, it is dead [recreate:web:1]",
        "[1] -> #2 service:web:1 StartContainer #1, replaces p-web-1 [recreate:web:1]",
        "[2] -> #3 service:web:1 RemoveContainer p-web-1, replaced by #1 [recreate:web:1]",
        "[3] -> #4 service:web:1 RenameContainer #1 to p-web-1, replaces p-web-1 [recreate:web:1]",
        "[1] -> #5 service:web:1 RemoveContainer #1, the way back if #2 fails [recreate:web:1] if failed #2",
      ]
    `);
  });

  it("puts texts in again before a start", () => {
    const files: ProjectText = { services: { web: { secrets: [{ source: "s" }] } }, secrets: { s: { content: "x" } } };
    expect(lines(plan(desired(files), change(after(files), "p-web-1", { state: "exited" })))).toMatchInlineSnapshot(`
      [
        "[] -> #1 service:web:1 InjectFiles p-web-1 /run/secrets/s, it is exited",
        "[1] -> #2 service:web:1 StartContainer p-web-1, it is exited",
      ]
    `);
  });
});

describe("waits", () => {
  const waiting = (
    condition: "service_started" | "service_healthy" | "service_completed_successfully",
    required = true,
  ): ProjectText => ({
    services: {
      web: { depends_on: { db: { condition, required } } },
      api: { depends_on: { db: { condition } } },
      db: { healthcheck },
    },
  });

  it("shares one wait for each dependency and condition", () => {
    expect(text(plan(desired(waiting("service_healthy")), empty))).toMatchInlineSnapshot(`
      "[] -> #1 image:app:1 PullImage app:1, it does not exist
      [] -> #2 network:default CreateNetwork p_default, it does not exist
      [1,2] -> #3 service:db:1 CreateContainer p-db-1, it does not exist
      [1,2] -> #4 service:api:1 CreateContainer p-api-1, it does not exist
      [1,2] -> #5 service:web:1 CreateContainer p-web-1, it does not exist
      [3] -> #6 service:db:1 StartContainer #3, it does not exist
      [6] -> #7 service:db WaitFor healthy #3, needed by api, web
      [4,7] -> #8 service:api:1 StartContainer #4, it does not exist
      [5,7] -> #9 service:web:1 StartContainer #5, it does not exist"
    `);
  });

  it("waits for a job to complete", () => {
    expect(text(plan(desired(waiting("service_completed_successfully")), empty))).toMatchInlineSnapshot(`
      "[] -> #1 image:app:1 PullImage app:1, it does not exist
      [] -> #2 network:default CreateNetwork p_default, it does not exist
      [1,2] -> #3 service:db:1 CreateContainer p-db-1, it does not exist
      [1,2] -> #4 service:api:1 CreateContainer p-api-1, it does not exist
      [1,2] -> #5 service:web:1 CreateContainer p-web-1, it does not exist
      [3] -> #6 service:db:1 StartContainer #3, it does not exist
      [6] -> #7 service:db WaitFor completed_successfully #3, needed by api, web
      [4,7] -> #8 service:api:1 StartContainer #4, it does not exist
      [5,7] -> #9 service:web:1 StartContainer #5, it does not exist"
    `);
  });

  it("is not stopped by a dependency that is not required", () => {
    expect(text(plan(desired(waiting("service_healthy", false)), empty))).toMatchInlineSnapshot(`
      "[] -> #1 image:app:1 PullImage app:1, it does not exist
      [] -> #2 network:default CreateNetwork p_default, it does not exist
      [1,2] -> #3 service:db:1 CreateContainer p-db-1, it does not exist
      [1,2] -> #4 service:api:1 CreateContainer p-api-1, it does not exist
      [1,2] -> #5 service:web:1 CreateContainer p-web-1, it does not exist
      [3] -> #6 service:db:1 StartContainer #3, it does not exist
      [6] -> #7 service:db WaitFor healthy #3, needed by api
      [4,7] -> #8 service:api:1 StartContainer #4, it does not exist
      [6] -> #9 service:db WaitFor healthy #3 optional, needed by web
      [5 after 9] -> #10 service:web:1 StartContainer #5, it does not exist"
    `);
    expect(text(plan(desired(waiting("service_started", false)), empty))).toMatchInlineSnapshot(`
      "[] -> #1 image:app:1 PullImage app:1, it does not exist
      [] -> #2 network:default CreateNetwork p_default, it does not exist
      [1,2] -> #3 service:db:1 CreateContainer p-db-1, it does not exist
      [1,2] -> #4 service:api:1 CreateContainer p-api-1, it does not exist
      [1,2] -> #5 service:web:1 CreateContainer p-web-1, it does not exist
      [3] -> #6 service:db:1 StartContainer #3, it does not exist
      [4,6] -> #7 service:api:1 StartContainer #4, it does not exist
      [5 after 6] -> #8 service:web:1 StartContainer #5, it does not exist"
    `);
  });

  it("waits for nothing that is there already", () => {
    const observed = change(after(waiting("service_healthy")), "p-web-1", { state: "exited" });
    expect(lines(plan(desired(waiting("service_healthy")), observed))).toMatchInlineSnapshot(`
      [
        "[] -> #1 service:web:1 StartContainer p-web-1, it is exited",
      ]
    `);
    expect(lines(plan(desired(waiting("service_healthy")), change(observed, "p-db-1", { health: "starting" }))))
      .toMatchInlineSnapshot(`
      [
        "[] -> #1 service:db WaitFor healthy p-db-1, needed by web",
        "[1] -> #2 service:web:1 StartContainer p-web-1, it is exited",
      ]
    `);
  });

  it("leaves a settled project alone even if a dependency is not healthy now", () => {
    const observed = change(after(waiting("service_healthy")), "p-db-1", { health: "unhealthy" });
    expect(plan(desired(waiting("service_healthy")), observed).steps).toEqual([]);
  });

  it("--wait ends with a look at everything that is not known to run", () => {
    const job: ProjectText = {
      services: { web: { depends_on: { job: { condition: "service_completed_successfully" } } }, job: {} },
    };
    const made = plan(desired(job), empty, undefined, { wait: true, waitTimeout: 30 });
    expect(text(made)).toMatchInlineSnapshot(`
      "[] -> #1 image:app:1 PullImage app:1, it does not exist
      [] -> #2 network:default CreateNetwork p_default, it does not exist
      [1,2] -> #3 service:job:1 CreateContainer p-job-1, it does not exist
      [1,2] -> #4 service:web:1 CreateContainer p-web-1, it does not exist
      [3] -> #5 service:job:1 StartContainer #3, it does not exist
      [5] -> #6 service:job WaitFor completed_successfully #3, needed by web
      [4,6] -> #7 service:web:1 StartContainer #4, it does not exist
      [7] -> #8 service:web WaitFor running_or_healthy #4, --wait was asked for"
    `);
    expect(plan(desired(one), after(one), undefined, { wait: true }).steps).toEqual([]);
  });
});

describe("jobs", () => {
  const migrated: ProjectText = {
    services: {
      web: { depends_on: { migrate: { condition: "service_completed_successfully" } } },
      migrate: { image: "migrate:1", depends_on: ["db"] },
      db: { image: "db:1" },
    },
  };
  const observed = after(migrated, empty, { jobs: ["migrate"] });

  it("do not run again", () => {
    expect(plan(desired(migrated), observed).steps).toEqual([]);
  });

  it("run again when what they depend on is replaced", () => {
    const next: ProjectText = { services: { ...migrated.services, db: { image: "db:2" } } };
    expect(text(plan(desired(next), observed))).toMatchInlineSnapshot(`
      "[] -> #1 image:db:2 PullImage db:2, it does not exist
      [1] -> #2 service:db:1 CreateContainer <id>_p-db-1, image: db:1 -> db:2 [recreate:db:1]
      [2] -> #3 service:db:1 StartContainer #2, replaces p-db-1 [recreate:db:1]
      [3] -> #4 service:db:1 StopContainer p-db-1, replaced by #2 [recreate:db:1]
      [4] -> #5 service:db:1 RemoveContainer p-db-1, replaced by #2 [recreate:db:1]
      [5] -> #6 service:db:1 RenameContainer #2 to p-db-1, replaces p-db-1 [recreate:db:1]
      [2] -> #7 service:db:1 RemoveContainer #2, the way back if #3 fails [recreate:db:1] if failed #3
      [3] -> #8 service:migrate:1 StartContainer p-migrate-1, it is exited"
    `);
  });

  it("run again when they failed", () => {
    expect(lines(plan(desired(migrated), change(observed, "p-migrate-1", { exitCode: 1 })))).toMatchInlineSnapshot(`
      [
        "[] -> #1 service:migrate:1 StartContainer p-migrate-1, it is exited",
      ]
    `);
  });
});

describe("scale", () => {
  const scaled = (scale: number, environment = {}): ProjectText => ({ services: { web: { scale, environment } } });

  it("goes up with the next numbers", () => {
    expect(text(plan(desired(scaled(3)), after(scaled(1))))).toMatchInlineSnapshot(`
      "[] -> #1 service:web:2 CreateContainer p-web-2, scale goes from 1 to 3
      [] -> #2 service:web:3 CreateContainer p-web-3, scale goes from 1 to 3
      [1] -> #3 service:web:2 StartContainer #1, scale goes from 1 to 3
      [2] -> #4 service:web:3 StartContainer #2, scale goes from 1 to 3"
    `);
    const gap = after(scaled(3));
    const without = { ...gap, containers: gap.containers.filter(({ name }) => name !== "p-web-1") };
    expect(lines(plan(desired(scaled(3)), without))).toMatchInlineSnapshot(`
      [
        "[] -> #1 service:web:4 CreateContainer p-web-4, scale goes from 2 to 3",
        "[1] -> #2 service:web:4 StartContainer #1, scale goes from 2 to 3",
      ]
    `);
  });

  it("goes down from the highest number, obsolete ones first", () => {
    expect(text(plan(desired(scaled(1)), after(scaled(3))))).toMatchInlineSnapshot(`
      "[] -> #1 service:web:2 StopContainer p-web-2, scale goes from 3 to 1
      [1] -> #2 service:web:2 RemoveContainer p-web-2, scale goes from 3 to 1
      [] -> #3 service:web:3 StopContainer p-web-3, scale goes from 3 to 1
      [3] -> #4 service:web:3 RemoveContainer p-web-3, scale goes from 3 to 1"
    `);
    const mixed = change(after(scaled(2)), "p-web-1", {
      labels: { ...after(scaled(2)).containers[0]?.labels, "com.docker.compose.config-hash": "old" },
    });
    expect(text(plan(desired(scaled(1)), mixed))).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1 StopContainer p-web-1, scale goes from 2 to 1
      [1] -> #2 service:web:1 RemoveContainer p-web-1, scale goes from 2 to 1"
    `);
  });

  it("goes to nothing", () => {
    expect(text(plan(desired(scaled(0)), after(scaled(2))))).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1 StopContainer p-web-1, scale goes from 2 to 0
      [1] -> #2 service:web:1 RemoveContainer p-web-1, scale goes from 2 to 0
      [] -> #3 service:web:2 StopContainer p-web-2, scale goes from 2 to 0
      [3] -> #4 service:web:2 RemoveContainer p-web-2, scale goes from 2 to 0"
    `);
    expect(plan(desired(scaled(0)), empty).steps).toHaveLength(1);
  });

  it("is overruled by --scale", () => {
    expect(plan(desired(scaled(1), { scale: { web: 2 } }), after(scaled(1))).steps).toHaveLength(2);
  });

  it("replaces replicas one after the other", () => {
    expect(text(plan(desired(scaled(3, { A: "1" })), after(scaled(3))))).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1 CreateContainer <id>_p-web-1, environment.A added: 1 [recreate:web:1]
      [] -> #2 service:web:2 CreateContainer <id>_p-web-2, environment.A added: 1 [recreate:web:2]
      [] -> #3 service:web:3 CreateContainer <id>_p-web-3, environment.A added: 1 [recreate:web:3]
      [1] -> #4 service:web:1 StartContainer #1, replaces p-web-1 [recreate:web:1]
      [4] -> #5 service:web:1 StopContainer p-web-1, replaced by #1 [recreate:web:1]
      [5] -> #6 service:web:1 RemoveContainer p-web-1, replaced by #1 [recreate:web:1]
      [6] -> #7 service:web:1 RenameContainer #1 to p-web-1, replaces p-web-1 [recreate:web:1]
      [1] -> #8 service:web:1 RemoveContainer #1, the way back if #4 fails [recreate:web:1] if failed #4
      [2,7] -> #9 service:web:2 StartContainer #2, replaces p-web-2 [recreate:web:2]
      [9] -> #10 service:web:2 StopContainer p-web-2, replaced by #2 [recreate:web:2]
      [10] -> #11 service:web:2 RemoveContainer p-web-2, replaced by #2 [recreate:web:2]
      [11] -> #12 service:web:2 RenameContainer #2 to p-web-2, replaces p-web-2 [recreate:web:2]
      [2] -> #13 service:web:2 RemoveContainer #2, the way back if #9 fails [recreate:web:2] if failed #9
      [3,12] -> #14 service:web:3 StartContainer #3, replaces p-web-3 [recreate:web:3]
      [14] -> #15 service:web:3 StopContainer p-web-3, replaced by #3 [recreate:web:3]
      [15] -> #16 service:web:3 RemoveContainer p-web-3, replaced by #3 [recreate:web:3]
      [16] -> #17 service:web:3 RenameContainer #3 to p-web-3, replaces p-web-3 [recreate:web:3]
      [3] -> #18 service:web:3 RemoveContainer #3, the way back if #14 fails [recreate:web:3] if failed #14"
    `);
  });
});
