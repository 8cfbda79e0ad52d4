// The bodies we send against those docker compose 2.40.3 sent for the same files, recorded by golden/record.mjs.
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { desire } from "@composure/core/desired/desire";
import type { Desired, DesiredService } from "@composure/core/desired/Desired";
import { wire } from "@composure/core/desired/endpoints";
import type { FileContent, Loaded } from "@composure/core/load/Load";
import { load } from "@composure/core/load/loadProject";
import type { BoundContainerSpec } from "@composure/core/plan/Operation";
import { compareVersions } from "@composure/docker/call";
import { containerBody } from "@composure/docker/spec/container";
import { networkBody } from "@composure/docker/spec/network";
import { seccompFiles } from "@composure/docker/spec/security";
import { volumeBody } from "@composure/docker/spec/volume";
import * as Result from "effect/Result";
import { describe, expect, test } from "vitest";

type Json = Readonly<Record<string, unknown>>;
interface Recording {
  readonly containers: Readonly<Record<string, Json>>;
  readonly networks: Readonly<Record<string, Json>>;
  readonly volumes: Readonly<Record<string, Json>>;
}

const folder = fileURLToPath(new URL("./golden", import.meta.url));
const here = (path: string): string => readFileSync(join(folder, basename(path)), "utf8");

const loadGolden = (name: string): Loaded => {
  const fetched = new Map<string, FileContent>();
  for (;;) {
    const request = {
      cwd: "/golden",
      env: {},
      files: [`/golden/${name}.yml`],
      projectName: `docker-golden-${name}`,
      profiles: [],
      envFiles: [],
      services: [],
    };
    const result = load(request, fetched);
    if (result._tag === "Loaded") return result;
    if (result._tag === "Invalid") throw new Error(result.diagnostics.map((problem) => problem.message).join("\n"));
    for (const path of result.paths)
      fetched.set(path, path.endsWith(".env") ? { _tag: "Missing" } : { _tag: "Text", content: here(path) });
  }
};

const specOf = (desired: Desired, service: DesiredService): BoundContainerSpec => {
  const { network_mode, ipc, pid } = service.service;
  const wiring = wire(desired.project, service, 1, () => []);
  return {
    service: service.service,
    image: service.image,
    labels: { "com.docker.compose.project.working_dir": "/golden" },
    endpoints: wiring.endpoints,
    links: wiring.links,
    mounts: service.mounts,
    volumesFrom: (service.service.volumes_from ?? []).map((from) => from.replace(/^container:/, "")),
    proxyEnvironment: {},
    interactive: { stdin: false, autoRemove: false },
    ...(service.service.platform === undefined ? {} : { platform: service.service.platform }),
    ...(network_mode === undefined ? {} : { networkMode: network_mode }),
    ...(ipc === undefined ? {} : { ipcMode: ipc }),
    ...(pid === undefined ? {} : { pidMode: pid }),
  };
};

/** Where an empty value says something else than no value. */
const SPEAKING = new Set(["Cmd", "Entrypoint", "Init", "StopTimeout", "MemorySwappiness"]);
/** Told apart from ours on purpose, and why. */
const DIFFERENT = new Set([
  "ConsoleSize", // always [0, 0], which is also its default
  "IPAddress", // a fact of a running endpoint that the engine ignores in a request
  "IPv6Gateway", // docker compose puts the address itself here; the engine ignores it
]);
/** Lists whose order means nothing and is random in docker compose. */
const UNORDERED = new Set(["Env", "Binds", "Mounts", "ExtraHosts", "Links", "Ulimits"]);

/** docker compose leaves "4000-4002" and "3000" for the engine to read. */
const expandPorts = (ports: Json): Json =>
  Object.fromEntries(
    Object.keys(ports)
      .flatMap((key) => {
        const [range = "", protocol = "tcp"] = key.split("/");
        const [first = 0, last = first] = range.split("-").map(Number);
        return Array.from({ length: last - first + 1 }, (_, index) => [`${first + index}/${protocol}`, {}] as const);
      })
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

const sorted = (list: ReadonlyArray<unknown>): ReadonlyArray<unknown> =>
  list.map((item) => JSON.stringify(item)).sort();
const isNothing = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === "" ||
  value === 0 ||
  value === false ||
  (typeof value === "object" && Object.keys(value).length === 0);

const tidy = (value: unknown, key = ""): unknown => {
  if (Array.isArray(value)) {
    const list = value.map((item) => tidy(item));
    if (key === "CapAdd" || key === "CapDrop") return value.map((name) => String(name).replace(/^CAP_/, ""));
    return UNORDERED.has(key) ? sorted(list) : list;
  }
  if (typeof value !== "object" || value === null) return value;
  if (key === "ExposedPorts") return expandPorts(value as Json);
  // Ports without a binding, exposed ports and the like are empty objects that count.
  const counts = key === "PortBindings";
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !DIFFERENT.has(name))
      .map(([name, field]) => [name, tidy(field, name)] as const)
      .filter(
        ([name, field]) => counts || (SPEAKING.has(name) ? field !== null && field !== undefined : !isNothing(field)),
      )
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
};

interface Tidied {
  readonly HostConfig?: {
    Binds?: ReadonlyArray<unknown>;
    Mounts?: ReadonlyArray<unknown>;
    Links?: unknown;
    readonly NetworkMode?: string;
  };
  readonly NetworkingConfig?: { readonly EndpointsConfig?: Readonly<Record<string, Record<string, unknown>>> };
}

/** Before 1.42 `CreateMountpoint` is not heard; we say the same with a line. */
const asLine = (mount: unknown): ReadonlyArray<string> => {
  const { Source, Target, BindOptions } = JSON.parse(String(mount)) as {
    Source: string;
    Target: string;
    BindOptions?: { CreateMountpoint?: boolean; Propagation?: string };
  };
  return BindOptions?.CreateMountpoint === true
    ? [JSON.stringify(`${Source}:${Target}:rw,${BindOptions.Propagation}`)]
    : [];
};

const comparable = (body: Json, version: string): unknown => {
  const { Labels: _labels, ...rest } = body;
  const tidied = tidy(rest) as Tidied;
  const { HostConfig: host } = tidied;
  if (host !== undefined && host.NetworkMode !== "bridge") delete host.Links; // only the default bridge reads them there
  if (version !== "1.41") return tidied;
  // Before 1.44 the address stands at the container, and engines ignore it at the endpoint.
  for (const endpoint of Object.values(tidied.NetworkingConfig?.EndpointsConfig ?? {})) delete endpoint["MacAddress"];
  const lines = (host?.Mounts ?? []).flatMap(asLine);
  if (host !== undefined && lines.length > 0) {
    host.Mounts = (host.Mounts ?? []).filter((mount) => asLine(mount).length === 0);
    host.Binds = [...(host.Binds ?? []), ...lines].sort();
  }
  return tidied;
};

const names = readdirSync(folder)
  .flatMap((file) => /^(.*)\.yml$/.exec(file)?.[1] ?? [])
  .sort();

for (const version of ["1.41", "1.51"]) {
  const speaks = (wanted: string) => compareVersions(version, wanted) >= 0;
  describe.each(names)(`API ${version}: %s`, (name) => {
    const recording = JSON.parse(here(`${name}.${version}.json`)) as Recording;
    const desired = Result.getOrThrow(desire(loadGolden(name).project));

    test.each(desired.services.map((service) => [service.name, service] as const))("container %s", (_, service) => {
      const recorded = recording.containers[`docker-golden-${name}-${service.name}-1`];
      const files = seccompFiles(service.service.security_opt ?? [], {
        "com.docker.compose.project.working_dir": "/golden",
      });
      const profiles = Object.fromEntries(files.map((file) => [file.name, here(file.path)]));
      const body = containerBody(specOf(desired, service), { speaks, profiles });
      // What this API lacks is refused by both.
      if (recorded === undefined) return expect(Result.isFailure(body)).toBe(true);
      if (Result.isFailure(body)) {
        // docker compose sends this one to an engine that mounts the whole volume instead.
        return expect(body.failure.feature).toBe("volume.subpath");
      }
      if (service.name === "s-from") {
        // docker compose loses the access mode of `container:name:ro`.
        expect((body.success as { HostConfig: { VolumesFrom: unknown } }).HostConfig.VolumesFrom).toEqual([
          "other:ro",
          "third",
        ]);
        return;
      }
      expect(comparable(body.success, version)).toEqual(comparable(recorded, version));
    });

    test("networks and volumes", () => {
      for (const network of desired.networks.filter((one) => recording.networks[one.name] !== undefined)) {
        const body = networkBody(
          { _tag: "CreateNetwork", name: network.name, network: network.network, labels: {} },
          !speaks("1.44"),
        );
        const ours = comparable(body, version) as { IPAM?: { Options?: unknown } };
        // docker compose reads ipam.options and forgets to send them.
        if (ours.IPAM?.Options !== undefined) delete ours.IPAM.Options;
        expect(ours).toEqual(comparable(recording.networks[network.name] ?? {}, version));
      }
      for (const volume of desired.volumes.filter(
        (one) => !one.external && recording.volumes[one.name] !== undefined,
      )) {
        const body = volumeBody({ _tag: "CreateVolume", name: volume.name, volume: volume.volume, labels: {} });
        expect(comparable(body, version)).toEqual(comparable(recording.volumes[volume.name] ?? {}, version));
      }
    });
  });
}

test("every container of the files was recorded on the newest engine", () => {
  for (const name of names) {
    const recording = JSON.parse(here(`${name}.1.51.json`)) as Recording;
    expect(Object.keys(recording.containers).length).toBe(
      loadGolden(name).project ? Object.keys(loadGolden(name).project.services).length : 0,
    );
  }
});
