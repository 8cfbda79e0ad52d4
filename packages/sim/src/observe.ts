// What the daemon tells about itself: the answers of the list and inspect calls.
import { marksOf } from "@composure/core/observed/marks";
import type { Observed, ObservedContainer, ObservedNetwork, ObserveQuery } from "@composure/core/observed/Observed";
import type { ContainerDetails } from "@composure/engine/Engine";
import { settingsInForce } from "./containers.ts";
import { observeImage } from "./images.ts";
import { commandOf } from "./life.ts";
import type { Millis, SimContainer, World } from "./World.ts";

/** The daemon's own rounding of a duration: "Less than a second", "About a minute", "3 hours". */
const spoken = (millis: Millis): string => {
  const seconds = Math.floor(millis / 1000);
  if (seconds < 1) return "Less than a second";
  if (seconds === 1) return "1 second";
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return "About a minute";
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  if (hours === 1) return "About an hour";
  if (hours < 48) return `${hours} hours`;
  const days = Math.floor(hours / 24);
  if (days < 14) return `${days} days`;
  if (days < 60) return `${Math.floor(days / 7)} weeks`;
  return days < 730 ? `${Math.floor(days / 30)} months` : `${Math.floor(days / 365)} years`;
};

const statusOf = (world: World, container: SimContainer): string => {
  const since = (time: Millis | null): string => spoken(world.now - (time ?? world.now));
  const health = { none: "", starting: " (health: starting)", healthy: " (healthy)", unhealthy: " (unhealthy)" }[container.health];
  switch (container.state) {
    case "created":
      return "Created";
    case "running":
      return `Up ${since(container.startedAt)}${health}`;
    case "paused":
      return `Up ${since(container.startedAt)} (Paused)`;
    case "restarting":
      return `Restarting (${container.exitCode}) ${since(container.finishedAt)} ago`;
    case "exited":
      return `Exited (${container.exitCode}) ${since(container.finishedAt)} ago`;
    case "dead":
      return "Dead";
    case "removing":
      return "Removal In Progress";
  }
};

const networkMode = (container: SimContainer): string => container.spec.networkMode ?? container.spec.endpoints[0]?.network ?? "default";

export const observeContainer = (world: World, container: SimContainer): ObservedContainer => ({
  id: container.id,
  name: container.name,
  state: container.state,
  health: container.state === "running" ? container.health : "none",
  ...(container.state === "exited" || container.state === "dead" ? { exitCode: container.exitCode } : {}),
  createdAt: Math.floor(container.createdAt / 1000),
  status: statusOf(world, container),
  command: commandOf(world, container)
    .map((word) => (word.includes(" ") ? `'${word}'` : word))
    .join(" "),
  image: container.spec.image,
  imageId: container.imageId,
  labels: { ...world.images[container.imageId]?.labels, ...container.spec.labels },
  networkMode: networkMode(container),
  endpoints: container.endpoints.map((endpoint) => ({
    network: endpoint.network,
    networkId: endpoint.networkId,
    aliases: endpoint.spec.aliases,
    ...(endpoint.ipv4 === undefined ? {} : { ipv4: endpoint.ipv4 }),
    ...(endpoint.mac === undefined ? {} : { mac: endpoint.mac }),
  })),
  mounts: container.mounts,
  ports: container.ports,
});

const carries = (container: ObservedContainer, label: string): boolean => {
  const at = label.indexOf("=");
  const value = container.labels[at < 0 ? label : label.slice(0, at)];
  return at < 0 ? value !== undefined : value === label.slice(at + 1);
};

/** Newest first, as the daemon lists. */
const allContainers = (world: World): ReadonlyArray<ObservedContainer> =>
  Object.values(world.containers).map((container) => observeContainer(world, container)).reverse();

export const listContainers = (world: World, query: { readonly labels: ReadonlyArray<string>; readonly all: boolean }): ReadonlyArray<ObservedContainer> =>
  allContainers(world).filter(
    (container) => (query.all || ["running", "paused", "restarting"].includes(container.state)) && query.labels.every((label) => carries(container, label)),
  );

const networks = (world: World): ReadonlyArray<ObservedNetwork> =>
  Object.values(world.networks).map(({ id, name, driver, scope, subnets, labels }) => ({ id, name, driver, scope, subnets, labels }));

/** A look closer at those that were updated. */
const withSettings = (world: World, container: ObservedContainer, marked: ReadonlySet<string>): ObservedContainer => {
  const found = marked.has(container.id) ? world.containers[container.id] : undefined;
  return found === undefined ? container : { ...container, settings: settingsInForce(found) };
};

export const observe = (world: World, query: ObserveQuery, target: string): Observed => {
  const all = allContainers(world);
  const ours = (container: ObservedContainer): boolean => container.labels["com.docker.compose.project"] === query.project;
  const details = new Set(query.imageDetails);
  const volumes = query.volumes ? Object.values(world.volumes).map(({ name, driver, labels }) => ({ name, driver, labels })) : [];
  const marked = new Set(marksOf(query.project, volumes).map(({ containerId }) => containerId));
  return {
    apiVersion: world.apiVersion,
    target,
    readAt: Math.floor(world.now / 1000),
    containers: all.filter(ours).map((container) => withSettings(world, container, marked)),
    foreign: query.foreign ? all.filter((container) => !ours(container)) : [],
    networks: networks(world),
    volumes,
    images: [...new Set([...query.images, ...query.imageDetails])].flatMap((reference) => observeImage(world, reference, details.has(reference)) ?? []),
  };
};

const timestamp = (time: Millis | null): string => (time === null ? "0001-01-01T00:00:00Z" : new Date(time).toISOString());

export const inspect = (world: World, container: SimContainer): ContainerDetails => ({
  id: container.id,
  name: container.name,
  state: container.state,
  health: container.state === "running" ? container.health : "none",
  exitCode: container.exitCode,
  error: container.error,
  tty: container.spec.service.tty === true,
  startedAt: timestamp(container.startedAt),
  finishedAt: timestamp(container.finishedAt),
  restartCount: container.restartCount,
  ...(container.lastProbe === undefined ? {} : { lastProbe: container.lastProbe }),
  labels: { ...world.images[container.imageId]?.labels, ...container.spec.labels },
});
