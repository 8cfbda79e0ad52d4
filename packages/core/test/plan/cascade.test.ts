// Who follows when a container is replaced: shared namespaces, and dependents that restart.
import { describe, expect, it } from "vitest";
import { apply } from "./applyModel.ts";
import { after, change, lines, plan, text } from "./planning.ts";
import { cut, desired, healthcheck, project, type ProjectText } from "./projects.ts";

describe("shared namespaces", () => {
  const vpn = (environment = {}): ProjectText => ({
    services: { vpn: { environment }, app: { network_mode: "service:vpn" }, log: { volumes_from: ["app:ro"] } },
  });

  it("move together", () => {
    expect(text(plan(desired(vpn({ A: "1" })), after(vpn())))).toMatchInlineSnapshot(`
      "[] -> #1 service:vpn:1 CreateContainer <id>_p-vpn-1, environment.A added: 1 [recreate:vpn:1]
      [1] -> #2 service:app:1 CreateContainer <id>_p-app-1, it shares what belongs to vpn, whose container changes [recreate:app:1]
      [2] -> #3 service:log:1 CreateContainer <id>_p-log-1, it shares what belongs to app, whose container changes [recreate:log:1]
      [1] -> #4 service:vpn:1 StartContainer #1, replaces p-vpn-1 [recreate:vpn:1]
      [1] -> #5 service:vpn:1 RemoveContainer #1, the way back if #4 fails [recreate:vpn:1] if failed #4
      [2,4] -> #6 service:app:1 StopContainer p-app-1, replaced by #2 [recreate:app:1]
      [2,4,6] -> #7 service:app:1 StartContainer #2, replaces p-app-1 [recreate:app:1]
      [7] -> #8 service:app:1 RemoveContainer p-app-1, replaced by #2 [recreate:app:1]
      [8] -> #9 service:app:1 RenameContainer #2 to p-app-1, replaces p-app-1 [recreate:app:1]
      [2] -> #10 service:app:1 RemoveContainer #2, the way back if #7 fails [recreate:app:1] if (failed #6 | failed #7)
      [6 after 10] -> #11 service:app:1 StartContainer p-app-1, the way back if #7 fails [recreate:app:1] if (failed #6 | failed #7)
      [3,7] -> #12 service:log:1 StartContainer #3, replaces p-log-1 [recreate:log:1]
      [12] -> #13 service:log:1 StopContainer p-log-1, replaced by #3 [recreate:log:1]
      [13] -> #14 service:log:1 RemoveContainer p-log-1, replaced by #3 [recreate:log:1]
      [14] -> #15 service:log:1 RenameContainer #3 to p-log-1, replaces p-log-1 [recreate:log:1]
      [3] -> #16 service:log:1 RemoveContainer #3, the way back if #12 fails [recreate:log:1] if failed #12
      [4,7] -> #17 service:vpn:1 StopContainer p-vpn-1, replaced by #1 [recreate:vpn:1]
      [17] -> #18 service:vpn:1 RemoveContainer p-vpn-1, replaced by #1 [recreate:vpn:1]
      [18] -> #19 service:vpn:1 RenameContainer #1 to p-vpn-1, replaces p-vpn-1 [recreate:vpn:1]"
    `);
  });

  it("move together when the parent must stop first, and come back together", () => {
    const published = (environment = {}): ProjectText => ({
      services: {
        vpn: { environment, ports: [{ target: 80, published: "8080" }] },
        app: { network_mode: "service:vpn" },
      },
    });
    expect(text(plan(desired(published({ A: "1" })), after(published())))).toMatchInlineSnapshot(`
      "[] -> #1 service:vpn:1 CreateContainer <id>_p-vpn-1, environment.A added: 1 [recreate:vpn:1]
      [1] -> #2 service:app:1 CreateContainer <id>_p-app-1, it shares what belongs to vpn, whose container changes [recreate:app:1]
      [1] -> #3 service:vpn:1 StopContainer p-vpn-1, replaced by #1 [recreate:vpn:1]
      [1,3] -> #4 service:vpn:1 StartContainer #1, replaces p-vpn-1 [recreate:vpn:1]
      [4] -> #5 service:vpn:1 RemoveContainer p-vpn-1, replaced by #1 [recreate:vpn:1]
      [5] -> #6 service:vpn:1 RenameContainer #1 to p-vpn-1, replaces p-vpn-1 [recreate:vpn:1]
      [1] -> #7 service:vpn:1 RemoveContainer #1, the way back if #4 fails [recreate:vpn:1] if (failed #3 | failed #4)
      [3 after 7] -> #8 service:vpn:1 StartContainer p-vpn-1, the way back if #4 fails [recreate:vpn:1] if (failed #3 | failed #4)
      [8] -> #9 service:app:1 RestartContainer p-app-1, the way back if #4 fails [recreate:vpn:1] if (failed #3 | failed #4)
      [2,4] -> #10 service:app:1 StopContainer p-app-1, replaced by #2 [recreate:app:1]
      [2,4,10] -> #11 service:app:1 StartContainer #2, replaces p-app-1 [recreate:app:1]
      [11] -> #12 service:app:1 RemoveContainer p-app-1, replaced by #2 [recreate:app:1]
      [12] -> #13 service:app:1 RenameContainer #2 to p-app-1, replaces p-app-1 [recreate:app:1]
      [2] -> #14 service:app:1 RemoveContainer #2, the way back if #11 fails [recreate:app:1] if (failed #10 | failed #11)
      [10 after 14] -> #15 service:app:1 StartContainer p-app-1, the way back if #11 fails [recreate:app:1] if (failed #10 | failed #11)"
    `);
  });

  it("move although they are outside the selection", () => {
    const whole = project(vpn({ A: "1" }));
    const made = plan(desired(cut(whole, ["vpn"]), { whole }), after(vpn()), { _tag: "Up", services: ["vpn"] });
    expect(lines(made).filter((line) => line.includes("Create"))).toMatchInlineSnapshot(`
      [
        "[] -> #1 service:vpn:1 CreateContainer <id>_p-vpn-1, environment.A added: 1 [recreate:vpn:1]",
        "[1] -> #2 service:app:1 CreateContainer <id>_p-app-1, it shares what belongs to vpn, whose container changes [recreate:app:1]",
        "[2] -> #3 service:log:1 CreateContainer <id>_p-log-1, it shares what belongs to app, whose container changes [recreate:log:1]",
      ]
    `);
  });

  it("do not move bystanders that do not run, and leave them out when nothing moves", () => {
    const whole = project(vpn({ A: "1" }));
    const observed = change(after(vpn()), "p-app-1", { state: "exited" });
    const made = plan(desired(cut(whole, ["vpn"]), { whole }), observed, { _tag: "Up", services: ["vpn"] });
    expect(made.steps.filter(({ operation }) => operation._tag === "CreateContainer")).toHaveLength(1);
    const same = project(vpn());
    expect(
      plan(desired(cut(same, ["vpn"]), { whole: same }), after(vpn()), { _tag: "Up", services: ["vpn"] }).steps,
    ).toEqual([]);
  });

  it("restart a container whose parent starts again", () => {
    expect(lines(plan(desired(vpn()), change(after(vpn()), "p-vpn-1", { state: "exited" })))).toMatchInlineSnapshot(`
      [
        "[] -> #1 service:vpn:1 StartContainer p-vpn-1, it is exited",
        "[1] -> #2 service:app:1 RestartContainer p-app-1, it shares what belongs to vpn, whose container changes [restart:app:1]",
        "[] -> #3 service:app:1 StartContainer p-app-1, the way back if #2 fails [restart:app:1] if failed #2",
      ]
    `);
  });

  it("settle", () => {
    const observed = after(vpn());
    const next = desired(vpn({ A: "1" }));
    const applied = apply(plan(next, observed), observed);
    expect(applied.refusals).toEqual([]);
    expect(plan(next, applied.observed).steps).toEqual([]);
  });
});

describe("depends_on.restart", () => {
  const restarting = (environment = {}): ProjectText => ({
    services: {
      db: { environment, healthcheck },
      web: { depends_on: { db: { condition: "service_healthy", restart: true } }, pre_stop: [{ command: ["drain"] }] },
      idle: { depends_on: ["db"] },
    },
  });

  it("restarts dependents once the dependency is ready", () => {
    expect(text(plan(desired(restarting({ A: "1" })), after(restarting())))).toMatchInlineSnapshot(`
      "[] -> #1 service:db:1 CreateContainer <id>_p-db-1, environment.A added: 1 [recreate:db:1]
      [1] -> #2 service:db:1 StartContainer #1, replaces p-db-1 [recreate:db:1]
      [2] -> #3 service:db:1 WaitFor healthy #1, replaces p-db-1 [recreate:db:1]
      [3] -> #4 service:db:1 StopContainer p-db-1, replaced by #1 [recreate:db:1]
      [4] -> #5 service:db:1 RemoveContainer p-db-1, replaced by #1 [recreate:db:1]
      [5] -> #6 service:db:1 RenameContainer #1 to p-db-1, replaces p-db-1 [recreate:db:1]
      [1] -> #7 service:db:1 RemoveContainer #1, the way back if #2 fails [recreate:db:1] if (failed #2 | failed #3)
      [3,4] -> #8 service:web:1 RunHook pre_stop[0] p-web-1, db, which it depends on, got a new container [restart:web:1]
      [8] -> #9 service:web:1 RestartContainer p-web-1, db, which it depends on, got a new container [restart:web:1]
      [] -> #10 service:web:1 StartContainer p-web-1, the way back if #9 fails [restart:web:1] if failed #9"
    `);
  });

  it("restarts dependents of what was recreated without being started", () => {
    const next = desired(restarting({ A: "1" }));
    const observed = after(restarting());
    const made = apply(plan(next, observed, { _tag: "Create", services: [] }), observed);
    expect(made.refusals).toEqual([]);
    const started = plan(next, made.observed);
    expect(lines(started).filter((line) => /(Start|Restart)Container/.test(line))).toMatchInlineSnapshot(`
      [
        "[] -> #1 service:db:1 StartContainer p-db-1, it is created",
        "[3] -> #4 service:web:1 RestartContainer p-web-1, db, which it depends on, got a new container [restart:web:1]",
        "[] -> #5 service:web:1 StartContainer p-web-1, the way back if #4 fails [restart:web:1] if failed #4",
      ]
    `);
    const settled = apply(started, made.observed);
    expect(settled.refusals).toEqual([]);
    expect(plan(next, settled.observed).steps).toEqual([]);
  });

  it("leaves dependents alone when a dependency that was there before only starts again", () => {
    const observed = change(after(restarting()), "p-db-1", { state: "exited" });
    const made = plan(desired(restarting()), observed);
    expect(made.steps.filter(({ operation }) => operation._tag === "RestartContainer")).toEqual([]);
  });

  it("reaches dependents outside the selection", () => {
    const whole = project(restarting({ A: "1" }));
    const made = plan(desired(cut(whole, ["db"]), { whole }), after(restarting()), { _tag: "Up", services: ["db"] });
    expect(lines(made).filter((line) => line.includes("service:web"))).toMatchInlineSnapshot(`
      [
        "[3,4] -> #8 service:web:1 RunHook pre_stop[0] p-web-1, db, which it depends on, got a new container [restart:web:1]",
        "[8] -> #9 service:web:1 RestartContainer p-web-1, db, which it depends on, got a new container [restart:web:1]",
        "[] -> #10 service:web:1 StartContainer p-web-1, the way back if #9 fails [restart:web:1] if failed #9",
      ]
    `);
  });
});
