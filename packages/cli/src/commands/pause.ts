// pause: freezes running containers.
import type { pauseSpec } from "../argv/specs/lifecycle.ts";
import { runRequest } from "../pipeline/run.ts";
import type { Run } from "./index.ts";

export const run: Run<typeof pauseSpec> = ({ globals, operands: services }, host) =>
  runRequest({ title: "pause", intent: { _tag: "Pause", services }, flags: {} }, globals, host);
