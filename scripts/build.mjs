// Bundles the command line into one file that needs nothing but Node: packages/cli/dist/composure.mjs.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { leanDocker } from "../packages/docker/bundling.mjs";
import { root, setup } from "./setup.mjs";

export const bundle = join(root, "packages/cli/dist/composure.mjs");

const newestIn = (folder) => {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestIn(path) : statSync(path).mtimeMs);
  }
  return newest;
};

const isFresh = () => {
  if (!existsSync(bundle)) return false;
  const built = statSync(bundle).mtimeMs;
  const sources = readdirSync(join(root, "packages")).flatMap((name) => [`packages/${name}/src`, `packages/${name}/package.json`]);
  return [...sources, "pnpm-lock.yaml", "scripts/build.mjs"].every((path) => {
    const full = join(root, path);
    if (!existsSync(full)) return true;
    return (statSync(full).isDirectory() ? newestIn(full) : statSync(full).mtimeMs) <= built;
  });
};

/** Builds when sources are newer than the bundle. */
export const build = async ({ force = false } = {}) => {
  setup();
  if (!force && isFresh()) return;
  const { build: rolldown } = await import("rolldown");
  const folder = join(root, "packages/cli/dist");
  mkdirSync(folder, { recursive: true });
  // Two builds at once must not mix: each writes its own file and puts it in place whole.
  const partial = join(folder, `composure.${process.pid}.mjs`);
  try {
    await rolldown({
      input: join(root, "packages/cli/src/bin.ts"),
      platform: "node",
      plugins: [leanDocker()],
      logLevel: "warn",
      output: { file: partial, format: "esm", minify: true, codeSplitting: false, banner: "#!/usr/bin/env node" },
    });
    renameSync(partial, bundle);
  } finally {
    rmSync(partial, { force: true });
  }
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await build({ force: process.argv.includes("--force") });
