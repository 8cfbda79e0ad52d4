// Runs everyday commands of the bundle once, on the simulated engine, and saves what V8 compiled.
import { createServer } from "node:http";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main, scripts } from "../packages/cli/dist/composure.cjs";

const folder = mkdtempSync(join(tmpdir(), "composure-warm-"));
writeFileSync(
  join(folder, "compose.yaml"),
  `name: warm
services:
  web: { image: "web:1", ports: ["80"], depends_on: { db: { condition: service_healthy } }, environment: { LEVEL: "\${LEVEL:-info}" } }
  db: { image: "db:1", volumes: ["data:/data"], healthcheck: { test: ["CMD", "true"], interval: 1s } }
volumes: { data: {} }
`,
);
writeFileSync(join(folder, "plain.yaml"), 'name: warm\nservices:\n  web: { image: "web:1" }\n');
// An engine that has one container, and says yes to everything: enough to compile the road to a real one.
const container = {
  Id: "a".repeat(64),
  Names: ["/warm-web-1"],
  Image: "web:1",
  ImageID: "sha256:1",
  Command: "web",
  Created: 1,
  State: "running",
  Status: "Up 3 minutes (healthy)",
  Labels: { "com.docker.compose.project": "warm", "com.docker.compose.service": "web", "com.docker.compose.container-number": "1", "com.docker.compose.oneoff": "False", "com.docker.compose.config-hash": "1" },
  HostConfig: { NetworkMode: "warm_default" },
  NetworkSettings: { Networks: { warm_default: { NetworkID: "b".repeat(64), Aliases: ["web"], IPAddress: "10.0.0.2" } } },
  Mounts: [],
  Ports: [{ PrivatePort: 80, PublicPort: 32768, Type: "tcp", IP: "0.0.0.0" }],
};
const answers = [
  [/^GET .*\/containers\/json/, [container]],
  [/^GET .*\/networks/, [{ Id: "b".repeat(64), Name: "warm_default", Driver: "bridge", Scope: "local", IPAM: { Config: [{ Subnet: "10.0.0.0/24" }] }, Labels: { "com.docker.compose.project": "warm", "com.docker.compose.network": "default" } }]],
  [/^GET .*\/volumes/, { Volumes: [] }],
  [/^GET .*\/images\/json/, [{ Id: "sha256:1", RepoTags: ["web:1", "db:1"], Labels: {} }]],
  [/^GET .*\/events/, ""],
  [/^GET .*\/logs/, ""],
  [/^POST .*\/create/, { Id: "c".repeat(64), id: "c".repeat(64), Name: "x", Labels: {}, Warnings: [] }],
];
const engine = createServer((request, response) => {
  const known = answers.find(([pattern]) => pattern.test(`${request.method} ${request.url}`));
  let body = "";
  request.setEncoding("utf8").on("data", (text) => (body += text));
  request.once("end", () => {
    response.writeHead(known === undefined ? 204 : 200, { "Content-Type": "application/json", "Api-Version": "1.51", Server: "Docker/28.0.0 (linux)" });
    // Labels as they were asked for: the lock is ours.
    response.end(known === undefined ? undefined : JSON.stringify(body.startsWith("{") ? { ...known[1], Labels: JSON.parse(body).Labels ?? {} } : known[1]));
  });
});
const socket = join(folder, "engine.sock");
await new Promise((resolve) => engine.listen(socket, resolve));
const output = { isTTY: false, size: () => ({ columns: 80, rows: 24 }), write: () => {}, onResize: () => () => {} };
const host = {
  cwd: folder,
  env: { PATH: process.env.PATH ?? "", COMPOSURE_LOCK_TIMEOUT: "0" },
  stdin: { isTTY: false, text: async () => "", line: async () => null, onBytes: () => () => {}, setRaw: () => {} },
  stdout: output,
  stderr: output,
  now: () => Date.now(),
  exit: (code) => process.exit(code),
  onSignal: () => () => {},
};
try {
  const sim = ["--engine", `sim:${join(folder, "sim.json")}`];
  const docker = ["-H", `unix://${socket}`, "--engine", "docker"];
  const plain = [...docker, "-f", join(folder, "plain.yaml")];
  const lines = [
    ["version"],
    ["config"],
    [...sim, "plan"],
    [...sim, "up", "-d"],
    [...sim, "up", "-d"],
    [...sim, "ps"],
    [...sim, "logs"],
    [...sim, "down"],
    [...plain, "up", "-d"],
    [...plain, "ps"],
    [...plain, "logs"],
    [...plain, "down"],
    ["--help"],
    ["up", "--help"],
  ];
  for (const line of lines) await main(line, host);
  for (const [cache, script] of scripts) {
    writeFileSync(`${cache}.${process.pid}`, script.createCachedData());
    renameSync(`${cache}.${process.pid}`, cache);
  }
} finally {
  engine.close();
  engine.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
