// Reads what a plan needs from the engine: three lists at once, images where the containers do not tell of them, and an
// inspect only where a list cannot tell.
import { marksOf } from "@composure/core/observed/marks";
import type {
  Observed,
  ObservedContainer,
  ObservedImage,
  ObservedNetwork,
  ObservedVolume,
  ObserveQuery,
} from "@composure/core/observed/Observed";
import type { EngineError } from "@composure/engine/EngineError";
import type Docker from "dockerode";
import * as Effect from "effect/Effect";
import { type Caller, wire } from "./call.ts";
import { familiarText, mayBeId, parseReference } from "./reference.ts";
import { imagePath } from "./containers.ts";
import { readSettings } from "./spec/settings.ts";
import { parseExitCode, parseHealth, parseState } from "./status.ts";

export const PROJECT_LABEL = "com.docker.compose.project";

type Call<A> = Effect.Effect<A, EngineError>;

const optional = <K extends string, A>(key: K, value: A | undefined | ""): { readonly [P in K]?: A } =>
  (value === undefined || value === "" ? {} : { [key]: value }) as { readonly [P in K]?: A };

/** A container has one name of its own; the others, with two slashes, are what legacy links call it. */
const ownName = (names: ReadonlyArray<string> | null): string =>
  (names?.find((name) => name.lastIndexOf("/") === 0) ?? names?.[0] ?? "").replace(/^\//, "");

export const toContainer = (info: Docker.ContainerInfo): ObservedContainer => {
  const exitCode = parseExitCode(info.Status);
  const state = parseState(info.State);
  return {
    id: info.Id,
    name: ownName(info.Names),
    state,
    health: parseHealth(info.Status),
    ...(exitCode !== undefined && (state === "exited" || state === "dead") ? { exitCode } : {}),
    createdAt: info.Created,
    status: info.Status,
    command: info.Command ?? "",
    image: info.Image,
    imageId: info.ImageID,
    labels: info.Labels ?? {},
    networkMode: info.HostConfig?.NetworkMode ?? "",
    endpoints: Object.entries(info.NetworkSettings?.Networks ?? {})
      .map(([network, endpoint]) => ({
        network,
        networkId: endpoint.NetworkID,
        aliases: (endpoint.Aliases ?? []) as ReadonlyArray<string>,
        ...optional("ipv4", endpoint.IPAddress),
        ...optional("ipv6", endpoint.GlobalIPv6Address),
        ...optional("mac", endpoint.MacAddress),
      }))
      .sort((a, b) => (a.network < b.network ? -1 : 1)),
    mounts: (info.Mounts ?? []).map((mount) => ({
      type: mount.Type,
      ...optional("name", mount.Name),
      source: mount.Source ?? "",
      destination: mount.Destination,
      readOnly: !mount.RW,
    })),
    ports: (info.Ports ?? []).map((port) => ({
      ...optional("ip", port.IP),
      private: port.PrivatePort,
      ...(port.PublicPort ? { public: port.PublicPort } : {}),
      protocol: port.Type,
    })),
  };
};

const toNetwork = (info: Docker.NetworkInspectInfo): ObservedNetwork => ({
  id: info.Id,
  name: info.Name,
  driver: info.Driver,
  scope: info.Scope,
  subnets: (info.IPAM?.Config ?? []).flatMap((pool) => (pool.Subnet ? [pool.Subnet] : [])),
  labels: info.Labels ?? {},
});

export const toVolume = (info: Docker.VolumeInspectInfo): ObservedVolume => ({
  name: info.Name,
  driver: info.Driver,
  labels: info.Labels ?? {},
});

const toImage = (reference: string, info: Docker.ImageInfo): ObservedImage => ({
  reference,
  id: info.Id,
  digests: info.RepoDigests ?? [],
  labels: info.Labels ?? {},
});

interface ImageConfig {
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Volumes?: object | null;
  readonly ExposedPorts?: object | null;
  readonly Healthcheck?: { readonly Test?: ReadonlyArray<string> | null } | null;
}

const inspectedImage = (reference: string, info: Docker.ImageInspectInfo): ObservedImage => {
  const config = (info.Config ?? {}) as unknown as ImageConfig;
  const { Variant: variant, Metadata: metadata } = info as {
    readonly Variant?: string;
    readonly Metadata?: { readonly LastTagTime?: string };
  };
  const tagged = Date.parse(metadata?.LastTagTime ?? "");
  const test = config.Healthcheck?.Test ?? [];
  return {
    reference,
    id: info.Id,
    digests: info.RepoDigests ?? [],
    labels: config.Labels ?? {},
    platform: [info.Os, info.Architecture, variant].filter(Boolean).join("/"),
    // The zero time of an engine that never tagged it lies before the epoch.
    ...(tagged > 0 ? { taggedAt: Math.floor(tagged / 1000) } : {}),
    details: {
      volumes: Object.keys(config.Volumes ?? {}).sort(),
      hasHealthcheck: test.length > 0 && test[0] !== "NONE",
      exposed: Object.keys(config.ExposedPorts ?? {}).sort(),
    },
  };
};

/** With their details; those that are not there are left out. */
export const observeImages = (caller: Caller, references: ReadonlyArray<string>): Call<ReadonlyArray<ObservedImage>> =>
  Effect.map(
    Effect.forEach(references, (reference) => inspectImage(caller, reference), { concurrency: 8 }),
    (found) => found.flat(),
  );

const inspectImage = (caller: Caller, reference: string): Call<ReadonlyArray<ObservedImage>> =>
  caller
    .read("inspectImage", reference, (docker) => docker.getImage(imagePath(reference)).inspect())
    .pipe(
      Effect.map((info) => [inspectedImage(reference, info)]),
      Effect.catchReason("EngineError", "NotFound", () => Effect.succeed([])),
    );

/** All references in one call. Beside a tag the list leaves the digests out; asking for them too would double its time. */
const listImages = (caller: Caller, references: ReadonlyArray<string>): Call<ReadonlyArray<ObservedImage>> => {
  if (references.length === 0) return Effect.succeed([]);
  const parsed = references.map((text) => ({ text, reference: parseReference(text) }));
  const patterns = [...new Set(parsed.map(({ reference }) => familiarText(reference)))].sort();
  return Effect.map(
    caller.read("listImages", references.join(", "), (docker, signal) =>
      docker.listImages(wire({ filters: { reference: patterns } }, {}, signal)),
    ),
    (images) => {
      const byText = new Map(
        images.flatMap((image) =>
          [...(image.RepoTags ?? []), ...(image.RepoDigests ?? [])].map((text) => [text, image] as const),
        ),
      );
      return parsed.flatMap(({ text, reference }) => {
        const image = byText.get(familiarText(reference));
        return image === undefined ? [] : [toImage(text, image)];
      });
    },
  );
};

/**
 * What the list of containers tells of images: the engine shows a container's image by its reference only while that
 * stands for the image that the container runs, and else by the id (moby, daemon/list.go). Other engines do not.
 */
const vouched = (
  caller: Caller,
  containers: ReadonlyArray<ObservedContainer>,
  wanted: ReadonlyArray<string>,
): ReadonlyArray<ObservedImage> => {
  if (!caller.connection.headers.server?.startsWith("Docker/")) return [];
  const ids = new Map(
    containers
      .filter(({ image, imageId }) => imageId !== "" && image !== imageId && !mayBeId(image))
      .map(({ image, imageId }) => [familiarText(parseReference(image)), imageId]),
  );
  return wanted.flatMap((reference) => {
    const id = ids.get(familiarText(parseReference(reference)));
    return id === undefined ? [] : [{ reference, id, digests: [], labels: {} }];
  });
};

const readImages = (
  caller: Caller,
  query: ObserveQuery,
  containers: ReadonlyArray<ObservedContainer>,
): Call<ReadonlyArray<ObservedImage>> => {
  const detailed = new Set(query.imageDetails);
  const all = [...new Set([...query.images, ...query.imageDetails])].sort();
  // A short hexadecimal text may be either; an inspect looks both up.
  const special = all.filter((reference) => detailed.has(reference) || mayBeId(reference));
  const known = vouched(
    caller,
    containers,
    all.filter((reference) => !special.includes(reference)),
  );
  const unknown = all.filter(
    (reference) => !special.includes(reference) && !known.some((image) => image.reference === reference),
  );
  // For a single image an inspect is the quicker call.
  const [listed, inspected] = unknown.length === 1 ? [[], [...special, ...unknown]] : [unknown, special];
  return Effect.map(
    Effect.all([listImages(caller, listed), observeImages(caller, inspected)], { concurrency: "unbounded" }),
    ([found, details]) => [...known, ...found, ...details].sort((a, b) => (a.reference < b.reference ? -1 : 1)),
  );
};

export const listContainers = (
  caller: Caller,
  query: { readonly labels: ReadonlyArray<string>; readonly all: boolean },
): Call<ReadonlyArray<ObservedContainer>> => {
  const filters = query.labels.length === 0 ? {} : { filters: { label: [...query.labels] } };
  return Effect.map(
    caller.read("listContainers", query.labels.join(", "), (docker, signal) =>
      docker.listContainers(wire({ all: query.all ? 1 : 0, ...filters }, {}, signal)),
    ),
    (containers) => containers.map(toContainer),
  );
};

/** Of the containers that a mark says were updated, what their labels cannot tell. One that is gone tells nothing. */
const withSettings = (
  caller: Caller,
  containers: ReadonlyArray<ObservedContainer>,
  marked: ReadonlySet<string>,
): Call<ReadonlyArray<ObservedContainer>> =>
  Effect.forEach(
    containers,
    (container) =>
      marked.has(container.id)
        ? caller
            .read("inspectContainer", container.id, (docker, signal) =>
              docker.getContainer(container.id).inspect(wire({}, {}, signal)),
            )
            .pipe(
              Effect.map(({ HostConfig: host }) => ({ ...container, settings: readSettings({ ...host }) })),
              Effect.catchReason("EngineError", "NotFound", () => Effect.succeed(container)),
            )
        : Effect.succeed(container),
    { concurrency: 8 },
  );

/** One engine list per kind, all at the same time; images only as far as the containers do not tell of them. */
export const observe = (caller: Caller, query: ObserveQuery): Call<Observed> =>
  Effect.gen(function* () {
    const labels = query.foreign ? [] : [`${PROJECT_LABEL}=${query.project}`];
    const [[containers, images], networks, volumes] = yield* Effect.all(
      [
        Effect.flatMap(listContainers(caller, { labels, all: true }), (found) =>
          Effect.map(readImages(caller, query, found), (known) => [found, known] as const),
        ),
        caller.read("listNetworks", "", (docker, signal) => docker.listNetworks(wire({}, {}, signal))),
        query.volumes
          ? caller.read("listVolumes", "", (docker, signal) => docker.listVolumes(wire({}, {}, signal)))
          : Effect.succeed(undefined),
      ],
      { concurrency: "unbounded" },
    );
    const apiVersion = yield* caller.apiVersion;
    const isOurs = (container: ObservedContainer) => container.labels[PROJECT_LABEL] === query.project;
    const named = (a: { readonly name: string }, b: { readonly name: string }) => (a.name < b.name ? -1 : 1);
    const found = (volumes?.Volumes ?? []).map(toVolume).sort(named);
    const marked = new Set(marksOf(query.project, found).map(({ containerId }) => containerId));
    return {
      apiVersion,
      target: caller.transport.name,
      readAt: caller.connection.headers.time ?? 0,
      containers: yield* withSettings(caller, containers.filter(isOurs).sort(named), marked),
      foreign: containers.filter((container) => !isOurs(container)).sort(named),
      networks: networks.map(toNetwork).sort(named),
      volumes: found,
      images,
    };
  });
