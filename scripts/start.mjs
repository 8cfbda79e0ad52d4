// npm start: sets up, builds, and brings the example project up. npm start -- ARGS runs `composure ARGS` instead.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { build, program } from "./build.mjs";
import { root } from "./setup.mjs";

const composure = (args, options = {}) => spawnSync(process.execPath, [program, ...args], { stdio: "inherit", ...options });

await build();
const args = process.argv.slice(2);
if (args.length > 0) process.exit(composure(args).status ?? 1);

const example = ["-f", join(root, "examples/hello/compose.yaml")];
const env = { ...process.env, HELLO_ARCH: process.env.HELLO_ARCH ?? (process.arch === "arm64" ? "arm64" : "amd64") };

/** The engine that answers, else the simulated one, and why. */
const chooseEngine = () => {
  if (process.env.COMPOSURE_ENGINE !== undefined) return { args: [], words: `the engine that COMPOSURE_ENGINE names: ${process.env.COMPOSURE_ENGINE}` };
  const probe = composure([...example, "ps", "-q"], { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8", env });
  if (probe.status === 0) return { args: [], words: "the Docker engine that answers here" };
  const why = probe.stderr.trim().split("\n")[0];
  return { args: ["--engine", "sim"], words: `the simulated engine, because no Docker engine can be used:\n  ${why}` };
};

const engine = chooseEngine();
console.error(`\nUsing ${engine.words}\n`);
const say = (words) => console.error(`\n$ composure ${words}`);
for (const command of [["plan"], ["up", "-d"], ["ps", "-a"]]) {
  say(command.join(" "));
  const run = composure([...engine.args, ...example, ...command], { env });
  if (run.status !== 0) process.exit(run.status ?? 1);
}
const flags = engine.args.length === 0 ? "" : `${engine.args.join(" ")} `;
console.error(`
The example is up${engine.args.length === 0 ? ": http://127.0.0.1:8088 says hello" : ", in simulation"}. Next:
  bin/composure ${flags}-f examples/hello/compose.yaml plan                     nothing to do
  GREETING=hi bin/composure ${flags}-f examples/hello/compose.yaml plan         what a changed variable would do, and why
  bin/composure ${flags}-f examples/hello/compose.yaml down -v                  take it down again
  npm start -- --help                                                       everything else`);
