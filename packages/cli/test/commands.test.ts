// Whole commands, in process, on the simulated engine: what they print where, and how they end.
import { decodeWorld } from "@composure/sim/persist";
import * as Result from "effect/Result";
import { afterEach, describe, expect, it } from "vitest";
import { Stage, type StageOptions } from "./stage.ts";

const shop = `name: shop
services:
  web:
    image: web:1
    depends_on: [db]
    environment: { LEVEL: "\${LEVEL:-info}" }
  db:
    image: db:1
    volumes: ["data:/data"]
volumes: { data: {} }
`;

let stages: Array<Stage> = [];
const stage = (compose = shop, options: StageOptions = {}): Stage => {
  const made = new Stage(compose, options);
  stages.push(made);
  return made;
};
afterEach(() => {
  for (const made of stages) made.remove();
  stages = [];
});

const lines = (text: string): ReadonlyArray<string> => text.split("\n").filter((line) => line !== "");

describe("up and down", () => {
  it("makes everything, then has nothing to do, then takes it away", async () => {
    const at = stage();
    const up = await at.run("up -d");
    expect(up.code).toBe(0);
    expect(up.stdout).toBe("");
    expect(lines(up.stderr)).toContain(" Container shop-web-1  Started");
    expect(lines(up.stderr).indexOf(" Container shop-db-1  Started")).toBeLessThan(lines(up.stderr).indexOf(" Container shop-web-1  Started"));
    const again = await at.run("up -d");
    expect(again).toMatchObject({ code: 0, stderr: " Container shop-db-1  Running\n Container shop-web-1  Running\n", stdout: "" });
    const down = await at.run("down");
    expect(down.code).toBe(0);
    expect(lines(down.stderr)).toEqual(expect.arrayContaining([" Container shop-web-1  Removed", " Network shop_default  Removed"]));
    expect(down.stderr).not.toContain("Volume");
    expect((await at.run("down -v")).stderr).toContain(" Volume shop_data  Removed");
  });

  it("a changed field replaces one container, and plan said so", async () => {
    const at = stage();
    await at.run("up -d");
    const plan = await at.run("plan", { env: { LEVEL: "debug" } });
    expect(plan.stdout).toContain("container shop-web-1  replace");
    expect(plan.stdout).toMatch(/environment\.LEVEL +info → debug +compose\.yaml:6/);
    expect(plan.stdout).toContain("Plan: 1 replace, 0 destroy. 1 unchanged.");
    const up = await at.run("up -d", { env: { LEVEL: "debug" } });
    expect(lines(up.stderr)).toEqual([" Container shop-db-1  Running", " Container shop-web-1  Recreated"]);
  });

  it("--dry-run shows the plan and changes nothing", async () => {
    const at = stage();
    const dry = await at.run("--dry-run up -d");
    expect(dry.code).toBe(0);
    expect(dry.stdout).toContain("+ container shop-web-1");
    expect((await at.run("ps -aq")).stdout).toBe("");
  });

  it("plan --detailed-exitcode tells changes from none", async () => {
    const at = stage();
    expect((await at.run("plan --detailed-exitcode")).code).toBe(2);
    await at.run("up -d");
    const plan = await at.run("plan --detailed-exitcode");
    expect(plan.code).toBe(0);
    expect(plan.stdout).toContain("nothing to do");
  });

  it("plan --format json is the plan as data, with its format named", async () => {
    const plan = await stage().run("plan --format json");
    expect(JSON.parse(plan.stdout)).toMatchObject({ format: "composure/plan", project: { name: "shop" } });
  });

  it("--progress json tells each step as an object, quiet tells nothing", async () => {
    const at = stage();
    const objects = lines((await at.run("--progress json up -d")).stderr).map((line) => JSON.parse(line) as { readonly id: string; readonly text: string; readonly status: string });
    expect(objects).toContainEqual(expect.objectContaining({ id: "Container shop-web-1", status: "Done", text: "Started" }));
    expect((await at.run("--progress quiet down")).stderr).toBe("");
  });

  it("an unknown service is refused with a hint, and nothing is made", async () => {
    const at = stage();
    const up = await at.run("up -d wbe");
    expect(up).toMatchObject({ code: 1, stdout: "" });
    expect(up.stderr).toContain("no such service: wbe");
    expect((await at.run("ps -aq")).stdout).toBe("");
  });

  it("a failed step is named with its cause and what it prevented", async () => {
    const at = stage(shop, { behaviours: { db: { startFails: "exec: no such file" } } });
    const up = await at.run("up -d");
    expect(up.code).toBe(1);
    expect(up.stderr).toContain("error: container shop-db-1: starting failed: ");
    expect(up.stderr).toContain("not done because of it: container shop-web-1");
  });
});

describe("commands on what is there", () => {
  it("stop, start, restart, pause, unpause, kill and rm act through plans", async () => {
    const at = stage();
    await at.run("up -d");
    expect((await at.run("stop web")).stderr).toContain(" Container shop-web-1  Stopped");
    expect((await at.run("stop web")).stderr).toContain(" Container shop-web-1  Stopped");
    expect((await at.run("start")).stderr).toContain(" Container shop-web-1  Started");
    expect((await at.run("restart web")).stderr).toContain(" Container shop-web-1  Started");
    expect((await at.run("pause db")).stderr).toContain(" Container shop-db-1  Paused");
    expect((await at.run("unpause db")).stderr).toContain(" Container shop-db-1  Unpaused");
    expect((await at.run("kill -s SIGKILL web")).stderr).toContain(" Container shop-web-1  Killed");
    expect((await at.run("rm -f web")).stderr).toContain(" Container shop-web-1  Removed");
  });

  it("work by name alone, without a file", async () => {
    const at = stage();
    await at.run("up -d");
    const down = await at.run("-p shop down");
    expect(down.code).toBe(0);
    expect((await at.run("-p shop ps -aq")).stdout).toBe("");
  });

  it("pausing what is paused is refused by the engine, as docker compose users know it", async () => {
    const at = stage();
    await at.run("up -d");
    expect((await at.run("pause")).code).toBe(0);
    const again = await at.run("pause");
    expect(again.code).toBe(1);
    expect(again.stderr).toContain("already paused");
    expect((await at.run("unpause")).code).toBe(0);
  });

  it("an env file that is missing stops only those who need it", async () => {
    const at = stage("name: shop\nservices:\n  web: { image: \"web:1\" }\n  job: { image: \"job:1\", env_file: /nowhere/.env }\n");
    expect((await at.run("up -d web")).code).toBe(0);
    expect((await at.run("ps --services")).stdout).toBe("web\n");
    expect((await at.run("up -d")).stderr).toContain("the env file /nowhere/.env does not exist");
    expect((await at.run("down")).code).toBe(0);
  });

  it("rm asks on a terminal, and without one names the flag that says yes", async () => {
    const at = stage();
    await at.run("up -d");
    await at.run("stop web");
    const alone = await at.run("rm web");
    expect(alone.code).toBe(1);
    expect(alone.stderr).toContain("--force");
    const no = await at.run("rm web", { answers: ["n"] });
    expect(no.code).toBe(0);
    expect((await at.run("ps -a --services")).stdout).toContain("web");
    const yes = await at.run("rm web", { answers: ["y"] });
    expect(yes.code).toBe(0);
    expect((await at.run("ps -a --services")).stdout).toBe("db\n");
  });

  it("rm -v removes anonymous volumes and never named ones, and asks as rm does", async () => {
    const at = stage("name: shop\nservices:\n  web: { image: \"web:1\", volumes: [/cache, \"data:/data\"] }\nvolumes: { data: {} }\n");
    const volumes = (): ReadonlyArray<string> => Object.keys(Result.getOrThrow(decodeWorld(at.read("sim.json"), Date.now())).volumes).toSorted();
    await at.run("up -d");
    await at.run("stop");
    const before = volumes();
    expect(before).toHaveLength(2);
    for (const words of ["rm -v", "rm -v web"]) {
      const alone = await at.run(words);
      expect(alone.code).toBe(1);
      expect(alone.stderr).toContain("there is no terminal to ask on; say yes with --force");
      expect(volumes()).toEqual(before);
    }
    expect((await at.run("rm -v", { answers: ["n"] })).code).toBe(0);
    expect(volumes()).toEqual(before);
    expect((await at.run("rm -f -v")).code).toBe(0);
    expect(volumes()).toEqual(["shop_data"]);
  });

  it("a volume that differs is kept without a terminal, whatever --yes says, and the flag is named", async () => {
    const file = (tier: string) => `name: shop\nservices:\n  web: { image: "web:1", volumes: ["data:/data"] }\nvolumes: { data: { labels: { tier: "${tier}" } } }\n`;
    const at = stage(file("old"));
    const tier = () => Result.getOrThrow(decodeWorld(at.read("sim.json"), Date.now())).volumes["shop_data"]?.labels["tier"];
    await at.run("up -d");
    at.write("compose.yaml", file("new"));
    for (const words of ["up -d", "up -d --yes", "create", "create --yes"]) {
      const alone = await at.run(words);
      expect(alone.stderr).toContain("Use --allow-destroy volume:data to say yes.");
      expect([words, tier()]).toEqual([words, "old"]);
    }
    await at.run("up -d", { answers: ["n"] });
    expect(tier()).toBe("old");
    expect((await at.run("up -d --allow-destroy volume:data")).code).toBe(0);
    expect(tier()).toBe("new");
  });
});

describe("ps", () => {
  it("prints docker compose's table, ids, services, JSON and templates", async () => {
    const at = stage();
    expect((await at.run("ps")).stdout).toBe("NAME      IMAGE     COMMAND   SERVICE   CREATED   STATUS    PORTS\n");
    await at.run("up -d");
    const rows = lines((await at.run("ps")).stdout);
    expect(rows[0]).toMatch(/^NAME +IMAGE +COMMAND +SERVICE +CREATED +STATUS +PORTS$/);
    expect(rows.slice(1).map((row) => row.split(/ {2,}/)[0])).toEqual(["shop-db-1", "shop-web-1"]);
    expect((await at.run("ps -q")).stdout).toMatch(/^[0-9a-f]{64}\n[0-9a-f]{64}\n$/);
    expect((await at.run("ps --services web")).stdout).toBe("web\n");
    const objects = lines((await at.run("ps --format json")).stdout).map((line) => JSON.parse(line) as object);
    expect(objects).toHaveLength(2);
    expect(objects[0]).toMatchObject({ Name: "shop-db-1", Service: "db", State: "running", Project: "shop" });
    expect((await at.run("ps --format {{.Name}}={{.State}}")).stdout).toBe("shop-db-1=running\nshop-web-1=running\n");
  });

  it("filters by state, and refuses what is no state", async () => {
    const at = stage();
    await at.run("up -d");
    await at.run("stop web");
    expect((await at.run("ps --services")).stdout).toBe("db\n");
    expect((await at.run("ps --status exited --services")).stdout).toBe("web\n");
    expect(await at.run("ps --status gone")).toMatchObject({ code: 1, stdout: "" });
    expect(await at.run("ps nope")).toMatchObject({ code: 1, stdout: "" });
  });
});

describe("logs", () => {
  const talk = { web: { prints: ["hello", "world"] }, db: { prints: ["ready"] } };
  it("prints every container's lines, aligned and by time", async () => {
    const at = stage(shop, { behaviours: talk });
    await at.run("up -d");
    const logs = await at.run("logs");
    expect(logs.stderr).toBe("");
    expect([...lines(logs.stdout)].sort()).toEqual(["db-1   | ready", "web-1  | hello", "web-1  | world"]);
    expect((await at.run("logs --no-log-prefix web")).stdout).toBe("hello\nworld\n");
    expect((await at.run("logs -n 1 --no-log-prefix web")).stdout).toBe("world\n");
    expect((await at.run("logs -t web")).stdout).toMatch(/^web-1 {2}\| \d{4}-\d\d-\d\dT\S+Z hello\n/);
    expect(await at.run("logs nope")).toMatchObject({ code: 1, stdout: "" });
    expect(await at.run("logs --tail x")).toMatchObject({ code: 1, stdout: "" });
  });
});

describe("exec, run and their like", () => {
  it("exec runs in the lowest running container and gives its code", async () => {
    const at = stage(shop, { behaviours: { web: { exec: { exitCode: 7, output: "from inside\n" } } } });
    expect((await at.run("exec web true")).stderr).toContain('service "web" is not running');
    await at.run("up -d");
    expect(await at.run("exec -T web ls -la --color")).toEqual({ code: 7, stdout: "from inside\n", stderr: "" });
    expect((await at.run("exec --index 2 web true")).code).toBe(1);
    expect((await at.run("exec -d web true")).code).toBe(0);
  });

  it("run makes one more container, shows its output and gives its code; dependencies come up", async () => {
    const at = stage(shop, { behaviours: { "one-off": { prints: ["ran"], exits: { after: 20, code: 4 } } } });
    const run = await at.run("run --name one-off -e LEVEL=x -p 8080:80 -v ./here:/there web some command");
    expect(run.stdout).toBe("ran\n");
    expect(run.code).toBe(4);
    expect(run.stderr).toContain(" Container shop-db-1  Started");
    expect(run.stderr).not.toContain("one-off");
    expect((await at.run("ps --services")).stdout).toBe("db\n");
    expect((await at.run("ps -a --format {{.Name}}")).stdout).toBe("one-off\nshop-db-1\n");
  });

  it("run -d gives the id; --rm leaves nothing", async () => {
    const at = stage(shop, { behaviours: { job: { exits: { after: 20, code: 0 } } } });
    expect((await at.run("run -d --no-deps web")).stdout).toMatch(/^[0-9a-f]{64}\n$/);
    expect((await at.run("run --rm --no-deps --name job web")).code).toBe(0);
    expect((await at.run("ps -a --format {{.Name}}")).stdout).not.toContain("job");
  });

  it("run refuses what is no port, no volume, no service", async () => {
    const at = stage();
    expect((await at.run("run -p nonsense web")).stderr).toContain('"nonsense" is not a port');
    expect((await at.run("run wbe")).stderr).toContain("wbe");
    expect((await at.run("ps -aq")).stdout).toBe("");
  });

  it("scale, port, wait, ls and volumes", async () => {
    const at = stage(shop.replace("    image: web:1\n", '    image: web:1\n    ports: ["127.0.0.1::80"]\n'), { behaviours: { db: { stopCode: 3 } } });
    await at.run("up -d");
    expect((await at.run("scale db=2")).stderr).toContain(" Container shop-db-2  Started");
    expect((await at.run("scale db")).code).toBe(1);
    expect((await at.run("port web 80")).stdout).toMatch(/^127\.0\.0\.1:\d+\n$/);
    expect((await at.run("port web 81")).stderr).toContain("no port 81/tcp for container shop-web-1");
    expect((await at.run("ls")).stdout).toMatch(/^NAME +STATUS +CONFIG FILES\nshop +running\(3\) +\S+compose\.yaml\n$/);
    expect((await at.run("volumes -q")).stdout).toBe("shop_data\n");
    expect((await at.run("wait nope")).code).toBe(1);
  });
});

describe("saved plans", () => {
  it("are applied as they are, once; then they are stale", async () => {
    const at = stage();
    expect((await at.run("plan --out plan.json")).code).toBe(0);
    expect((await at.run("show plan.json")).stdout).toContain("+ container shop-web-1");
    expect(JSON.parse((await at.run("show plan.json --format json")).stdout)).toHaveProperty("steps");
    expect((await at.run("apply plan.json")).code).toBe(0);
    expect((await at.run("ps --services")).stdout).toBe("db\nweb\n");
    const again = await at.run("apply plan.json");
    expect(again.code).toBe(3);
    expect(again.stderr).toContain("the plan is stale");
  });

  it("hold no secrets", async () => {
    const at = stage("name: shop\nservices:\n  web: { image: web, environment: { DB_PASSWORD: hunter2secret } }\n");
    await at.run("plan --out plan.json");
    expect(at.read("plan.json")).not.toContain("hunter2secret");
    expect((await at.run("apply plan.json")).code).toBe(0);
  });
});

describe("config and version", () => {
  it("config prints the canonical model, -q only checks", async () => {
    const at = stage();
    expect((await at.run("config")).stdout).toContain("name: shop\n");
    expect((await at.run("config -q")).stdout).toBe("");
    expect((await at.run("config --services")).stdout).toBe("db\nweb\n");
    await at.run("config -o out.yaml");
    expect(at.read("out.yaml")).toContain("name: shop\n");
  });

  it("every problem of a file is told with its place, the line and a caret", async () => {
    const at = stage("services:\n  web:\n    imgae: x\n    image: y\n    ports: true\n");
    const config = await at.run("config");
    expect(config).toMatchObject({ code: 1, stdout: "" });
    expect(config.stderr).toContain("compose.yaml:3:5: error");
    expect(config.stderr).toContain("3 |     imgae: x");
    expect(config.stderr).toContain("      ^");
    expect(config.stderr).toContain("compose.yaml:5:");
  });

  it("version in three forms", async () => {
    const at = stage();
    expect((await at.run("version")).stdout).toMatch(/^Composure version \d+\.\d+\.\d+\n$/);
    expect((await at.run("version --short")).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(JSON.parse((await at.run("version -f json")).stdout)).toHaveProperty("version");
    expect((await at.run("version -f xml")).code).toBe(1);
  });
});

describe("the command line itself", () => {
  it("says what is wrong in one line on stderr", async () => {
    expect(await stage().run("up --detatch")).toEqual({ code: 1, stdout: "", stderr: "unknown flag: --detatch, did you mean --detach?\n" });
  });
  it("help goes to stdout with code 0", async () => {
    const help = await stage().run("up --help");
    expect(help).toMatchObject({ code: 0, stderr: "" });
    expect(help.stdout).toContain("Usage:  composure up [OPTIONS] [SERVICE...]");
    expect((await stage().run("")).stdout).toContain("Commands:");
  });
  it("an engine that is none is refused", async () => {
    expect(await stage().run("--engine podman ps")).toMatchObject({ code: 1, stdout: "" });
  });
  it("contradicting settings are refused", async () => {
    expect((await stage().run("--ansi never --progress tty ps")).code).toBe(1);
    expect((await stage().run("--progress loud ps")).stderr).toContain("--progress");
    expect((await stage().run("up --build --no-build")).stderr).toContain("--build and --no-build");
    expect((await stage().run("up -d --abort-on-container-exit")).code).toBe(1);
  });
});
