// What one container or image tells beyond lists: settings, processes, use of resources.
import type { EngineApi } from "@composure/engine/Engine";
import type { ContainerConfig, ContainerStats, ImageDetails, ProcessConfig } from "@composure/engine/Facts";
import type Docker from "dockerode";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import { type Caller, wire } from "./call.ts";
import { segment } from "./containers.ts";
import { imagePath } from "./containers.ts";
import { linesOf } from "./streams.ts";

type FactCalls = Pick<EngineApi, "containerConfig" | "inspectImage" | "listProcesses" | "stats">;

interface WireProcess {
  readonly Entrypoint?: string | ReadonlyArray<string> | null | undefined;
  readonly Cmd?: ReadonlyArray<string> | null | undefined;
  readonly Env?: ReadonlyArray<string> | null | undefined;
  readonly User?: string | undefined;
  readonly WorkingDir?: string | undefined;
  readonly Labels?: Readonly<Record<string, string>> | null | undefined;
}

const toProcess = (config: WireProcess | null | undefined): ProcessConfig => ({
  entrypoint: typeof config?.Entrypoint === "string" ? [config.Entrypoint] : (config?.Entrypoint ?? []),
  command: config?.Cmd ?? [],
  environment: config?.Env ?? [],
  user: config?.User ?? "",
  workingDir: config?.WorkingDir ?? "",
  labels: config?.Labels ?? {},
});

interface WireImage {
  readonly Id: string;
  readonly RepoTags?: ReadonlyArray<string> | null;
  readonly RepoDigests?: ReadonlyArray<string> | null;
  readonly Created?: string;
  readonly Size?: number;
  readonly Os?: string;
  readonly Architecture?: string;
  readonly Variant?: string;
  readonly Metadata?: { readonly LastTagTime?: string };
  readonly Config?: WireProcess | null;
}

/** The zero time of Go says that there is none. */
const orNone = (time: string | undefined): string => (time === undefined || time.startsWith("0001-01-01") ? "" : time);

const toImage = (image: WireImage): ImageDetails => ({
  id: image.Id,
  tags: image.RepoTags ?? [],
  digests: image.RepoDigests ?? [],
  created: orNone(image.Created),
  lastTagTime: orNone(image.Metadata?.LastTagTime),
  size: image.Size ?? 0,
  platform: [image.Os, image.Architecture, image.Variant].filter((part) => part !== undefined && part !== "").join("/"),
  config: toProcess(image.Config),
});

type Inspected = Docker.ContainerInspectInfo;

const healthOf = (check: Inspected["Config"]["Healthcheck"]): Pick<ContainerConfig, "healthcheck"> =>
  check?.Test === undefined || check.Test.length === 0
    ? {}
    : {
        healthcheck: {
          test: check.Test,
          interval: check.Interval ?? 0,
          timeout: check.Timeout ?? 0,
          retries: check.Retries ?? 0,
          startPeriod: check.StartPeriod ?? 0,
        },
      };

type Bindings = Readonly<Record<string, ReadonlyArray<{ readonly HostIp?: string; readonly HostPort?: string }> | null>>;

const portsOf = (bindings: Bindings | null | undefined): ContainerConfig["ports"] =>
  Object.entries(bindings ?? {}).flatMap(([port, all]) => {
    const [target = "", protocol = "tcp"] = port.split("/");
    return (all ?? []).map(({ HostIp = "", HostPort = "" }) => ({ target: Number(target), protocol, published: HostPort, hostIp: HostIp }));
  });

const toConfig = (info: Inspected): ContainerConfig => ({
  id: info.Id,
  name: info.Name.replace(/^\//, ""),
  image: info.Config.Image,
  imageId: info.Image,
  process: toProcess(info.Config),
  hostname: info.Config.Hostname,
  restartPolicy: info.HostConfig.RestartPolicy?.Name ?? "",
  privileged: info.HostConfig.Privileged === true,
  networkMode: info.HostConfig.NetworkMode ?? "",
  ...healthOf(info.Config.Healthcheck),
  networks: Object.entries(info.NetworkSettings.Networks).map(([name, endpoint]) => ({ name, aliases: (endpoint.Aliases ?? []) as ReadonlyArray<string> })),
  mounts: info.Mounts.map((mount) => ({
    type: mount.Type ?? "bind",
    source: (mount.Type === "volume" ? mount.Name : undefined) ?? mount.Source,
    target: mount.Destination,
    readOnly: !mount.RW,
  })),
  ports: portsOf(info.HostConfig.PortBindings as Bindings | null | undefined),
});

interface WireCpu {
  readonly cpu_usage?: { readonly total_usage?: number; readonly percpu_usage?: ReadonlyArray<number> | null };
  readonly system_cpu_usage?: number;
  readonly online_cpus?: number;
}

interface WireStats {
  readonly cpu_stats?: WireCpu;
  readonly precpu_stats?: WireCpu;
  readonly memory_stats?: { readonly usage?: number; readonly limit?: number; readonly stats?: Readonly<Record<string, number>> };
  readonly networks?: Readonly<Record<string, { readonly rx_bytes?: number; readonly tx_bytes?: number }>>;
  readonly blkio_stats?: { readonly io_service_bytes_recursive?: ReadonlyArray<{ readonly op?: string; readonly value?: number }> | null };
  readonly pids_stats?: { readonly current?: number };
}

/** Of one processor, as docker's own CLI counts: the container's share of the time that all processors had. */
const cpuPercent = (now: WireCpu | undefined, before: WireCpu | undefined): number => {
  const used = (now?.cpu_usage?.total_usage ?? 0) - (before?.cpu_usage?.total_usage ?? 0);
  const had = (now?.system_cpu_usage ?? 0) - (before?.system_cpu_usage ?? 0);
  const processors = now?.online_cpus || now?.cpu_usage?.percpu_usage?.length || 1;
  return used > 0 && had > 0 ? (used / had) * processors * 100 : 0;
};

/** Without the page cache that the kernel would give up: cgroup v1 calls it total_inactive_file, v2 inactive_file. */
const memoryUsage = ({ usage = 0, stats = {} }: NonNullable<WireStats["memory_stats"]>): number => {
  const reclaimable = stats["total_inactive_file"] ?? stats["inactive_file"] ?? 0;
  return reclaimable < usage ? usage - reclaimable : usage;
};

export const toStats = (stats: WireStats): ContainerStats => {
  const networks = Object.values(stats.networks ?? {});
  const blocks = stats.blkio_stats?.io_service_bytes_recursive ?? [];
  const sum = (numbers: ReadonlyArray<number | undefined>) => numbers.reduce<number>((total, one) => total + (one ?? 0), 0);
  const moved = (op: string) => sum(blocks.filter((block) => block.op?.toLowerCase() === op).map(({ value }) => value));
  return {
    cpuPercent: cpuPercent(stats.cpu_stats, stats.precpu_stats),
    memoryUsage: memoryUsage(stats.memory_stats ?? {}),
    memoryLimit: stats.memory_stats?.limit ?? 0,
    networkReceived: sum(networks.map(({ rx_bytes }) => rx_bytes)),
    networkSent: sum(networks.map(({ tx_bytes }) => tx_bytes)),
    blockRead: moved("read"),
    blockWritten: moved("write"),
    processes: stats.pids_stats?.current ?? 0,
  };
};

const statsOf =
  (caller: Caller): FactCalls["stats"] =>
  (id, follow) =>
    Stream.unwrap(
      Effect.map(
        // `stream: true` beside the query tells dockerode to hand over a stream in both cases.
        caller.stream("stats", id, (docker, signal) =>
          docker.getContainer(segment(id)).stats({ ...wire({ stream: follow ? 1 : 0 }, {}, signal), stream: true } as never) as unknown as Promise<NodeJS.ReadableStream>,
        ),
        (body) => Stream.map(linesOf<WireStats>(caller, "stats", id, body), toStats),
      ),
    );

export const factCalls = (caller: Caller): FactCalls => ({
  containerConfig: (id) =>
    Effect.map(
      caller.read("inspectContainer", id, (docker, signal) => docker.getContainer(segment(id)).inspect(wire({}, {}, signal))),
      toConfig,
    ),
  inspectImage: (image) =>
    Effect.map(
      caller.read("inspectImage", image, (docker) => docker.getImage(imagePath(image)).inspect()),
      (info) => toImage(info as unknown as WireImage),
    ),
  listProcesses: (id) =>
    Effect.map(
      caller.read("listProcesses", id, (docker, signal) => docker.getContainer(segment(id)).top(wire({}, {}, signal) as never) as unknown as Promise<unknown>),
      (found) => {
        const table = found as { readonly Titles?: ReadonlyArray<string>; readonly Processes?: ReadonlyArray<ReadonlyArray<string>> | null };
        return { titles: table.Titles ?? [], processes: table.Processes ?? [] };
      },
    ),
  stats: statsOf(caller),
});
