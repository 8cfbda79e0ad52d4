// The engine port over a world: every method is one transition, taken when its turn comes.
import { type ContainerEvent, Engine, type EngineApi, type EventSpan, type LogsRequest, type OutputChunk } from "@composure/engine/Engine";
import type { EngineError } from "@composure/engine/EngineError";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Queue from "effect/Queue";
import * as Schedule from "effect/Schedule";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import * as containers from "./containers.ts";
import { type CallLabel, type Driver, engineError, liveDriver, type LiveOptions, lostConnection } from "./Driver.ts";
import * as facts from "./facts.ts";
import * as files from "./files.ts";
import * as images from "./images.ts";
import { executeIn } from "./exec.ts";
import * as networks from "./networks.ts";
import { inspect, listContainers, observe } from "./observe.ts";
import { type Answer, answer, noSuchContainer } from "./refusals.ts";
import { concatenate } from "./tar.ts";
import * as volumes from "./volumes.ts";
import { findContainer, isLive, type LogLine, type World, type WorldEvent } from "./World.ts";

const reads = (method: string, subject: string): CallLabel => ({ method, subject, changes: false });
const changes = (method: string, subject: string): CallLabel => ({ method, subject, changes: true });

/** A container by its name in labels: ids differ from run to run of a test, names do not. */
const nameOf = (world: World, reference: string): string => findContainer(world, reference)?.name ?? reference;

const toContainerEvent = (event: WorldEvent): ContainerEvent => ({
  action: event.action,
  id: event.id,
  name: event.name,
  time: BigInt(Math.round(event.time * 1000)) * 1000n,
  attributes: event.attributes,
});

/** A stream fed by looking at the world now and after each of its changes. `undefined` from `more` ends it. */
const follow = <A>(driver: Driver, label: CallLabel, more: (world: World) => ReadonlyArray<A> | undefined): Effect.Effect<Stream.Stream<A, EngineError>, never, Scope.Scope> =>
  Effect.gen(function* () {
    const queue = yield* Queue.unbounded<A, EngineError | Cause.Done>();
    const { life } = driver.world;
    let open = true;
    const look = (world: World): void => {
      if (!open) return;
      const found = world.life === life ? more(world) : undefined;
      if (found !== undefined) {
        if (found.length > 0) Queue.offerAllUnsafe(queue, found);
        return;
      }
      open = false;
      if (world.life === life) Queue.endUnsafe(queue);
      else Queue.failCauseUnsafe(queue, Cause.fail(engineError(label, lostConnection())));
    };
    yield* driver.watch(look);
    // What it follows may have ended before: no further change would tell.
    look(driver.world);
    return Stream.fromQueue(queue);
  });

const events = (driver: Driver, project: string, span: EventSpan = {}): ReturnType<EngineApi["containerEvents"]> =>
  Effect.gen(function* () {
    const label = reads("containerEvents", project);
    const since = instant(span.since, -Infinity);
    const until = instant(span.until, Infinity);
    const start = yield* driver.call(label, (world) => answer({ events: world.events.length, now: world.now }));
    const told = (some: ReadonlyArray<WorldEvent>): ReadonlyArray<ContainerEvent> =>
      some.filter(({ time, attributes }) => attributes["com.docker.compose.project"] === project && time >= since && time <= until).map(toContainerEvent);
    if (until <= start.now) return Stream.fromIterable(told(driver.world.events));
    let cursor = span.since === undefined && span.until === undefined ? start.events : 0;
    const followed = yield* follow(driver, label, (world) => {
      const fresh = world.events.slice(cursor);
      cursor = world.events.length;
      return told(fresh);
    });
    return until === Infinity ? followed : Stream.interruptWhen(followed, Effect.sleep(until - start.now));
  });

const encoder = new TextEncoder();
const chunk = (line: LogLine, timestamps: boolean): OutputChunk => ({
  stream: line.stream,
  bytes: encoder.encode(`${timestamps ? `${new Date(line.time).toISOString().replace("Z", "000000Z")} ` : ""}${line.text}\n`),
});

/** RFC 3339 or unix seconds. */
const instant = (text: string | undefined, otherwise: number): number => {
  if (text === undefined || text === "") return otherwise;
  return /^[0-9.]+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
};

const output = (driver: Driver, id: string, request: LogsRequest): Stream.Stream<OutputChunk, EngineError> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const label = reads("logs", nameOf(driver.world, id));
      const since = instant(request.since, -Infinity);
      const until = instant(request.until, Infinity);
      const lines = yield* driver.call(label, (world): Answer<ReadonlyArray<LogLine>> => {
        const container = findContainer(world, id);
        return container === undefined ? noSuchContainer(id) : answer([...container.logs]);
      });
      const wanted = lines.filter((line) => line.time >= since && line.time <= until);
      const present = Stream.fromIterable(request.tail === undefined ? wanted : wanted.slice(Math.max(0, wanted.length - request.tail)));
      const lined = present.pipe(Stream.map((line) => chunk(line, request.timestamps)));
      return request.follow ? Stream.concat(lined, Stream.map(yield* newLines(driver, id, lines.length), (line) => chunk(line, request.timestamps))) : lined;
    }),
  );

const newLines = (driver: Driver, id: string, from: number): Effect.Effect<Stream.Stream<LogLine, EngineError>, never, Scope.Scope> => {
  let cursor = from;
  return follow(driver, reads("logs", nameOf(driver.world, id)), (world) => {
    const container = findContainer(world, id);
    const fresh = container?.logs.slice(cursor) ?? [];
    cursor += fresh.length;
    // What was printed last goes out before the end is told.
    return container !== undefined && (isLive(container) || container.state === "created" || fresh.length > 0) ? fresh : undefined;
  });
};

const waitContainer = (driver: Driver, id: string): Effect.Effect<number, EngineError> =>
  driver.until(reads("waitContainer", nameOf(driver.world, id)), (world) => {
    const container = findContainer(world, id);
    if (container === undefined) return noSuchContainer(id);
    return isLive(container) ? undefined : answer(container.exitCode);
  });

/** A stop has a beginning (the signal) and an end (the process is gone), with other things in between. */
const stopContainer = (driver: Driver, id: string, timeout: number | undefined): Effect.Effect<void, EngineError> =>
  Effect.gen(function* () {
    const label = changes("stopContainer", nameOf(driver.world, id));
    const ending = yield* driver.call(label, (world) => containers.beginStop(world, id, timeout));
    if (ending === "ended") return;
    yield* driver.until(label, (world) => {
      const container = findContainer(world, id);
      return container !== undefined && isLive(container) ? undefined : answer(undefined);
    });
  });

const restartContainer = (driver: Driver, id: string, timeout: number | undefined): Effect.Effect<void, EngineError> =>
  Effect.gen(function* () {
    const label = changes("restartContainer", nameOf(driver.world, id));
    const before = findContainer(driver.world, id)?.run ?? 0;
    const ending = yield* driver.call(label, (world) => containers.beginRestart(world, id, timeout));
    if (ending === "ended") return;
    yield* driver.until(label, (world): Answer<void> | undefined => {
      const container = findContainer(world, id);
      if (container === undefined) return noSuchContainer(id);
      if (container.run === before) return undefined;
      return isLive(container) ? answer(undefined) : containers.cannotRestart(id, container.error);
    });
  });

/** A simulated process reads nothing. */
const deaf = { write: () => Effect.void, endInput: Effect.void };

const attachedOutput = (driver: Driver, id: string): ReturnType<EngineApi["attachOutput"]> =>
  Effect.gen(function* () {
    const label = reads("attachOutput", nameOf(driver.world, id));
    const printed = yield* driver.call(label, (world): Answer<number> => {
      const container = findContainer(world, id);
      return container === undefined ? noSuchContainer(id) : answer(container.logs.length);
    });
    return Stream.map(yield* newLines(driver, id, printed), (line) => chunk(line, false));
  });

type Part<Keys extends keyof EngineApi> = Pick<EngineApi, Keys>;
type Named = (id: string) => string;

const readings = ({ call }: Driver, name: Named, target: string): Part<"version" | "observe" | "listContainers" | "inspectContainer"> => ({
  version: call(reads("version", target), (world) => answer({ version: world.version, apiVersion: world.apiVersion, os: "linux", arch: "amd64" })),
  observe: (query) => call(reads("observe", query.project), (world) => answer(observe(world, query, target))),
  listContainers: (query) => call(reads("listContainers", query.labels.join(" ")), (world) => answer(listContainers(world, query))),
  inspectContainer: (id) =>
    call(reads("inspectContainer", name(id)), (world) => {
      const container = findContainer(world, id);
      return container === undefined ? noSuchContainer(id) : answer(inspect(world, container));
    }),
});

const imageCalls = ({ call }: Driver): Part<"imageDigest" | "pullImage" | "buildImage" | "runProvider" | "prepareModel" | "pushImage" | "removeImage" | "pruneImages"> => ({
  imageDigest: (image) => call(reads("imageDigest", image), (world) => images.imageDigest(world, image)),
  pullImage: (operation, onProgress) =>
    Effect.gen(function* () {
      const pulled = yield* call(changes("pullImage", operation.image), (world) => images.pullImage(world, operation.image, operation.platform));
      yield* onProgress({ id: pulled.id.slice(7, 19), text: "Pull complete" });
      return pulled;
    }),
  runProvider: ({ service, provider, command }, project) =>
    call(changes("runProvider", service), () => images.yields(command === "up" ? { [`${service.toUpperCase()}_URL`]: `sim://${provider}/${project}/${service}` } : {})),
  prepareModel: ({ reference }) => call(changes("prepareModel", reference), () => images.yields({ endpoint: `sim://models/${reference}`, model: reference })),
  buildImage: (operation, onProgress) =>
    Effect.gen(function* () {
      const built = yield* call(changes("buildImage", operation.image), (world) => images.buildImage(world, operation));
      yield* onProgress({ id: operation.image, text: `writing image ${built.id}` });
      return built;
    }),
  pushImage: (operation, onProgress) =>
    Effect.gen(function* () {
      yield* call(changes("pushImage", operation.image), (world) => images.sendImage(world, operation.image));
      yield* onProgress({ id: operation.image, text: "Pushed" });
    }),
  pruneImages: (labels) => call(changes("pruneImages", labels.join(" ")), (world) => answer(images.pruneImages(world, labels))),
  removeImage: (image) => call(changes("removeImage", image), (world) => images.removeImage(world, image)),
});

type Resources = "createNetwork" | "removeNetwork" | "connectNetwork" | "disconnectNetwork" | "createVolume" | "listVolumes" | "removeVolume";

const resourceCalls = ({ call }: Driver, name: Named): Part<Resources> => ({
  createNetwork: (operation) => call(changes("createNetwork", operation.name), (world) => networks.createNetwork(world, operation.name, operation.network, operation.labels)),
  removeNetwork: (idOrName) => call(changes("removeNetwork", idOrName), (world) => networks.removeNetwork(world, idOrName)),
  connectNetwork: (endpoint, id) => call(changes("connectNetwork", `${endpoint.network} ${name(id)}`), (world) => networks.connect(world, endpoint, id)),
  disconnectNetwork: (network, id) => call(changes("disconnectNetwork", `${network} ${name(id)}`), (world) => networks.disconnect(world, network, id)),
  createVolume: (operation) =>
    call(changes("createVolume", operation.name), (world) =>
      volumes.createVolume(world, operation.name, operation.volume.driver ?? "local", operation.labels),
    ),
  listVolumes: (label) =>
    call(reads("listVolumes", label), (world) => answer(volumes.labelled(world, label))),
  removeVolume: (volume) => call(changes("removeVolume", volume), (world) => volumes.removeVolume(world, volume)),
});

type Lives = "createContainer" | "injectFiles" | "startContainer" | "stopContainer" | "restartContainer" | "killContainer" | "pauseContainer" | "unpauseContainer" | "updateContainer" | "renameContainer" | "removeContainer" | "waitContainer";

const containerCalls = (driver: Driver, name: Named): Part<Lives> => {
  const { call } = driver;
  return {
    createContainer: (wanted, spec) => call(changes("createContainer", wanted), (world) => containers.createContainer(world, wanted, spec)),
    injectFiles: (id, files, content) => call(changes("injectFiles", name(id)), (world) => containers.injectFiles(world, id, files, content)),
    startContainer: (id) => call(changes("startContainer", name(id)), (world) => containers.startContainer(world, id)),
    stopContainer: (id, timeout) => stopContainer(driver, id, timeout),
    restartContainer: (id, timeout) => restartContainer(driver, id, timeout),
    killContainer: (id, signal) => call(changes("killContainer", name(id)), (world) => containers.killContainer(world, id, signal)),
    pauseContainer: (id) => call(changes("pauseContainer", name(id)), (world) => containers.pauseContainer(world, id)),
    unpauseContainer: (id) => call(changes("unpauseContainer", name(id)), (world) => containers.unpauseContainer(world, id)),
    updateContainer: (id, settings) => call(changes("updateContainer", name(id)), (world) => containers.updateContainer(world, id, settings)),
    renameContainer: (id, to) => call(changes("renameContainer", `${name(id)} ${to}`), (world) => containers.renameContainer(world, id, to)),
    removeContainer: (id, options) => call(changes("removeContainer", name(id)), (world) => containers.removeContainer(world, id, options)),
    waitContainer: (id) => waitContainer(driver, id),
  };
};

type Streams = "exec" | "execDetached" | "openExec" | "containerEvents" | "logs" | "attachOutput" | "attach" | "resizeContainer";

const streams = (driver: Driver, name: Named): Part<Streams> => ({
  exec: (id, command, onOutput) =>
    Effect.gen(function* () {
      const result = yield* driver.call(changes("exec", name(id)), (world) => executeIn(world, id, command.argv));
      if (result.output !== "") yield* onOutput({ stream: "stdout", bytes: encoder.encode(result.output) });
      return result;
    }),
  execDetached: (id, command) => Effect.asVoid(driver.call(changes("exec", name(id)), (world) => executeIn(world, id, command.argv))),
  openExec: (id, command) =>
    Effect.map(
      driver.call(changes("exec", name(id)), (world) => executeIn(world, id, command.argv)),
      ({ output, exitCode }) => ({
        output: output === "" ? Stream.empty : Stream.succeed<OutputChunk>({ stream: "stdout", bytes: encoder.encode(output) }),
        ...deaf,
        resize: () => Effect.void,
        exitCode: Effect.succeed(exitCode),
      }),
    ),
  containerEvents: (project, span) => events(driver, project, span),
  logs: (id, request) => output(driver, id, request),
  attachOutput: (id) => attachedOutput(driver, id),
  attach: (id) => Effect.map(attachedOutput(driver, id), (heard) => ({ output: heard, ...deaf })),
  resizeContainer: () => Effect.void,
});

const closeLooks = ({ call }: Driver, name: Named): Part<"containerConfig" | "inspectImage" | "listProcesses" | "stats"> => ({
  containerConfig: (id) => call(reads("containerConfig", name(id)), (world) => facts.containerConfig(world, id)),
  inspectImage: (image) => call(reads("inspectImage", image), (world) => facts.inspectImage(world, image)),
  listProcesses: (id) => call(reads("listProcesses", name(id)), (world) => facts.listProcesses(world, id)),
  stats: (id, keepOn) => {
    const sample = Stream.fromEffect(call(reads("stats", name(id)), (world) => facts.sampleStats(world, id)));
    return keepOn ? Stream.repeat(sample, Schedule.spaced("1 second")) : sample;
  },
});

const archives = ({ call }: Driver, name: Named): Part<"statPath" | "readArchive" | "writeArchive" | "exportContainer" | "commitContainer"> => ({
  statPath: (id, path) => call(reads("statPath", `${name(id)} ${path}`), (world) => files.statPath(world, id, path)),
  readArchive: (id, path) => Stream.fromEffect(call(reads("readArchive", `${name(id)} ${path}`), (world) => files.readArchive(world, id, path))),
  writeArchive: (id, folder, archive) =>
    Effect.gen(function* () {
      const chunks: Array<Uint8Array> = [];
      yield* Effect.promise(async () => {
        for await (const bytes of archive) chunks.push(bytes);
      });
      yield* call(changes("writeArchive", `${name(id)} ${folder}`), (world) => files.writeArchive(world, id, folder, concatenate(chunks)));
    }),
  exportContainer: (id) => Stream.fromEffect(call(reads("exportContainer", name(id)), (world) => files.exportContainer(world, id))),
  commitContainer: (id, request) => call(changes("commitContainer", name(id)), (world) => files.commitContainer(world, id, request)),
});

/** The port over any driver. */
export const makeEngine = (driver: Driver, target = "sim"): EngineApi => {
  const name: Named = (id) => nameOf(driver.world, id);
  return {
    kind: "sim",
    target,
    ...readings(driver, name, target),
    ...imageCalls(driver),
    ...resourceCalls(driver, name),
    ...containerCalls(driver, name),
    ...streams(driver, name),
    ...closeLooks(driver, name),
    ...archives(driver, name),
  };
};

/** The simulated engine for programs that run in ordinary time (or under a TestClock). `target` says where its world is kept. */
export const layer = (world: World, options: LiveOptions & { readonly target?: string } = {}): Layer.Layer<Engine> =>
  Layer.effect(Engine, Effect.map(liveDriver(world, options), (driver) => Engine.of(makeEngine(driver, options.target))));
