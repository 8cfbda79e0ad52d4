// The flags that up, create, plan and simulate share, each seen to change what happens.
import { describe, expect, it } from "vitest";
import { container, done, names, shop, stage, world } from "./seen.ts";

const built = `name: shop
services:
  web: { image: "web:1", build: { dockerfile_inline: "FROM scratch" }, depends_on: [db] }
  db: { image: "db:1", volumes: ["/cache"] }
`;
const without = "name: shop\nservices:\n  db: { image: \"db:1\" }\n";

/** How each command shows what it would do or did. */
const commands = [
  ["up", "--dry-run up -d"],
  ["create", "--dry-run create"],
  ["plan", "plan"],
] as const;

describe.each(commands)("%s", (_, line) => {
  it("--build", async () => {
    const at = await stage(built, { up: true });
    expect((await done(at, line)).stdout).not.toContain("image     web:1");
    expect((await done(at, `${line} --build`)).stdout).toMatch(/image +web:1 +build/);
  });

  it("--no-build", async () => {
    const at = await stage(built);
    expect((await done(at, line)).stdout).toMatch(/image +web:1 +build/);
    const { stdout, stderr } = await at.run(`${line} --no-build`);
    expect(stdout + stderr).not.toMatch(/image +web:1 +build/);
  });

  it("--pull", async () => {
    const at = await stage(shop, { up: true });
    expect((await done(at, line)).stdout).not.toContain("pull");
    expect((await done(at, `${line} --pull always`)).stdout).toMatch(/image +db:1 +pull/);
    expect(await at.run(`${line} --pull sometimes`)).toMatchObject({ code: 1, stdout: "" });
  });

  it("--force-recreate", async () => {
    const at = await stage(shop, { up: true });
    expect((await done(at, `${line} --force-recreate`)).stdout).toContain("Plan: 2 replace");
  });

  it("--no-recreate", async () => {
    const at = await stage(shop, { up: true });
    at.write("compose.yaml", shop.replace("web:1", "web:2"));
    expect((await done(at, line)).stdout).toContain("1 replace");
    expect((await done(at, `${line} --no-recreate`)).stdout).not.toContain("replace,");
  });

  it("--remove-orphans", async () => {
    const at = await stage(shop, { up: true });
    at.write("compose.yaml", without.replace('image: "db:1"', 'image: "db:1", volumes: ["data:/data"]') + "volumes: { data: {} }\n");
    expect((await done(at, line)).stdout).not.toMatch(/- container +shop-web-1/);
    expect((await done(at, `${line} --remove-orphans`)).stdout).toMatch(/- container +shop-web-1/);
  });

  it("--scale", async () => {
    const at = await stage(shop, { up: true });
    expect((await done(at, `${line} --scale web=3`)).stdout).toContain("Plan: 2 create");
    expect(await at.run(`${line} --scale web`)).toMatchObject({ code: 1 });
  });
});

describe.each(commands.filter(([name]) => name !== "create"))("%s", (_, line) => {
  it("--always-recreate-deps", async () => {
    const at = await stage(shop, { up: true });
    expect((await done(at, `${line} --always-recreate-deps web`)).stdout).toMatch(/container +shop-db-1 +replace/);
  });

  it("--no-deps", async () => {
    const at = await stage();
    expect((await done(at, `${line} web`)).stdout).toContain("shop-db-1");
    expect((await done(at, `${line} --no-deps web`)).stdout).not.toContain("shop-db-1");
  });

  it("--renew-anon-volumes", async () => {
    const at = await stage(built, { up: true });
    expect((await done(at, `${line} -V`)).stdout).toMatch(/shop-db-1 +replace.*\n +--renew-anon-volumes asks for it/);
  });

  it("--stop-first", async () => {
    const at = await stage('name: shop\nservices:\n  web: { image: "web:1" }\n', { up: true });
    expect((await done(at, `${line} --force-recreate`)).stdout).not.toContain("stops first");
    expect((await done(at, `${line} --force-recreate --stop-first`)).stdout).toContain("old one stops first");
  });
});

describe.each(commands)("%s", (_, line) => {
  it("--allow-destroy", async () => {
    const at = await stage(shop, { up: true });
    at.write("compose.yaml", shop.replace("data: {}", "data: { labels: { a: b }, driver: other }"));
    expect((await done(at, line)).stdout).toMatch(/volume shop_data differs from the file and is kept[^]*nothing to do/);
    const allowed = (await done(at, `${line} --allow-destroy volume:data`)).stdout;
    expect(allowed).toContain("shop_data");
    expect(allowed).not.toMatch(/is kept|nothing to do/);
    expect(world(at).volumes["shop_data"]).toBeDefined();
  });
});

describe("create", () => {
  it("makes, and starts nothing", async () => {
    const at = await stage();
    await done(at, "create --scale web=2");
    expect(names(at)).toEqual(["shop-db-1", "shop-web-1", "shop-web-2"]);
    expect(container(at, "shop-web-2").state).toBe("created");
  });
});
