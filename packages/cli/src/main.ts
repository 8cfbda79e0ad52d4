// From a command line to an exit code.
import { renderCommandHelp, renderHelp } from "./argv/help.ts";
import { parse, type Parsed } from "./argv/parse.ts";
import { entries, specs } from "./commands/index.ts";
import type { Host } from "./host/Host.ts";

/** How the program is called: "composure", or "docker composure" when docker's CLI runs it as a plugin. */
const calledAs = (argv: ReadonlyArray<string>, host: Host): { readonly program: string; readonly argv: ReadonlyArray<string> } =>
  argv[0] === "composure" && host.env["DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND"] !== undefined
    ? { program: "docker composure", argv: argv.slice(1) }
    : { program: "composure", argv };

/** `composure help up` is `composure up --help`. */
const helpWord = (argv: ReadonlyArray<string>): ReadonlyArray<string> =>
  argv[0] === "help" ? (argv[1] === undefined ? [] : [argv[1], "--help"]) : argv;

const report = async (parsed: Exclude<Parsed, { _tag: "Invocation" }>, program: string, host: Host): Promise<number> => {
  const width = host.stdout.isTTY ? host.stdout.size().columns : 80;
  switch (parsed._tag) {
    case "HelpAsked":
      await host.stdout.write(parsed.command === undefined ? renderHelp(specs, program, width) : renderCommandHelp(parsed.command, program, width));
      return 0;
    case "Refused":
      if (parsed.withUsage) await host.stdout.write(renderHelp(specs, program, width));
      await host.stderr.write(`${parsed.message}\n`);
      return 1;
  }
};

export const main = async (given: ReadonlyArray<string>, host: Host): Promise<number> => {
  const { program, argv } = calledAs(given, host);
  const parsed = parse(helpWord(argv), specs);
  if (parsed._tag !== "Invocation") return report(parsed, program, host);
  const { globals, options, operands, command } = parsed;
  const entry = entries.find(({ spec }) => spec.name === command.name);
  if (entry === undefined) throw new Error(`command ${command.name} has no entry`);
  try {
    const { run } = await entry.load();
    return await run({ globals, options: options as never, operands }, host);
  } catch (error) {
    await host.stderr.write(`internal error in composure ${command.name}, please report it: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    return 1;
  }
};
