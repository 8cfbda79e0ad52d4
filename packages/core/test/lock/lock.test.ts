// Image references pinned to digests, and what a lock file says of them.
import { assert, describe, it } from "@effect/vitest";
import {
  attemptLock,
  isExpired,
  type Lock,
  lockedProjects,
  lockLabels,
  lockName,
  type LockRequest,
  lockText,
  lockVolumes,
  outcomeOf,
  readLock,
} from "../../src/lock/lock.ts";
import type { ObservedVolume } from "../../src/observed/Observed.ts";

const ask = (token: string, ttl = 60): LockRequest => ({
  project: "shop",
  owner: `${token}@host`,
  reason: "up",
  token,
  ttl,
});

/** Volumes as engines keep them. */
class Engine {
  readonly #volumes = new Map<string, ObservedVolume>();
  create(lock: Lock): void {
    if (!this.#volumes.has(lockName(lock)))
      this.#volumes.set(lockName(lock), { name: lockName(lock), driver: "local", labels: lockLabels(lock) });
  }
  remove(name: string): void {
    this.#volumes.delete(name);
  }
  read() {
    return { volumes: Array.from(this.#volumes.values()) };
  }
}

const created = (engine: Engine, request: LockRequest, now: number): Lock => {
  const attempt = attemptLock(engine.read(), request, now);
  assert.strictEqual(attempt._tag, "Create");
  return attempt.lock;
};

describe("a lock", () => {
  it("is had, seen, released", () => {
    const engine = new Engine();
    const lock = created(engine, ask("ana"), 1000);
    engine.create(lock);
    assert.deepStrictEqual(outcomeOf(engine.read(), lock, 1000), { _tag: "Held", lock, expired: [] });
    assert.deepStrictEqual(readLock(engine.read(), "shop", 1000), lock);
    assert.deepStrictEqual(lockedProjects(engine.read()), ["shop"]);
    assert.deepStrictEqual(attemptLock(engine.read(), ask("bob"), 1059), { _tag: "HeldBy", lock });
    assert.strictEqual(lockText(lock, 1010), "shop is locked by ana@host (up) for 10 s; it runs out in 50 s");
    assert.deepStrictEqual(lockVolumes(engine.read(), "shop", "bob"), []);
    for (const name of lockVolumes(engine.read(), "shop", "ana")) engine.remove(name);
    assert.isUndefined(readLock(engine.read(), "shop", 1010));
    created(engine, ask("bob"), 1020);
  });

  it("of two who ask at once goes to the first in line, when the other has gone", () => {
    const engine = new Engine();
    const [ana, bob] = [created(engine, ask("ana"), 1000), created(engine, ask("bob"), 1000)];
    engine.create(bob);
    engine.create(ana);
    assert.deepStrictEqual(outcomeOf(engine.read(), ana, 1000), { _tag: "Wait", behind: bob });
    assert.deepStrictEqual(outcomeOf(engine.read(), bob, 1000), { _tag: "Lost", to: ana });
    engine.remove(lockName(bob));
    assert.strictEqual(outcomeOf(engine.read(), ana, 1001)._tag, "Held");
  });

  it("that ran out stands in nobody's way, and is cleared away", () => {
    const engine = new Engine();
    const first = created(engine, ask("ana"), 1000);
    engine.create(first);
    assert.isFalse(isExpired(first, 1059));
    assert.isTrue(isExpired(first, 1060));
    assert.deepStrictEqual(readLock(engine.read(), "shop", 1060), first, "it is told of, until it is cleared away");
    const second = created(engine, ask("bob"), 1060);
    engine.create(second);
    assert.deepStrictEqual(outcomeOf(engine.read(), second, 1060), {
      _tag: "Held",
      lock: second,
      expired: [lockName(first)],
    });
    assert.strictEqual(outcomeOf(engine.read(), first, 1060)._tag, "Wait", "its holder learns that it is not alone");
  });

  it("is prolonged by its holder, and gone when broken", () => {
    const engine = new Engine();
    const first = created(engine, ask("ana"), 1000);
    engine.create(first);
    const longer = created(engine, ask("ana"), 1050);
    engine.create(longer);
    assert.deepStrictEqual(outcomeOf(engine.read(), longer, 1050), {
      _tag: "Held",
      lock: { ...first, since: 1050, expires: 1110 },
      expired: [lockName(first)],
    });
    engine.remove(lockName(first));
    assert.strictEqual(attemptLock(engine.read(), ask("bob"), 1100)._tag, "HeldBy");
    for (const name of lockVolumes(engine.read(), "shop")) engine.remove(name);
    assert.deepStrictEqual(outcomeOf(engine.read(), longer, 1100), { _tag: "Gone" });
  });

  it("with unreadable labels holds nobody up; other projects' locks do not count", () => {
    const volume = (name: string, labels: Record<string, string>): ObservedVolume => ({
      name,
      driver: "local",
      labels,
    });
    const volumes = [
      volume("composure-lock.shop.a.1", { "composure.lock": "shop", "composure.lock.expires": "never" }),
      volume("composure-lock.shop.x.1", { "composure.lock": "shop.x", "composure.lock.expires": "9999" }),
      volume("composure-lock.shop.b.2", {}),
    ];
    const attempt = attemptLock({ volumes }, ask("ana"), 1000);
    assert.strictEqual(attempt._tag, "Create");
  });
});

/** Each deployer: ask, create, judge (again while first in line, twice at most), release. */
class Deployer {
  readonly token: string;
  readonly #engine: Engine;
  #next: "ask" | "create" | "judge" | "release" | "end" = "ask";
  #lock: Lock | undefined;
  #patience = 2;
  holds = false;

  constructor(token: string, engine: Engine) {
    this.token = token;
    this.#engine = engine;
  }

  step(): void {
    const engine = this.#engine;
    switch (this.#next) {
      case "ask": {
        const attempt = attemptLock(engine.read(), ask(this.token, 10_000), 100);
        this.#lock = attempt.lock;
        this.#next = attempt._tag === "Create" ? "create" : "end";
        return;
      }
      case "create":
        engine.create(this.#lock as Lock);
        this.#next = "judge";
        return;
      case "judge":
        return this.#judge(outcomeOf(engine.read(), this.#lock as Lock, 100));
      case "release":
        this.holds = false;
        for (const name of lockVolumes(engine.read(), "shop", this.token)) engine.remove(name);
        this.#next = "end";
        return;
      case "end":
        return;
    }
  }

  #judge(outcome: ReturnType<typeof outcomeOf>): void {
    if (outcome._tag === "Held") {
      this.holds = true;
      for (const name of outcome.expired) this.#engine.remove(name);
      this.#next = "release";
    } else if (outcome._tag === "Wait" && --this.#patience > 0) this.#next = "judge";
    else this.#next = "release";
  }
}

describe("three deployers and a crashed one, in every order of their steps", () => {
  it("are never two at a time, and at least one gets its turn when none has to give up early", () => {
    let orders = 0;
    let served = 0;
    const run = (order: ReadonlyArray<number>): void => {
      const engine = new Engine();
      engine.create(created(engine, ask("crashed", 1), 0));
      const deployers = ["a", "b", "c"].map((token) => new Deployer(token, engine));
      let anyHeld = false;
      for (const index of order) {
        deployers[index]?.step();
        const holders = deployers.filter(({ holds }) => holds);
        anyHeld ||= holders.length > 0;
        if (holders.length > 1)
          assert.fail(`${holders.map(({ token }) => token).join(" and ")} hold it after ${order.join("")}`);
      }
      orders++;
      if (anyHeld) served++;
    };
    const interleave = (left: ReadonlyArray<number>, order: ReadonlyArray<number>): void => {
      if (left.every((count) => count === 0)) return run(order);
      for (const [index, count] of left.entries()) {
        if (count > 0)
          interleave(
            left.map((each, at) => (at === index ? each - 1 : each)),
            [...order, index],
          );
      }
    };
    interleave([4, 4, 4], []);
    assert.strictEqual(orders, 34_650);
    assert.isAbove(served, orders * 0.6);
  });
});
