// Makes the repository ready on a machine that has only Node and npm: installs the exact packages of the lock file.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

const needed = [20, 19];

const checkNode = () => {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > needed[0] || (major === needed[0] && minor >= needed[1])) return;
  console.error(`Composure needs Node ${needed.join(".")} or newer; this is ${process.versions.node} (${process.execPath}).`);
  process.exit(1);
};

const manifests = () => [
  "package.json",
  "pnpm-lock.yaml",
  "pnpm-workspace.yaml",
  ...readdirSync(join(root, "packages")).map((name) => `packages/${name}/package.json`),
];

/** What was installed for: the lock file and the manifests, on this Node and machine. */
const fingerprint = () => {
  const hash = createHash("sha256").update(`${process.versions.modules} ${process.platform} ${process.arch}`);
  for (const file of manifests()) if (existsSync(join(root, file))) hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  return hash.digest("hex");
};

const stamp = join(root, "node_modules", ".composure-setup");

export const setup = () => {
  checkNode();
  const wanted = fingerprint();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  const manager = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).packageManager;
  console.error(`Installing packages with ${manager} (only the first time, and after the lock file changed) ...`);
  const npx = process.platform === "win32" ? "npx.cmd" : "npx";
  const run = spawnSync(npx, ["--yes", manager, "install", "--frozen-lockfile", "--prefer-offline", "--reporter=append-only"], {
    cwd: root,
    // Its chatter is not what was asked for: it goes to stderr.
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
    // A pnpm that finds itself without a terminal asks nothing when CI is set.
    env: { ...process.env, CI: process.env.CI ?? "true" },
  });
  if (run.error !== undefined || run.status !== 0) {
    console.error(`The packages could not be installed${run.error === undefined ? "" : `: ${run.error.message}`}. A network or a filled package store is needed for the first run.`);
    process.exit(run.status || 1);
  }
  writeFileSync(stamp, wanted);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) setup();
