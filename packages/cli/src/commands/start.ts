// start: starts the containers that exist.
import type { startSpec } from "../argv/specs/lifecycle.ts";
import { runRequest } from "../pipeline/run.ts";
import type { Run } from "./index.ts";

export const run: Run<typeof startSpec> = ({ globals, options, operands: services }, host) =>
  runRequest({ title: "start", intent: { _tag: "Start", services }, flags: { wait: options.wait, waitTimeout: options.waitTimeout } }, globals, host);
