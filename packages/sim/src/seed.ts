// A simulated engine that holds what a real one was seen to hold: the beginning of a simulation of the user's own change.
import type { Desired, DesiredService } from "@composure/core/desired/Desired";
import { labelOf } from "@composure/core/desired/labels";
import type { Service } from "@composure/core/model/Service";
import type { Observed, ObservedContainer, ObservedImage, ObservedMount } from "@composure/core/observed/Observed";
import type { BoundContainerSpec } from "@composure/core/plan/Operation";
import { withTag } from "./images.ts";
import { recordedServices } from "./recorded.ts";
import { seedTimers } from "./life.ts";
import { type Behaviour, makeWorld, type SimContainer, type SimEndpoint, type SimImage, type World } from "./World.ts";

const isAnonymousName = (name: string): boolean => /^[0-9a-f]{64}$/.test(name);

const endpointsOf = (container: ObservedContainer, service: Service, keys: ReadonlyMap<string, string>): Array<SimEndpoint> =>
  container.endpoints.map(({ network, networkId, aliases, ipv4, mac }) => ({
    network,
    networkId,
    spec: { network, aliases, links: [], settings: service.networks?.[keys.get(network) ?? network] ?? null },
    ...(ipv4 === undefined || ipv4 === "" ? {} : { ipv4 }),
    ...(mac === undefined || mac === "" ? {} : { mac }),
  }));

/** Whose process namespace it shares: it ends with that one. */
const pidModeOf = ({ pid }: Service, all: ReadonlyArray<ObservedContainer>): string | undefined => {
  const lender = pid?.startsWith("service:") === true ? pid.slice("service:".length) : undefined;
  const owner = all.find(({ state, labels }) => lender !== undefined && labels[labelOf.service] === lender && state !== "created");
  return owner === undefined ? pid : `container:${owner.id}`;
};

const specOf = (container: ObservedContainer, service: Service, endpoints: ReadonlyArray<SimEndpoint>, pidMode: string | undefined): BoundContainerSpec => {
  const number = Number(container.labels[labelOf.number] ?? "");
  return {
    service,
    image: container.image,
    ...(number > 0 ? { number } : {}),
    labels: container.labels,
    endpoints: endpoints.map(({ spec }) => spec),
    mounts: [],
    networkMode: container.networkMode,
    ...(pidMode === undefined ? {} : { pidMode }),
    volumesFrom: [],
    links: [],
    proxyEnvironment: {},
    interactive: { stdin: false, autoRemove: false },
  };
};

const idsFrom = 1_000_000_000;

/** Since when it runs, the list does not tell: long enough for everything to have come to rest. */
const longAgo = 86_400_000;

const containerOf = (container: ObservedContainer, service: Service, keys: ReadonlyMap<string, string>, observed: Observed): SimContainer => {
  const now = observed.readAt * 1000;
  const endpoints = endpointsOf(container, service, keys);
  const started = container.state !== "created";
  const ended = container.state === "exited" || container.state === "dead";
  return {
    id: container.id,
    name: container.name,
    createdAt: container.createdAt * 1000,
    state: container.state,
    health: container.health,
    exitCode: container.exitCode ?? 0,
    error: "",
    startedAt: !started ? null : container.health === "starting" ? now : now - longAgo,
    finishedAt: ended ? now : null,
    restartCount: 0,
    spec: specOf(container, service, endpoints, pidModeOf(service, observed.containers)),
    imageId: container.imageId,
    mounts: container.mounts,
    // Which mounts are borrowed the list does not tell.
    borrowed: [],
    endpoints,
    ports: [...container.ports],
    run: started ? 1 : 0,
    probes: container.health === "none" || container.health === "starting" ? 0 : 1,
    failingStreak: container.health === "unhealthy" ? 3 : 0,
    stoppedByHand: ended,
    logs: [],
    files: {},
  };
};

/** What is broken now stays broken until it is replaced. */
const brokenBehaviour = (container: ObservedContainer): Behaviour | undefined => {
  if (container.state === "restarting") return { exits: { after: 1000, code: container.exitCode ?? 1 } };
  return container.state === "running" && container.health === "unhealthy" ? { healthyAt: 0 } : undefined;
};

/**
 * VOLUME lines and a healthcheck show in the project's containers that were made from an image, even where the image was
 * not looked at. Other projects' containers do not count: what their files say is not known.
 */
const inferred = (image: string, all: ReadonlyArray<{ readonly container: ObservedContainer; readonly service: Service }>): Pick<SimImage, "volumes" | "healthcheck"> => {
  const made = all.filter(({ container }) => container.imageId === image);
  const volumes = made.flatMap(({ container, service }) => {
    const own = new Set((service.volumes ?? []).map(({ target }) => target));
    return container.mounts.flatMap(({ type, name, destination }) => (type === "volume" && isAnonymousName(name ?? "") && !own.has(destination) ? [destination] : []));
  });
  const checked = made.some(({ container, service }) => container.health !== "none" && service.healthcheck?.test === undefined);
  return { volumes: [...new Set(volumes)].toSorted(), ...(checked ? { healthcheck: { test: ["CMD", "probe"] } } : {}) };
};

const imageOf = (id: string, seen: ObservedImage | undefined, guess: Pick<SimImage, "volumes" | "healthcheck">): SimImage => {
  const details = seen?.details;
  const checked = details === undefined ? guess.healthcheck : details.hasHealthcheck ? { test: ["CMD", "probe"] } : undefined;
  return {
    id,
    digests: seen?.digests ?? [],
    labels: seen?.labels ?? {},
    platform: seen?.platform ?? "linux/amd64",
    volumes: details?.volumes ?? guess.volumes,
    exposed: details?.exposed ?? [],
    entrypoint: [],
    command: [],
    ...(checked === undefined ? {} : { healthcheck: checked }),
  };
};

const addImages = (world: World, observed: Observed, services: ReadonlyArray<{ readonly container: ObservedContainer; readonly service: Service }>): void => {
  const add = (id: string, seen: ObservedImage | undefined): void => {
    if (seen !== undefined || world.images[id] === undefined) world.images[id] = imageOf(id, seen, inferred(id, services));
  };
  for (const image of observed.images) {
    add(image.id, image);
    world.tags[withTag(image.reference)] = { id: image.id, at: (image.taggedAt ?? observed.readAt) * 1000 };
    // What an image of that name has, a newer one is taken to have, too.
    const { volumes, exposed, labels, healthcheck } = world.images[image.id] as SimImage;
    world.registry.images[withTag(image.reference)] = { volumes, exposed, labels, ...(healthcheck === undefined ? {} : { healthcheck }) };
  }
  for (const { imageId } of [...observed.containers, ...observed.foreign]) if (imageId !== "") add(imageId, undefined);
};

const addVolumes = (world: World, observed: Observed): void => {
  const add = (name: string, driver: string, labels: Readonly<Record<string, string>>): void => {
    world.volumes[name] ??= { name, driver, labels, anonymous: isAnonymousName(name) || labels["com.docker.volume.anonymous"] !== undefined, createdAt: 0 };
  };
  for (const { name, driver, labels } of observed.volumes) add(name, driver, labels);
  const mounted = (mount: ObservedMount): void => {
    if (mount.type === "volume" && mount.name !== undefined) add(mount.name, "local", {});
  };
  for (const container of [...observed.containers, ...observed.foreign]) container.mounts.forEach(mounted);
};

const desiredServices = (desired: Desired | undefined): ReadonlyMap<string, DesiredService> =>
  new Map([...(desired?.bystanders ?? []), ...(desired?.services ?? [])].map((service) => [service.name, service]));

/**
 * Containers of the project with the configuration that they were made from; other projects' as far as they hold names,
 * ports, networks and volumes. Planning on this world gives the plan that the engine itself would have given.
 */
export const worldFromObserved = (observed: Observed, desired?: Desired): World => {
  const now = observed.readAt * 1000;
  const world = makeWorld({ apiVersion: observed.apiVersion, now });
  // Ids follow from the counter: what is made here must not be called as what a simulated engine holds already.
  world.counter = idsFrom;
  if (observed.networks.length > 0) for (const id of Object.keys(world.networks)) delete world.networks[id];
  for (const { id, name, driver, scope, labels, subnets } of observed.networks) world.networks[id] = { id, name, driver, scope, labels, subnets, configured: true, attachable: false };
  const keys = new Map(observed.networks.map(({ name, labels }) => [name, labels[labelOf.network] ?? name]));
  const serviceOf = recordedServices(desiredServices(desired));
  const known = observed.containers.map((container) => ({ container, service: serviceOf(container) }));
  const strangers = observed.foreign.map((container) => ({ container, service: { name: "" } }));
  addImages(world, observed, known);
  addVolumes(world, observed);
  // The list is the newest first; the world keeps the order of creation.
  for (const { container, service } of [...strangers, ...known].toReversed()) {
    const made = containerOf(container, service, keys, observed);
    world.containers[made.id] = made;
    const broken = brokenBehaviour(container);
    if (broken !== undefined) world.behaviours[made.id] = broken;
    seedTimers(world, made);
  }
  return world;
};
