// The simulated engine against a real one: the same generated projects, the same plans, the same end of every step, the same state.
import { desire } from "@composure/core/desired/desire";
import type { Observed, ObserveQuery } from "@composure/core/observed/Observed";
import { observeQuery } from "@composure/core/observed/query";
import { makePlan } from "@composure/core/plan/makePlan";
import type { Intent } from "@composure/core/policy/Intent";
import { makeDockerEngine } from "@composure/docker/DockerEngine";
import { Engine, type EngineApi } from "@composure/engine/Engine";
import type { Outcome } from "@composure/engine/Event";
import { Events } from "@composure/engine/Events";
import { execute } from "@composure/engine/execute";
import { seeded } from "@composure/sim/Choice";
import { type ComposeFile, drawProject, editProject, type Features } from "@composure/sim/generate";
import { loadImage } from "@composure/sim/images";
import { advanceTo } from "@composure/sim/life";
import { observe } from "@composure/sim/observe";
import { executeOn, loadFiles, plainPolicy } from "@composure/sim/simulate";
import { makeWorld, type World } from "@composure/sim/World";
import * as Effect from "effect/Effect";
import { afterEach, describe, expect, test } from "vitest";
import { findEngine, removeProject } from "../src/engineUnderTest.ts";

const project = "conf-fidelity";
const seeds = Number(process.env["COMPOSURE_FIDELITY_RUNS"] ?? 5);
const first = Number(process.env["COMPOSURE_SEED"] ?? 1);
const intent: Intent = { _tag: "Up", services: [] };
const policy = { ...plainPolicy, removeOrphans: true };

/** Everything but what depends on the machine: host ports, pulls and builds. */
const features: Features = { jobs: true, health: true, ports: false, volumes: true, networks: true, names: true, replicas: true, namespaces: true, restarts: true, hooks: true, configs: true, pulls: false, builds: false, updates: true };

const images: Readonly<Record<string, string>> = { app: "composure/test-web", redis: "composure/test-db", checked: "composure/test-web", tools: "composure/test-db" };

/** Two versions of each image are at hand, and a probe that exists. */
const adapted = (file: ComposeFile): ComposeFile =>
  JSON.parse(
    JSON.stringify({ ...file, name: project })
      .replace(/"(app|redis|checked|tools):(\d)"/g, (_, name: string, version: string) => `"${images[name] ?? ""}:${1 + (Number(version) % 2)}"`)
      .replaceAll('"named-', `"${project}-`)
      .replaceAll('"probe"', '"true"')
      .replaceAll('"10.99.0.', '"10.99.77.'),
  ) as ComposeFile;

const freshWorld = (apiVersion: string): World => {
  const world = makeWorld({ apiVersion, images: { "composure/test-db": { volumes: ["/var/lib/postgresql/data"] } } });
  for (const image of ["composure/test-web", "composure/test-db"]) for (const version of [1, 2]) loadImage(world, `${image}:${version}`);
  return world;
};

/** How each step ended, in the daemon's words but for ids and numbers. */
const ends = (outcome: Outcome): ReadonlyArray<string> =>
  outcome.steps
    .map(({ step, outcome: ended }) => `${step.operation._tag} ${step.address} ${ended._tag === "Failed" ? `failed: ${JSON.stringify(ended.error.reason)}` : ended._tag}`)
    .map((text) => text.replaceAll(/[0-9a-f]{12,64}/g, "ID"))
    .sort();

/** What is there in the end, but for ids and the addresses that are dealt out. */
const state = (observed: Observed): ReadonlyArray<string> =>
  observed.containers
    .map((container) =>
      [
        container.name,
        container.state,
        String(container.exitCode ?? ""),
        container.health,
        container.networkMode.replace(/[0-9a-f]{64}/, "ID"),
        container.endpoints.map(({ network }) => network).sort().join("+"),
        container.mounts.map(({ type, name, destination }) => `${type} ${/^[0-9a-f]{64}$/.test(name ?? "") ? "anonymous" : (name ?? "")} ${destination}`).sort().join("+"),
      ].join(" | "),
    )
    .sort();

interface Told {
  readonly steps: ReadonlyArray<string>;
  readonly state: ReadonlyArray<string>;
}

const plan = (file: ComposeFile, seen: (query: ObserveQuery) => Observed) => {
  const loaded = loadFiles({ files: { "compose.yaml": file } });
  const desired = desire(loaded);
  if (desired._tag === "Failure") throw new Error(desired.failure.map(({ message }) => message).join());
  const query = observeQuery(intent, desired.success, policy);
  const made = makePlan(intent, desired.success, seen(query), policy);
  if (made._tag === "Failure") throw new Error(made.failure.map(({ message }) => message).join());
  return { loaded, query, plan: made.success };
};

/** Long enough for every healthcheck of a generated project to have told. */
const settling = 3500;

const onSim = (world: World, file: ComposeFile): Told => {
  const made = plan(file, (query) => observe(world, query, "sim"));
  const { outcome } = executeOn(world, made.plan, made.loaded);
  advanceTo(world, world.now + settling);
  return { steps: outcome === undefined ? [] : ends(outcome), state: state(observe(world, made.query, "sim")) };
};

const onDocker = (engine: EngineApi, file: ComposeFile): Effect.Effect<Told, unknown> =>
  Effect.gen(function* () {
    const { query } = plan(file, (asked) => observe(makeWorld(), asked, "sim"));
    const seen = yield* engine.observe(query);
    const made = plan(file, () => seen);
    const outcome = yield* execute(made.plan, { contents: () => "a=1" }).pipe(Effect.provide(Events.silent), Effect.provideService(Engine, engine));
    yield* Effect.sleep(settling);
    return { steps: ends(outcome), state: state(yield* engine.observe(query)) };
  });

const gate = await findEngine();

describe.skipIf(gate._tag === "Absent")(`the simulated engine tells what a real one tells${gate._tag === "Absent" ? `: ${gate.why}` : ""}`, () => {
  afterEach(async () => {
    if (gate._tag === "Ready") await removeProject(gate.client, project, [`${project}_data`]);
  });

  test.each(Array.from({ length: seeds }, (_, at) => first + at))("generated project %i, and an edit of it", { timeout: 180_000 }, async (seed) => {
    const choice = seeded(seed);
    const file = drawProject(choice, features);
    const edited = editProject(choice, features, file);
    const program = Effect.gen(function* () {
      const engine = yield* makeDockerEngine({ env: process.env, home: process.env["HOME"] ?? "/" });
      const world = freshWorld((yield* engine.version).apiVersion);
      for (const next of [adapted(file), adapted(edited)]) {
        const real = yield* onDocker(engine, next);
        expect(onSim(world, next), JSON.stringify(next)).toEqual(real);
      }
    });
    await Effect.runPromise(Effect.scoped(program));
  });
});
