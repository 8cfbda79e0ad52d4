import { it } from "vitest";
import { execFileSync } from "node:child_process";
import * as Effect from "effect/Effect";
import { makeDockerEngine } from "@composure/docker/DockerEngine";
import { desire } from "@composure/core/desired/desire";
import { observeQuery } from "@composure/core/observed/query";
import { makePlan } from "@composure/core/plan/makePlan";
import { Engine } from "@composure/engine/Engine";
import { Events } from "@composure/engine/Events";
import { execute } from "@composure/engine/execute";
import { loadFiles, plainPolicy, executeOn } from "../../sim/src/simulate.ts";
import { observe } from "../../sim/src/observe.ts";
import { advanceTo } from "../../sim/src/life.ts";
import { loadImage } from "../../sim/src/images.ts";
import { makeWorld } from "../../sim/src/World.ts";
import { drawScenario } from "../../sim/test/scenario.ts";
const e = process.env.ENG ?? "e26"; const sock = `unix:///run/composure/${e}/docker.sock`;
const api = { e20: "1.41", e26: "1.45", e28: "1.51" }[e]!;
const from = Number(process.env.FROM ?? 0), n = Number(process.env.N ?? 5);
const d = (...a: string[]) => execFileSync("docker", ["-H", sock, ...a], { encoding: "utf8" });
const build = (tag: string, lines: string[]) => execFileSync("docker", ["-H", sock, "import", ...lines.flatMap((l) => ["-c", l]), "-", tag], { input: TAR });
let TAR: Buffer;
const img = (t: string) => t.replaceAll(/"(app|redis|checked|tools):(\d)"/g, '"simfid-$1:$2"').replaceAll('"name":"p"', '"name":"simfid"').replaceAll("named-", "simfid-named-").replaceAll('"restart":"always"', '"restart":"unless-stopped"').replaceAll(/"10\.99\.0\./g, '"10.99.7.').replaceAll('["probe"]', '["true"]').replaceAll('"probe"', '"true"');
const norm = (o: any) => o.containers.map((c: any) => [c.name, c.state, c.exitCode ?? "", c.health, c.endpoints.map((x: any) => x.network + (x.ipv4 && /10\.99/.test(x.ipv4) ? "=" + x.ipv4 : "")).sort().join("+"), c.mounts.map((m: any) => `${m.type}:${m.destination}:${/^[0-9a-f]{64}$/.test(m.name ?? "") ? "anon" : m.name ?? ""}:${m.readOnly}`).sort().join("+"), [...new Set(c.ports.filter((p: any) => p.ip !== "::").map((p: any) => `${p.public > 32000 ? "eph" : p.public > 8100 ? "range" : p.public ?? ""}/${p.private}`))].sort().join("+"), c.networkMode.replace(/[0-9a-f]{64}/, "ID")].join(" | ")).sort();
const words = (o: any) => o.steps.map((s: any) => `${s.step.operation._tag} ${s.step.address} ${s.outcome._tag}${s.outcome._tag === "Failed" ? ":" + s.outcome.error.reason._tag + " " + (s.outcome.error.reason.detail ?? s.outcome.error.reason.what ?? s.outcome.error.reason.why ?? "") : ""}`.replaceAll(/[0-9a-f]{12,64}/g, "ID"));
it("fid", async () => {
  execFileSync("sh", ["-c", `docker -H ${sock} create --name simfid-x busybox:latest true >/dev/null && docker -H ${sock} export simfid-x > /tmp/simfid.tar; docker -H ${sock} rm simfid-x`]);
  const { readFileSync } = await import("node:fs"); TAR = readFileSync("/tmp/simfid.tar");
  const have = d("images", "--format", "{{.Repository}}:{{.Tag}}");
  const serve = 'CMD ["sh","-c","trap exit TERM; while true; do sleep 0.1; done"]';
  for (let v = 1; v <= 9; v++) for (const [name, lines] of [["app", [serve]], ["redis", [serve, "VOLUME /data"]], ["checked", [serve, "HEALTHCHECK --interval=1s CMD true"]], ["tools", [serve]]] as const) if (!have.includes(`simfid-${name}:${v}`)) build(`simfid-${name}:${v}`, [...lines, `LABEL v=${v}`]);
  let bad = 0;
  for (let seed = from; seed < from + n; seed++) {
    const s0 = drawScenario(seed);
    const clean = () => { const ids = d("ps", "-aq", "--filter", "label=com.docker.compose.project=simfid").split("\n").filter(Boolean); if (ids.length) d("rm", "-fv", ...ids); const nets = d("network", "ls", "-q", "--filter", "label=com.docker.compose.project=simfid").split("\n").filter(Boolean); if (nets.length) d("network", "rm", ...nets); const vols = d("volume", "ls", "-q", "--filter", "label=com.docker.compose.project=simfid").split("\n").filter(Boolean); if (vols.length) d("volume", "rm", ...vols); };
    clean();
    const world = makeWorld({ apiVersion: api, images: { "simfid-redis": { volumes: ["/data"] }, "simfid-checked": { healthcheck: { test: ["CMD", "true"], interval: 1e9 } } } });
    for (let v = 1; v <= 9; v++) for (const name of ["app", "redis", "checked", "tools"]) loadImage(world, `simfid-${name}:${v}`);
    for (const [which, file] of [["first", s0.first], ["second", s0.second]] as const) {
      let text = img(JSON.stringify(file, (k, v) => (k === "pull_policy" || k === "build") ? undefined : v)).replaceAll(/"command":\["serve","(\d+)"\]/g, '"command":["sh","-c","trap exit TERM; while true; do sleep 0.1; done; : $1"]');
      text = JSON.stringify(JSON.parse(text)); 
      const project = loadFiles({ files: { "compose.yaml": text } });
      const desired = desire(project); if (desired._tag === "Failure") throw new Error("desire");
      const intent = { _tag: "Up", services: [] } as const;
      const policy = { ...plainPolicy, ...s0.policy, pull: "never" as const, build: "never" as const };
      const q = observeQuery(intent, desired.success, policy);
      const simPlan = makePlan(intent, desired.success, observe(world, q, "sim"), policy);
      const real = await Effect.runPromise(Effect.scoped(Effect.gen(function* () {
        const engine = yield* makeDockerEngine({ env: { DOCKER_HOST: sock }, home: "/root" } as any);
        const seen = yield* engine.observe(q);
        const plan = makePlan(intent, desired.success, seen, policy);
        if (plan._tag === "Failure") return { plan: plan.failure.map((x) => x.message), outcome: undefined, after: undefined };
        const outcome = yield* execute(plan.success, { contents: () => "x" }).pipe(Effect.provide(Events.silent), Effect.provideService(Engine, engine));
        yield* Effect.sleep(1500);
        return { plan: plan.success.steps.map((x) => x.operation._tag + " " + x.address), outcome: words(outcome), after: norm(yield* engine.observe(q)) };
      })));
      if (simPlan._tag === "Failure") { if (JSON.stringify(real.plan) !== JSON.stringify(simPlan.failure.map((x) => x.message))) { bad++; console.log("seed", seed, which, "PLAN REFUSAL", simPlan.failure.map((x) => x.message), real.plan); } break; }
      const dep = executeOn(world, simPlan.success, project);
      advanceTo(world, world.now + 1500);
      const sim = { plan: simPlan.success.steps.map((x) => x.operation._tag + " " + x.address), outcome: words(dep.outcome), after: norm(observe(world, q, "sim")) };
      for (const k of ["plan", "outcome", "after"] as const) { const a = JSON.stringify(sim[k], null, 1).split("\n").sort(), b = JSON.stringify(real[k], null, 1).split("\n").sort(); if (a.join() !== b.join()) { bad++; console.log("seed", seed, which, k, "\n SIM-only:\n", a.filter((x) => !b.includes(x)).join("\n"), "\n REAL-only:\n", b.filter((x) => !a.includes(x)).join("\n"), "\n", text.slice(0, 1500)); } }
    }
    clean();
    console.log("seed", seed, "done");
  }
  console.log("differences", bad);
}, 600000);
