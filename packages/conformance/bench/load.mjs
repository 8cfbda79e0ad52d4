// `config` of large files, side by side with docker compose: node packages/conformance/bench/load.mjs [rounds]
// The peer is the binary that COMPOSURE_PEER names; without it only our own figures are printed.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { paired } from "./measure.mjs";

const cli = fileURLToPath(new URL("../../cli/dist/composure.mjs", import.meta.url));

const service = (index) => `  svc${index}:
    <<: *common
    extends: { service: base }
    command: ["run", "--id", "${index}", "--level=\${LEVEL:-info}"]
    environment:
      <<: *env
      INDEX: "${index}"
      URL: "http://\${HOST:-localhost}:${3000 + index}/\${PATH_PREFIX-api}"
    ports: ["${10_000 + index}:80", "127.0.0.1:${30_000 + index}:443/tcp"]
    volumes: ["data:/data", "./src${index}:/src:ro"]
${index > 0 ? `    depends_on:\n      svc${index - 1}: { condition: service_started }\n` : ""}    labels: ["app=svc${index}", "tier=\${TIER:-web}"]
`;

/** Anchors, extends and interpolation in every service. */
const manyServices = (count) => `x-env: &env
  LOG: \${LEVEL:-info}
  REGION: eu
x-common: &common
  restart: unless-stopped
  logging: { driver: json-file, options: { max-size: "10m" } }
  healthcheck: { test: ["CMD", "true"], interval: 10s, retries: 3 }
services:
  base:
    image: nginx:\${TAG:-alpine}
    cap_drop: [ALL]
    deploy: { resources: { limits: { memory: 64m, cpus: "0.5" } } }
${Array.from({ length: count }, (_, index) => service(index)).join("")}volumes:
  data: {}
`;

/** Two services a layer, each depending on both of the layer before: docker compose's cycle check is exponential here. */
const layered = (layers) =>
  `services:\n${Array.from({ length: layers }, (_, layer) =>
    ["a", "b"]
      .map((side) => `  ${side}${layer}:\n    image: nginx\n${layer > 0 ? `    depends_on: [a${layer - 1}, b${layer - 1}]\n` : ""}`)
      .join(""),
  ).join("")}`;

const rounds = Number(process.argv[2] ?? 5);
const peer = process.env.COMPOSURE_PEER;
const folder = mkdtempSync(join(tmpdir(), "composure-bench-"));
try {
  const rows = [
    ["config --format json, 500 services", manyServices(500), ["config", "--format", "json"]],
    ["config -q, 2 x 12 layers", layered(12), ["config", "-q"]],
    ["config -q, 2 x 20 layers", layered(20), ["config", "-q"]],
    ["config -q, 1 service", "services:\n  a: { image: nginx }\n", ["config", "-q"]],
  ];
  console.log("| workload | composure wall | CPU | docker compose wall | CPU | ratio wall | ratio CPU |\n|---|---|---|---|---|---|---|");
  for (const [name, text, args] of rows) {
    const file = join(folder, "compose.yaml");
    writeFileSync(file, text);
    const subjects = { ours: [process.execPath, cli, "-f", file, ...args] };
    if (peer !== undefined) subjects.peer = [peer, "-f", file, ...args];
    const { ours, peer: theirs } = paired(subjects, rounds, { cwd: folder });
    const ms = (seconds) => `${(seconds * 1000).toFixed(0)} ms`;
    const other = theirs === undefined ? ["-", "-", "-", "-"] : [ms(theirs.wall), ms(theirs.cpu), (ours.wall / theirs.wall).toFixed(2), (ours.cpu / theirs.cpu).toFixed(2)];
    console.log(`| ${[name, ms(ours.wall), ms(ours.cpu), ...other].join(" | ")} |`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
