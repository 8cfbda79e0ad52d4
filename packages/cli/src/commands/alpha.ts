// alpha: the commands that docker compose keeps under this word; ours need no such word.
import { renderCommandHelp } from "../argv/help.ts";
import { parse } from "../argv/parse.ts";
import { type alphaSpec, generateSpec, publishSpec, vizSpec } from "../argv/specs/drawing.ts";
import type { CommandSpec } from "../argv/Flag.ts";
import { printFailure, refuse } from "../pipeline/Failure.ts";
import { withSession } from "../session.ts";
import type { Run } from "./index.ts";

const inside: ReadonlyArray<{ readonly spec: CommandSpec; readonly load: () => Promise<{ readonly run: unknown }> }> = [
  { spec: vizSpec, load: () => import("./viz.ts") },
  { spec: generateSpec, load: () => import("./generate.ts") },
  { spec: publishSpec, load: () => import("./publish.ts") },
];

export const run: Run<typeof alphaSpec> = async ({ globals, operands }, host) => {
  const specs = inside.map(({ spec }) => spec);
  const names = specs.map(({ name }) => name).sort().join(", ");
  const parsed = parse(operands, specs);
  switch (parsed._tag) {
    case "HelpAsked": {
      const width = host.stdout.isTTY ? host.stdout.size().columns : 80;
      const text = parsed.command === undefined ? `Experimental commands: ${names}. They work without the word alpha too.\n` : renderCommandHelp(parsed.command, "composure alpha", width);
      await host.stdout.write(text);
      return 0;
    }
    case "Refused":
      return withSession(globals, host, async ({ settings }) => {
        await printFailure(refuse(parsed.message, `the commands under alpha are ${names}`), host, settings);
        return 1;
      });
    case "Invocation": {
      const entry = inside.find(({ spec }) => spec.name === parsed.command.name);
      if (entry === undefined) throw new Error(`alpha ${parsed.command.name} has no entry`);
      const { run: runInside } = (await entry.load()) as { readonly run: Run<CommandSpec> };
      const both = { ...globals, dryRun: globals.dryRun || parsed.globals.dryRun };
      return runInside({ globals: both, options: parsed.options as never, operands: parsed.operands }, host);
    }
  }
};
