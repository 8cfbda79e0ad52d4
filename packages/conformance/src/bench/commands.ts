// Commands that need no engine: starting, and reading large files.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Ground, left } from "./Ground.ts";
import { measure } from "./measure.ts";
import type { SubjectName } from "./rows.ts";

const service = (index: number): string => `  svc${index}:
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
const manyServices = (count: number): string => `x-env: &env
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
const layered = (depth: number): string =>
  `services:\n${Array.from({ length: depth }, (_, layer) =>
    ["a", "b"].map((side) => `  ${side}${layer}:\n    image: nginx\n${layer > 0 ? `    depends_on: [a${layer - 1}, b${layer - 1}]\n` : ""}`).join(""),
  ).join("")}`;

const small = "services:\n  a: { image: nginx }\n";

interface Command {
  readonly row: string;
  readonly file: string;
  readonly args: ReadonlyArray<string>;
  readonly subjects: ReadonlyArray<SubjectName>;
  /** Samples for each that the caller asks for. */
  readonly times: number;
  /** Seconds that the slowest subject takes. */
  readonly slowest: number;
}

const commands: ReadonlyArray<Command> = [
  { row: "start/version", file: small, args: ["version"], subjects: ["empty", "composure", "peer"], times: 5, slowest: 1 },
  { row: "start/help", file: small, args: ["--help"], subjects: ["empty", "composure", "peer"], times: 5, slowest: 1 },
  { row: "start/up-help", file: small, args: ["up", "--help"], subjects: ["empty", "composure", "peer"], times: 5, slowest: 1 },
  { row: "config/500", file: manyServices(500), args: ["config", "--format", "json"], subjects: ["composure", "peer"], times: 1, slowest: 6 },
  { row: "config/layers", file: layered(20), args: ["config", "-q"], subjects: ["composure", "peer"], times: 1, slowest: 15 },
  { row: "config/1", file: small, args: ["config", "-q"], subjects: ["composure", "peer"], times: 3, slowest: 1 },
];

/** In turns, so that a busy machine slows all alike. */
export const timeCommands = async (ground: Ground, wanted: (row: string) => boolean, rounds: number): Promise<void> => {
  for (const { row, file, args, subjects, times, slowest } of commands.filter((command) => wanted(command.row))) {
    const folder = join(ground.folder, row.replace("/", "-"));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "compose.yaml"), file);
    for (let sample = 0; sample < rounds * times; sample++) {
      for (const subject of subjects) {
        const launch = ground.launch[subject];
        if (launch === undefined || left(ground) < slowest * 1000) continue;
        const command = subject === "empty" ? launch : [...launch, ...args];
        ground.results.add(row, subject, await measure(command, { cwd: folder, limit: 60_000 }));
      }
    }
  }
};
