// Records what docker compose sends for the files in this folder: `node record.mjs <engine socket> <api version>`, with
// COMPOSURE_PEER naming its binary. Every container create is answered with an error, so nothing is left behind.
import { spawn } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const [socketPath, version] = process.argv.slice(2);
const peer = process.env.COMPOSURE_PEER;
const only = process.argv.slice(4);

const recordCase = async (name) => {
  const folder = mkdtempSync(join(tmpdir(), "golden-"));
  for (const file of readdirSync(here))
    if (!file.endsWith(".json") || file.startsWith("seccomp")) copyFileSync(join(here, file), join(folder, file));
  const bodies = { containers: {}, networks: {}, volumes: {} };
  const server = createServer((incoming, outgoing) => {
    const chunks = [];
    incoming.on("data", (chunk) => chunks.push(chunk));
    incoming.on("end", () => {
      const body = Buffer.concat(chunks);
      const create = /\/(containers|networks|volumes)\/create(\?|$)/.exec(incoming.url);
      if (incoming.method === "POST" && create) {
        const parsed = JSON.parse(body.toString());
        const id = new URL(incoming.url, "http://x").searchParams.get("name") ?? parsed.Name;
        bodies[create[1]][id] = parsed;
        if (create[1] === "containers") {
          outgoing.writeHead(500, { "Content-Type": "application/json" });
          outgoing.end(JSON.stringify({ message: "recorded" }));
          return;
        }
      }
      const forwarded = request(
        { socketPath, method: incoming.method, path: incoming.url, headers: incoming.headers },
        (response) => {
          outgoing.writeHead(response.statusCode, response.headers);
          response.pipe(outgoing);
        },
      );
      forwarded.end(body);
    });
  });
  const listen = join(folder, "s");
  await new Promise((resolve) => server.listen(listen, resolve));
  const compose = (...args) =>
    new Promise((resolve) => {
      const child = spawn(peer, ["-p", `docker-golden-${name}`, "-f", join(folder, `${name}.yml`), ...args], {
        env: { PATH: process.env.PATH, HOME: folder, DOCKER_HOST: `unix://${listen}`, DOCKER_CONFIG: folder },
        stdio: ["ignore", "ignore", "pipe"],
      });
      let text = "";
      child.stderr.on("data", (chunk) => (text += chunk));
      child.on("close", () => resolve(text));
    });
  const services = [...readFileSync(join(here, `${name}.yml`), "utf8").matchAll(/^ {2}(s-[a-z0-9-]+):/gm)].map(
    (match) => match[1],
  );
  const missing = [];
  for (const service of services) {
    const text = await compose("create", service);
    if (bodies.containers[`docker-golden-${name}-${service}-1`] === undefined)
      missing.push(`${name} ${version} ${service}: ${text.trim().split("\n").at(-1)}`);
  }
  await compose("down", "-v");
  server.closeAllConnections();
  server.close();
  const said = (_key, value) => (value === null || value === "" ? undefined : value);
  const text = JSON.stringify(bodies, said).replaceAll(folder, "/golden");
  rmSync(folder, { recursive: true, force: true });
  for (const line of missing) console.error(line);
  writeFileSync(join(here, `${name}.${version}.json`), `${text}\n`);
};

for (const file of readdirSync(here)) {
  const name = /^(.*)\.yml$/.exec(file)?.[1];
  if (name && (only.length === 0 || only.includes(name))) await recordCase(name);
}
