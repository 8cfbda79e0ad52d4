// Small worlds, every interleaving, a break at every call: nothing is drawn, everything is tried.
import { assert, describe, it } from "@effect/vitest";
import { exhaustive } from "../src/Choice.ts";
import { faultAtChange, type Fault } from "../src/faults.ts";
import type { ComposeFile, FileService } from "../src/generate.ts";
import { copyWorld } from "../src/persist.ts";
import { isLive } from "../src/World.ts";
import { anonymousVolumes, deploy, digest, freshWorld, liveOf, planFor, read } from "./scenario.ts";

const file = (services: Readonly<Record<string, FileService>>, more: Partial<ComposeFile> = {}): ComposeFile => ({ name: "p", services, ...more });
const healthy = { healthcheck: { test: ["CMD", "probe"], interval: "1s" } };

interface Small {
  readonly name: string;
  readonly before: ComposeFile;
  readonly after: ComposeFile;
  /** Services that must run after every break but a crash. */
  readonly lasting: ReadonlyArray<string>;
}

const cases: ReadonlyArray<Small> = [
  { name: "start-first", before: file({ a: { image: "app:1" } }), after: file({ a: { image: "app:2" } }), lasting: ["a"] },
  {
    name: "start-first with a health check",
    before: file({ a: { image: "app:1", ...healthy } }),
    after: file({ a: { image: "app:2", ...healthy } }),
    lasting: ["a"],
  },
  {
    name: "stop-first: a host port and an anonymous volume",
    before: file({ a: { image: "redis:1", ports: ["8000:80"] } }),
    after: file({ a: { image: "redis:2", ports: ["8000:80"] } }),
    lasting: ["a"],
  },
  {
    name: "a dependency and its dependent",
    before: file({ a: { image: "app:1" }, b: { image: "app:1", depends_on: { a: { condition: "service_started", restart: true } } } }),
    after: file({ a: { image: "app:2" }, b: { image: "app:1", depends_on: { a: { condition: "service_started", restart: true } } } }),
    lasting: ["a", "b"],
  },
  {
    name: "two replicas, one after the other",
    before: file({ a: { image: "app:1", scale: 2 } }),
    after: file({ a: { image: "app:2", scale: 2 } }),
    lasting: ["a"],
  },
  {
    name: "a network made anew under a running service",
    before: file({ a: { image: "app:1", networks: { front: null } } }, { networks: { front: { labels: { v: "1" } } } }),
    after: file({ a: { image: "app:1", networks: { front: null } } }, { networks: { front: { labels: { v: "2" } } } }),
    lasting: ["a"],
  },
  {
    name: "a shared network namespace",
    before: file({ a: { image: "app:1" }, b: { image: "app:1", network_mode: "service:a" } }),
    after: file({ a: { image: "app:2" }, b: { image: "app:1", network_mode: "service:a" } }),
    lasting: ["a"],
  },
  { name: "a service that goes and one that comes", before: file({ a: { image: "app:1" } }), after: file({ b: { image: "app:1" } }), lasting: [] },
];

const faults: ReadonlyArray<Fault> = [{ _tag: "Crash", effect: false }, { _tag: "Crash", effect: true }, { _tag: "FailBefore" }, { _tag: "FailAfter" }, { _tag: "Interrupt" }];

/** More would take minutes and find nothing new: the cases are small so that few are cut off. */
const limit = 400;

/** Gives how many interleavings there were. */
const tryAll = (small: Small, fault: Fault, at: number): { readonly runs: number; readonly hit: boolean } => {
  const before = read(small.before);
  const after = read(small.after);
  const base = freshWorld({ apiVersion: "1.51" });
  deploy(base, before);
  const volumes = anonymousVolumes(base);
  const calm = copyWorld(base);
  deploy(calm, after, { policy: { removeOrphans: true } });
  const wanted = digest(calm);
  const paths = exhaustive();
  let runs = 0;
  let hit = false;
  do {
    const world = copyWorld(base);
    const broken = deploy(world, after, { choice: paths.choice, faults: faultAtChange(at, fault), policy: { removeOrphans: true } });
    const what = `${small.name}: ${JSON.stringify(fault)} at change ${at}, path ${paths.path().join()}\n${broken.calls.join("\n")}`;
    hit ||= broken.how === "Crashed" || broken.outcome?.interrupted === true || (broken.report?.failures.length ?? 0) > 0;
    if (broken.how === "Finished") for (const service of small.lasting) assert.isAtLeast(liveOf(world, service).length, 1, `${service} is down\n${what}`);
    const mended = deploy(world, after, { policy: { removeOrphans: true } });
    assert.deepStrictEqual(mended.report?.failures.map(({ error }) => error.message), [], what);
    assert.deepStrictEqual(digest(world), wanted, what);
    assert.deepStrictEqual(planFor(world, after).steps, [], what);
    for (const [place, volume] of volumes) if (place.split(" ")[0] !== undefined && small.lasting.includes(place.split(" ")[0] ?? "")) assert.strictEqual(anonymousVolumes(world).get(place), volume, what);
    assert.isTrue(Object.values(world.containers).every((container) => isLive(container)), what);
    runs += 1;
  } while (runs < limit && paths.next());
  return { runs, hit };
};

describe("a break at every call", () => {
  for (const small of cases) {
    for (const fault of faults) {
      it(`${small.name}: ${JSON.stringify(fault)}`, { timeout: 300_000 }, () => {
        let at = 0;
        while (tryAll(small, fault, at).hit) at += 1;
        assert.isAbove(at, 0, "no call was hit");
      });
    }
  }
});
