// Bundles the command line into packages/cli/dist: composure.cjs starts it, composure-DIGEST/ holds its parts and V8's code caches.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { leanDocker } from "../packages/docker/bundling.mjs";
import { root, setup } from "./setup.mjs";

const dist = join(root, "packages/cli/dist");
export const program = join(dist, "composure.cjs");
const cacheEnd = `.${process.versions.v8}.cache`;

const newestIn = (folder) => {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestIn(path) : statSync(path).mtimeMs);
  }
  return newest;
};

/** The folder that the launcher names. */
const currentBundle = () => {
  const name = existsSync(program) ? /composure-[0-9a-f]{12}/.exec(readFileSync(program, "utf8"))?.[0] : undefined;
  const folder = name === undefined ? undefined : join(dist, name);
  return folder !== undefined && existsSync(join(folder, `main.cjs${cacheEnd}`)) ? folder : undefined;
};

const isFresh = () => {
  if (currentBundle() === undefined) return false;
  const built = statSync(program).mtimeMs;
  const sources = readdirSync(join(root, "packages")).flatMap((name) => [`packages/${name}/src`, `packages/${name}/package.json`]);
  return [...sources, "packages/cli/launcher", "pnpm-lock.yaml", "scripts/build.mjs", "scripts/warm.mjs"].every((path) => {
    const full = join(root, path);
    if (!existsSync(full)) return true;
    return (statSync(full).isDirectory() ? newestIn(full) : statSync(full).mtimeMs) <= built;
  });
};

// What every command that acts needs stays together; what some need stays apart.
const parts = [
  { name: "effect", test: /node_modules[\\/]effect[\\/]/ },
  // Loaded late by the launcher: its tables take as long as all of our own top level, and only what creates or explains asks for them.
  { name: "fflate", test: /node_modules[\\/]fflate[\\/]/ },
  { name: "load", test: /packages[\\/]core[\\/]src[\\/](?:load|parse|interpolate|merge|canonical|normalise|validate|select|decode|source)[\\/]|node_modules[\\/]yaml[\\/]/ },
  { name: "engine", test: /packages[\\/]engine[\\/]/ },
  { name: "docker", test: /packages[\\/]docker[\\/]|node_modules[\\/](?:dockerode|docker-modem)[\\/]/ },
];

/**
 * What libraries load of Node at start for what Composure never asks of them: commander to run subcommands as programs,
 * fflate to deflate in another thread. Each takes longer than all our own code.
 */
const spared = [
  { source: "node:child_process", importer: /[\\/]commander[\\/]lib[\\/]command\.js$/, text: "export {};" },
  { source: "module", importer: /[\\/]fflate[\\/]/, text: "export const createRequire = () => () => ({});" },
];

const lean = () => ({
  name: "lean",
  resolveId: (source, importer) => {
    const at = spared.findIndex((one) => one.source === source && one.importer.test(importer ?? ""));
    return at < 0 ? null : `\0spared:${at}`;
  },
  load: (id) => (id.startsWith("\0spared:") ? spared[Number(id.slice(8))].text : null),
});

/** V8 keeps a text that is all ASCII in half the memory, and reads it faster. */
const asciiOnly = (folder) => {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`));
  }
};

const bundleTo = async (dir) => {
  const { build: rolldown } = await import("rolldown");
  await rolldown({
    input: join(root, "packages/cli/src/bin.ts"),
    platform: "node",
    plugins: [leanDocker(), lean()],
    logLevel: "warn",
    output: { dir, format: "cjs", minify: true, entryFileNames: "main.cjs", chunkFileNames: "[name].cjs", codeSplitting: { groups: parts } },
  });
};

const digestOf = (folder) => {
  const hash = createHash("sha256");
  for (const name of readdirSync(folder).sort()) hash.update(`${name}\0`).update(readFileSync(join(folder, name)));
  return hash.digest("hex").slice(0, 12);
};

/** The caches hold what a typical day compiles: warm.mjs runs it. A failure costs speed and nothing else. */
const writeCaches = () => {
  const run = spawnSync(process.execPath, [join(root, "scripts/warm.mjs")], {
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8",
    timeout: 120_000,
    env: { ...process.env, COMPOSURE_BUILD: "cache" },
  });
  if (run.status !== 0) console.error(`No code cache was made, composure will start more slowly: ${run.stderr.trim().split("\n").at(-1)}`);
};

const removeOthers = (bundle) => {
  for (const name of readdirSync(dist)) {
    const path = join(dist, name);
    if (path !== program && path !== bundle) rmSync(path, { recursive: true, force: true });
  }
};

/** Builds when sources are newer than the bundle. */
export const build = async ({ force = false } = {}) => {
  setup();
  if (!force && isFresh()) return;
  mkdirSync(dist, { recursive: true });
  // Two builds at once must not mix: each writes its own folder and puts it in place whole; the launcher comes last.
  const partial = join(dist, `partial.${process.pid}`);
  rmSync(partial, { recursive: true, force: true });
  await bundleTo(partial);
  asciiOnly(partial);
  const bundle = join(dist, `composure-${digestOf(partial)}`);
  if (existsSync(bundle)) rmSync(partial, { recursive: true });
  else renameSync(partial, bundle);
  const launcher = readFileSync(join(root, "packages/cli/launcher/composure.cjs"), "utf8");
  writeFileSync(`${program}.${process.pid}`, launcher.replace("/BUNDLE/", `/${basename(bundle)}/`), { mode: 0o755 });
  renameSync(`${program}.${process.pid}`, program);
  removeOthers(bundle);
  writeCaches();
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await build({ force: process.argv.includes("--force") });
