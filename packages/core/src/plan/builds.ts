// The operation that builds one image: everything a builder is told, settled beforehand.
import { contextServices } from "../desired/contexts.ts";
import type { DesiredService, ProjectIdentity } from "../desired/Desired.ts";
import { builtImageLabels } from "../desired/labels.ts";
import type { Build } from "../model/Build.ts";
import type { SshKey } from "../policy/Intent.ts";
import type { Draft } from "./Draft.ts";
import type { LinkedBuild, Operation } from "./Operation.ts";

type BuildImage = Extract<Operation, { readonly _tag: "BuildImage" }>;

export interface BuildOptions {
  /** The image is to run here: of several platforms the builder takes its own. */
  readonly single: boolean;
  readonly pull?: boolean;
  readonly noCache?: boolean;
  readonly args?: Readonly<Record<string, string>>;
  readonly push?: boolean;
  readonly builder?: string;
  readonly memory?: number;
  readonly ssh?: ReadonlyArray<SshKey>;
  readonly provenance?: string;
  readonly sbom?: string;
}

export const forRunning: BuildOptions = { single: true };

/** As docker compose: a service's own platform is the one to build for, unless the build names several and may make them all. */
const platformsOf = ({ service, platform }: DesiredService, single: boolean): ReadonlyArray<string> | undefined => {
  const platforms = service.build?.platforms ?? [];
  if (platform !== undefined && (single || platforms.length === 0)) return [platform];
  return platforms.length === 0 || (single && platforms.length > 1) ? undefined : platforms;
};

const buildOf = (desired: DesiredService, options: BuildOptions): Build => {
  const { platforms: _, ...build } = desired.service.build ?? {};
  const { args, ssh, provenance, sbom } = options;
  const platforms = platformsOf(desired, options.single);
  return {
    ...build,
    ...(platforms === undefined || desired.service.build?.platforms === undefined ? {} : { platforms }),
    ...(args === undefined ? {} : { args: { ...build.args, ...args } }),
    ...(ssh === undefined || ssh.length === 0 ? {} : { ssh: [...(build.ssh ?? []), ...ssh] }),
    ...(provenance === undefined ? {} : { provenance }),
    ...(sbom === undefined ? {} : { sbom }),
  };
};

const linkedOf = (
  project: ProjectIdentity,
  from: DesiredService,
  services: ReadonlyArray<DesiredService>,
  options: BuildOptions,
): Readonly<Record<string, LinkedBuild>> => {
  const found: Record<string, LinkedBuild> = {};
  const waiting = [...contextServices(from.service)];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const service = services.find((each) => each.name === name);
    if (service?.service.build === undefined || Object.hasOwn(found, name)) continue;
    found[name] = {
      image: service.image,
      build: buildOf(service, options),
      labels: { ...service.service.build.labels, ...builtImageLabels(project, name) },
      ...(service.platform === undefined ? {} : { platform: service.platform }),
      ...(service.buildSecrets.length === 0 ? {} : { secrets: service.buildSecrets }),
    };
    waiting.push(...contextServices(service.service));
  }
  return found;
};

export const buildOperation = (
  project: ProjectIdentity,
  desired: DesiredService,
  services: ReadonlyArray<DesiredService>,
  options: BuildOptions,
): BuildImage => {
  const build = buildOf(desired, options);
  const linked = linkedOf(project, desired, services, options);
  return {
    _tag: "BuildImage",
    image: desired.image,
    service: desired.name,
    build,
    ...(desired.platform === undefined ? {} : { platform: desired.platform }),
    labels: { ...build.labels, ...builtImageLabels(project, desired.name) },
    pull: options.pull === true || build.pull === true,
    noCache: options.noCache === true || build.no_cache === true,
    ...(desired.buildSecrets.length === 0 ? {} : { secrets: desired.buildSecrets }),
    ...(Object.keys(linked).length === 0 ? {} : { linked }),
    // An image without a name of its own has no place in a registry.
    ...(options.push === true && desired.service.image !== undefined ? { push: true } : {}),
    ...(options.builder === undefined ? {} : { builder: options.builder }),
    ...(options.memory === undefined ? {} : { memory: options.memory }),
  };
};

/** The services with those whose builds theirs start from. */
export const withBases = (
  { desired }: Draft,
  services: ReadonlyArray<DesiredService>,
): ReadonlyArray<DesiredService> => {
  const names = new Set(services.map(({ name }) => name));
  return [...services, ...desired.bases.filter(({ name }) => !names.has(name))];
};
