// Flags of build, pull, push and watch's kin, seen in what reaches the engine or the builder.
import { describe, expect, it } from "vitest";
import { done, stage, world } from "./seen.ts";

const project = `name: shop
services:
  web: { image: "web:1", build: { dockerfile_inline: "FROM scratch" }, depends_on: [lib, db] }
  lib: { image: "lib:1", build: { dockerfile_inline: "FROM scratch" } }
  db: { image: "db:1" }
`;

describe("build", () => {
  it("--print with --build-arg, --no-cache, --pull, --push, --provenance, --sbom, --ssh", async () => {
    const at = await stage(project);
    const target = async (flags: ReadonlyArray<string>) => (JSON.parse((await done(at, ["build", "--print", ...flags, "lib"], { env: { FROM_ENV: "e" } })).stdout) as { readonly target: { readonly lib: object } }).target.lib;
    const plain = await target([]);
    for (const key of ["args", "no-cache", "pull", "ssh", "attest"]) expect(plain).not.toHaveProperty(key);
    expect(await target(["--build-arg", "A=1", "--build-arg", "FROM_ENV", "--build-arg", "ABSENT"])).toMatchObject({ args: { A: "1", FROM_ENV: "e" } });
    expect(await target(["--no-cache"])).toMatchObject({ "no-cache": true });
    expect(await target(["--pull"])).toMatchObject({ pull: true });
    expect(await target(["--provenance", "mode=max"])).toMatchObject({ attest: ["type=provenance,mode=max"] });
    expect(await target(["--sbom", "true"])).toMatchObject({ attest: ["type=sbom"] });
    expect(await target(["--ssh", "key=id"])).toMatchObject({ ssh: [`key=${at.folder}/id`] });
    expect(await target(["--push"])).toMatchObject({ output: ["type=registry"] });
  });

  it("--quiet, --progress", async () => {
    const at = await stage(project);
    expect((await done(at, "build lib")).all).toContain("writing image");
    expect((await done(at, "build -q lib")).all).not.toContain("writing image");
    expect((await done(at, "build --progress quiet lib")).stderr).toBe("");
  });

  it("--with-dependencies", async () => {
    const at = await stage(project);
    expect((await done(at, "--dry-run build web")).stdout).not.toContain("lib:1");
    expect((await done(at, "--dry-run build --with-dependencies web")).stdout).toContain("lib:1");
  });

  it("--compress, --force-rm, --no-rm, --parallel change nothing", async () => {
    const at = await stage(project);
    const plain = (await done(at, "build --print")).stdout;
    expect((await done(at, "build --print --compress --force-rm --no-rm --parallel")).stdout).toBe(plain);
  });

  it("--memory is read as a size", async () => {
    const at = await stage(project);
    await done(at, "build -m 512m lib");
    expect((await at.run("build -m lots lib")).stderr).toContain('invalid argument "lots" for "-m, --memory" flag');
  });

  it("--check asks for buildx", async () => {
    expect((await (await stage(project)).run("build --check")).stderr).toContain("--check needs docker buildx");
  });
});

describe("pull", () => {
  it("--ignore-buildable, --include-deps, --policy, --quiet, --no-parallel", async () => {
    const at = await stage(project);
    expect((await done(at, "--dry-run pull")).stdout).toMatch(/db:1[^]*lib:1[^]*web:1/);
    const some = (await done(at, "--dry-run pull --ignore-buildable")).stdout;
    expect(some).toContain("db:1");
    expect(some).not.toContain("web:1");
    expect((await done(at, "--dry-run pull web")).stdout).not.toContain("db:1");
    expect((await done(at, "--dry-run pull --include-deps web")).stdout).toContain("db:1");
    expect((await done(at, "--dry-run pull --no-parallel")).stdout).toBe((await done(at, "--dry-run pull")).stdout);
    expect((await done(at, "pull db")).stderr).toContain(" db Pulled");
    expect((await done(at, "pull --policy missing db")).stderr).not.toContain("Pulled");
    expect((await done(at, "pull --policy always db")).stderr).toContain("Pulled");
    expect((await done(at, "pull -q --policy always db")).all).toBe("");
  });

  it("--ignore-pull-failures", async () => {
    const at = await stage("name: shop\nservices:\n  a: { image: \"gone:1\" }\n  b: { image: \"db:1\" }\n");
    const file = JSON.parse(at.read("sim.json")) as { world: { registry: { failing: object } } };
    file.world.registry.failing = { "gone:1": "missing" };
    at.write("sim.json", JSON.stringify(file));
    expect((await at.run("pull")).code).toBe(1);
    await done(at, "pull --ignore-pull-failures");
    expect(Object.keys(world(at).tags)).toContain("db:1");
  });
});

describe("push", () => {
  it("--include-deps, --ignore-push-failures, --quiet", async () => {
    const at = await stage(project);
    expect((await at.run("push lib")).code).toBe(1);
    await done(at, "push --ignore-push-failures lib");
    await done(at, "build");
    expect((await done(at, "push web")).stderr).not.toContain("lib:1");
    expect((await done(at, "push --include-deps web")).stderr).toContain("lib:1");
    expect((await done(at, "push -q web")).all).toBe("");
  });
});

describe("up and create", () => {
  it.each(["up -d", "create"])("--quiet-pull, --quiet-build of %s", async (line) => {
    const loud = (await done(await stage(project), `--progress json ${line}`)).all;
    expect(loud).toContain("Pull complete");
    expect(loud).toContain("writing image");
    expect((await done(await stage(project), `--progress json ${line} --quiet-pull`)).all).not.toContain("Pull complete");
    if (line.startsWith("up")) expect((await done(await stage(project), `--progress json ${line} --quiet-build`)).all).not.toContain("writing image");
  });
});
