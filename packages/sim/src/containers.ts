// Calls on containers, each one transition of the world with the daemon's refusals.
import type { InjectedFile } from "@composure/core/desired/Desired";
import { type Settings, settingsOf } from "@composure/core/desired/settings";
import type { BoundContainerSpec } from "@composure/core/plan/Operation";
import { findImage, withTag } from "./images.ts";
import { beginRestart as restart, beginStop as stop, cancelTimers, exit, launch, receive } from "./life.ts";
import { endpointsOf, wrongEndpoints } from "./networks.ts";
import { renameTo, reserveName } from "./names.ts";
import { NotFound } from "@composure/engine/EngineError";
import { type Answer, answer, conflict, done, noSuchContainer, noSuchImage, refuse, type Refusal, rejected, textOf } from "./refusals.ts";
import { makeMounts, type Mounts, removeAnonymousVolumes, wrongMount } from "./volumes.ts";
import { apiAtLeast, emit, findContainer, freshId, isLive, type SimContainer, type World } from "./World.ts";

/** The one switch between "there is such a container" and "there is not". */
const withContainer = <A>(world: World, reference: string, use: (container: SimContainer) => Answer<A>): Answer<A> => {
  const container = findContainer(world, reference);
  return container === undefined ? noSuchContainer(reference) : use(container);
};

const newContainer = (world: World, name: string, spec: BoundContainerSpec, imageId: string, { mounts, borrowed }: Mounts): SimContainer => ({
  id: freshId(world),
  name,
  createdAt: world.now,
  state: "created",
  health: "none",
  exitCode: 0,
  error: "",
  startedAt: null,
  finishedAt: null,
  restartCount: 0,
  spec,
  imageId,
  mounts,
  borrowed,
  endpoints: endpointsOf(spec),
  ports: [],
  run: 0,
  probes: 0,
  failingStreak: 0,
  stoppedByHand: false,
  logs: [],
  files: {},
});

export const createContainer = (world: World, wanted: string, spec: BoundContainerSpec): Answer<{ readonly id: string; readonly warnings: ReadonlyArray<string> }> => {
  const wrong = wrongMount(world, spec) ?? (apiAtLeast(world, 44) ? wrongEndpoints(world, spec) : undefined);
  if (wrong !== undefined) return wrong;
  const image = findImage(world, spec.image);
  if (image === undefined) return noSuchImage(withTag(spec.image));
  const name = reserveName(world, wanted);
  if (name._tag === "Refused") return name;
  const late = apiAtLeast(world, 44) ? undefined : wrongEndpoints(world, spec);
  if (late !== undefined) return late;
  const mounts = makeMounts(world, spec, image);
  const container = newContainer(world, name.value, spec, image.id, mounts._tag === "Granted" ? mounts.value : { mounts: [], borrowed: [] });
  if (mounts._tag === "Refused") {
    // By then it had been there, for a moment.
    emit(world, "destroy", container);
    return mounts;
  }
  const { id } = container;
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
  withContainer(world, reference, (container) => {
    const restarted = restart(world, container, timeout);
    return restarted._tag === "Refused" ? cannotRestart(reference, textOf(restarted.reason)) : restarted;
  });

/** Whatever kept it from starting again, the daemon answers with 500. */
export const cannotRestart = (reference: string, why: string): Refusal => rejected(500, `Cannot restart container ${reference}: ${why}`);

export const killContainer = (world: World, reference: string, signal: string): Answer<void> => {
  const number = signalNumber(signal);
  if (number === undefined || number === 0) return rejected(400, apiAtLeast(world, 44) ? `cannot kill container: ${reference}: invalid signal: ${signal}` : `Invalid signal: ${signal}`);
  const container = findContainer(world, reference);
  const cannot = `${apiAtLeast(world, 47) ? "cannot" : "Cannot"} kill container: ${reference}: `;
  if (container === undefined) return refuse(new NotFound({ what: `${cannot}No such container: ${reference}` }));
  if (!isLive(container)) return conflict(`${cannot}${apiAtLeast(world, 47) ? "c" : "C"}ontainer ${container.id} is not running`);
  receive(world, container, number);
  return done;
};

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

export const renameContainer = (world: World, reference: string, name: string): Answer<void> => {
  if (name === "") return rejected(400, "Neither old nor new names may be empty");
  return withContainer(world, reference, (container) => {
    const oldName = `/${container.name}`;
    const renamed = renameTo(world, container, name);
    if (renamed._tag === "Granted") emit(world, "rename", container, { oldName });
    return renamed;
  });
};

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
          ? `cannot remove container "${reference}": container is ${container.state}: stop the container before removing or force remove`
          : `You cannot remove a ${container.state} container ${container.id}. Stop the container before attempting removal or force remove`,
      );
    }
    container.stoppedByHand = true;
    if (container.state === "restarting") cancelTimers(world, container);
    else {
      emit(world, "kill", container, { signal: "9" });
      exit(world, container, 137);
    }
    // With `--rm` its end was its removal.
    if (world.containers[container.id] === undefined) return done;
  }
  delete world.containers[container.id];
  if (options.volumes) removeAnonymousVolumes(world, container);
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
