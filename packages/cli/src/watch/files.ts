// Changes of files as they happen, gathered until it is quiet for a moment.
import type { FSWatcher } from "chokidar";
import * as Effect from "effect/Effect";
import * as Queue from "effect/Queue";
import type * as Scope from "effect/Scope";
import type { Rule } from "./rules.ts";

/** Milliseconds without a change after which the changes so far belong together; a build that writes on and on is not waited for longer. */
const quiet = 200;
const longest = 5000;

export interface Watched {
  /** Absolute paths that changed since the last take; waits for the first. */
  readonly take: Effect.Effect<ReadonlySet<string>>;
}

/** Watching when the effect returns; until the scope closes. */
export const watchFiles = (rules: ReadonlyArray<Rule>): Effect.Effect<Watched, Error, Scope.Scope> =>
  Effect.gen(function* () {
    const { watch } = yield* Effect.promise(() => import("chokidar"));
    const changes = yield* Queue.unbounded<string>();
    const watcher: FSWatcher = yield* Effect.acquireRelease(
      Effect.sync(() =>
        watch([...new Set(rules.map(({ path }) => path))], {
          ignoreInitial: true,
          followSymlinks: false,
          ignored: (path) => rules.every((rule) => rule.shuns(path)),
        }),
      ),
      (opened) => Effect.promise(() => opened.close()),
    );
    watcher.on("all", (_event, path) => void Queue.offerUnsafe(changes, path));
    yield* Effect.callback<void, Error>((resume) => {
      watcher.once("ready", () => resume(Effect.void));
      watcher.once("error", (error) => resume(Effect.fail(error instanceof Error ? error : new Error(String(error)))));
    });
    const take = Effect.gen(function* () {
      const paths = new Set([yield* Queue.take(changes)]);
      const until = Date.now() + longest;
      while (Date.now() < until) {
        const next = yield* Effect.timeoutOption(Queue.take(changes), `${quiet} millis`);
        if (next._tag === "None") break;
        paths.add(next.value);
      }
      return paths;
    });
    return { take };
  });
