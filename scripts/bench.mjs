// npm run bench: builds the command line and the benchmark, and runs it. npm run bench -- --help tells the options.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { build } from "./build.mjs";
import { root } from "./setup.mjs";

await build();
const { build: rolldown } = await import("rolldown");
const bench = join(root, "packages/conformance");
for (const name of ["main", "floorDriver", "growth"]) {
  await rolldown({ input: join(bench, `src/bench/${name}.ts`), platform: "node", logLevel: "warn", output: { file: join(bench, `dist/${name}.mjs`), format: "esm" } });
}
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env;
const child = spawn(process.execPath, [join(bench, "dist/main.mjs"), ...process.argv.slice(2)], { stdio: "inherit", env });
// It takes away what it made before it ends. The terminal's Ctrl-C reaches it without help.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.once("close", (code) => process.exit(code ?? 1));
