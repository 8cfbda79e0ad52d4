// Flags of simulate, attach, publish and apply, and those of every command, each seen to change what is printed or decided.
import { describe, expect, it } from "vitest";
import { enter } from "../../src/argv/entrance.ts";
import { parse } from "../../src/argv/parse.ts";
import { specs } from "../../src/commands/index.ts";
import { chooseEngine } from "../../src/engine/choose.ts";
import { done, names, shop, stage } from "./seen.ts";

const wanted = (text: string, service: string) =>
  (JSON.parse(text) as { readonly services: ReadonlyArray<{ readonly service: string; readonly wanted: number }> }).services.find((one) => one.service === service)?.wanted;

describe("simulate", () => {
  it("--assert, --interleavings, --seed, --exhaustive, --all-crash-points", async () => {
    const at = await stage();
    expect(await at.run(["simulate", "--assert", "healthy(web) >= 1"])).toMatchObject({ code: 1 });
    expect((await at.run(["simulate", "--assert", "finally(healthy(web) >= 1)"])).code).toBe(0);
    expect((await done(at, "simulate --interleavings 3")).stdout).toContain("3 interleavings");
    expect((await done(at, "simulate --seed 3")).stdout).not.toBe((await done(at, "simulate --seed 4")).stdout);
    expect((await done(at, "simulate --seed 3")).stdout).toBe((await done(at, "simulate --seed 3")).stdout);
    expect((await done(at, "simulate --exhaustive")).stdout).toMatch(/all \d+ orders of engine calls/);
    expect((await done(at, "simulate --all-crash-points")).stdout).toMatch(/crash after each of \d+ steps/);
  });

  it("--scale, --no-deps, --pull, --format", async () => {
    const at = await stage(shop, { up: true });
    expect(wanted((await done(at, "simulate --format json --scale web=3")).stdout, "web")).toBe(3);
    expect((await done(at, "simulate")).stdout).not.toContain("pull db:1");
    expect((await done(at, "simulate --pull always")).stdout).toContain("pull db:1");
    const fresh = await stage();
    expect((await done(fresh, "simulate web")).stdout).toContain("shop-db-1");
    expect((await done(fresh, "simulate --no-deps web")).stdout).not.toContain("shop-db-1");
  });
});

describe("attach", () => {
  it("--detach-keys, --index", async () => {
    const at = await stage(shop, { up: true });
    expect((await at.run("attach --detach-keys nonsense web")).stderr).toContain("invalid detach keys (nonsense) provided");
    expect((await at.run("attach --index 7 web")).code).toBe(1);
  });
});

describe("publish", () => {
  it("--app, --oci-version, --resolve-image-digests, --with-env, --yes, --insecure-registry: refused all the same", async () => {
    const at = await stage();
    const plain = await at.run("publish me/it");
    expect(plain.code).toBe(1);
    expect(await at.run("publish --app --oci-version 1.1 --resolve-image-digests --with-env -y --insecure-registry me/it")).toEqual(plain);
  });
});

describe("up", () => {
  it("--timestamps", async () => {
    const at = await stage(shop, { behaviours: { web: { prints: ["hello"], exits: { after: 50, code: 0 } }, db: { exits: { after: 80, code: 0 } } } });
    expect((await done(at, "up --timestamps")).stdout).toMatch(/web-1 +\| \d{4}-\d\d-\d\dT\S+Z hello\n/);
  });
});

describe("commit, exec and every command", () => {
  it("--index", async () => {
    const at = await stage(shop, { up: true });
    expect((await at.run("commit --index 7 web kept:1")).code).toBe(1);
    expect((await done(at, "commit --index 1 web kept:1")).stderr).toContain("Committed as kept:1");
  });

  it("--file, --project-name, --profile, --env-file, --project-directory, --dry-run", async () => {
    const at = await stage(`${shop}name: shop\n`.replace("name: shop\n", "").replace("image: web:1", "image: web:${TAG:-1}\n    profiles: [more]"));
    at.write("other.yaml", 'services:\n  only: { image: "o:1" }\n');
    at.write("tags.env", "TAG=9\n");
    expect((await done(at, "-f other.yaml config --services")).stdout).toBe("only\n");
    expect((await done(at, "-p mine config")).stdout).toContain("name: mine\n");
    expect((await done(at, "config --services")).stdout).toBe("db\n");
    expect((await done(at, "--profile more --env-file tags.env config --images")).stdout).toContain("web:9");
    expect((await done(at, "--project-directory /srv/there -f compose.yaml config --environment")).code).toBe(0);
    await done(at, "--dry-run up -d");
    expect(names(at)).toEqual([]);
  });

  it("--no-ansi", async () => {
    const at = await stage(shop, { up: true });
    expect((await done(at, "--ansi always plan --force-recreate")).stdout).toContain("\u001b[");
    expect((await done(at, "--no-ansi plan --force-recreate")).stdout).not.toContain("\u001b[");
  });

  it("--tlscert, --tlskey", () => {
    const parsed = parse(enter(["--host", "tcp://a:2376", "--tls", "--tlscert=c.pem", "--tlskey=k.pem", "up"], "composure").argv, specs);
    if (parsed._tag !== "Invocation") throw new Error(parsed._tag);
    const chosen = JSON.stringify(chooseEngine(parsed.globals, {}, "/p", "/w"));
    expect(chosen).toContain('"/w/c.pem"');
    expect(chosen).toContain('"/w/k.pem"');
  });
});
