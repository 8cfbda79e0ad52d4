// watch: to be.
import type { watchSpec } from "../argv/specs/watching.ts";
import type { Run } from "./index.ts";

export const run: Run<typeof watchSpec> = async () => 1;
