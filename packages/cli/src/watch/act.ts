// What a batch of changed files leads to, service by service: an image built anew, files copied, a restart, a command.
import type { ObservedContainer } from "@composure/core/observed/Observed";
import type { Intent } from "@composure/core/policy/Intent";
import { Engine } from "@composure/engine/Engine";
import * as Effect from "effect/Effect";
import { describeError } from "../output/engineError.ts";
import type { Change } from "../pipeline/Change.ts";
import { engineFailed, type Failure } from "../pipeline/Failure.ts";
import { isOneOff, labelOf, projectContainers } from "../pipeline/reading.ts";
import { fromFiles } from "../pipeline/request.ts";
import { runChange } from "../pipeline/runChange.ts";
import { isFailure } from "../pipeline/scale.ts";
import type { Session } from "../session.ts";
import type { Rule } from "./rules.ts";
import { syncInto } from "./sync.ts";

export interface Acting {
  readonly session: Session;
  readonly project: string;
  readonly prune: boolean;
  /** No output of builds. */
  readonly quiet: boolean;
  readonly say: (text: string) => Effect.Effect<void>;
}

interface Touched {
  readonly rule: Rule;
  readonly path: string;
}

/** The files of every service that a rule takes. */
export const touchedBy = (rules: ReadonlyArray<Rule>, paths: Iterable<string>): ReadonlyMap<string, ReadonlyArray<Touched>> => {
  const touched = new Map<string, Array<Touched>>();
  for (const path of paths) {
    for (const rule of rules) {
      if (rule.takes(path)) touched.set(rule.service, [...(touched.get(rule.service) ?? []), { rule, path }]);
    }
  }
  return touched;
};

const perform = (acting: Acting, intent: Intent, build: boolean): Effect.Effect<number, Failure, Engine> =>
  Effect.gen(function* () {
    const { session, quiet } = acting;
    const flags = { build };
    const change: Change | Failure = yield* Effect.promise(() => fromFiles({ title: "watch", intent, flags, yes: true, quiet: { pull: quiet, build: quiet } }, session, false));
    if (isFailure(change)) return yield* Effect.fail(change);
    return yield* runChange(change, session);
  });

const runningOf = (project: string, service: string): Effect.Effect<ReadonlyArray<ObservedContainer>, Failure, Engine> =>
  Effect.map(projectContainers(project, false), (found) =>
    found.filter((container) => container.state === "running" && !isOneOff(container) && labelOf(container, "service") === service),
  );

const rebuild = (acting: Acting, service: string): Effect.Effect<void, Failure, Engine> =>
  Effect.gen(function* () {
    yield* acting.say(`Rebuilding service(s) ["${service}"] after changes were detected...`);
    const code = yield* perform(acting, { _tag: "Up", services: [service] }, true);
    if (code !== 0) return;
    yield* acting.say(`service(s) ["${service}"] successfully built`);
    const engine = yield* Engine;
    if (acting.prune) yield* Effect.ignore(engine.pruneImages([`com.docker.compose.project=${acting.project}`]));
  });

const execute = (acting: Acting, containers: ReadonlyArray<ObservedContainer>, hook: NonNullable<Rule["exec"]>): Effect.Effect<void, Failure, Engine> =>
  Effect.gen(function* () {
    const engine = yield* Engine;
    const { host } = acting.session;
    const command = {
      argv: hook.command ?? [],
      environment: Object.entries(hook.environment ?? {}).flatMap(([name, value]) => (value === null ? [] : [`${name}=${value}`])),
      privileged: hook.privileged === true,
      ...(hook.user === undefined ? {} : { user: hook.user }),
      ...(hook.working_dir === undefined ? {} : { workingDir: hook.working_dir }),
    };
    const one = ({ id, name }: ObservedContainer) =>
      Effect.gen(function* () {
        const { exitCode } = yield* engine.exec(id, command, ({ stream, bytes }) => Effect.promise(async () => (stream === "stderr" ? host.stderr : host.stdout).write(bytes)));
        if (exitCode !== 0) yield* acting.say(`the command for ${name} ended with ${exitCode}`);
      });
    yield* Effect.mapError(Effect.forEach(containers, one, { concurrency: 8, discard: true }), engineFailed);
  });

const update = (acting: Acting, service: string, touched: ReadonlyArray<Touched>): Effect.Effect<void, Failure, Engine> =>
  Effect.gen(function* () {
    if (touched.some(({ rule }) => rule.action === "rebuild")) return yield* rebuild(acting, service);
    const copied = touched.filter(({ rule }) => rule.action !== "restart");
    const containers = yield* runningOf(acting.project, service);
    if (copied.length > 0) {
      yield* acting.say(`Syncing service "${service}" after ${copied.length} changes were detected`);
      yield* Effect.mapError(syncInto(containers, copied), engineFailed);
    }
    if (touched.some(({ rule }) => rule.action === "restart" || rule.action === "sync+restart")) {
      const code = yield* perform(acting, { _tag: "Restart", services: [service], withDependents: false }, false);
      if (code === 0) yield* acting.say(`service(s) ["${service}"] restarted`);
      return;
    }
    const hooks = new Set(touched.flatMap(({ rule }) => (rule.action === "sync+exec" && rule.exec !== undefined ? [rule.exec] : [])));
    for (const hook of hooks) yield* execute(acting, containers, hook);
  });

const reasonOf = (failure: Failure): string => {
  switch (failure._tag) {
    case "Invalid":
      return failure.diagnostics[0]?.message ?? "the files have problems";
    case "EngineFailed":
      return describeError(failure.error).headline;
    case "Refused":
      return failure.message;
  }
};

/** A failure is told and the watch goes on: the next change may mend it. */
export const act = (acting: Acting, rules: ReadonlyArray<Rule>, paths: Iterable<string>): Effect.Effect<void, never, Engine> =>
  Effect.forEach(
    touchedBy(rules, paths),
    ([service, touched]) => Effect.catch(update(acting, service, touched), (failure) => acting.say(`cannot update service "${service}": ${reasonOf(failure)}`)),
    { discard: true },
  );

/** `initial_sync`: what is in the folder now goes into the containers before anything else. */
export const syncFirst = (acting: Acting, rules: ReadonlyArray<Rule>): Effect.Effect<void, never, Engine> => {
  const first = rules.filter(({ initialSync, action }) => initialSync && action !== "rebuild" && action !== "restart");
  const one = (rule: Rule) =>
    Effect.catch(
      Effect.flatMap(runningOf(acting.project, rule.service), (containers) => Effect.mapError(syncInto(containers, [{ rule, path: rule.path }]), engineFailed)),
      (failure) => acting.say(`cannot bring service "${rule.service}" up to date: ${reasonOf(failure)}`),
    );
  return Effect.forEach(first, one, { discard: true });
};
