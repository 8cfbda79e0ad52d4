// unpause: lets frozen containers go on.
import type { unpauseSpec } from "../argv/specs/lifecycle.ts";
import { runRequest } from "../pipeline/run.ts";
import type { Run } from "./index.ts";

export const run: Run<typeof unpauseSpec> = ({ globals, operands: services }, host) =>
  runRequest({ title: "unpause", intent: { _tag: "Unpause", services }, flags: {} }, globals, host);
