// version: which Composure this is.
import type { versionSpec } from "../argv/specs/reading.ts";
import { version } from "../version.ts";
import type { Run } from "./index.ts";

export const run: Run<typeof versionSpec> = async ({ options }, host) => {
  // `--version` alone has no options of the command.
  const format = options.format ?? "pretty";
  if (options.short) await host.stdout.write(`${version}\n`);
  else if (format === "json") await host.stdout.write(`${JSON.stringify({ version })}\n`);
  else if (format === "pretty") await host.stdout.write(`Composure version ${version}\n`);
  else {
    await host.stderr.write(`unknown format "${format}": use pretty or json\n`);
    return 1;
  }
  return 0;
};
