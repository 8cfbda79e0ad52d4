// Every intent, operation, reason and notice as it stands in a plan: one text file for each case in golden/. A new one
// without a case fails. COMPOSURE_GOLDEN=write writes the files; read the diff as if somebody else had made it.
import { assert, describe, it } from "@effect/vitest";
import type { Network, Volume } from "../../src/model/Project.ts";
import { describeNotice } from "../../src/plan/describe.ts";
import type { Plan } from "../../src/plan/Plan.ts";
import type { Intent } from "../../src/policy/Intent.ts";
import type { Policy } from "../../src/policy/Policy.ts";
import type { Observed } from "../../src/observed/Observed.ts";
import { operationShape } from "../../src/format/operationShape.ts";
import { intentShape, noticeShape, reasonShape } from "../../src/format/planShape.ts";
import type { Node } from "../../src/format/shape.ts";
import { expectGolden } from "../format/golden.ts";
import { apply, empty } from "./applyModel.ts";
import { after, containerNamed, plan, text, up } from "./planning.ts";
import { cut, desired, healthcheck, project, type ProjectText, type ServiceText } from "./projects.ts";
import { down, none, on, oneOff, running, shop, stopped } from "./shop.ts";

const web = (service: ServiceText): ProjectText => ({ services: { web: service } });
const changed = { environment: { LEVEL: "debug" } } as const;

const everything: ProjectText = {
  services: {
    api: {
      build: { context: "/p" },
      networks: { front: { aliases: ["backend"] } },
      configs: [{ source: "settings", target: "/settings" }],
      depends_on: { db: { condition: "service_healthy" }, migrate: { condition: "service_completed_successfully" } },
      pre_start: [{ command: ["check"] }],
      post_start: [{ command: ["warm"] }],
    },
    migrate: { image: "job:1" },
    db: { image: "db:1", healthcheck, volumes: [{ type: "volume", source: "data", target: "/data" }] },
  },
  networks: { front: {} },
  volumes: { data: {} },
  configs: { settings: { content: "a: 1\n" } },
};
const jobs = { jobs: ["migrate"] };

const network = (how: Network): ProjectText => ({
  services: { web: { networks: { front: null } } },
  networks: { front: how },
});
const volume = (how: Volume): ProjectText => ({
  services: { db: { volumes: [{ type: "volume", source: "data", target: "/data" }] } },
  volumes: { data: how },
});
const chain = (service: ServiceText): ProjectText => ({
  services: {
    db: service,
    api: { depends_on: { db: { restart: true } } },
    sidecar: { network_mode: "service:db" },
  },
});

/** What a run that broke off after `count` steps leaves. */
const broken = (before: ProjectText, now: ProjectText, count: number): Observed => {
  const observed = after(before);
  const made = plan(desired(now), observed);
  const cutShort = { ...made, steps: made.steps.slice(0, count).filter(({ guard }) => guard === undefined) };
  return apply(cutShort, observed).observed;
};

const withTwin = (observed: Observed, name: string): Observed => {
  const first = containerNamed(observed, name);
  const twin = {
    ...first,
    id: "e".repeat(64),
    name: `${first.id.slice(0, 12)}_${name}`,
    state: "exited" as const,
    exitCode: 1,
  };
  return { ...observed, containers: [...observed.containers, twin] };
};

const paused: Observed = {
  ...running,
  containers: running.containers.map((container) => ({ ...container, state: "paused" as const })),
};

const run: Intent = {
  _tag: "Run",
  services: ["api"],
  name: "p-api-run-1",
  slug: "1",
  start: true,
  stdin: false,
  autoRemove: false,
  aliases: false,
};
/** Variables of a plugin and of a model reach an app. */
const provided: ProjectText = {
  services: {
    tunnel: { provider: { type: "tunnel", options: { port: ["80"] } } },
    app: { depends_on: ["tunnel"], models: { llm: null } },
  },
  models: { llm: { model: "ai/smollm2" } },
};
const built: ProjectText = { services: { api: { build: { context: "/p" }, image: "registry.test/api:1" } } };

const of = (intent: Intent, wanted: ProjectText, observed: Observed, policy: Partial<Policy> = {}): Plan =>
  plan(desired(wanted), observed, intent, policy);

const cases: Readonly<Record<string, () => Plan>> = {
  "up-everything": () => of(up, everything, empty),
  "up-twice": () => of(up, everything, after(everything, empty, jobs)),
  "up-changed": () => of(up, web({ ...changed, healthcheck }), after(web({ healthcheck }))),
  "up-updated": () => of(up, web({ cpus: 1, restart: "always" }), after(web({ cpus: 0.5 }))),
  "up-renamed": () => of(up, web({ container_name: "site" }), after(web({}))),
  "up-image": () =>
    of(up, web({}), { ...after(web({})), images: [{ reference: "app:1", id: "sha256:new", digests: [], labels: {} }] }),
  "up-pull-policy": () => of(up, web({ pull_policy: "always" }), after(web({ pull_policy: "always" }))),
  "up-provided": () => of(up, provided, empty),
  "up-provided-again": () => of(up, provided, after(provided)),
  "up-cascade": () => of(up, chain(changed), after(chain({}))),
  "up-network": () => of(up, network({ labels: { v: "2" } }), after(network({ labels: { v: "1" } }))),
  "up-volume-kept": () => of(up, volume({ labels: { v: "2" } }), after(volume({}))),
  "up-volume-allowed": () =>
    of(up, volume({ labels: { v: "2" } }), after(volume({})), { allowDestroy: ["volume:data"] }),
  "up-volume-renamed": () => of(up, volume({ name: "other" }), after(volume({}))),
  "up-not-running": () => on(up, stopped),
  "up-paused": () => on(up, paused),
  "up-scale-up": () => of(up, web({ scale: 3 }), after(web({ scale: 1 }))),
  "up-scale-down": () => of(up, web({ scale: 1 }), after(web({ scale: 3 }))),
  "up-orphans": () => of(up, web({}), oneOff("exited"), { removeOrphans: true }),
  "up-orphans-kept": () => of(up, web({}), running),
  "up-forced": () => of(up, web({}), after(web({})), { recreate: "force" }),
  "up-interrupted-before-the-stop": () => of(up, web(changed), broken(web({}), web(changed), 2)),
  "up-interrupted-before-the-rename": () => of(up, web(changed), broken(web({}), web(changed), 4)),
  "up-leftover": () => of(up, web({}), withTwin(after(web({})), "p-web-1")),
  "up-stop-first": () =>
    of(
      up,
      web({ ...changed, ports: [{ target: 80, published: "8080" }] }),
      after(web({ ports: [{ target: 80, published: "8080" }] })),
    ),
  "up-foreign-resources": () =>
    of(
      up,
      { ...volume({}), networks: { default: {} } },
      {
        ...empty,
        networks: [{ id: "n", name: "p_default", driver: "bridge", scope: "local", subnets: [], labels: {} }],
        volumes: [{ name: "p_data", driver: "local", labels: {} }],
      },
    ),
  "up-wait": () => of(up, web({ healthcheck }), empty, { wait: true }),
  "up-one-service": () =>
    plan(
      desired(cut(project(shop), ["db"]), { whole: project(shop) }),
      running,
      { _tag: "Up", services: ["db"] },
      { recreate: "force" },
    ),
  create: () => on({ _tag: "Create", ...none }, empty),
  run: () => on(run, running),
  down: () => on(down()),
  "down-volumes-images": () => on(down({ volumes: true, images: "all" })),
  "down-nothing": () => on(down(), empty),
  start: () => on({ _tag: "Start", ...none }, stopped),
  stop: () => on({ _tag: "Stop", ...none }),
  restart: () => on({ _tag: "Restart", services: ["db"], withDependents: true }),
  kill: () => on({ _tag: "Kill", ...none, signal: "SIGKILL" }),
  pause: () => on({ _tag: "Pause", ...none }),
  unpause: () => on({ _tag: "Unpause", ...none }, paused),
  rm: () => on({ _tag: "Remove", ...none, stop: true, volumes: true }),
  pull: () => on({ _tag: "Pull", ...none }),
  push: () => of({ _tag: "Push", ...none }, built, empty),
  build: () => of({ _tag: "Build", ...none }, built, empty),
};

/** Ids differ with every field that is added to the model. */
const masked = (written: string): string =>
  written.replaceAll(/\b[0-9a-f]{64}\b/g, "<id>").replaceAll(/composure-updated\.\w+/g, "composure-updated.<id>");

const document = (made: Plan): string => {
  const steps = made.steps.length === 0 ? "(no steps)" : text(made);
  const notices = made.notices.map((notice) => `! ${notice._tag}: ${describeNotice(notice)}`);
  const questions = made.confirmations.map(
    ({ question, flag, destroys }) => `? ${question} ${flag}${destroys ? " (destroys)" : ""}`,
  );
  const untouched = made.untouched.map(({ address, state }) => `= ${address} ${state}`);
  return `${masked([`# ${made.intent._tag}`, steps, ...notices, ...questions, ...untouched].join("\n"))}\n`;
};

const tagsOf = (shape: Node): ReadonlyArray<string> => {
  if (shape._tag === "Named") return tagsOf(shape.node());
  return shape._tag === "Variant" ? Array.from(shape.cases.keys()).sort() : [];
};
const found = (tags: Iterable<string>): ReadonlyArray<string> => Array.from(new Set(tags)).sort();

describe("plans as text", () => {
  const plans = new Map(Object.entries(cases).map(([name, make]) => [name, make()]));
  for (const [name, made] of plans)
    it(name, () => expectGolden(document(made), new URL(`./golden/${name}.txt`, import.meta.url)));

  const all = Array.from(plans.values());
  it("show every intent", () => {
    assert.deepStrictEqual(found(all.map(({ intent }) => intent._tag)), tagsOf(intentShape.node));
  });
  it("show every operation", () => {
    assert.deepStrictEqual(
      found(all.flatMap(({ steps }) => steps.map(({ operation }) => operation._tag))),
      tagsOf(operationShape.node),
    );
  });
  it("show every reason", () => {
    assert.deepStrictEqual(
      found(all.flatMap(({ steps }) => steps.map(({ reason }) => reason._tag))),
      tagsOf(reasonShape.node),
    );
  });
  it("show every notice", () => {
    assert.deepStrictEqual(
      found(all.flatMap(({ notices }) => notices.map(({ _tag }) => _tag))),
      tagsOf(noticeShape.node),
    );
  });
});
