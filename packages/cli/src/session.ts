// One command at work: who called it, how to talk to them, and how it ends.
import type { GlobalOptions } from "./argv/globals.ts";
import type { Host } from "./host/Host.ts";
import { paint, type Paint } from "./output/style.ts";
import { readSettings, type Settings } from "./settings.ts";

export interface Session {
  readonly host: Host;
  readonly globals: GlobalOptions;
  readonly settings: Settings;
  readonly inks: { readonly stdout: Paint; readonly stderr: Paint };
}

/** Runs `body` when flags and environment make sense, else says what does not. */
export const withSession = async (globals: GlobalOptions, host: Host, body: (session: Session) => Promise<number>): Promise<number> => {
  const settings = readSettings(globals, host);
  if (settings._tag === "BadSetting") {
    await host.stderr.write(`${settings.message}\n`);
    return 1;
  }
  return body({ host, globals, settings, inks: { stdout: paint(settings.colour.stdout), stderr: paint(settings.colour.stderr) } });
};
