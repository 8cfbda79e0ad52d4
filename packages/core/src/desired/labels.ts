// The labels by which docker compose, and everything around it, knows its containers, networks and volumes.
import type { StringMap } from "../model/Service.ts";
import type { DesiredNetwork, DesiredService, DesiredVolume, ProjectIdentity } from "./Desired.ts";

const prefix = "com.docker.compose";

export const labelOf = {
  project: `${prefix}.project`,
  service: `${prefix}.service`,
  version: `${prefix}.version`,
  configHash: `${prefix}.config-hash`,
  number: `${prefix}.container-number`,
  oneOff: `${prefix}.oneoff`,
  slug: `${prefix}.slug`,
  workingDir: `${prefix}.project.working_dir`,
  configFiles: `${prefix}.project.config_files`,
  environmentFile: `${prefix}.project.environment_file`,
  dependsOn: `${prefix}.depends_on`,
  image: `${prefix}.image`,
  imageVolumes: `${prefix}.image-volume-digest`,
  replace: `${prefix}.replace`,
  network: `${prefix}.network`,
  volume: `${prefix}.volume`,
  hook: `${prefix}.hook`,
  /** Composure's own: a digest of the texts that were put into the container. */
  files: "composure.files",
  /** Composure's own: a digest of the contents of its mounted configs and secrets. */
  hostFiles: "composure.host-files",
  /** Composure's own: who made the container, "ana@laptop". */
  by: "composure.by",
  /** Composure's own: why the container was made, in words. */
  reason: "composure.reason",
} as const;

/** The docker compose whose labels and hashes these are. */
export const composeVersion = "2.40.3";

const common = (project: ProjectIdentity): StringMap => ({
  [labelOf.project]: project.name,
  [labelOf.version]: composeVersion,
});

const provenance = (project: ProjectIdentity): StringMap => ({
  [labelOf.workingDir]: project.workingDir,
  [labelOf.configFiles]: project.configFiles.join(","),
  ...(project.envFiles.length === 0 ? {} : { [labelOf.environmentFile]: project.envFiles.join(",") }),
});

/** All labels of a service's container but those that are known late (config-hash, image) and `replace`. */
export const containerLabels = (project: ProjectIdentity, desired: DesiredService, number: number): StringMap => ({
  ...desired.service.labels,
  ...common(project),
  ...provenance(project),
  [labelOf.service]: desired.name,
  [labelOf.number]: String(number),
  [labelOf.oneOff]: "False",
  [labelOf.dependsOn]: desired.dependsOnLabel,
  ...(desired.filesDigest === undefined ? {} : { [labelOf.files]: desired.filesDigest }),
  ...(desired.hostFilesDigest === undefined ? {} : { [labelOf.hostFiles]: desired.hostFilesDigest }),
});

/** Labels of the container that runs a `pre_start` hook: no hash, so that it is never taken for a replica. */
export const hookLabels = (project: ProjectIdentity, service: string): StringMap => ({
  ...common(project),
  [labelOf.service]: service,
  [labelOf.hook]: "pre_start",
});

export const networkLabels = (project: ProjectIdentity, desired: DesiredNetwork): StringMap => ({
  ...desired.network.labels,
  ...common(project),
  [labelOf.network]: desired.key,
  [labelOf.configHash]: desired.hash,
});

export const volumeLabels = (project: ProjectIdentity, desired: DesiredVolume): StringMap => ({
  ...desired.volume.labels,
  ...common(project),
  [labelOf.volume]: desired.key,
  [labelOf.configHash]: desired.hash,
});

export const builtImageLabels = (project: ProjectIdentity, service: string): StringMap => ({
  ...common(project),
  [labelOf.service]: service,
});
