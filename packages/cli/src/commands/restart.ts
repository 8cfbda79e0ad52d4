// restart: stops and starts containers as they are.
import type { restartSpec } from "../argv/specs/lifecycle.ts";
import { runRequest } from "../pipeline/run.ts";
import type { Run } from "./index.ts";

export const run: Run<typeof restartSpec> = ({ globals, options, operands: services }, host) =>
  runRequest({ title: "restart", intent: { _tag: "Restart", services, withDependents: !options.noDeps }, flags: { timeout: options.timeout } }, globals, host);
