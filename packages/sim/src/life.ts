// The life of a container between start and end: exits, output, health probes and restart policies, on the daemon's clock.
import type { Healthcheck } from "@composure/core/model/Service";
import { findImage } from "./images.ts";
import { attach, detach } from "./networks.ts";
import { bindPorts } from "./ports.ts";
import { type Answer, answer, conflict, done, noSuchNetwork, refuse, type Refusal, rejected, textOf } from "./refusals.ts";
import { removeAnonymousVolumes } from "./volumes.ts";
import { NotFound } from "@composure/engine/EngineError";
import { interpret, type Program, takesStop } from "./script.ts";
import { apiAtLeast, behaviourOf, emit, findContainer, findNetwork, isLive, type Millis, type SimContainer, type Timer, type World } from "./World.ts";

const nano = 1_000_000;

/** The whole command line: an entrypoint of the service drops the image's command. */
export const commandOf = (world: World, container: SimContainer): ReadonlyArray<string> => {
  const { entrypoint, command } = container.spec.service;
  const image = world.images[container.imageId];
  const first = entrypoint ?? image?.entrypoint ?? [];
  const inherited = entrypoint === undefined || entrypoint === null ? (image?.command ?? []) : [];
  return [...first, ...(command ?? inherited)];
};

export const programOf = (world: World, container: SimContainer): Program => {
  const behaviour = behaviourOf(world, container);
  const argv = commandOf(world, container);
  const program = interpret(argv);
  return {
    prints: behaviour.prints?.map((text) => ({ at: 0, line: { stream: "stdout" as const, text } })) ?? program.prints,
    onTerm: takesStop(container.spec.service, argv),
    ...(behaviour.exits === undefined ? (program.exits === undefined || behaviour.healthyAt !== undefined ? {} : { exits: program.exits }) : { exits: behaviour.exits }),
  };
};

const schedule = (world: World, container: SimContainer, after: Millis, what: Timer["what"]): void => {
  world.counter += 1;
  const timer: Timer = { due: world.now + after, sequence: world.counter, container: container.id, run: container.run, what };
  const at = world.timers.findIndex((other) => other.due > timer.due);
  if (at < 0) world.timers.push(timer);
  else world.timers.splice(at, 0, timer);
};

export const cancelTimers = (world: World, container: SimContainer): void => {
  for (let at = world.timers.length - 1; at >= 0; at -= 1) {
    if (world.timers[at]?.container === container.id) world.timers.splice(at, 1);
  }
};

/** The probe in force: the service's own settings over the image's. */
export const healthcheckOf = (world: World, container: SimContainer): Healthcheck | undefined => {
  const own = container.spec.service.healthcheck;
  const inherited = (world.images[container.imageId] ?? findImage(world, container.spec.image))?.healthcheck;
  if (own?.disable === true) return undefined;
  const merged = { ...inherited, ...own };
  return merged.test === undefined || merged.test.length === 0 || merged.test[0] === "NONE" ? undefined : merged;
};

const probeDelay = (world: World, container: SimContainer, check: Healthcheck): Millis => {
  const interval = (check.interval ?? 0) > 0 ? (check.interval ?? 0) / nano : 30_000;
  const inStartPeriod = world.now - (container.startedAt ?? world.now) < (check.start_period ?? 0) / nano;
  if (!inStartPeriod || container.health !== "starting" || !apiAtLeast(world, 44)) return interval;
  return (check.start_interval ?? 0) > 0 ? (check.start_interval ?? 0) / nano : 5000;
};

const probeSucceeds = (world: World, container: SimContainer, check: Healthcheck): boolean => {
  const { healthyAt, readyAfter } = behaviourOf(world, container);
  if (healthyAt !== undefined) return healthyAt > 0 && container.probes >= healthyAt;
  if (readyAfter !== undefined) return world.now - (container.startedAt ?? world.now) >= readyAfter;
  const [form, ...words] = check.test ?? [];
  const program = interpret(form === "CMD-SHELL" ? ["sh", "-c", ...words] : words);
  return (program.exits?.code ?? 0) === 0;
};

const setHealth = (world: World, container: SimContainer, health: "healthy" | "unhealthy"): void => {
  if (container.health === health) return;
  container.health = health;
  emit(world, `health_status: ${health}`, container);
};

const probe = (world: World, container: SimContainer): void => {
  const check = healthcheckOf(world, container);
  if (check === undefined) return;
  container.probes += 1;
  const delay = probeDelay(world, container, check);
  const fine = probeSucceeds(world, container, check);
  container.lastProbe = fine ? "" : `probe ${container.probes} failed`;
  if (fine) {
    container.failingStreak = 0;
    setHealth(world, container, "healthy");
    // A probe that went well goes on going well: no more timers, so that virtual time can come to rest.
    return;
  }
  const grace = (check.start_period ?? 0) / nano;
  if (container.health !== "starting" || world.now - (container.startedAt ?? 0) >= grace) container.failingStreak += 1;
  const retries = (check.retries ?? 0) > 0 ? (check.retries ?? 0) : 3;
  if (container.failingStreak >= retries) setHealth(world, container, "unhealthy");
  const { healthyAt, readyAfter } = behaviourOf(world, container);
  const hopeless = container.health === "unhealthy" && (healthyAt === undefined ? readyAfter === undefined : healthyAt <= container.probes);
  if (!hopeless) schedule(world, container, delay, { _tag: "Probe" });
};

interface RestartPolicy {
  readonly name: "no" | "always" | "unless-stopped" | "on-failure";
  readonly attempts: number;
}

/** `restart`, or else what `deploy.restart_policy` comes to on a single engine. */
export const restartPolicyOf = (container: SimContainer): RestartPolicy => {
  const updated = container.settings?.restart;
  const restart = updated === undefined ? container.spec.service.restart : `${updated.name}:${updated.maximumRetries}`;
  const { deploy } = container.spec.service;
  const [name = "no", attempts] = (restart ?? "").split(":");
  if (name === "always" || name === "unless-stopped" || name === "on-failure") return { name, attempts: Number(attempts ?? 0) };
  const condition = restart === undefined ? deploy?.restart_policy?.condition : undefined;
  if (condition === "on-failure") return { name: "on-failure", attempts: deploy?.restart_policy?.max_attempts ?? 0 };
  return { name: condition === "any" ? "always" : "no", attempts: 0 };
};

const restarts = (container: SimContainer, code: number): boolean => {
  const policy = restartPolicyOf(container);
  if (container.stoppedByHand) return false;
  switch (policy.name) {
    case "no":
      return false;
    case "always":
    case "unless-stopped":
      return true;
    case "on-failure":
      return code !== 0 && (policy.attempts === 0 || container.restartCount < policy.attempts);
  }
};

/** Whoever lives in a container's process namespace is killed with its first process. */
const endNamespace = (world: World, owner: SimContainer): void => {
  for (const guest of Object.values(world.containers)) if (guest.spec.pidMode === `container:${owner.id}` && (guest.state === "running" || guest.state === "paused")) exit(world, guest, 137);
};

/** The main process ends, by itself or because of a stop. */
export const exit = (world: World, container: SimContainer, code: number, because: "itself" | "stop" = "itself"): void => {
  cancelTimers(world, container);
  container.run += 1;
  container.exitCode = code;
  container.finishedAt = world.now;
  container.health = "none";
  for (const endpoint of container.endpoints) detach(endpoint);
  const again = restarts(container, code);
  container.state = again ? "restarting" : "exited";
  container.ports = [];
  emit(world, "die", container, { exitCode: String(code) });
  endNamespace(world, container);
  if (because === "stop") emit(world, "stop", container);
  if (again) {
    const delay = Math.min(100 * 2 ** container.restartCount, 60_000);
    container.restartCount += 1;
    schedule(world, container, delay, { _tag: "Restart" });
  } else if (container.spec.interactive.autoRemove) removeItself(world, container);
};

/** `--rm`: gone when it ends, or when it cannot even start, with its anonymous volumes. */
const removeItself = (world: World, container: SimContainer): void => {
  delete world.containers[container.id];
  removeAnonymousVolumes(world, container);
  emit(world, "destroy", container);
};

/** What is under way in a container that was there before the simulation: its probes, or its next restart. */
export const seedTimers = (world: World, container: SimContainer): void => {
  const check = healthcheckOf(world, container);
  if (container.state === "running" && container.health === "starting" && check !== undefined) schedule(world, container, probeDelay(world, container, check), { _tag: "Probe" });
  if (container.state === "restarting") schedule(world, container, 1000, { _tag: "Restart" });
};

const begin = (world: World, container: SimContainer): void => {
  container.run += 1;
  container.state = "running";
  container.startedAt = world.now;
  container.exitCode = 0;
  container.error = "";
  container.stoppedByHand = false;
  container.probes = 0;
  container.failingStreak = 0;
  const check = healthcheckOf(world, container);
  container.health = check === undefined ? "none" : "starting";
  emit(world, "start", container);
  const program = programOf(world, container);
  for (const { at, line } of program.prints) {
    if (at === 0) container.logs.push({ time: world.now, ...line });
    else schedule(world, container, at, { _tag: "Print", line });
  }
  if (program.exits !== undefined) schedule(world, container, program.exits.after, { _tag: "Exit", code: program.exits.code });
  if (check !== undefined) schedule(world, container, probeDelay(world, container, check), { _tag: "Probe" });
};

const failStart = (world: World, container: SimContainer, code: number, refusal: Refusal): Answer<void> => {
  container.exitCode = code;
  container.error = textOf(refusal.reason);
  if (container.state === "restarting") container.state = "exited";
  if (container.spec.interactive.autoRemove) removeItself(world, container);
  return refusal;
};

/** Newer daemons say what they were at when a network was missing. */
const cannotJoin = (world: World, refusal: Refusal): Refusal =>
  refusal.reason._tag === "NotFound" && apiAtLeast(world, 47) ? refuse(new NotFound({ what: `failed to set up container networking: ${refusal.reason.what}` })) : refusal;

const joinNetworks = (world: World, container: SimContainer): Answer<void> => {
  const mode = container.spec.networkMode ?? "";
  if (mode.startsWith("container:")) {
    const other = findContainer(world, mode.slice("container:".length));
    if (other === undefined) {
      const missing = `No such container: ${mode.slice("container:".length)}`;
      return apiAtLeast(world, 44) ? rejected(500, `joining network namespace of container: ${missing}`) : refuse(new NotFound({ what: missing }));
    }
    if (other === container) return rejected(500, apiAtLeast(world, 44) ? "cannot join own network namespace" : "cannot join own network");
    return isLive(other)
      ? done
      : conflict(
          apiAtLeast(world, 47)
            ? `cannot join network namespace of a non running container: container ${other.name} is ${other.state}`
            : `cannot join network of a non running container: ${mode.slice("container:".length)}`,
        );
  }
  // Newer daemons want the network that it was made in, even when it has left it.
  const own = container.spec.networkMode ?? container.spec.endpoints[0]?.network;
  if (apiAtLeast(world, 44) && own !== undefined && own !== "default" && findNetwork(world, own) === undefined && !container.endpoints.some(({ network }) => network === own)) {
    return cannotJoin(world, noSuchNetwork(own));
  }
  for (const endpoint of container.endpoints) {
    const attached = attach(world, endpoint);
    if (attached._tag === "Refused") {
      for (const other of container.endpoints) detach(other);
      return cannotJoin(world, attached);
    }
  }
  return done;
};

/** Networks, then ports, then the process: in this order the daemon refuses. */
export const launch = (world: World, container: SimContainer): Answer<void> => {
  const joined = joinNetworks(world, container);
  if (joined._tag === "Refused") return failStart(world, container, 128, joined);
  const ports = bindPorts(world, container);
  const { startFails } = behaviourOf(world, container);
  if (ports._tag === "Refused" || startFails !== undefined) for (const endpoint of container.endpoints) detach(endpoint);
  if (ports._tag === "Refused") return failStart(world, container, 128, ports);
  if (startFails !== undefined) return failStart(world, container, 127, rejected(400, startFails));
  container.ports = ports.value;
  begin(world, container);
  return done;
};

/** Whether it takes a signal that asks for the end, how long that takes, and with what code it ends. */
const heeds = (world: World, container: SimContainer): { readonly takes: Millis | "never"; readonly code: number } => {
  const { stopTakes, stopCode } = behaviourOf(world, container);
  const { onTerm } = programOf(world, container);
  return { takes: stopTakes ?? (onTerm === "ignored" ? "never" : 0), code: stopCode ?? (onTerm === "ignored" ? 0 : onTerm) };
};

/** How a container takes a stop: in how many milliseconds it will have ended, and with what code. */
const stopOf = (world: World, container: SimContainer, timeout: number | undefined): { readonly after: Millis; readonly code: number } => {
  const grace = 1000 * (timeout ?? (container.spec.service.stop_grace_period ?? 10_000 * nano) / (1000 * nano));
  const { takes, code } = heeds(world, container);
  return takes === "never" || takes > grace ? { after: grace, code: 137 } : { after: takes, code };
};

const endStop = (world: World, container: SimContainer, code: number): void => {
  container.stoppedByHand = true;
  if (isLive(container)) exit(world, container, code, "stop");
  else emit(world, "stop", container);
};

/** A frozen process takes no signal: the daemon thaws it first. */
const resume = (world: World, container: SimContainer): void => {
  if (container.state !== "paused") return;
  container.state = "running";
  emit(world, "unpause", container);
};

/** A signal from outside. One that asks for the end is taken as a stop is, but without a limit; others are ignored. */
export const receive = (world: World, container: SimContainer, signal: number): void => {
  emit(world, "kill", container, { signal: String(signal) });
  const asksForEnd = signal === 2 || signal === 3 || signal === 15;
  resume(world, container);
  if (signal !== 9 && !asksForEnd) return;
  container.stoppedByHand = true;
  if (container.state === "restarting") {
    cancelTimers(world, container);
    container.state = "exited";
    return;
  }
  if (signal === 9) return exit(world, container, 137);
  const { takes, code } = heeds(world, container);
  if (takes === 0) exit(world, container, code);
  else if (takes !== "never") schedule(world, container, takes, { _tag: "Exit", code });
};

/** Sends the stop signal; the end comes at once or by the daemon's clock. */
const signalStop = (world: World, container: SimContainer, timeout: number | undefined, again: boolean): "ended" | "ending" => {
  if (!isLive(container)) return "ended";
  container.stoppedByHand = true;
  if (container.state === "restarting") {
    cancelTimers(world, container);
    container.state = "exited";
    emit(world, "stop", container);
    return "ended";
  }
  emit(world, "kill", container, { signal: "15" });
  resume(world, container);
  const { after, code } = stopOf(world, container, timeout);
  if (after === 0 && code === 137) emit(world, "kill", container, { signal: "9" });
  if (after === 0) endStop(world, container, code);
  else schedule(world, container, after, { _tag: "Kill", code, again });
  return after === 0 ? "ended" : "ending";
};

/** Stopping what is not running succeeds. */
export const beginStop = (world: World, container: SimContainer, timeout: number | undefined): "ended" | "ending" => signalStop(world, container, timeout, false);

const finishRestart = (world: World, container: SimContainer): Answer<void> => {
  const launched = launch(world, container);
  if (launched._tag === "Granted") emit(world, "restart", container);
  return launched;
};

/** One call of the daemon, which goes on with the second half even if nobody waits for it any more. */
export const beginRestart = (world: World, container: SimContainer, timeout: number | undefined): Answer<"ended" | "ending"> => {
  if (signalStop(world, container, timeout, true) === "ending") return answer("ending");
  const finished = finishRestart(world, container);
  return finished._tag === "Granted" ? answer("ended") : finished;
};

/** All processes end with the daemon. Gives the ids of those that ran. */
export const stopEverything = (world: World): ReadonlyArray<string> => {
  const live = Object.values(world.containers).filter((container) => isLive(container));
  for (const container of live) {
    cancelTimers(world, container);
    container.run += 1;
    container.state = "exited";
    container.exitCode = 137;
    container.finishedAt = world.now;
    container.health = "none";
    container.ports = [];
    for (const endpoint of container.endpoints) detach(endpoint);
  }
  return live.map(({ id }) => id);
};

const fire = (world: World, timer: Timer): void => {
  const container = world.containers[timer.container];
  if (container === undefined || container.run !== timer.run) return;
  switch (timer.what._tag) {
    case "Exit":
      if (container.state === "running") exit(world, container, timer.what.code);
      return;
    case "Print":
      container.logs.push({ time: world.now, ...timer.what.line });
      return;
    case "Probe":
      if (container.state === "running") probe(world, container);
      return;
    case "Kill":
      emit(world, "kill", container, { signal: "9" });
      endStop(world, container, timer.what.code);
      if (timer.what.again) finishRestart(world, container);
      return;
    case "Restart":
      launch(world, container);
  }
};

/** When something happens next by itself. */
export const nextDue = (world: World): Millis | undefined => world.timers[0]?.due;

/** Lets the earliest due thing happen, at its time. */
export const fireNext = (world: World): void => {
  const timer = world.timers.shift();
  if (timer === undefined) return;
  world.now = Math.max(world.now, timer.due);
  fire(world, timer);
};

/** Moves the clock, and lets everything happen that is due by then, in order. */
export const advanceTo = (world: World, now: Millis): void => {
  while ((nextDue(world) ?? Infinity) <= now) fireNext(world);
  world.now = Math.max(world.now, now);
};
