// One engine call as an Effect: the API version learnt on the way, time limits, errors as reasons, changes never cut in half.
import { EngineError, Unsupported } from "@composure/engine/EngineError";
import type Docker from "dockerode";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { CallTimeout, engineError, isLost } from "./errors.ts";
import type { Connection } from "./modem.ts";
import type { Transport } from "./transport.ts";

/** The range of the engine API that this package speaks; 1.41 is Docker 20.10, 1.51 is 28.3. */
export const OLDEST_API = "1.41";
export const NEWEST_API = "1.51";

/** Milliseconds. A read is quick or the engine is stuck; a change may have to wait for a busy machine. */
const READ_LIMIT = 120_000;
const CHANGE_LIMIT = 600_000;

export const compareVersions = (a: string, b: string): number => {
  const [aMajor = 0, aMinor = 0] = a.split(".").map(Number);
  const [bMajor = 0, bMinor = 0] = b.split(".").map(Number);
  return aMajor - bMajor || aMinor - bMinor;
};

/** dockerode's options. Query and body are always apart: left to itself it writes the whole body into the URL too. */
export interface Wire {
  readonly _query: object;
  readonly _body: object;
  abortSignal?: AbortSignal;
}
export const wire = (query: object, body: object, signal: AbortSignal): Wire => ({
  _query: query,
  _body: body,
  abortSignal: signal,
});

/** What a call is given: the client, and the signal that ends it. */
export type Run<A> = (docker: Docker, signal: AbortSignal) => Promise<A>;

export interface Caller {
  readonly transport: Transport;
  readonly connection: Connection;
  /** The version that calls carry, asking the engine when no response has told it yet. */
  readonly apiVersion: Effect.Effect<string, EngineError>;
  /** Changes nothing at the engine: interruptible, tried twice when a kept connection turns out to be dead. */
  readonly read: <A>(call: string, subject: string, run: Run<A>) => Effect.Effect<A, EngineError>;
  /** Changes something: runs to its end once begun. `limit` in milliseconds; Infinity for none. */
  readonly change: <A>(call: string, subject: string, run: Run<A>, limit?: number) => Effect.Effect<A, EngineError>;
  /** Takes as long as it takes, and interrupting it is safe. */
  readonly long: <A>(call: string, subject: string, run: Run<A>) => Effect.Effect<A, EngineError>;
  /** A response that is a stream; it is cut off when the scope closes. */
  readonly stream: (
    call: string,
    subject: string,
    run: Run<NodeJS.ReadableStream>,
  ) => Effect.Effect<NodeJS.ReadableStream, EngineError, Scope.Scope>;
  readonly fail: (call: string, subject: string, error: unknown) => EngineError;
}

/** Runs once. The timer lives out here because an uninterruptible region has no Effect timeouts. */
const attempt = <A>(docker: Docker, run: Run<A>, limit: number): Effect.Effect<A, unknown> =>
  Effect.callback<A, unknown>((resume, signal) => {
    const abort = new AbortController();
    const stop = () => abort.abort();
    signal.addEventListener("abort", stop);
    const timer = Number.isFinite(limit)
      ? setTimeout(() => {
          resume(Effect.fail(new CallTimeout(`no answer within ${limit / 1000} s`)));
          stop();
        }, limit)
      : undefined;
    const settle = (effect: Effect.Effect<A, unknown>) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      resume(effect);
    };
    Promise.resolve()
      .then(() => run(docker, abort.signal))
      .then(
        (value) => settle(Effect.succeed(value)),
        (error: unknown) => settle(Effect.fail(error)),
      );
  });

/** The version both sides speak. It is learnt from the first answer, and an engine that is too old is refused then. */
const learning = (transport: Transport, { headers, pin }: Connection, fixedVersion: string | undefined) => {
  let pinned = fixedVersion;
  if (pinned !== undefined) pin(pinned);
  const learn = (call: string): Effect.Effect<void, EngineError> =>
    Effect.suspend(() => {
      const offered = headers.apiVersion;
      if (pinned !== undefined || offered === undefined) return Effect.void;
      if (compareVersions(offered, OLDEST_API) < 0) {
        const reason = new Unsupported({
          feature: `engine API ${offered} (${transport.name})`,
          needs: `API ${OLDEST_API}, that is Docker 20.10 or newer`,
        });
        return Effect.fail(new EngineError({ call, subject: transport.name, reason }));
      }
      pinned = compareVersions(offered, NEWEST_API) < 0 ? offered : NEWEST_API;
      pin(pinned);
      return Effect.void;
    });
  return { learn, known: () => pinned };
};

export const makeCaller = (transport: Transport, connection: Connection, fixedVersion: string | undefined): Caller => {
  const { docker } = connection;
  const { learn, known } = learning(transport, connection, fixedVersion);
  const fail = (call: string, subject: string, error: unknown) => engineError(call, subject, transport.name, error);
  const settled = <A>(
    call: string,
    subject: string,
    effect: Effect.Effect<A, unknown>,
  ): Effect.Effect<A, EngineError> =>
    effect.pipe(
      Effect.mapError((error) => fail(call, subject, error)),
      // An engine that is too old says so in a header even where it refuses the call.
      Effect.tapError(() => learn(call)),
      Effect.tap(() => learn(call)),
    );
  const read: Caller["read"] = (call, subject, run) =>
    settled(
      call,
      subject,
      attempt(docker, run, READ_LIMIT).pipe(
        Effect.catch((error) => (isLost(error) ? attempt(docker, run, READ_LIMIT) : Effect.fail(error))),
      ),
    );
  const apiVersion = Effect.suspend(() => {
    const version = known();
    if (version !== undefined) return Effect.succeed(version);
    return Effect.map(
      read("version", transport.name, (client) => client.ping()),
      () => known() ?? OLDEST_API,
    );
  });
  const after = <A, R>(effect: Effect.Effect<A, EngineError, R>): Effect.Effect<A, EngineError, R> =>
    Effect.andThen(apiVersion, effect);
  return {
    transport,
    connection,
    apiVersion,
    read,
    change: (call, subject, run, limit = CHANGE_LIMIT) =>
      after(Effect.uninterruptible(settled(call, subject, attempt(docker, run, limit)))),
    long: (call, subject, run) => after(settled(call, subject, attempt(docker, run, Infinity))),
    stream: (call, subject, run) =>
      after(
        Effect.flatMap(
          Effect.acquireRelease(
            Effect.sync(() => new AbortController()),
            (abort) => Effect.sync(() => abort.abort()),
          ),
          (abort) =>
            settled(
              call,
              subject,
              Effect.tryPromise({
                try: () => run(docker, abort.signal),
                catch: (error) => error,
              }),
            ),
        ),
      ),
    fail,
  };
};
