// Bundles a TypeScript file of the repository to run it in this process; `edit` may change sources on the way, in memory only.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./setup.mjs";

/** Imports `entry` (a path from the root). `edit(path, text)` gives a source's new text. */
export const load = async (entry, edit = (_, text) => text) => {
  const { build } = await import("rolldown");
  const folder = mkdtempSync(join(tmpdir(), "composure-bundle-"));
  const editing = { name: "edit", transform: (text, id) => edit(relative(root, id), text) };
  try {
    const file = join(folder, "bundle.mjs");
    await build({ input: join(root, entry), platform: "node", plugins: [editing], logLevel: "warn", output: { file, format: "esm", codeSplitting: false } });
    return await import(pathToFileURL(file).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
