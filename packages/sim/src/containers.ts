// Calls on containers, each one transition of the world with the daemon's refusals.
import type { InjectedFile } from "@composure/core/desired/Desired";
import { type Settings, settingsOf } from "@composure/core/desired/settings";
import type { BoundContainerSpec } from "@composure/core/plan/Operation";
import { findImage, withTag } from "./images.ts";
import { beginRestart as restart, beginStop as stop, cancelTimers, exit, launch } from "./life.ts";
import { renameTo, reserveName } from "./names.ts";
import { type Answer, answer, conflict, done, noSuchContainer, noSuchImage, rejected } from "./refusals.ts";
import { makeMounts, removeAnonymousVolumes } from "./volumes.ts";
import { apiAtLeast, emit, findContainer, findNetwork, freshId, isLive, type SimContainer, type World } from "./World.ts";

/** The one switch between "there is such a container" and "there is not". */
const withContainer = <A>(world: World, reference: string, use: (container: SimContainer) => Answer<A>): Answer<A> => {
  const container = findContainer(world, reference);
  return container === undefined ? noSuchContainer(reference) : use(container);
};

export const createContainer = (world: World, wanted: string, spec: BoundContainerSpec): Answer<{ readonly id: string; readonly warnings: ReadonlyArray<string> }> => {
  const image = findImage(world, spec.image);
  if (image === undefined) return noSuchImage(withTag(spec.image));
  const name = reserveName(world, wanted);
  if (name._tag === "Refused") return name;
  // Before 1.44 a create takes one network; the client connects the others, and undoes the create when that fails.
  const late = apiAtLeast(world, 44) ? [] : spec.endpoints.slice(1);
  const unknown = late.find((endpoint) => findNetwork(world, endpoint.network) === undefined);
  const mounts = makeMounts(world, spec, image);
  if (mounts._tag === "Refused") return mounts;
  if (unknown !== undefined) {
    removeAnonymousVolumes(world, mounts.value);
    return rejected(404, `network ${unknown.network} not found`);
  }
  const id = freshId(world);
  const container: SimContainer = {
    id,
    name: name.value,
    createdAt: world.now,
    state: "created",
    health: "none",
    exitCode: 0,
    error: "",
    startedAt: null,
    finishedAt: null,
    restartCount: 0,
    spec,
    imageId: image.id,
    mounts: mounts.value,
    endpoints: spec.endpoints.map((endpoint) => ({ network: endpoint.network, networkId: "", spec: endpoint })),
    ports: [],
    run: 0,
    probes: 0,
    failingStreak: 0,
    stoppedByHand: false,
    logs: [],
    files: {},
  };
  world.containers[id] = container;
  emit(world, "create", container);
  return answer({ id, warnings: [] });
};

export const startContainer = (world: World, reference: string): Answer<void> =>
  withContainer(world, reference, (container) => {
    switch (container.state) {
      case "running":
        return done;
      case "paused":
        return conflict("cannot start a paused container, try unpause instead");
      case "removing":
      case "dead":
        return conflict("container is marked for removal and cannot be started");
      case "created":
      case "exited":
      case "restarting":
        container.restartCount = 0;
        return launch(world, container);
    }
  });

export const beginStop = (world: World, reference: string, timeout: number | undefined): Answer<"ended" | "ending"> =>
  withContainer(world, reference, (container) => answer(stop(world, container, timeout)));

export const beginRestart = (world: World, reference: string, timeout: number | undefined): Answer<"ended" | "ending"> =>
  withContainer(world, reference, (container) => restart(world, container, timeout));

export const killContainer = (world: World, reference: string, signal: string): Answer<void> =>
  withContainer(world, reference, (container) => {
    if (!isLive(container)) {
      const text = `ontainer ${container.id} is not running`;
      return conflict(apiAtLeast(world, 47) ? `cannot kill container: ${reference}: c${text}` : `Cannot kill container: ${reference}: C${text}`);
    }
    const number = signalNumber(signal);
    if (number === undefined) return rejected(400, `Invalid signal: ${signal}`);
    emit(world, "kill", container, { signal: String(number) });
    const fatal = number === 9 || [1, 2, 3, 6, 15].includes(number);
    if (!fatal) return done;
    container.stoppedByHand = true;
    if (container.state === "restarting") {
      cancelTimers(world, container);
      container.state = "exited";
    } else exit(world, container, 128 + number);
    return done;
  });

const signals: Readonly<Record<string, number>> = { HUP: 1, INT: 2, QUIT: 3, ABRT: 6, KILL: 9, USR1: 10, USR2: 12, TERM: 15, CONT: 18, STOP: 19, WINCH: 28 };
const signalNumber = (signal: string): number | undefined => (/^\d+$/.test(signal) ? Number(signal) : signals[signal.toUpperCase().replace(/^SIG/, "")]);

export const pauseContainer = (world: World, reference: string): Answer<void> =>
  withContainer(world, reference, (container) => {
    if (container.state === "paused") return conflict(`Container ${container.id} is already paused`);
    if (container.state !== "running") return conflict(`${apiAtLeast(world, 47) ? "c" : "C"}ontainer ${container.id} is not running`);
    container.state = "paused";
    emit(world, "pause", container);
    return done;
  });

export const unpauseContainer = (world: World, reference: string): Answer<void> =>
  withContainer(world, reference, (container) => {
    if (container.state !== "paused") return rejected(500, `Container ${container.id} is not paused`);
    container.state = "running";
    emit(world, "unpause", container);
    return done;
  });

export const renameContainer = (world: World, reference: string, name: string): Answer<void> =>
  withContainer(world, reference, (container) => {
    const oldName = `/${container.name}`;
    const renamed = renameTo(world, container, name);
    if (renamed._tag === "Granted") emit(world, "rename", container, { oldName });
    return renamed;
  });

/** The engine takes a limit of memory for one of memory and swap, twice as large, when nothing is said of swap. */
export const settingsInForce = ({ spec, settings }: SimContainer): Settings => {
  const all = { ...settingsOf(spec.service), ...settings };
  return all.memory === undefined || all.memorySwap !== undefined ? all : { ...all, memorySwap: 2 * all.memory };
};

export const updateContainer = (world: World, reference: string, settings: Settings): Answer<void> =>
  withContainer(world, reference, (container) => {
    const refused = (detail: string): Answer<void> => conflict(`Cannot update container ${container.id}: ${detail}`);
    if (container.state === "removing" || container.state === "dead") return refused('container is marked for removal and cannot be "update"');
    const before = settingsInForce(container);
    if (settings.memory !== undefined && settings.memorySwap === undefined && settings.memory > (before.memorySwap ?? Infinity))
      return refused("Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time");
    container.settings = { ...before, ...settings };
    emit(world, "update", container);
    return done;
  });

/** What is gone already is a success, as the port promises. */
export const removeContainer = (world: World, reference: string, options: { readonly force: boolean; readonly volumes: boolean }): Answer<void> => {
  const container = findContainer(world, reference);
  if (container === undefined) return done;
  if (isLive(container)) {
    if (!options.force) {
      return conflict(
        apiAtLeast(world, 44)
          ? `cannot remove container "${container.name}": container is ${container.state}: stop the container before removing or force remove`
          : `You cannot remove a ${container.state} container ${container.id}. Stop the container before attempting removal or force remove`,
      );
    }
    container.stoppedByHand = true;
    if (container.state === "restarting") cancelTimers(world, container);
    else exit(world, container, 137);
  }
  delete world.containers[container.id];
  if (options.volumes) removeAnonymousVolumes(world, container.mounts);
  emit(world, "destroy", container);
  return done;
};

export const injectFiles = (world: World, reference: string, files: ReadonlyArray<InjectedFile>, content: (file: InjectedFile) => string): Answer<void> =>
  withContainer(world, reference, (container) => {
    if (container.spec.service.read_only === true) {
      return rejected(400, "container rootfs is marked read-only");
    }
    for (const file of files) container.files[file.target] = content(file);
    return done;
  });
