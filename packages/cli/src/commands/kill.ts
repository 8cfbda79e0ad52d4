// kill: sends a signal to running containers.
import type { killSpec } from "../argv/specs/lifecycle.ts";
import { runRequest } from "../pipeline/run.ts";
import type { Run } from "./index.ts";

export const run: Run<typeof killSpec> = ({ globals, options, operands: services }, host) =>
  runRequest({ title: "kill", intent: { _tag: "Kill", services, signal: options.signal }, flags: { removeOrphans: options.removeOrphans } }, globals, host);
