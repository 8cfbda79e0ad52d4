// completion: prints the completion script for a shell.
import type { completionSpec } from "../argv/specs/shell.ts";
import { scripts } from "../complete/scripts.ts";
import { withSession } from "../session.ts";
import { printFailure, refuse } from "../pipeline/Failure.ts";
import type { Run } from "./index.ts";

export const run: Run<typeof completionSpec> = ({ globals, operands: [shell = ""] }, host) =>
  withSession(globals, host, async ({ settings }) => {
    const script = scripts[shell];
    if (script !== undefined) {
      await host.stdout.write(script);
      return 0;
    }
    await printFailure(refuse(`there is no completion for "${shell}"`, `use ${Object.keys(scripts).join(", ")}`), host, settings);
    return 1;
  });
