// Snapshots of an engine's state: they come back as they were, without secrets.
import { assert, describe, it } from "@effect/vitest";
import * as Result from "effect/Result";
import { maskSecrets } from "../../src/explain/secrets.ts";
import { encodePlan } from "../../src/format/json.ts";
import type { Observed } from "../../src/observed/Observed.ts";
import { makePlan } from "../../src/plan/makePlan.ts";
import type { Plan } from "../../src/plan/Plan.ts";
import { renderSteps } from "../../src/plan/render.ts";
import type { Intent } from "../../src/policy/Intent.ts";
import { decodeSnapshot, encodeSnapshot, redact } from "../../src/snapshot/snapshot.ts";
import { policy } from "../plan/projects.ts";
import { observed } from "../saved/world.ts";
import { drawFrom, worldOf } from "./worlds.ts";

const decoded = (text: string): Observed => {
  const result = decodeSnapshot(text);
  if (Result.isFailure(result)) throw new Error(result.failure.map(({ message }) => message).join("\n"));
  return result.success;
};

const intents: ReadonlyArray<Intent> = [
  { _tag: "Up", services: [] },
  { _tag: "Create", services: [] },
  { _tag: "Down", services: [], volumes: true, images: "all" },
  { _tag: "Restart", services: [], withDependents: true },
  { _tag: "Stop", services: [] },
  { _tag: "Remove", services: [], stop: true, volumes: true },
];

describe("a snapshot", () => {
  it("comes back as it was, without secrets", () => {
    const text = encodeSnapshot(observed);
    assert.notInclude(text, "hunter2");
    assert.deepStrictEqual(decoded(text), redact(observed));
    assert.strictEqual(encodeSnapshot(decoded(text)), text);
  });

  it("keeps of other projects only what may be in the way", () => {
    const container = {
      ...(observed.containers[0] as Observed["containers"][number]),
      mounts: [{ type: "bind", source: "/home/ana", destination: "/x", readOnly: false }],
    };
    const [other] = redact({ ...observed, foreign: [container] }).foreign;
    assert.strictEqual(other?.command, "");
    assert.strictEqual(other?.mounts[0]?.source, "");
    assert.isTrue(Object.keys(other?.labels ?? {}).every((key) => key.startsWith("com.docker.compose.")));
    assert.strictEqual(other?.name, container.name);
  });

  it("is checked when read", () => {
    const messages = (text: string) => {
      const result = decodeSnapshot(text);
      return Result.isFailure(result) ? result.failure.map(({ message }) => message) : [];
    };
    assert.match(messages("no")[0] ?? "", /no JSON/);
    assert.match(messages('{"format":"composure/plan"}')[0] ?? "", /this is no snapshot/);
    assert.match(
      messages(encodeSnapshot(observed).replace('"running"', '"flying"'))[0] ?? "",
      /observed\.containers\.0\.state: expected one of created, running/,
    );
  });

  it("gives the same plan as the live engine, for any intent and world", () => {
    let steps = 0;
    let refusals = 0;
    for (let seed = 1; seed <= 150; seed++) {
      const { wanted, observed: live } = worldOf(seed);
      const text = encodeSnapshot(live);
      assert.notMatch(text, /hunter/);
      const intent = intents[drawFrom(seed)(intents.length)] as Intent;
      const with_ = (world: Observed) =>
        makePlan(intent, wanted, world, { ...policy, allowDestroy: seed % 3 === 0 ? ["volume:data"] : [] });
      const [a, b] = [with_(live), with_(decoded(text))];
      assert.strictEqual(Result.isSuccess(a), Result.isSuccess(b), `seed ${seed}`);
      if (Result.isFailure(a) || Result.isFailure(b)) {
        refusals++;
        assert.deepStrictEqual(a, b, `seed ${seed}`);
        continue;
      }
      const [fromLive, fromFile]: ReadonlyArray<Plan> = [a.success, b.success];
      steps += fromLive?.steps.length ?? 0;
      assert.strictEqual(renderSteps(fromFile as Plan), renderSteps(fromLive as Plan), `seed ${seed}`);
      assert.strictEqual(encodePlan(fromFile as Plan), encodePlan(fromLive as Plan), `seed ${seed}`);
      assert.deepStrictEqual(maskSecrets(fromFile), maskSecrets(fromLive), `seed ${seed}`);
    }
    assert.isAbove(steps, 500, "the worlds must give something to plan");
    assert.isBelow(refusals, 50);
  }, 240_000);
});
