// The watch itself: from the project's rules to an endless look at its files.
import type { Project } from "@composure/core/model/Project";
import type { Engine } from "@composure/engine/Engine";
import * as Effect from "effect/Effect";
import { refuse, type Failure } from "../pipeline/Failure.ts";
import type { Session } from "../session.ts";
import { act, type Acting, syncFirst } from "./act.ts";
import { watchFiles } from "./files.ts";
import { watchLock } from "./lock.ts";
import { readRules, type Rules } from "./rules.ts";

export interface WatchRequest extends Omit<Acting, "session" | "project"> {
  readonly rules: Rules;
}

/** The rules of the services that are meant, or why there is nothing to watch. */
export const rulesFor = (project: Project, services: ReadonlyArray<string>): Rules | Failure => {
  const found = readRules(project, (service) => services.length === 0 || services.includes(service));
  if (found.rules.length > 0) return found;
  return refuse("none of the selected services is configured for watch", "give a service a develop.watch section, for example: develop: {watch: [{path: ./src, action: sync, target: /app}]}");
};

/** Never ends by itself. */
export const runWatch = (project: string, request: WatchRequest, session: Session): Effect.Effect<never, Failure, Engine> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { rules, warnings } = request.rules;
      const acting: Acting = { ...request, session, project };
      yield* watchLock(project, session.host);
      for (const warning of warnings) yield* request.say(warning);
      const cannotWatch = (error: Error): Failure => refuse(`cannot watch the files: ${error.message}`, /ENOSPC/.test(error.message) ? "raise fs.inotify.max_user_watches, or ignore folders that are not needed" : undefined);
      const files = yield* Effect.mapError(watchFiles(rules), cannotWatch);
      yield* syncFirst(acting, rules);
      yield* request.say("Watch enabled");
      for (;;) yield* act(acting, rules, yield* files.take);
    }),
  );
