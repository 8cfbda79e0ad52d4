// npm test: sets up, builds the command line (tests drive it), runs every test, and says whether an engine was tested.
import { spawnSync } from "node:child_process";
import { connect } from "node:net";
import { join } from "node:path";
import { build } from "./build.mjs";
import { root } from "./setup.mjs";

/** Why no engine can be tested, or undefined when one answers. Only the engine's own ping counts as an answer. */
const whyNoEngine = (host) =>
  new Promise((resolve) => {
    const match = /^(?:unix:\/\/(.+)|(?:tcp|http):\/\/([^:/]+):(\d+))$/.exec(host);
    if (match === null) return resolve(`DOCKER_HOST=${host} is not an address that the tests understand (unix:// or tcp://)`);
    const socket = match[1] === undefined ? connect(Number(match[3]), match[2]) : connect(match[1]);
    const end = (why) => {
      socket.destroy();
      resolve(why);
    };
    socket.setTimeout(5_000, () => end(`${host} does not answer`));
    socket.on("error", (error) => end(`${host}: ${error.message}`));
    socket.on("connect", () => socket.write("GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n"));
    socket.on("data", (data) => end(String(data).startsWith("HTTP/1.1 200") ? undefined : `${host} is no Docker engine`));
  });

const host = process.env.DOCKER_HOST || "unix:///var/run/docker.sock";
const required = process.env.COMPOSURE_ENGINE_TESTS === "required";
const missing = await whyNoEngine(host);
if (missing !== undefined && required) {
  console.error(`COMPOSURE_ENGINE_TESTS=required, but no Docker engine can be tested: ${missing}`);
  process.exit(1);
}

await build();
const vitest = join(root, "node_modules/vitest/vitest.mjs");
const run = spawnSync(process.execPath, [vitest, "run", ...process.argv.slice(2)], { cwd: root, stdio: "inherit" });
console.error(
  missing === undefined
    ? `Engine tests ran against ${host}.`
    : `Engine tests were skipped: ${missing}. Start a Docker engine, or set DOCKER_HOST; scripts/engine/README.md starts a throwaway one.`,
);
process.exit(run.status ?? 1);
