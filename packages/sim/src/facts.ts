// What simulated containers and images tell when looked at closely.
import type { ContainerConfig, ContainerStats, ImageDetails, ProcessConfig, ProcessTable } from "@composure/engine/Facts";
import { findImage, withTag } from "./images.ts";
import { commandOf, healthcheckOf } from "./life.ts";
import { type Answer, answer, conflict, noSuchContainer, noSuchImage } from "./refusals.ts";
import { findContainer, isLive, type SimContainer, type SimImage, type World } from "./World.ts";

const process: ProcessConfig = { entrypoint: [], command: [], environment: [], user: "", workingDir: "", labels: {} };

const tagsOf = (world: World, image: SimImage): ReadonlyArray<string> =>
  Object.keys(world.tags).filter((tag) => world.tags[tag]?.id === image.id).sort();

export const inspectImage = (world: World, reference: string): Answer<ImageDetails> => {
  const image = findImage(world, reference);
  if (image === undefined) return noSuchImage(withTag(reference));
  const tags = tagsOf(world, image);
  const tagged = Math.max(...tags.map((tag) => world.tags[tag]?.at ?? 0), 0);
  return answer({
    id: image.id,
    tags,
    digests: image.digests,
    created: "",
    lastTagTime: tagged === 0 ? "" : new Date(tagged).toISOString(),
    size: 0,
    platform: image.platform,
    config: { ...process, entrypoint: image.entrypoint, command: image.command, labels: image.labels },
  });
};

const configOf = (world: World, container: SimContainer): ContainerConfig => {
  const { service, labels } = container.spec;
  const check = healthcheckOf(world, container);
  return {
    id: container.id,
    name: container.name,
    image: container.spec.image,
    imageId: container.imageId,
    process: {
      entrypoint: service.entrypoint ?? world.images[container.imageId]?.entrypoint ?? [],
      command: service.command ?? world.images[container.imageId]?.command ?? [],
      environment: Object.entries(service.environment ?? {}).flatMap(([name, value]) => (typeof value === "string" ? [`${name}=${value}`] : [])),
      user: service.user ?? "",
      workingDir: service.working_dir ?? "",
      labels: { ...world.images[container.imageId]?.labels, ...labels },
    },
    hostname: service.hostname ?? container.id.slice(0, 12),
    restartPolicy: service.restart ?? "",
    privileged: service.privileged === true,
    networkMode: container.spec.networkMode ?? container.endpoints[0]?.network ?? "",
    ...(check?.test === undefined
      ? {}
      : { healthcheck: { test: check.test, interval: check.interval ?? 0, timeout: check.timeout ?? 0, retries: check.retries ?? 0, startPeriod: check.start_period ?? 0 } }),
    networks: container.endpoints.map(({ network, spec }) => ({ name: network, aliases: spec.aliases })),
    mounts: container.mounts.map(({ type, name, source, destination, readOnly }) => ({ type, source: name ?? source, target: destination, readOnly })),
    ports: container.ports.flatMap((port) => (port.public === undefined ? [] : [{ target: port.private, protocol: port.protocol, published: String(port.public), hostIp: port.ip ?? "" }])),
  };
};

export const containerConfig = (world: World, id: string): Answer<ContainerConfig> => {
  const container = findContainer(world, id);
  return container === undefined ? noSuchContainer(id) : answer(configOf(world, container));
};

const titles = ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"];

/** One process: the container's own. */
export const listProcesses = (world: World, id: string): Answer<ProcessTable> => {
  const container = findContainer(world, id);
  if (container === undefined) return noSuchContainer(id);
  if (container.state !== "running" && container.state !== "paused") return conflict(`container ${container.id} is not running`);
  const started = new Date(container.startedAt ?? world.now).toISOString().slice(11, 16);
  return answer({ titles, processes: [[container.spec.service.user ?? "root", "1", "0", "0", started, "?", "00:00:00", commandOf(world, container).join(" ")]] });
};

const idle: ContainerStats = { cpuPercent: 0, memoryUsage: 0, memoryLimit: 0, networkReceived: 0, networkSent: 0, blockRead: 0, blockWritten: 0, processes: 0 };

/** A simulated process exists and uses nothing. */
export const sampleStats = (world: World, id: string): Answer<ContainerStats> => {
  const container = findContainer(world, id);
  return container === undefined ? noSuchContainer(id) : answer({ ...idle, memoryLimit: container.spec.service.mem_limit ?? 0, processes: isLive(container) ? 1 : 0 });
};
