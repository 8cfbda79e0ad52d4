// Plans that outlive the command: formats, saved plans, snapshots, and why; in process on the simulated engine.
import { afterEach, describe, expect, it } from "vitest";
import { Stage, type StageOptions } from "./stage.ts";

const shop = `name: shop
services:
  web:
    image: web:1
    depends_on: { db: { condition: service_started, restart: true } }
    environment: { LEVEL: "\${LEVEL:-info}", API_TOKEN: "\${API_TOKEN:-first-token}" }
  db:
    image: db:1
    volumes: ["data:/data"]
volumes: { data: {} }
`;

let stages: Array<Stage> = [];
const stage = (options: StageOptions = {}): Stage => {
  const made = new Stage(shop, options);
  stages.push(made);
  return made;
};
afterEach(() => {
  for (const made of stages) made.remove();
  stages = [];
});

describe("plan --format", () => {
  it("draws the plan as Markdown, DOT, Mermaid and SVG", async () => {
    const at = stage();
    expect((await at.run("plan --format markdown")).stdout).toContain("shop-web-1");
    expect((await at.run("plan --format dot")).stdout).toMatch(/^digraph /);
    expect((await at.run("plan --format mermaid")).stdout).toMatch(/^(flowchart|graph) /);
    expect((await at.run("plan --format svg")).stdout).toMatch(/^<svg[^]*<\/svg>\n$/);
    expect(await at.run("plan --format png")).toMatchObject({ code: 1, stdout: "" });
  });
});

describe("plan --out, show and apply", () => {
  it("apply does exactly what was saved, and show shows it before", async () => {
    const at = stage();
    expect((await at.run("plan --out plan.json")).code).toBe(0);
    const show = await at.run("show plan.json");
    expect(show).toMatchObject({ code: 0, stderr: "" });
    expect(show.stdout).toContain("+ container shop-web-1");
    expect((await at.run("show plan.json --format mermaid")).stdout).toMatch(/^(flowchart|graph) /);
    expect((await at.run("ps -aq")).stdout).toBe("");
    expect((await at.run("apply plan.json")).code).toBe(0);
    expect((await at.run("ps --services")).stdout).toBe("db\nweb\n");
    expect((await at.run("plan --detailed-exitcode")).code).toBe(0);
  });

  it("holds no secret, and refuses when a secret is another one now", async () => {
    const at = stage();
    await at.run("plan --out plan.json");
    expect(at.read("plan.json")).not.toContain("first-token");
    const apply = await at.run("apply plan.json", { env: { API_TOKEN: "second-token" } });
    expect(apply).toMatchObject({ code: 1, stdout: "" });
    expect(apply.stderr).toContain("services.web.environment.API_TOKEN");
    expect((await at.run("ps -aq")).stdout).toBe("");
  });

  it("a stale plan ends with 3, tells what changed and touches nothing", async () => {
    const at = stage();
    await at.run("up -d");
    await at.run("plan --out plan.json", { env: { LEVEL: "debug" } });
    await at.run("stop web");
    const before = (await at.run("ps -a --format {{.Name}}={{.ID}}={{.State}}")).stdout;
    const apply = await at.run("apply plan.json", { env: { LEVEL: "debug" } });
    expect(apply.code).toBe(3);
    expect(apply.stderr).toMatch(/^ {2}service:web:1: running → exited$/m);
    expect((await at.run("ps -a --format {{.Name}}={{.ID}}={{.State}}")).stdout).toBe(before);
  });

  it("is stale when a file that it mounts is another one now", async () => {
    const at = stage({});
    at.write("compose.yaml", "name: shop\nservices: { web: { image: web:1, configs: [rules] } }\nconfigs: { rules: { file: ./rules.conf } }\n");
    at.write("rules.conf", "one\n");
    await at.run("plan --out plan.json");
    at.write("rules.conf", "two\n");
    const apply = await at.run("apply plan.json");
    expect(apply.code).toBe(3);
    expect(apply.stderr).toMatch(/^ {2}service:web:1: files of its configs and secrets \w{12} → \w{12}$/m);
    expect((await at.run("ps -aq")).stdout).toBe("");
    at.write("rules.conf", "one\n");
    expect((await at.run("apply plan.json")).code).toBe(0);
  });

  it("is for its own project", async () => {
    const at = stage();
    await at.run("plan --out plan.json");
    const apply = await at.run("-p other apply plan.json");
    expect(apply).toMatchObject({ code: 1, stdout: "" });
    expect(apply.stderr).toContain("is a plan for project shop, not for other");
  });

  it("files that are no saved plan are refused", async () => {
    const at = stage();
    at.write("other.json", "{}");
    for (const line of ["show other.json", "apply other.json", "apply gone.json", "show"]) {
      expect(await at.run(line), line).toMatchObject({ code: 1, stdout: "" });
    }
  });
});

describe("snapshot and plan --state", () => {
  it("plans against the snapshot as against the engine, without asking one", async () => {
    const at = stage();
    await at.run("up -d");
    const snapshot = await at.run("snapshot");
    expect(snapshot).toMatchObject({ code: 0, stderr: "" });
    expect(snapshot.stdout).not.toContain("first-token");
    await at.run("snapshot -o state.json");
    const debug = { env: { LEVEL: "debug" } };
    const steps = await at.run("plan --format steps", debug);
    await at.run("down -v");
    const offline = { env: { LEVEL: "debug", COMPOSURE_ENGINE: "docker", DOCKER_HOST: "tcp://127.0.0.1:1" } };
    const planned = await at.run("plan --state state.json --format steps", offline);
    expect(planned).toEqual(steps);
    expect((await at.run("plan --state state.json --detailed-exitcode", offline)).code).toBe(2);
    expect((await at.run("plan --state state.json", offline)).stdout).toMatch(/^up shop on a snapshot of simulated engine/);
    expect(await at.run("plan --state state.json --detailed-exitcode")).toMatchObject({ code: 0, stderr: "" });
    at.write("compose.yaml", shop.replace("web:1", "web:2"));
    expect((await at.run("plan --state state.json")).stderr).toBe("warning: image web:2 is not in the snapshot, so it is planned as absent from the engine\n");
  });

  it("of another project, of no kind, or to be saved is refused", async () => {
    const at = stage();
    await at.run("up -d");
    await at.run("snapshot -o state.json");
    expect((await at.run("-p other plan --state state.json")).stderr).toContain('the snapshot is of project "shop", not of "other"');
    at.write("other.json", "[]");
    for (const line of ["plan --state other.json", "plan --state gone.json", "plan --state state.json --out plan.json"]) {
      expect(await at.run(line), line).toMatchObject({ code: 1, stdout: "" });
    }
  });
});

describe("why", () => {
  it("tells who made the containers and why, what is next, and what would make new ones", async () => {
    const at = stage();
    expect((await at.run("why web")).stdout).toContain("  no container yet\n");
    await at.run("up -d");
    const now = await at.run("why web");
    expect(now.stdout).toMatch(/^web\n {2}shop-web-1 {2}running, /);
    expect(now.stdout).toMatch(/^ {4}made on \d{4}-\d\d-\d\d at \d\d:\d\d by Composure for \S+@\S+: it did not exist$/m);
    expect(now.stdout).toContain("up would now\n  leave it as it is\n");
    expect(now.stdout).toContain("  a new container of db: it is restarted then\n");
    const next = await at.run("why web", { env: { LEVEL: "debug", API_TOKEN: "second-token" } });
    expect(next.stdout).toContain("environment.LEVEL  info → debug  compose.yaml:6");
    expect(next.stdout).not.toContain("second-token");
  });

  it("as data, and refused for what is no service", async () => {
    const at = stage();
    await at.run("up -d");
    const json = await at.run("why db --format json");
    expect(JSON.parse(json.stdout)).toMatchObject({ service: "db", containers: [{ name: "shop-db-1", madeBy: "Composure" }] });
    const unknown = await at.run("why wbe");
    expect(unknown).toMatchObject({ code: 1, stdout: "" });
    expect(unknown.stderr).toContain('did you mean "web"?');
    expect(await at.run("why web --format yaml")).toMatchObject({ code: 1, stdout: "" });
    expect(await at.run("why")).toMatchObject({ code: 1, stdout: "" });
  });

  it("help of the new commands has examples", async () => {
    const at = stage();
    for (const name of ["why", "snapshot", "show", "apply", "plan"]) {
      expect((await at.run(`${name} --help`)).stdout, name).toContain("Examples:\n");
    }
  });
});
