// The simulated engine with its state in a file: every call that changes it is on disk before it returns.
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Engine, type EngineApi } from "@composure/engine/Engine";
import { EngineError, Rejected } from "@composure/engine/EngineError";
import { decodeWorld, encodeWorld } from "@composure/sim/persist";
import { liveDriver, type Driver } from "@composure/sim/Driver";
import { makeEngine } from "@composure/sim/SimEngine";
import { makeWorld, type World } from "@composure/sim/World";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Result from "effect/Result";

const refuse = (path: string, detail: string): EngineError =>
  new EngineError({ call: "open", subject: path, reason: new Rejected({ status: 400, detail: `${path}: ${detail}` }) });

const read = (path: string, now: number): Result.Result<World, EngineError> => {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? Result.succeed(makeWorld({ now })) : Result.fail(refuse(path, `cannot be read (${code})`));
  }
  return Result.mapError(decodeWorld(text, now), (detail) => refuse(path, detail));
};

const save = (path: string, world: World): void => {
  mkdirSync(dirname(path), { recursive: true });
  const partial = `${path}.${process.pid}`;
  writeFileSync(partial, encodeWorld(world));
  renameSync(partial, path);
};

/** Which writing of the file it is. */
const versionOf = (path: string): string => {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? "" : `${stat.ino} ${stat.mtimeMs} ${stat.size}`;
};

/** Followers count along the list: what others did comes after what is known already. */
const withNews = (known: World["events"], others: World["events"]): World["events"] => {
  const last = known.at(-1)?.sequence ?? 0;
  return [...known, ...others.filter(({ sequence }) => sequence > last)];
};

/** Several commands may have one engine at the same time: what another one has written is taken up before each call. */
const saving = (driver: Driver, path: string): Driver => {
  let known = versionOf(path);
  const takeUp = Effect.suspend(() => {
    const version = versionOf(path);
    if (version === known || version === "") return Effect.void;
    known = version;
    return Effect.map(Effect.fromResult(read(path, Date.now())), (world) => void Object.assign(driver.world, world, { events: withNews(driver.world.events, world.events) }));
  });
  const keep = Effect.sync(() => {
    save(path, driver.world);
    known = versionOf(path);
  });
  return {
    ...driver,
    call: (label, transition) => {
      const called = Effect.andThen(takeUp, driver.call(label, transition));
      return label.changes ? Effect.tap(called, () => keep) : called;
    },
  };
};

const open = (path: string): Effect.Effect<EngineApi, EngineError, import("effect/Scope").Scope> =>
  Effect.gen(function* () {
    const world = yield* Effect.fromResult(read(path, Date.now()));
    const driver = yield* liveDriver(world);
    return makeEngine(saving(driver, path), `simulated engine (${path})`);
  });

export const simLayer = (path: string): Layer.Layer<Engine, EngineError> => Layer.effect(Engine, open(path));
