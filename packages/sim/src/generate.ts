// Compose files by choice: small projects in which the hard things of a replacement come together, and edits of them.
import type { Choice } from "./Choice.ts";

type Json = string | number | boolean | null | ReadonlyArray<Json> | { readonly [key: string]: Json };

export interface FileService {
  readonly image: string;
  readonly command?: ReadonlyArray<string>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string; readonly restart?: boolean; readonly required?: boolean }>>;
  readonly healthcheck?: Json;
  readonly ports?: ReadonlyArray<string>;
  readonly volumes?: ReadonlyArray<string>;
  readonly networks?: Readonly<Record<string, { readonly ipv4_address?: string } | null>>;
  readonly container_name?: string;
  readonly scale?: number;
  readonly restart?: string;
  readonly network_mode?: string;
  readonly volumes_from?: ReadonlyArray<string>;
  readonly configs?: ReadonlyArray<string>;
  readonly post_start?: Json;
  readonly pre_stop?: Json;
  readonly pull_policy?: string;
  readonly build?: Json;
  readonly deploy?: Json;
}

/** A Compose file as data; JSON is YAML, so its text is `JSON.stringify`. */
export interface ComposeFile {
  readonly name: string;
  readonly services: Readonly<Record<string, FileService>>;
  readonly networks?: { readonly [key: string]: Json };
  readonly volumes?: { readonly [key: string]: Json };
  readonly configs?: { readonly [key: string]: Json };
}

/** Parts of Compose that a run may use. Leaving out whole features finds what a mixture of all hides. */
export interface Features {
  readonly jobs: boolean;
  readonly health: boolean;
  readonly ports: boolean;
  readonly volumes: boolean;
  readonly networks: boolean;
  readonly names: boolean;
  readonly replicas: boolean;
  readonly namespaces: boolean;
  readonly restarts: boolean;
  readonly hooks: boolean;
  readonly configs: boolean;
  readonly pulls: boolean;
  readonly builds: boolean;
  readonly updates: boolean;
}

const featureNames = ["jobs", "health", "ports", "volumes", "networks", "names", "replicas", "namespaces", "restarts", "hooks", "configs", "pulls", "builds", "updates"] as const;

export const drawFeatures = (choice: Choice): Features =>
  Object.fromEntries(featureNames.map((name) => [name, choice(2) === 1])) as unknown as Features;

/** Images that the generated projects use, for the simulated registry. */
export const generatedImages = { redis: { volumes: ["/data"] }, checked: { healthcheck: { test: ["CMD", "probe"], interval: 2_000_000_000 } } };

const oneOf = <A>(choice: Choice, list: readonly [A, ...ReadonlyArray<A>]): A => list[choice(list.length)] ?? list[0];
const sometimes = (choice: Choice, feature: boolean, oneIn: number): boolean => feature && choice(oneIn) === 0;

interface Ground {
  readonly choice: Choice;
  readonly features: Features;
  readonly name: string;
  /** Services that may be depended on, with what they are. */
  readonly earlier: ReadonlyArray<readonly [string, FileService]>;
  readonly index: number;
}

const isJob = (service: FileService): boolean => service.command?.[0] === "true";

const dependency = ({ choice, features }: Ground, service: FileService) => {
  const conditions: [string, ...Array<string>] = ["service_started"];
  if (service.healthcheck !== undefined) conditions.push("service_healthy");
  if (isJob(service)) conditions.push("service_completed_successfully");
  return { condition: oneOf(choice, conditions), ...(sometimes(choice, features.restarts, 2) ? { restart: true } : {}) };
};

const dependencies = (ground: Ground): Pick<FileService, "depends_on"> => {
  const chosen = ground.earlier.filter(() => ground.choice(2) === 1).map(([name, service]) => [name, dependency(ground, service)] as const);
  return chosen.length === 0 ? {} : { depends_on: Object.fromEntries(chosen) };
};

const storage = ({ choice, features }: Ground): Pick<FileService, "volumes"> => {
  const volumes = [...(sometimes(choice, features.volumes, 3) ? ["data:/srv"] : []), ...(sometimes(choice, features.volumes, 3) ? ["/cache"] : [])];
  return volumes.length === 0 ? {} : { volumes };
};

const attachment = ({ choice, features, index }: Ground, single: boolean): Pick<FileService, "networks"> => {
  if (!features.networks) return {};
  const address = choice(3) === 0 && single ? { ipv4_address: `10.99.0.${10 + index}` } : null;
  const networks = oneOf(choice, [undefined, { default: null, front: null }, { fixed: address }] as const);
  return networks === undefined ? {} : { networks };
};

const sharing = ({ choice, features, earlier }: Ground): Pick<FileService, "network_mode" | "volumes_from"> => {
  const last = earlier.findLast(([, service]) => !isJob(service) && service.network_mode === undefined && service.scale !== 0)?.[0];
  if (last === undefined || !sometimes(choice, features.namespaces, 2)) return {};
  return choice(2) === 0 ? { network_mode: `service:${last}` } : { volumes_from: [last] };
};

const update = (choice: Choice): Json => ({
  ...(choice(2) === 0 ? { order: oneOf(choice, ["start-first", "stop-first"] as const) } : {}),
  ...(choice(2) === 0 ? { parallelism: choice(3) } : {}),
});

const service = (ground: Ground): FileService => {
  const { choice, features, name, index } = ground;
  if (sometimes(choice, features.jobs, 4)) return { image: oneOf(choice, ["tools:1", "checked:1"] as const), command: ["true"], ...dependencies(ground) };
  const replicas = sometimes(choice, features.replicas, 3) ? { scale: 2 } : {};
  const ports = oneOf(choice, [undefined, [`${8000 + index}:80`], ["80"], [`${8100 + 10 * index}-${8105 + 10 * index}:80`]] as const);
  const single = Object.keys(replicas).length === 0;
  const shared = sharing(ground);
  const alone = shared.network_mode === undefined;
  return {
    image: oneOf(choice, ["app:1", "redis:7", "checked:1"] as const),
    environment: { V: "0" },
    ...dependencies(ground),
    ...storage(ground),
    ...replicas,
    ...shared,
    ...(alone ? attachment(ground, single) : {}),
    ...(alone && single && features.ports && ports !== undefined ? { ports } : {}),
    ...(sometimes(choice, features.health, 2) ? { healthcheck: { test: ["CMD", "probe"], interval: "1s" } } : {}),
    ...(single && sometimes(choice, features.names, 3) ? { container_name: `named-${name}` } : {}),
    ...(sometimes(choice, features.restarts, 2) ? { restart: oneOf(choice, ["always", "unless-stopped", "on-failure"] as const) } : {}),
    ...(sometimes(choice, features.hooks, 3) ? { post_start: [{ command: ["true"] }] } : {}),
    ...(sometimes(choice, features.hooks, 3) ? { pre_stop: [{ command: ["true"] }] } : {}),
    ...(sometimes(choice, features.configs, 3) ? { configs: ["settings"] } : {}),
    ...(sometimes(choice, features.pulls, 2) ? { pull_policy: "always" } : sometimes(choice, features.builds, 2) ? { build: { context: "." } } : {}),
    ...(sometimes(choice, features.updates, 2) ? { deploy: { update_config: update(choice) } } : {}),
  };
};

const serviceNames = ["a", "b", "c", "d"] as const;

const complete = (name: string, services: Readonly<Record<string, FileService>>, subnet: string, label: string): ComposeFile => {
  const all = Object.values(services);
  const uses = (key: string): boolean => all.some(({ networks }) => networks !== undefined && key in networks);
  return {
    name,
    services,
    networks: {
      ...(uses("front") ? { front: { labels: { v: label } } } : {}),
      ...(uses("fixed") ? { fixed: { ipam: { config: [{ subnet }] } } } : {}),
    },
    volumes: all.some(({ volumes }) => volumes?.includes("data:/srv") === true) ? { data: { labels: { v: label } } } : {},
    configs: all.some(({ configs }) => configs !== undefined) ? { settings: { content: "a=1" } } : {},
  };
};

export const drawProject = (choice: Choice, features: Features): ComposeFile => {
  const services: Array<readonly [string, FileService]> = [];
  const count = 1 + choice(serviceNames.length);
  for (const [index, name] of serviceNames.slice(0, count).entries()) {
    services.push([name, service({ choice, features, name, earlier: [...services], index })]);
  }
  return complete("p", Object.fromEntries(services), "10.99.0.0/24", "0");
};

/** References to a service that goes away go, too. */
const without = (file: ComposeFile, gone: string): ComposeFile => {
  const services = Object.entries(file.services)
    .filter(([name]) => name !== gone)
    .map(([name, kept]) => {
      const { depends_on, network_mode, volumes_from, ...rest } = kept;
      const depends = Object.fromEntries(Object.entries(depends_on ?? {}).filter(([other]) => other !== gone));
      return [
        name,
        {
          ...rest,
          ...(Object.keys(depends).length > 0 ? { depends_on: depends } : {}),
          ...(network_mode === undefined || network_mode === `service:${gone}` ? {} : { network_mode }),
          ...(volumes_from === undefined || volumes_from.includes(gone) ? {} : { volumes_from }),
        },
      ] as const;
    });
  return { ...file, services: Object.fromEntries(services) };
};

/** Two containers cannot have one name, one host port or one address. */
const isSingle = ({ container_name, ports, networks }: FileService): boolean =>
  container_name !== undefined || ports !== undefined || (networks?.["fixed"] ?? null) !== null;

const labelOf = ({ networks, volumes }: ComposeFile): string => {
  const labelled = (networks?.["front"] ?? volumes?.["data"] ?? null) as { readonly labels?: { readonly v?: string } } | null;
  return labelled?.labels?.v ?? "0";
};

const isLentFrom = (file: ComposeFile, name: string): boolean =>
  Object.values(file.services).some(({ network_mode, volumes_from }) => network_mode === `service:${name}` || volumes_from?.includes(name) === true);

const editService = (choice: Choice, features: Features, service: FileService, isLender: boolean): FileService => {
  const version = choice(1000);
  switch (choice(6)) {
    case 0:
      return { ...service, image: service.image.replace(/:.*/, `:${2 + choice(3)}`) };
    case 1:
      return features.replicas && !isSingle(service) ? { ...service, scale: Math.max(isLender ? 1 : 0, choice(4)) } : service;
    case 2:
      return isJob(service) ? service : { ...service, healthcheck: { test: ["CMD", "probe"], interval: `${1 + choice(3)}s` } };
    case 3:
      return { ...service, command: isJob(service) ? ["true", String(version)] : ["serve", String(version)] };
    default:
      return { ...service, environment: { V: String(version) } };
  }
};

/** Changes one to three things: services edited, added or removed, the label of a network and a volume. */
export const editProject = (choice: Choice, features: Features, file: ComposeFile): ComposeFile => {
  let edited = file;
  let label = labelOf(file);
  for (let left = 1 + choice(3); left > 0; left -= 1) {
    const names = Object.keys(edited.services);
    const name = names[choice(names.length)] ?? "a";
    const chosen = edited.services[name];
    const what = choice(8);
    if (what === 0 && names.length > 1) edited = without(edited, name);
    else if (what === 1) {
      const fresh = serviceNames.find((candidate) => !(candidate in edited.services));
      if (fresh !== undefined) {
        const added = service({ choice, features, name: fresh, earlier: Object.entries(edited.services), index: serviceNames.indexOf(fresh) });
        edited = { ...edited, services: { ...edited.services, [fresh]: added } };
      }
    } else if (what === 2) label = String(choice(1000));
    else if (chosen !== undefined) edited = { ...edited, services: { ...edited.services, [name]: editService(choice, features, chosen, isLentFrom(edited, name)) } };
  }
  return complete(edited.name, edited.services, "10.99.0.0/24", label);
};
