import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { projects } from "./vitest.workspace.ts";

// Tests on an engine wait more than they compute: even a small machine has time for three files at once.
const maxWorkers = Math.max(3, availableParallelism() - 1);

export default defineConfig({ test: { projects, maxWorkers, passWithNoTests: true } });
