// Mounts with real names.
import type { Project } from "../model/Project.ts";
import type { Service, ServiceVolume } from "../model/Service.ts";
import type { MountSpec } from "../plan/Operation.ts";
import type { FileMount } from "./Desired.ts";

export const volumeName = (project: Project, key: string): string =>
  project.volumes[key]?.name ?? `${project.name}_${key}`;

const volumeMount = (project: Project, mount: ServiceVolume): MountSpec => ({
  _tag: "Volume",
  ...(mount.source === undefined || mount.source === "" ? {} : { name: volumeName(project, mount.source) }),
  target: mount.target,
  readOnly: mount.read_only === true,
  inherited: false,
  ...(mount.volume?.nocopy === undefined ? {} : { nocopy: mount.volume.nocopy }),
  ...(mount.volume?.subpath === undefined ? {} : { subpath: mount.volume.subpath }),
  ...(mount.volume?.labels === undefined ? {} : { labels: mount.volume.labels }),
});

const bindMount = (mount: ServiceVolume): MountSpec => ({
  _tag: "Bind",
  source: mount.source ?? "",
  target: mount.target,
  readOnly: mount.read_only === true,
  // A long form without any bind options makes the folder; one with options must say so.
  createHostPath: mount.bind === undefined || mount.bind.create_host_path === true,
  ...(mount.bind?.propagation === undefined ? {} : { propagation: mount.bind.propagation }),
  ...(mount.bind?.selinux === undefined ? {} : { selinux: mount.bind.selinux }),
  ...(mount.bind?.recursive === undefined ? {} : { recursive: mount.bind.recursive }),
  ...(mount.consistency === undefined ? {} : { consistency: mount.consistency }),
});

const mountSpec = (project: Project, mount: ServiceVolume): MountSpec => {
  switch (mount.type) {
    case "volume":
    case "cluster":
      return volumeMount(project, mount);
    case "bind":
      return bindMount(mount);
    case "tmpfs":
      return {
        _tag: "Tmpfs",
        target: mount.target,
        readOnly: mount.read_only === true,
        ...(mount.tmpfs?.size === undefined ? {} : { size: mount.tmpfs.size }),
        ...(mount.tmpfs?.mode === undefined ? {} : { mode: mount.tmpfs.mode }),
      };
    case "npipe":
      return { _tag: "NamedPipe", source: mount.source ?? "", target: mount.target };
    case "image":
      return {
        _tag: "Image",
        source: mount.source ?? "",
        target: mount.target,
        ...(mount.image?.subpath === undefined ? {} : { subpath: mount.image.subpath }),
      };
  }
};

const fileMount = ({ source, target }: FileMount): MountSpec => ({
  _tag: "Bind",
  source,
  target,
  readOnly: true,
  createHostPath: false,
});

export const mountsOf = (
  project: Project,
  service: Service,
  fileMounts: ReadonlyArray<FileMount>,
): ReadonlyArray<MountSpec> => [
  ...(service.volumes ?? []).map((mount) => mountSpec(project, mount)),
  ...fileMounts.map(fileMount),
];

/** The keys of the top-level volumes it mounts, each once. */
export const volumeKeysOf = (service: Service): ReadonlyArray<string> =>
  Array.from(
    new Set(
      (service.volumes ?? []).flatMap(({ type, source }) =>
        type === "volume" && source !== undefined && source !== "" ? [source] : [],
      ),
    ),
  ).sort();
