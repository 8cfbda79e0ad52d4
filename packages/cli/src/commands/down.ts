// down: takes the project's containers and networks away.
import type { downSpec } from "../argv/specs/lifecycle.ts";
import { refuse, printFailure } from "../pipeline/Failure.ts";
import { runRequest } from "../pipeline/run.ts";
import { withSession } from "../session.ts";
import type { Run } from "./index.ts";

const rmi = { local: "local", all: "all" } as const;

export const run: Run<typeof downSpec> = ({ globals, options, operands: services }, host) => {
  const asked = options.rmi === undefined || options.rmi === "" ? "none" : rmi[options.rmi as keyof typeof rmi];
  if (asked === undefined) {
    return withSession(globals, host, async ({ settings }) => {
      await printFailure(refuse(`invalid value "${options.rmi}" for --rmi`, 'use "local" or "all"'), host, settings);
      return 1;
    });
  }
  return runRequest(
    {
      title: "down",
      intent: { _tag: "Down", services, volumes: options.volumes, images: asked },
      flags: { removeOrphans: options.removeOrphans, timeout: options.timeout },
    },
    globals,
    host,
  );
};
