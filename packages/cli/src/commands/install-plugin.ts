// install-plugin: makes the program a plugin of docker's command line, or takes it away again.
import { realpathSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { pluginNames } from "../argv/entrance.ts";
import type { installPluginSpec } from "../argv/specs/shell.ts";
import { install, starter, uninstall, type Installed, type Place } from "../install/plugin.ts";
import { printFailure, refuse, type Failure } from "../pipeline/Failure.ts";
import { withSession } from "../session.ts";
import type { Call, Run } from "./index.ts";

const said = (result: Installed, { name }: Place, removing: boolean): string | Failure => {
  switch (result._tag) {
    case "Done":
      if (removing) return `${result.path} is gone: docker ${name} is what it was before\n`;
      return `${result.path} is written: docker ${name} is Composure now\n${result.hides === undefined ? "" : `It comes before ${result.hides}, which stays as it is.\n`}`;
    case "Absent":
      return refuse(`there is no ${result.path}: nothing to remove`);
    case "Foreign":
      return removing
        ? refuse(`${result.path} is not Composure's`, "remove it by hand if you mean it")
        : refuse(`docker ${name} is there already and is not Composure: ${result.path}`, "--force lets Composure come first; --remove undoes that");
  }
};

const act = (options: Call<typeof installPluginSpec>["options"], env: Readonly<Record<string, string>>): string | Failure => {
  if (!(pluginNames as ReadonlyArray<string>).includes(options.as)) return refuse(`unknown plugin name "${options.as}"`, `use ${pluginNames.join(" or ")}`);
  const place = { configDir: env["DOCKER_CONFIG"] || join(env["HOME"] || homedir(), ".docker"), name: options.as };
  if (options.remove) return said(uninstall(place), place, true);
  const script = starter(process.execPath, realpathSync(process.argv[1] ?? ""));
  return said(install(place, script, options.force), place, false);
};

export const run: Run<typeof installPluginSpec> = ({ globals, options }, host) =>
  withSession(globals, host, async ({ settings }) => {
    let result: string | Failure;
    try {
      result = act(options, host.env);
    } catch (error) {
      result = refuse(`the plugin cannot be written: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (typeof result === "string") {
      await host.stdout.write(result);
      return 0;
    }
    await printFailure(result, host, settings);
    return 1;
  });
