// config --explain, in process: where values come from, as text and as JSON.
import { afterEach, describe, expect, it } from "vitest";
import { Stage } from "./stage.ts";

const base = `name: shop
services:
  web:
    image: "web:\${TAG:-1}"
    environment: { LEVEL: info, URL: "\${DB_URL}" }
    env_file: [common.env]
    ports: ["\${PORT}:80"]
    links: [db]
  db:
    image: db
    environment: { DB_PASSWORD: hunter2 }
`;
const override = "services:\n  web:\n    environment:\n      LEVEL: debug\n";

let stages: Array<Stage> = [];
const stage = (): Stage => {
  const at = new Stage(base);
  stages.push(at);
  at.write("compose.override.yaml", override);
  at.write(".env", "PORT=8080\nDB_URL=postgres://app:s3cret@db/app\n");
  at.write("common.env", "REGION=eu\n");
  return at;
};
afterEach(() => {
  for (const made of stages) made.remove();
  stages = [];
});

describe("config --explain", () => {
  it("tells the definition, its line and what it overrode", async () => {
    expect(await stage().run("config --explain services.web.environment.LEVEL")).toEqual({
      code: 0,
      stderr: "",
      stdout: `services.web.environment.LEVEL: debug
  defined   compose.override.yaml:4:14
            4 | LEVEL: debug
  overrode  compose.yaml:5:27
            5 | environment: { LEVEL: info, URL: "\${DB_URL}" }
`,
    });
  });

  it("tells which variables fed it, and where each came from", async () => {
    const at = stage();
    const port = await at.run("config --explain services.web.ports[0].published");
    expect(port.stdout).toContain("  variable  PORT  from .env:1:1\n            1 | PORT=8080\n");
    expect((await at.run("config --explain services.web.image")).stdout).toContain('variable  TAG  not set: its default "1" holds');
    const set = await at.run("config --explain services.web.image", { env: { TAG: "7" } });
    expect(set.stdout).toContain("services.web.image: web:7\n");
    expect(set.stdout).toContain("variable  TAG  from the process environment\n");
  });

  it("one line for each entry, env files and additions named", async () => {
    const at = stage();
    const environment = await at.run("config --explain services.web.environment");
    expect(environment.stdout).toMatch(/^ {2}REGION +eu +common\.env:1:1$/m);
    const web = await at.run("config --explain services.web");
    expect(web.stdout).toMatch(/^ {2}networks +1 entry +added by normalisation\/default \(default network\)$/m);
    expect((await at.run("config --explain services.web.depends_on.db")).stdout).toContain("because   compose.yaml:8:13");
  });

  it("shows no secret, in neither format", async () => {
    const at = stage();
    for (const path of ["services.db.environment.DB_PASSWORD", "services.db", "services.web.environment.URL", "services"]) {
      for (const format of ["", " --format json"]) {
        const { stdout, code } = await at.run(`config --explain ${path}${format}`);
        expect(code).toBe(0);
        expect(stdout).not.toContain("hunter2");
        expect(stdout).not.toContain("s3cret");
      }
    }
    expect((await at.run("config --explain services.db.environment.DB_PASSWORD")).stdout).toContain("DB_PASSWORD: (secret)");
  });

  it("as data", async () => {
    const { stdout } = await stage().run("config --explain services.web.environment.REGION --format json");
    expect(JSON.parse(stdout)).toMatchObject({ path: "services.web.environment.REGION", value: "eu", definition: { span: { line: 1, column: 1 }, line: "REGION=eu" }, added: null });
  });

  it("an unknown path names the nearest, an unknown format those there are", async () => {
    const at = stage();
    expect(await at.run("config --explain services.wbe.image")).toEqual({
      code: 1,
      stdout: "",
      stderr: 'error: there is no "wbe" in services\n  hint: did you mean "services.web.image"?\n',
    });
    expect(await at.run("config --explain services --format yaml")).toMatchObject({ code: 1, stdout: "" });
    expect((await at.run("config --help")).stdout).toContain("--explain path");
  });
});
