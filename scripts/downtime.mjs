// npm run bench:downtime: how long services are away while a chain of them is changed. -- --help tells the options.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { build } from "./build.mjs";
import { root } from "./setup.mjs";

await build();
const { build: rolldown } = await import("rolldown");
const folder = join(root, "packages/conformance");
const file = join(folder, "dist/downtime.mjs");
await rolldown({ input: join(folder, "src/bench/downtime.ts"), platform: "node", logLevel: "warn", output: { file, format: "esm" } });
const child = spawn(process.execPath, [file, ...process.argv.slice(2)], { stdio: "inherit" });
// What it made on the engine is taken away before it ends.
process.on("SIGINT", () => {});
child.once("close", (code) => process.exit(code ?? 1));
