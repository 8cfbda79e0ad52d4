// Flags of the commands that look at a project or its files, and of those that copy them.
import { describe, expect, it } from "vitest";
import { container, done, names, shop, stage } from "./seen.ts";

const ported = `name: shop
services:
  web: { image: "web:1", scale: 2, ports: ["127.0.0.1::80", "127.0.0.1::53/udp"], environment: { A: "\${A:-fall}" }, env_file: [{ path: web.env, required: false }] }
networks: { default: {}, spare: {} }
`;

describe("port", () => {
  it("--index, --protocol", async () => {
    const at = await stage(ported, { up: true });
    const ports = [await done(at, "port web 80"), await done(at, "port --index 2 web 80"), await done(at, "port --index 1 web 80")].map(({ stdout }) => stdout);
    expect(ports[0]).toBe(ports[2]);
    expect(ports[1]).not.toBe(ports[0]);
    expect((await done(at, "port --protocol udp web 53")).stdout).toMatch(/^127\.0\.0\.1:\d+\n$/);
    expect((await at.run("port web 53")).code).toBe(1);
  });
});

describe("config", () => {
  it("--lock-image-digests, --resolve-image-digests", async () => {
    const at = await stage();
    expect((await done(at, "config")).stdout).not.toContain("@sha256");
    expect((await done(at, "config --resolve-image-digests")).stdout).toMatch(/image: web:1@sha256:[0-9a-f]{64}\n/);
    expect((await done(at, "config --lock-image-digests")).stdout).toMatch(/^services:\n {2}db:\n {4}image: db:1@sha256:[0-9a-f]{64}\n {2}web:\n {4}image: web:1@sha256:[0-9a-f]{64}\n$/);
  });

  it("--models, --networks, --volumes, --profiles, --images, --services, --hash", async () => {
    const at = await stage(`${shop}networks: { default: {}, back: {} }\nmodels: { small: { model: ai/small } }\n`.replace("image: db:1\n", "image: db:1\n    networks: [default, back]\n    models: [small]\n"));
    expect((await done(at, "config --models")).stdout).toContain("small");
    expect((await done(at, "config --networks")).stdout.trim().split("\n").sort()).toEqual(["back", "default"]);
    expect((await done(at, "config --volumes")).stdout).toBe("data\n");
    expect((await done(at, "config --profiles")).stdout).toBe("");
    expect((await done(at, "config --images")).stdout.trim().split("\n").sort()).toEqual(["db:1", "web:1"]);
    expect((await done(at, "config --services")).stdout.trim().split("\n").sort()).toEqual(["db", "web"]);
    expect((await done(at, "config --hash web")).stdout).toMatch(/^web [0-9a-f]{64}\n$/);
  });

  it("--no-consistency", async () => {
    const at = await stage("name: shop\nservices:\n  web: { image: w, networks: [nowhere] }\n");
    expect((await at.run("config")).code).toBe(1);
    expect((await done(at, "config --no-consistency")).stdout).toContain("nowhere");
  });

  it("--no-env-resolution, --no-interpolate, --variables, --environment", async () => {
    const at = await stage(ported, { env: { A: "given" } });
    at.write("web.env", "FROMFILE=yes\n");
    expect((await done(at, "config")).stdout).toMatch(/A: given\n +FROMFILE: "yes"/);
    // As in docker compose, where the environment is resolved nevertheless.
    expect((await done(at, "config --no-env-resolution")).stdout).toBe((await done(at, "config")).stdout);
    expect((await done(at, "config --no-interpolate")).stdout).toContain("${A:-fall}");
    expect((await done(at, "config --variables")).stdout).toMatch(/\nA +false +fall/);
    expect((await done(at, "config --environment")).stdout).toContain("A=given\n");
  });

  it("--no-normalize, --no-path-resolution, --format, --quiet", async () => {
    const at = await stage('name: shop\nservices:\n  web: { image: w, volumes: ["./here:/there"] }\n');
    expect((await done(at, "config")).stdout).toMatch(/source: \/.*here/);
    expect((await done(at, "config --no-path-resolution")).stdout).toMatch(/source: \.?\/?here\n/);
    expect((await done(at, "config")).stdout).toContain("default");
    expect((await done(at, "config --no-normalize")).stdout).not.toContain("default");
    expect(JSON.parse((await done(at, "config --format json")).stdout)).toHaveProperty("services.web.image", "w");
    expect((await done(at, "config -q")).all).toBe("");
  });
});

describe("viz", () => {
  it("--image, --ports, --networks, --spaces, --indentation-size", async () => {
    const at = await stage(ported);
    const plain = (await done(at, "viz")).stdout;
    expect(plain).toMatch(/\n\t"web"/);
    expect(plain).not.toMatch(/Image:|Ports:|Networks:/);
    expect((await done(at, "viz --image")).stdout).toContain("<b>Image:</b><br/>web:1");
    expect((await done(at, "viz --ports")).stdout).toContain("<b>Ports:</b><br/>127.0.0.1::80");
    expect((await done(at, "viz --networks")).stdout).toContain("<b>Networks:</b><br/>default");
    expect((await done(at, "viz --spaces --indentation-size 3")).stdout).toMatch(/\n {3}"web"/);
    expect((await done(at, "viz --indentation-size 2")).stdout).toMatch(/\n\t\t"web"/);
  });
});

describe("generate", () => {
  it("--format, --name, --project-dir", async () => {
    const at = await stage(shop, { up: true });
    expect((await done(at, "generate --name mine shop-web-1")).stdout).toMatch(/^name: mine\nservices:\n {2}web:\n/);
    expect(JSON.parse((await done(at, "generate --format json --name mine shop-web-1")).stdout)).toMatchObject({ name: "mine", services: { web: { image: "web:1" } } });
    // The folder of the simulated engine and of plugins; the file is the same, as in docker compose.
    expect((await done(at, "generate --project-dir /srv/elsewhere shop-web-1")).stdout).toBe((await done(at, "generate shop-web-1")).stdout);
    expect((await at.run("generate --format xml shop-web-1")).code).toBe(1);
  });
});

describe("volumes, images and ls", () => {
  it("--format, --quiet, --all, --filter", async () => {
    const at = await stage(shop, { up: true });
    expect(JSON.parse((await done(at, "volumes --format json")).stdout)).toMatchObject({ Driver: "local", Name: "shop_data" });
    expect((await done(at, "volumes --format {{.Name}}")).stdout).toBe("shop_data\n");
    expect((await done(at, "volumes -q")).stdout).toBe("shop_data\n");
    expect((JSON.parse((await done(at, "images --format json")).stdout) as ReadonlyArray<object>)[0]).toMatchObject({ ContainerName: "shop-db-1", Repository: "db", Tag: "1" });
    expect((await done(at, "images -q")).stdout).toMatch(/^([0-9a-f]{64}\n){2}$/);
    expect((await done(at, "ls -q")).stdout).toBe("shop\n");
    expect((await done(at, "ls -q --filter name=other")).stdout).toBe("");
    expect(JSON.parse((await done(at, "ls --format json")).stdout)).toMatchObject([{ Name: "shop", Status: "running(2)" }]);
    await done(at, "stop");
    expect((await done(at, "ls -q")).stdout).toBe("");
    expect((await done(at, "ls -a -q")).stdout).toBe("shop\n");
  });
});

describe("ps", () => {
  it("--all, --filter, --no-trunc, --orphans, --quiet, --services, --status", async () => {
    const at = await stage(shop.replace("image: web:1", "image: web:1\n    command: [a, very, long, command, line, which, is, cut]"), { up: true });
    await done(at, "stop db");
    expect((await done(at, "ps --services")).stdout).toBe("web\n");
    expect((await done(at, "ps -a --services")).stdout).toBe("db\nweb\n");
    expect((await done(at, "ps --filter status=exited --services")).stdout).toBe("db\n");
    expect((await done(at, "ps --status exited --services")).stdout).toBe("db\n");
    const { id } = container(at, "shop-web-1");
    expect((await done(at, "ps -q")).stdout).toBe(`${id}\n`);
    expect((await done(at, "ps")).stdout).not.toContain("which is cut");
    expect((await done(at, "ps --no-trunc")).stdout).toContain("which is cut");
    at.write("compose.yaml", 'name: shop\nservices:\n  db: { image: "db:1" }\n');
    expect((await done(at, "ps --services")).stdout).toBe("web\n");
    expect((await done(at, ["ps", "--orphans=false", "--services"])).stdout).toBe("");
  });
});

describe("rm and down", () => {
  it("--force, --stop, --volumes, --all, --rmi, --remove-orphans", async () => {
    const at = await stage(shop, { up: true });
    await done(at, "rm -f web");
    expect(names(at)).toContain("shop-web-1");
    await done(at, "rm -f -a web");
    expect(names(at)).toContain("shop-web-1");
    await done(at, "rm -f -s web");
    expect(names(at)).toEqual(["shop-db-1"]);
    expect((await done(at, "down --rmi all -v")).stderr).toMatch(/Image db:1 +Removed/);
  });
});

describe("cp and export", () => {
  it("--index, --all, --output", async () => {
    const at = await stage('name: shop\nservices:\n  web: { image: "web:1", scale: 2 }\n', { up: true });
    at.write("in.txt", "given\n");
    await done(at, "run -d --name one-off web");
    await done(at, "cp --index 2 in.txt web:/tmp");
    expect((await at.run("cp --index 1 web:/tmp/in.txt out.txt")).code).toBe(1);
    await done(at, "cp --index 2 web:/tmp/in.txt out.txt");
    expect(at.read("out.txt")).toBe("given\n");
    expect((await done(at, "cp in.txt web:/tmp")).stderr).not.toContain("one-off");
    expect((await done(at, "cp --all in.txt web:/tmp")).stderr).toContain("one-off");
    await done(at, "export --index 2 -o two.tar web");
    expect(at.read("two.tar")).toContain("given");
    expect((await at.run("export --index 9 web")).code).toBe(1);
  });
});
