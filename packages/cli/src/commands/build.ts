// build: makes the images of services.
import type { buildSpec } from "../argv/specs/images.ts";
import { runWithEngine } from "../engine/run.ts";
import { printFailure } from "../pipeline/Failure.ts";
import { fromFiles } from "../pipeline/request.ts";
import { runChange } from "../pipeline/runChange.ts";
import { isFailure } from "../pipeline/scale.ts";
import { withSession } from "../session.ts";
import type { Run } from "./index.ts";

/** `KEY=VALUE`, or `KEY` for the value that the environment has. */
const readArguments = (given: ReadonlyArray<string>, env: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    given.flatMap((text) => {
      const at = text.indexOf("=");
      if (at !== -1) return [[text.slice(0, at), text.slice(at + 1)]];
      const value = env[text];
      return value === undefined ? [] : [[text, value]];
    }),
  );

export const run: Run<typeof buildSpec> = ({ globals, options, operands: services }, host) =>
  withSession(globals, host, async (session) => {
    const intent = { _tag: "Build", services, pull: options.pull, noCache: options.noCache, args: readArguments(options.buildArg, host.env) } as const;
    const change = await fromFiles({ title: "build", intent, flags: {}, quiet: { pull: false, build: options.quiet } }, session, options.withDependencies);
    if (isFailure(change)) {
      await printFailure(change, host, session.settings);
      return 1;
    }
    const wanted = options.withDependencies && services.length > 0 ? { ...change, intent: { ...intent, services: [] } } : change;
    return runWithEngine(session, change.workingDir, runChange(wanted, session));
  });
