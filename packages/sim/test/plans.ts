// Plans written by hand, and one way to run them: a kernel, a world, a choice.
import type { Service } from "@composure/core/model/Service";
import { replicaAddress } from "@composure/core/plan/Address";
import type { ContainerRef, ContainerSpec, Operation, StepId } from "@composure/core/plan/Operation";
import type { Guard, Plan, Step } from "@composure/core/plan/Plan";
import { Engine } from "@composure/engine/Engine";
import type { Event, Outcome } from "@composure/engine/Event";
import { Events } from "@composure/engine/Events";
import { execute, type ExecuteOptions } from "@composure/engine/execute";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import { inOrder } from "../src/Choice.ts";
import { makeKernel, type KernelOptions } from "../src/Kernel.ts";
import { makeEngine } from "../src/SimEngine.ts";
import type { World } from "../src/World.ts";

export interface Draft {
  readonly needs?: ReadonlyArray<StepId>;
  readonly after?: ReadonlyArray<StepId>;
  readonly guard?: Guard;
}

export const planOf = (...drafts: ReadonlyArray<readonly [Operation, Draft?]>): Plan => ({
  project: { name: "p", workingDir: "/p", configFiles: ["/p/compose.yaml"], envFiles: [], separator: "-" },
  intent: { _tag: "Up", services: [] },
  steps: drafts.map(([operation, draft], at): Step => ({ id: at + 1, address: replicaAddress("x", at + 1), operation, reason: { _tag: "Missing" }, needs: draft?.needs ?? [], ...draft })),
  notices: [],
  confirmations: [],
  untouched: [],
});

export const specOf = (name: string, service: Partial<Service> = {}): ContainerSpec => ({
  service: { name, ...service },
  image: service.image ?? "nginx",
  imageId: { _tag: "Unknown" },
  number: 1,
  labels: { "com.docker.compose.project": "p", "com.docker.compose.service": name },
  endpoints: [],
  mounts: [],
  namespaces: {},
  volumesFrom: [],
  links: [],
  proxyEnvironment: {},
  interactive: { stdin: false, autoRemove: false },
});

export const create = (name: string, service: Partial<Service> = {}): Operation => ({ _tag: "CreateContainer", name: `p-${name}-1`, spec: specOf(name, service) });
export const made = (step: StepId, name: string): ContainerRef => ({ _tag: "CreatedBy", step, name: `p-${name}-1` });
export const start = (container: ContainerRef): Operation => ({ _tag: "StartContainer", container });
export const stop = (container: ContainerRef): Operation => ({ _tag: "StopContainer", container });
export const remove = (container: ContainerRef): Operation => ({ _tag: "RemoveContainer", container, force: true, volumes: false });
export const existing = (world: World, name: string): ContainerRef => {
  const found = Object.values(world.containers).find((container) => container.name === name);
  return { _tag: "Existing", id: found?.id ?? "none", name };
};
export const waitFor = (
  service: string,
  containers: ReadonlyArray<ContainerRef>,
  condition: Extract<Operation, { _tag: "WaitFor" }>["condition"],
  more: { readonly required?: boolean; readonly timeout?: number } = {},
): Operation => ({ _tag: "WaitFor", containers, service, condition, required: true, ...more });
export const pull = (image: string, tolerateFailure = false): Operation => ({ _tag: "PullImage", image, services: [], tolerateFailure });

export interface Ran {
  /** Absent when the client crashed or got stuck. */
  readonly outcome?: Outcome;
  readonly how: string;
  readonly trace: ReadonlyArray<string>;
  readonly events: ReadonlyArray<Event>;
}

/** Runs a plan to its end, however that comes. */
export const runPlan = (world: World, plan: Plan, options: Partial<KernelOptions> & Partial<ExecuteOptions> = {}): Ran => {
  const kernel = makeKernel(world, { choice: inOrder, ...options });
  const events: Array<Event> = [];
  const program = execute(plan, { contents: () => "text", ...(options.parallel === undefined ? {} : { parallel: options.parallel }) }).pipe(
    Effect.provide(Events.collecting(events)),
    Effect.provideService(Engine, makeEngine(kernel.driver)),
  );
  const run = kernel.run(program, { uninterruptible: true });
  const trace = kernel.trace.map(({ method, subject }) => `${method} ${subject}`);
  if (run._tag !== "Finished") return { how: run._tag, trace, events };
  if (Exit.isFailure(run.exit)) return { how: `Failure ${String(run.exit.cause)}`, trace, events };
  return { how: "Finished", outcome: run.exit.value, trace, events };
};

/** "Done Failed(NotFound) Skipped(1)": one word per step. */
export const words = (ran: Ran): string =>
  (ran.outcome?.steps ?? [])
    .map(({ outcome }) => {
      switch (outcome._tag) {
        case "Done":
        case "NotNeeded":
          return outcome._tag;
        case "Failed":
          return `Failed(${outcome.error.reason._tag})`;
        case "Skipped":
          return outcome.cause._tag === "NeedFailed" ? `Skipped(${outcome.cause.step})` : "Skipped";
      }
    })
    .join(" ");

export const states = (world: World): ReadonlyArray<string> => Object.values(world.containers).map(({ name, state }) => `${name} ${state}`).toSorted();
