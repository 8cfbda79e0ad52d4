// Services that a plugin provides, and models: plugins of the test's own stand in for those that people have.
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type Checkout, checkOut } from "../src/checkout.ts";
import { type ClientConfig, clientConfig } from "../src/plugins.ts";
import { onEngine } from "./gate.ts";
import { succeeded } from "./scenarios/lifecycle.ts";

/** Writes its arguments to $LOG; its `up` gives a URL with $VERSION, and a variable as it is. */
const cloud = `#!/bin/sh
echo "$*" >> "$LOG"
if [ "$2" = metadata ]; then
  echo '{"description":"a cloud","up":{"parameters":[{"name":"kind","required":true}]},"down":{"parameters":[]},"stop":{"parameters":[]}}'
  exit 0
fi
for name; do :; done
echo '{"type":"debug","message":"nobody sees this"}'
echo '{"type":"info","message":"getting '"$name"'"}'
[ "$name" = broken ] && { echo '{"type":"error","message":"no room in the cloud"}'; exit 0; }
if [ "$3" = up ]; then
  echo '{"type":"setenv","message":"URL=cloud://'"$name/$VERSION"'"}'
  echo '{"type":"rawsetenv","message":"REGION=north"}'
fi
`;

const runner = `#!/bin/sh
echo "$*" >> "$LOG"
case $1 in
  ls) echo '[{"id":"1","tags":["ai/known"],"created":1}]' ;;
  pull) echo "Downloaded half" ;;
  status) echo '{"running":true,"endpoint":"http://models.test/v1/"}' ;;
esac
`;

const file = `services:
  web:
    image: composure/test-idle
    stop_grace_period: 0s
    environment: { REGION: south, OWN: mine }
    depends_on: [database]
  database:
    provider: { type: cloud, options: { kind: sql, unheard_of: 1 } }
`;

let config: ClientConfig;
beforeAll(async () => {
  config = await clientConfig();
  await config.plugin("model", runner);
});
afterAll(() => config.close());

onEngine("plugins", ({ client, subject }) => {
  let checkout: Checkout;
  afterEach(() => checkout.dispose());
  const setUp = async (purpose: string, text: string) => {
    checkout = await checkOut({ client, purpose });
    await checkout.write("compose.yaml", text);
    await mkdir(join(checkout.directory, "bin"));
    await writeFile(join(checkout.directory, "bin/cloud"), cloud);
    await chmod(join(checkout.directory, "bin/cloud"), 0o755);
  };
  const run = (args: ReadonlyArray<string>, env: Readonly<Record<string, string>> = {}) =>
    checkout.run(subject, args, {
      env: {
        PATH: `${join(checkout.directory, "bin")}${delimiter}${process.env["PATH"] ?? ""}`,
        DOCKER_CONFIG: config.folder,
        LOG: join(checkout.directory, "log"),
        VERSION: "1",
        ...env,
      },
    });
  const log = async () => (await readFile(join(checkout.directory, "log"), "utf8")).split("\n");
  const web = async () => {
    const [row] = await client.containers(checkout.project);
    return client.inspect(row?.id ?? "");
  };

  test("a provider runs before what depends on it, which gets its variables; the same ones replace nothing", async () => {
    await setUp("provider", file);
    expect(succeeded(await run(["plan"])).stdout).toMatch(/database +start/);
    const up = succeeded(await run(["up", "-d"]));
    expect(up.stderr).toContain('provider "database" overrides environment variable "REGION" in service "web"');
    expect(await log()).toContain(`compose --project-name=${checkout.project} up --kind=sql database`);
    const first = await web();
    expect(first.Config.Env).toEqual(expect.arrayContaining(["DATABASE_URL=cloud://database/1", "REGION=north", "OWN=mine"]));
    succeeded(await run(["up", "-d"]));
    expect((await web()).Id).toBe(first.Id);
    succeeded(await run(["up", "-d"], { VERSION: "2" }));
    const second = await web();
    expect(second.Id).not.toBe(first.Id);
    expect(second.Config.Env).toContain("DATABASE_URL=cloud://database/2");
    succeeded(await run(["stop"]));
    expect(await log()).toContain(`compose --project-name=${checkout.project} stop database`);
    succeeded(await run(["down"]));
    expect((await log()).at(-2)).toBe(`compose --project-name=${checkout.project} down database`);
  });

  test("a provider that fails, lacks an option or is not there stops what depends on it", async () => {
    await setUp("noprovider", file.replaceAll("database", "broken"));
    const failed = await run(["up", "-d"]);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain("no room in the cloud");
    await checkout.write("compose.yaml", file.replace("kind: sql, ", ""));
    expect((await run(["up", "-d"])).stderr).toContain('required parameter "kind" is missing from provider "cloud" definition');
    await checkout.write("compose.yaml", file.replace("type: cloud", "type: nowhere-cloud"));
    expect((await run(["up", "-d"])).stderr).toContain("there is no docker plugin docker-nowhere-cloud, and no program nowhere-cloud on the PATH");
    expect(await client.containers(checkout.project)).toEqual([]);
  });

  test("models are pulled where they are missing, configured, and told to the services", async () => {
    await setUp(
      "models",
      `services:
  web:
    image: composure/test-idle
    stop_grace_period: 0s
    models: { small-one: , other: { endpoint_var: WHERE, model_var: WHAT } }
models:
  small-one: { model: ai/known, context_size: 1024 }
  other: { model: ai/unknown, runtime_flags: ["--fast"] }
`,
    );
    succeeded(await run(["up", "-d"]));
    expect((await web()).Config.Env).toEqual(
      expect.arrayContaining(["SMALL_ONE_URL=http://models.test/v1/", "SMALL_ONE_MODEL=ai/known", "WHERE=http://models.test/v1/", "WHAT=ai/unknown"]),
    );
    const said = await log();
    expect(said).toEqual(expect.arrayContaining(["configure --context-size 1024 ai/known", "pull ai/unknown", "configure ai/unknown -- --fast"]));
    expect(said).not.toContain("pull ai/known");
    const without = await run(["up", "-d"], { DOCKER_CONFIG: "/nonexistent" });
    expect(without.code).toBe(1);
    expect(without.stderr).toContain("'models' support requires Docker Model plugin");
  });
});
