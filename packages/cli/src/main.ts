// From a command line to an exit code.
import { renderCommandHelp, renderHelp } from "./argv/help.ts";
import { enter } from "./argv/entrance.ts";
import { parse, type Parsed } from "./argv/parse.ts";
import type { GlobalOptions } from "./argv/globals.ts";
import { entries, specs } from "./commands/index.ts";
import type { Host } from "./host/Host.ts";
import { pluginMetadata } from "./version.ts";

/** docker's --config takes DOCKER_CONFIG's place. */
const configured = (host: Host, globals: GlobalOptions): Host =>
  globals.config === undefined ? host : { ...host, env: { ...host.env, DOCKER_CONFIG: globals.config } };

const report = async (parsed: Exclude<Parsed, { _tag: "Invocation" }>, program: string, host: Host): Promise<number> => {
  const width = host.stdout.isTTY ? host.stdout.size().columns : 80;
  switch (parsed._tag) {
    case "HelpAsked":
      await host.stdout.write(parsed.command === undefined ? renderHelp(specs, program, width) : renderCommandHelp(parsed.command, program, width));
      return 0;
    case "Refused":
      if (parsed.withUsage) await host.stdout.write(renderHelp(specs, program, width));
      await host.stderr.write(`${parsed.message}\n${parsed.hint === undefined ? "" : `${parsed.hint.replace("composure", program)}\n`}`);
      return 1;
  }
};

/** `calledAs` is the name of the file that was run. */
export const main = async (given: ReadonlyArray<string>, host: Host, calledAs = "composure"): Promise<number> => {
  if (given[0] === "docker-cli-plugin-metadata") {
    await host.stdout.write(pluginMetadata());
    return 0;
  }
  const { program, argv } = enter(given, calledAs);
  if (argv[0] === "__complete" || argv[0] === "__completeNoDesc") {
    const { answerCompletion } = await import("./complete/answer.ts");
    return answerCompletion(argv.slice(1), argv[0] === "__complete", specs, host);
  }
  const parsed = parse(argv, specs);
  if (parsed._tag !== "Invocation") return report(parsed, program, host);
  const { globals, options, operands, command } = parsed;
  const entry = entries.find(({ spec }) => spec.name === command.name);
  if (entry === undefined) throw new Error(`command ${command.name} has no entry`);
  try {
    const { run } = await entry.load();
    return await run({ globals, options: options as never, operands }, configured(host, globals));
  } catch (error) {
    await host.stderr.write(`internal error in composure ${command.name}, please report it: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 1;
  }
};
