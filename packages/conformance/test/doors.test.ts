// The three doors of one program: composure, a plugin of docker's command line, and docker-compose's old name; and the shells' completion.
// All of it on the simulated engine: docker's CLI needs none to run a plugin.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync, mkdirSync, chmodSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { onSubject } from "./gate.ts";

const compose = `name: doors
services:
  web: { image: "web:1" }
  db: { image: "db:1" }
`;

const has = (program: string): boolean => spawnSync(program, ["--version"], { stdio: "ignore" }).status === 0;

onSubject("the doors", ({ name, launch }) => {
  if (name === "peer") return test.skip("docker compose has doors of its own");
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "composure-doors-"));
    writeFileSync(join(folder, "compose.yaml"), compose);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const env = () => ({
    PATH: `${folder}:${process.env["PATH"] ?? ""}`,
    HOME: folder,
    DOCKER_CONFIG: join(folder, "config"),
    COMPOSURE_ENGINE: `sim:${join(folder, "sim.json")}`,
  });
  const run = (program: string, ...args: ReadonlyArray<string>) => {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, env: env(), encoding: "utf8", timeout: 60_000 });
    return { code: status, stdout, stderr };
  };
  const composure = (...args: ReadonlyArray<string>) => run(launch[0] as string, ...launch.slice(1), ...args);
  const plugin = (as: string) => join(folder, "config", "cli-plugins", `docker-${as}`);

  test("under the old name, with the flags that docker-compose took", () => {
    symlinkSync(launch.at(-1) as string, join(folder, "docker-compose"));
    const oldName = (...args: ReadonlyArray<string>) => run(process.execPath, join(folder, "docker-compose"), ...args);
    expect(oldName("-h").stdout).toContain("Usage:  docker-compose [OPTIONS] COMMAND");
    expect(oldName("--version").stdout).toMatch(/^Composure version \d/);
    expect(oldName("--verbose", "--log-level", "ERROR", "up", "-d")).toMatchObject({ code: 0, stdout: "" });
    expect(oldName("ps", "--services").stdout).toBe("db\nweb\n");
  });

  test("the metadata that docker asks for is there at once", () => {
    expect(composure("install-plugin")).toMatchObject({ code: 0, stderr: "" });
    expect(statSync(plugin("composure")).mode & 0o111).toBe(0o111);
    const metadata = JSON.parse(run(plugin("composure"), "docker-cli-plugin-metadata").stdout) as Record<string, unknown>;
    expect(metadata).toMatchObject({ SchemaVersion: "0.1.0", Vendor: "Composure" });
    expect(metadata).toEqual(JSON.parse(composure("docker-cli-plugin-metadata").stdout));
  });

  if (!has("docker")) test.skip("as docker composure and docker compose: docker's command line is not on this machine");
  else {
    test("as docker composure, with docker's own flags before it", () => {
      expect(composure("install-plugin").code).toBe(0);
      expect(run("docker", "composure", "up", "-d")).toMatchObject({ code: 0, stdout: "" });
      expect(run("docker", "composure", "ps", "--services").stdout).toBe("db\nweb\n");
      expect(run("docker", "--log-level", "error", "composure", "ps", "--services").stdout).toBe("db\nweb\n");
      expect(run("docker", "composure", "up", "--help").stdout).toContain("Usage:  docker composure up [OPTIONS] [SERVICE...]");
      expect(run("docker", "composure", "up", "--nosuch")).toMatchObject({ code: 1, stdout: "", stderr: "unknown flag: --nosuch\n" });
      expect(run("docker", "__complete", "composure", "ps", "").stdout).toContain("db\nweb\n:4\n");
    });

    test("as docker compose when installed under that name, until it is removed", () => {
      expect(composure("install-plugin", "--as", "compose", "--force").code).toBe(0);
      expect(run("docker", "compose", "version").stdout).toMatch(/^Composure version/);
      expect(run("docker", "compose", "-f", "compose.yaml", "up", "-d").code).toBe(0);
      expect(composure("install-plugin", "--as", "compose", "--remove").code).toBe(0);
      expect(existsSync(plugin("compose"))).toBe(false);
    });
  }

  test("a plugin that is not ours is not touched without --force, and comes back with --remove", () => {
    mkdirSync(join(folder, "config", "cli-plugins"), { recursive: true });
    writeFileSync(plugin("compose"), "#!/bin/sh\necho theirs\n");
    chmodSync(plugin("compose"), 0o755);
    const refused = composure("install-plugin", "--as", "compose");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("--force");
    expect(composure("install-plugin", "--as", "compose", "--remove").code).toBe(1);
    expect(composure("install-plugin", "--as", "compose", "--force").code).toBe(0);
    expect(readFileSync(plugin("compose"), "utf8")).toContain("Composure");
    expect(composure("install-plugin", "--as", "compose", "--remove").code).toBe(0);
    expect(readFileSync(plugin("compose"), "utf8")).toContain("theirs");
    expect(composure("install-plugin", "--as", "docker").stderr).toContain("use composure or compose");
  });

  /** Sources the script in the shell and prints what it offers at the end of the line. */
  const shells: ReadonlyArray<readonly [shell: string, script: (line: string) => string]> = [
    [
      "bash",
      (line) => `source <(composure completion bash); COMP_WORDS=(${line} ""); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _composure; printf '%s\\n' "\${COMPREPLY[@]}"`,
    ],
    ["fish", (line) => `composure completion fish | source; complete -C "${line} "`],
  ];
  for (const [shell, script] of shells) {
    if (!has(shell)) test.skip(`completion in ${shell}: it is not on this machine`);
    else {
      test(`completion in ${shell} offers the services`, () => {
        writeFileSync(join(folder, "composure"), `#!/bin/sh\nexec ${launch.map((word) => `'${word}'`).join(" ")} "$@"\n`);
        chmodSync(join(folder, "composure"), 0o755);
        const { stdout, stderr } = run(shell, "-c", script("composure up"));
        expect(stdout.trimEnd().split("\n"), stderr).toEqual(["db", "web"]);
      });
    }
  }
});
