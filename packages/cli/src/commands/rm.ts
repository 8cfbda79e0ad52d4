// rm: removes stopped containers.
import type { removeSpec } from "../argv/specs/lifecycle.ts";
import { runRequest } from "../pipeline/run.ts";
import type { Run } from "./index.ts";

export const run: Run<typeof removeSpec> = ({ globals, options, operands: services }, host) =>
  runRequest({ title: "rm", intent: { _tag: "Remove", services, stop: options.stop, volumes: options.volumes }, flags: {}, yes: options.force }, globals, host);
