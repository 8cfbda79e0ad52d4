// The version of this program.
import manifest from "../package.json" with { type: "json" };

export const version: string = manifest.version;

/** What docker's CLI asks a plugin for. */
export const pluginMetadata = (): string =>
  `${JSON.stringify({ SchemaVersion: "0.1.0", Vendor: "Composure", Version: `v${version}`, ShortDescription: "Compose files, deployed with composure" }, null, 2)}\n`;
