// Loads the command specs, which are TypeScript, for scripts that write documents from them.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./setup.mjs";

/** { specs, globalFlags }: what the parser accepts, and what help prints. */
export const loadSpecs = async () => {
  const { build } = await import("rolldown");
  const dir = mkdtempSync(join(tmpdir(), "composure-specs-"));
  try {
    const entry = "virtual:specs";
    const cli = join(root, "packages/cli/src");
    const code = `export { specs } from ${JSON.stringify(join(cli, "commands/index.ts"))}; export { globalFlags } from ${JSON.stringify(join(cli, "argv/globals.ts"))};`;
    await build({
      input: entry,
      platform: "node",
      logLevel: "silent",
      // Only the specs are wanted: the commands themselves stay outside.
      external: (id, importer) => importer !== undefined && /commands[\\/]index\.ts$/.test(importer) && id.startsWith("./"),
      plugins: [{ name: "entry", resolveId: (id) => (id === entry ? id : null), load: (id) => (id === entry ? code : null) }],
      output: { dir, format: "esm", entryFileNames: "specs.mjs" },
    });
    return await import(pathToFileURL(join(dir, "specs.mjs")).href);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
};
