// Loading and planning alone, for ever larger projects: what a first `up` costs before the engine is asked for anything.
// Usage: node growth.mjs SERVICES. Prints {"load", "plan"} in milliseconds of processor time, "peak" in MiB, "steps".
import { desire } from "@composure/core/desired/desire";
import { load } from "@composure/core/load/loadProject";
import type { FileContent, LoadRequest } from "@composure/core/load/Load";
import type { Observed } from "@composure/core/observed/Observed";
import { makePlan } from "@composure/core/plan/makePlan";
import type { Policy } from "@composure/core/policy/Policy";
import * as Result from "effect/Result";

/** What one size costs. */
export interface Cost {
  readonly services: number;
  readonly load: number;
  readonly plan: number;
  readonly peak: number;
  readonly steps: number;
}

const empty: Observed = { apiVersion: "1.51", target: "nowhere", readAt: 0, containers: [], foreign: [], networks: [], volumes: [], images: [] };

const policy: Policy = {
  recreate: "diverged",
  recreateDependencies: "diverged",
  renewAnonymousVolumes: false,
  removeOrphans: false,
  ignoreOrphans: false,
  build: "auto",
  order: "auto",
  wait: false,
  allowDestroy: [],
  now: 0,
};

/** Three dependencies each. */
const text = (services: number): string =>
  `name: growth\nservices:\n${Array.from({ length: services }, (_, at) => {
    const needs = [1, 7, 100].flatMap((back) => (at >= back ? [`s${at - back}`] : []));
    return `  s${at}:\n    image: image${at % 50}:1\n    environment: {INDEX: "${at}"}\n${needs.length === 0 ? "" : `    depends_on: [${needs.join(", ")}]\n`}`;
  }).join("")}`;

const request: LoadRequest = { cwd: "/growth", env: {}, files: ["compose.yaml"], profiles: [], envFiles: [], services: [] };

const read = (file: string) => {
  const fetched = new Map<string, FileContent>();
  for (;;) {
    const result = load(request, fetched);
    if (result._tag !== "NeedFiles") return result;
    for (const path of result.paths) fetched.set(path, path === "/growth/compose.yaml" ? { _tag: "Text", content: file } : { _tag: "Missing" });
  }
};

const processorTime = <A>(work: () => A): { readonly value: A; readonly spent: number } => {
  const before = process.cpuUsage();
  const value = work();
  const { user, system } = process.cpuUsage(before);
  return { value, spent: (user + system) / 1000 };
};

const cost = (services: number): Cost => {
  const file = text(services);
  const loaded = processorTime(() => read(file));
  if (loaded.value._tag !== "Loaded") throw new Error("the file does not load");
  const { project } = loaded.value;
  const planned = processorTime(() => Result.getOrThrow(makePlan({ _tag: "Up", services: [] }, Result.getOrThrow(desire(project)), empty, policy)));
  return { services, load: loaded.spent, plan: planned.spent, peak: process.resourceUsage().maxRSS / 1024, steps: planned.value.steps.length };
};

console.log(JSON.stringify(cost(Number(process.argv[2] ?? 10))));
