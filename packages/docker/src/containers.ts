// The container calls of the port: create, start, stop and the like; each is one request.
import { readFile } from "node:fs/promises";
import type { BoundContainerSpec, EndpointSpec } from "@composure/core/plan/Operation";
import type { ContainerDetails, EngineApi } from "@composure/engine/Engine";
import { EngineError, Rejected } from "@composure/engine/EngineError";
import type Docker from "dockerode";
import * as Effect from "effect/Effect";
import { type Caller, compareVersions, wire } from "./call.ts";
import { HttpFailure } from "./modem.ts";
import { containerBody, laterEndpoints } from "./spec/container.ts";
import { endpointBody } from "./spec/network.ts";
import { updateBody } from "./spec/settings.ts";
import { seccompFiles } from "./spec/security.ts";
import { parseState } from "./status.ts";

/** Milliseconds: a stop waits for the container's own grace period, which nobody told us. */
const STOP_LIMIT = 3_600_000;

type ContainerCalls = Pick<
  EngineApi,
  | "createContainer"
  | "inspectContainer"
  | "startContainer"
  | "stopContainer"
  | "restartContainer"
  | "killContainer"
  | "pauseContainer"
  | "unpauseContainer"
  | "updateContainer"
  | "renameContainer"
  | "removeContainer"
  | "waitContainer"
>;

/** An id or a name as a part of a URL's path. */
export const segment = (text: string): string => encodeURIComponent(text);

/** An image reference as a part of a URL's path: its slashes and colons are parts of the path too. */
export const imagePath = (image: string): string =>
  segment(image).replaceAll("%2F", "/").replaceAll("%3A", ":").replaceAll("%40", "@");

const unlessStatus = (status: number, promise: Promise<unknown>): Promise<void> =>
  promise.then(
    () => undefined,
    (error: unknown) => {
      if (!(error instanceof HttpFailure && error.status === status)) throw error;
    },
  );

const readProfiles = (spec: BoundContainerSpec) =>
  Effect.forEach(seccompFiles(spec.service.security_opt ?? [], spec.labels), ({ name, path }) =>
    Effect.tryPromise({
      try: async () => {
        const text = await readFile(path, "utf8");
        JSON.parse(text);
        return [name, text] as const;
      },
      catch: (error) =>
        new Rejected({
          status: 0,
          detail: `the seccomp profile ${path} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
        }),
    }),
  ).pipe(Effect.map((entries) => Object.fromEntries(entries)));

interface Created {
  readonly Id: string;
  readonly Warnings?: ReadonlyArray<string> | null;
}

/** dockerode's own createContainer drops the warnings of the response. */
const postCreate = (docker: Docker, query: object, body: object, signal: AbortSignal): Promise<Created> =>
  new Promise((resolve, reject) => {
    const options = {
      path: "/containers/create?",
      method: "POST",
      options: wire(query, body, signal),
      abortSignal: signal,
      statusCodes: { 200: true, 201: true },
    };
    const dial = docker.modem.dial as (
      this: unknown,
      options: unknown,
      done: (error: Error | null, data: unknown) => void,
    ) => void;
    dial.call(docker.modem, options, (error, data) => (error === null ? resolve(data as Created) : reject(error)));
  });

/** An engine before API 1.44 creates with one network. A container that is not in all of its networks must not stay. */
const joinLater = async (
  docker: Docker,
  id: string,
  endpoints: ReadonlyArray<EndpointSpec>,
  signal: AbortSignal,
): Promise<void> => {
  try {
    for (const endpoint of endpoints) {
      const body = { Container: id, EndpointConfig: endpointBody(endpoint) };
      await docker.getNetwork(segment(endpoint.network)).connect({ ...wire({}, body, signal), Container: id });
    }
  } catch (error) {
    await docker
      .getContainer(id)
      .remove(wire({ force: 1, v: 1 }, {}, signal))
      .catch(() => undefined);
    throw error;
  }
};

const createContainer =
  (caller: Caller): ContainerCalls["createContainer"] =>
  (name, spec) =>
    Effect.gen(function* () {
      const version = yield* caller.apiVersion;
      const refuse = (reason: EngineError["reason"]) =>
        new EngineError({ call: "createContainer", subject: name, reason });
      const profiles = yield* Effect.mapError(readProfiles(spec), refuse);
      const around = { speaks: (wanted: string) => compareVersions(version, wanted) >= 0, profiles };
      const body = yield* Effect.mapError(Effect.fromResult(containerBody(spec, around)), refuse);
      const query = {
        ...(name === "" ? {} : { name }),
        ...(spec.platform === undefined ? {} : { platform: spec.platform }),
      };
      const created = yield* caller.change("createContainer", name, async (docker, signal) => {
        const container = await postCreate(docker, query, body, signal);
        await joinLater(docker, container.Id, laterEndpoints(spec, around), signal);
        return container;
      });
      return { id: created.Id, warnings: created.Warnings ?? [] };
    });

const HEALTHS: ReadonlyArray<string> = ["starting", "healthy", "unhealthy"];

const toDetails = (info: Docker.ContainerInspectInfo): ContainerDetails => {
  const { State: state } = info;
  const status = state.Health?.Status ?? "none";
  const probe = state.Health?.Log?.at(-1)?.Output;
  return {
    id: info.Id,
    name: info.Name.replace(/^\//, ""),
    state: parseState(state.Status),
    health: HEALTHS.includes(status) ? (status as ContainerDetails["health"]) : "none",
    exitCode: state.ExitCode,
    error: state.Error ?? "",
    tty: info.Config.Tty,
    startedAt: state.StartedAt,
    finishedAt: state.FinishedAt,
    restartCount: info.RestartCount,
    ...(probe === undefined ? {} : { lastProbe: probe }),
    labels: info.Config.Labels ?? {},
  };
};

const withTimeout = (timeout: number | undefined): object => (timeout === undefined ? {} : { t: timeout });
const stopLimit = (timeout: number | undefined): number =>
  timeout === undefined || timeout < 0 ? STOP_LIMIT : STOP_LIMIT / 6 + timeout * 1000;

const removeContainer =
  (caller: Caller): ContainerCalls["removeContainer"] =>
  (id, { force, volumes }) =>
    caller.change("removeContainer", id, async (docker, signal) => {
      const container = docker.getContainer(segment(id));
      try {
        await container.remove(wire({ force: force ? 1 : 0, v: volumes ? 1 : 0 }, {}, signal));
      } catch (error) {
        if (!(error instanceof HttpFailure)) throw error;
        if (error.status === 404) return;
        if (error.status !== 409 || !/removal of container .* is already in progress/i.test(error.message)) throw error;
        // Someone else removes it right now: it is gone when their call is done.
        await unlessStatus(404, container.wait(wire({ condition: "removed" }, {}, signal)));
      }
    });

const updateContainer =
  (caller: Caller): ContainerCalls["updateContainer"] =>
  (id, settings) =>
    Effect.asVoid(
      caller.change("updateContainer", id, (docker, signal) =>
        docker.getContainer(segment(id)).update(wire({}, updateBody(settings), signal)),
      ),
    );

export const containerCalls = (caller: Caller): ContainerCalls => {
  const { change } = caller;
  return {
    createContainer: createContainer(caller),
    removeContainer: removeContainer(caller),
    inspectContainer: (id) =>
      Effect.map(
        caller.read("inspectContainer", id, (docker, signal) =>
          docker.getContainer(segment(id)).inspect(wire({}, {}, signal)),
        ),
        toDetails,
      ),
    startContainer: (id) =>
      change("startContainer", id, (docker, signal) =>
        unlessStatus(304, docker.getContainer(segment(id)).start(wire({}, {}, signal))),
      ),
    stopContainer: (id, timeout) =>
      change(
        "stopContainer",
        id,
        (docker, signal) =>
          unlessStatus(304, docker.getContainer(segment(id)).stop(wire(withTimeout(timeout), {}, signal))),
        stopLimit(timeout),
      ),
    restartContainer: (id, timeout) =>
      change(
        "restartContainer",
        id,
        (docker, signal) => docker.getContainer(segment(id)).restart(wire(withTimeout(timeout), {}, signal)),
        stopLimit(timeout),
      ).pipe(Effect.asVoid),
    killContainer: (id, signalName) =>
      Effect.asVoid(
        change("killContainer", id, (docker, signal) =>
          docker.getContainer(segment(id)).kill(wire({ signal: signalName }, {}, signal)),
        ),
      ),
    pauseContainer: (id) =>
      Effect.asVoid(
        change("pauseContainer", id, (docker, signal) => docker.getContainer(segment(id)).pause(wire({}, {}, signal))),
      ),
    unpauseContainer: (id) =>
      Effect.asVoid(
        change("unpauseContainer", id, (docker, signal) =>
          docker.getContainer(segment(id)).unpause(wire({}, {}, signal)),
        ),
      ),
    updateContainer: updateContainer(caller),
    renameContainer: (id, name) =>
      Effect.asVoid(
        change("renameContainer", id, (docker, signal) =>
          docker.getContainer(segment(id)).rename(wire({ name }, {}, signal)),
        ),
      ),
    waitContainer: (id) =>
      Effect.map(
        caller.long(
          "waitContainer",
          id,
          (docker, signal) =>
            docker.getContainer(segment(id)).wait(wire({}, {}, signal)) as Promise<{ readonly StatusCode: number }>,
        ),
        (result) => result.StatusCode,
      ),
  };
};
