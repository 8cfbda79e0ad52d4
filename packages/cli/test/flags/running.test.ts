// Flags of the commands about processes and what they say: run, exec, logs, events, stats, attach, wait, and the ends of containers.
import { describe, expect, it } from "vitest";
import { container, done, grace, names, shop, stage, world } from "./seen.ts";

const web = `name: shop
services:
  web: { image: "web:1", ports: ["127.0.0.1::80"], networks: { default: { aliases: [other] } } }
`;
const idle = { "one-off": { exits: { after: 10, code: 0 } } };

describe("run", () => {
  it("--cap-add, --cap-drop, --user, --workdir", async () => {
    const at = await stage(web);
    await done(at, "run -d --name one-off --cap-add NET_ADMIN --cap-drop ALL --cap-drop KILL -u me -w /here web");
    expect(container(at, "one-off").spec.service).toMatchObject({ cap_add: ["NET_ADMIN"], cap_drop: ["ALL", "KILL"], user: "me", working_dir: "/here" });
  });

  it("--env, --env-from-file, --label, --entrypoint, --volume", async () => {
    const at = await stage(web);
    at.write("more.env", "A=file\nB=file\n");
    await done(at, "run -d --name one-off --env-from-file more.env -e A=line -l mine=1 --entrypoint other -v /from:/to web");
    const { spec, mounts } = container(at, "one-off");
    expect(spec.service).toMatchObject({ environment: { A: "line", B: "file" }, entrypoint: ["other"] });
    expect(spec.labels).toMatchObject({ mine: "1" });
    expect(mounts).toEqual([expect.objectContaining({ source: "/from", destination: "/to" })]);
  });

  it("--interactive, --no-tty", async () => {
    const at = await stage(web, { behaviours: idle });
    await done(at, "run --name one-off -T web");
    expect(container(at, "one-off").spec.interactive.stdin).toBe(true);
    await done(at, "rm -f");
    await done(at, ["run", "--name", "second", "-d", "--interactive=false", "web"]);
    expect(container(at, "second").spec.interactive.stdin).toBe(false);
  });

  it("--publish, --service-ports", async () => {
    const at = await stage(web);
    await done(at, "run -d --name none web");
    await done(at, "run -d --name all -P web");
    await done(at, "run -d --name some -p 127.0.0.1:45678:90 web");
    expect(container(at, "none").ports).toEqual([]);
    expect(container(at, "all").ports).toEqual([expect.objectContaining({ private: 80 })]);
    expect(container(at, "some").ports).toEqual([expect.objectContaining({ private: 90, public: 45678 })]);
  });

  it("--use-aliases", async () => {
    const at = await stage(web);
    await done(at, "run -d --name without web");
    await done(at, "run -d --name with --use-aliases web");
    expect(container(at, "without").spec.endpoints[0]?.aliases).not.toContain("other");
    expect(container(at, "with").spec.endpoints[0]?.aliases).toEqual(expect.arrayContaining(["other", "web"]));
  });

  it("--pull, --quiet-pull", async () => {
    const at = await stage(web, { up: true });
    expect((await done(at, "run -d web")).stderr).not.toContain("Pull");
    expect((await done(at, "run -d --pull always web")).stderr).toContain(" web Pulled");
    expect((await done(at, "--progress json run -d --pull always web")).all).toContain("Pull complete");
    expect((await done(at, "--progress json run -d --pull always --quiet-pull web")).all).not.toContain("Pull complete");
    expect(await at.run("run --pull sometimes web")).toMatchObject({ code: 1, stdout: "" });
  });

  it("--build, --quiet-build, --quiet", async () => {
    const at = await stage('name: shop\nservices:\n  web: { build: { dockerfile_inline: "FROM scratch" } }\n');
    expect((await done(at, "run -d web")).all).toContain("writing image");
    expect((await done(at, "run -d web")).all).not.toContain("Built");
    expect((await done(at, "run -d --build web")).all).toContain("Built");
    expect((await done(at, "run -d --build --quiet-build web")).all).not.toContain("writing image");
    expect((await done(at, "run -d --quiet web")).stderr).toBe("");
  });

  it("--remove-orphans", async () => {
    const at = await stage(shop, { up: true });
    at.write("compose.yaml", web);
    await done(at, "run -d --name first web");
    expect(names(at)).toContain("shop-db-1");
    await done(at, "run -d --name second --remove-orphans web");
    expect(names(at)).not.toContain("shop-db-1");
  });

  it("--rm, --detach", async () => {
    const at = await stage(web, { behaviours: idle });
    await done(at, "run --rm --name one-off web");
    expect(names(at)).toEqual([]);
    await done(at, "run -d --name one-off web");
    expect(names(at)).toEqual(["one-off"]);
  });
});

describe("logs", () => {
  it("--index, --since, --until, --tail", async () => {
    const at = await stage('name: shop\nservices:\n  web: { image: "web:1", scale: 2 }\n', { behaviours: { web: { prints: ["one", "two"] } }, up: true });
    expect((await done(at, "logs --index 2 web")).stdout).toBe("web-2  | one\nweb-2  | two\n");
    expect((await done(at, "logs --since 1h --index 1 web")).stdout).toContain("one");
    expect((await done(at, "logs --since 2100-01-01T00:00:00Z web")).stdout).toBe("");
    expect((await done(at, "logs --until 2001-01-01T00:00:00Z web")).stdout).toBe("");
    expect((await done(at, "logs --until 0s --tail 1 --index 1 --no-log-prefix web")).stdout).toBe("two\n");
  });

  it("--follow", async () => {
    const at = await stage(web, { behaviours: { web: { prints: ["one"], exits: { after: 600, code: 0 } } }, up: true });
    expect((await done(at, "logs -f")).stdout).toContain("one");
    expect((await done(at, "ps -q")).stdout).toBe("");
  });
});

describe("events", () => {
  it("--json, --since, --until", async () => {
    const at = await stage(shop, { up: true });
    const objects = (await done(at, "events --since 10m --until 0s --json")).stdout.trim().split("\n").map((line) => JSON.parse(line) as { readonly action: string; readonly service: string });
    expect(objects).toContainEqual(expect.objectContaining({ action: "start", service: "web", type: "container" }));
    expect((await done(at, "events --since 10m --until 0s web")).stdout).toMatch(/ container create [0-9a-f]{64} \(image=web:1, name=shop-web-1\)\n/);
    expect((await done(at, "events --since 10m --until 0s web")).stdout).not.toContain("shop-db-1");
    expect((await done(at, "events --since 10m --until 2001-01-01T00:00:00Z")).stdout).toBe("");
    expect((await at.run("events --since yesterday")).stderr).toContain('"yesterday" is no time for --since');
  });
});

describe("stats", () => {
  it("--all, --format, --no-stream, --no-trunc", async () => {
    const at = await stage(shop, { up: true });
    await done(at, "stop web");
    expect((await done(at, "stats --no-stream --format {{.Name}}")).stdout).toBe("shop-db-1\n");
    expect((await done(at, "stats --no-stream -a --format {{.Name}}")).stdout).toBe("shop-db-1\nshop-web-1\n");
    const { id } = container(at, "shop-db-1");
    expect((await done(at, "stats --no-stream")).stdout).not.toContain(id);
    expect((await done(at, "stats --no-stream --no-trunc")).stdout).toContain(id);
  });
});

describe("stop", () => {
  it.each(["stop", "restart", "down"])("--timeout of %s", async (command) => {
    const at = await stage(web, { behaviours: { web: { stopTakes: "never" } }, up: true });
    await done(at, `${command} -t 0`);
    expect(grace(at, "shop-web-1")).toBeLessThan(5000);
  });

  it("--timeout of up", async () => {
    const at = await stage(web, { behaviours: { web: { stopTakes: "never" } }, up: true });
    await done(at, "up -d --force-recreate -t 0");
    expect(names(at)).toEqual(["shop-web-1"]);
    expect(container(at, "shop-web-1").state).toBe("running");
  });
});

describe("restart", () => {
  it("--no-deps", async () => {
    const at = await stage(shop.replace("[db]", "{ db: { condition: service_started, restart: true } }"), { up: true });
    expect((await done(at, "restart --no-deps db")).stderr).not.toContain("shop-web-1");
    expect((await done(at, "restart db")).stderr).toContain("shop-web-1");
  });
});

describe("start", () => {
  const slow = (interval: string) => `name: shop\nservices:\n  web: { image: "web:1", healthcheck: { test: [CMD, ok], interval: ${interval}, retries: 1000 } }\n`;
  it("--wait, --wait-timeout", async () => {
    const at = await stage(slow("100ms"), { behaviours: { web: { healthyAt: 2 } } });
    await done(at, "create");
    await done(at, "start --wait");
    expect(container(at, "shop-web-1").health).toBe("healthy");
    const never = await stage(slow("100ms"), { behaviours: { web: { healthyAt: 0 } } });
    await done(never, "create");
    const late = await never.run("start --wait --wait-timeout 1");
    expect(late.code).toBe(1);
    expect(late.stderr).toContain("shop-web-1");
    expect((await never.run("up --wait --wait-timeout 1")).code).toBe(1);
  });
});

describe("kill", () => {
  it("--signal, --remove-orphans", async () => {
    const at = await stage(shop, { up: true });
    at.write("compose.yaml", web);
    await done(at, "kill -s SIGHUP");
    expect(world(at).events.findLast(({ action }) => action === "kill")?.attributes["signal"]).toBe("1");
    expect(container(at, "shop-db-1").state).toBe("running");
    await done(at, "kill --remove-orphans");
    expect(container(at, "shop-db-1").state).toBe("exited");
  });
});

describe("wait", () => {
  it("--down-project", async () => {
    const at = await stage(web, { behaviours: { web: { exits: { after: 300, code: 4 } } }, up: true });
    expect((await at.run("wait --down-project web")).code).toBe(4);
    expect(names(at)).toEqual([]);
  });
});

describe("scale", () => {
  it("--no-deps", async () => {
    const at = await stage();
    await done(at, "scale --no-deps web=2");
    expect(names(at)).toEqual(["shop-web-1", "shop-web-2"]);
  });
});
