// stop: stops running containers.
import type { stopSpec } from "../argv/specs/lifecycle.ts";
import { runRequest } from "../pipeline/run.ts";
import type { Run } from "./index.ts";

export const run: Run<typeof stopSpec> = ({ globals, options, operands: services }, host) =>
  runRequest({ title: "stop", intent: { _tag: "Stop", services }, flags: { timeout: options.timeout } }, globals, host);
