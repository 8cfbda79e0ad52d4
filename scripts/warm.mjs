// Runs everyday commands of the bundle once, on the simulated engine, and saves what V8 compiled.
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
const output = { isTTY: false, size: () => ({ columns: 80, rows: 24 }), write: () => {}, onResize: () => () => {} };
const host = {
  cwd: folder,
  env: { PATH: process.env.PATH ?? "" },
  stdin: { isTTY: false, text: async () => "", line: async () => null, onBytes: () => () => {}, setRaw: () => {} },
  stdout: output,
  stderr: output,
  now: () => Date.now(),
  exit: (code) => process.exit(code),
  onSignal: () => () => {},
};
try {
  const engine = ["--engine", `sim:${join(folder, "sim.json")}`];
  // A docker engine that is not there compiles the road to one that is.
  const nowhere = ["-H", `unix://${join(folder, "none.sock")}`, "--engine", "docker"];
  for (const line of [["version"], ["config"], [...engine, "plan"], [...engine, "up", "-d"], [...engine, "up", "-d"], [...engine, "ps"], [...engine, "logs"], [...engine, "down"], [...nowhere, "ps"], ["--help"], ["up", "--help"]]) {
    await main(line, host);
  }
  for (const [cache, script] of scripts) {
    writeFileSync(`${cache}.${process.pid}`, script.createCachedData());
    renameSync(`${cache}.${process.pid}`, cache);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
