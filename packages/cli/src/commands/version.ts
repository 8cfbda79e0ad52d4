// version
import type { versionSpec } from "../argv/specs/reading.ts";
import { version } from "../version.ts";
import type { Run } from "./index.ts";

export const run: Run<typeof versionSpec> = async ({ options }, host) => {
  if (options.short) await host.stdout.write(`${version}\n`);
  else if (options.format === "json") await host.stdout.write(`${JSON.stringify({ version })}\n`);
  else if (options.format === "pretty" || options.format === undefined) await host.stdout.write(`Composure version ${version}\n`);
  else {
    await host.stderr.write(`unknown format "${options.format}": use pretty or json\n`);
    return 1;
  }
  return 0;
};
