// Bundles the command line into packages/cli/dist: composure.mjs (starts it), composure-DIGEST.cjs (all of it), and V8's code cache.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { leanDocker } from "../packages/docker/bundling.mjs";
import { root, setup } from "./setup.mjs";

const dist = join(root, "packages/cli/dist");
export const program = join(dist, "composure.mjs");

const cacheEnd = `.cjs.${process.versions.v8}.cache`;

const newestIn = (folder) => {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestIn(path) : statSync(path).mtimeMs);
  }
  return newest;
};

const isFresh = () => {
  if (!existsSync(program) || !readdirSync(dist).some((name) => name.endsWith(cacheEnd))) return false;
  const built = statSync(program).mtimeMs;
  const sources = readdirSync(join(root, "packages")).flatMap((name) => [`packages/${name}/src`, `packages/${name}/package.json`]);
  return [...sources, "packages/cli/launcher", "pnpm-lock.yaml", "scripts/build.mjs", "scripts/warm.mjs"].every((path) => {
    const full = join(root, path);
    if (!existsSync(full)) return true;
    return (statSync(full).isDirectory() ? newestIn(full) : statSync(full).mtimeMs) <= built;
  });
};

const bundleTo = async (file) => {
  const { build: rolldown } = await import("rolldown");
  await rolldown({
    input: join(root, "packages/cli/src/bin.ts"),
    platform: "node",
    plugins: [leanDocker()],
    logLevel: "warn",
    output: { file, format: "cjs", minify: true, codeSplitting: false },
  });
};

/** The cache holds what a typical day compiles: warm.mjs runs it. A failure costs speed and nothing else. */
const writeCache = (bundle) => {
  const run = spawnSync(process.execPath, [join(root, "scripts/warm.mjs"), `${bundle}.${process.versions.v8}.cache`], {
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
    env: { ...process.env, COMPOSURE_BUILD: "cache" },
  });
  if (run.status !== 0) console.error(`No code cache was made, composure will start more slowly: ${run.stderr.trim().split("\n").at(-1)}`);
};

const removeOthers = (bundle) => {
  for (const name of readdirSync(dist)) {
    const path = join(dist, name);
    if (path !== program && !path.startsWith(bundle)) rmSync(path, { force: true });
  }
};

/** Builds when sources are newer than the bundle. */
export const build = async ({ force = false } = {}) => {
  setup();
  if (!force && isFresh()) return;
  mkdirSync(dist, { recursive: true });
  // Two builds at once must not mix: each writes its own files and puts them in place whole; the launcher comes last.
  const partial = join(dist, `partial.${process.pid}`);
  await bundleTo(partial);
  const bundle = join(dist, `composure-${createHash("sha256").update(readFileSync(partial)).digest("hex").slice(0, 12)}.cjs`);
  renameSync(partial, bundle);
  const launcher = readFileSync(join(root, "packages/cli/launcher/composure.mjs"), "utf8");
  writeFileSync(partial, launcher.replace("./BUNDLE", `./${basename(bundle)}`));
  renameSync(partial, program);
  removeOthers(bundle);
  writeCache(bundle);
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await build({ force: process.argv.includes("--force") });
