// What `docker buildx bake` is told, as data: the same file that docker compose 2.40 writes for the same project.
import { isAbsolute, join } from "node:path";
import type { Build } from "@composure/core/model/Build";
import type { BuildSecret, LinkedBuild, Operation } from "@composure/core/plan/Operation";
import { isRemote } from "./remote.ts";
import { filled } from "./spec/drop.ts";

type BuildImage = Extract<Operation, { readonly _tag: "BuildImage" }>;

/** Names as bake's JSON has them; in the order in which docker compose prints them. */
export interface BakeTarget {
  readonly context?: string | undefined;
  readonly contexts?: Readonly<Record<string, string>> | undefined;
  readonly dockerfile?: string | undefined;
  readonly "dockerfile-inline"?: string | undefined;
  readonly args?: Readonly<Record<string, string>> | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly tags?: ReadonlyArray<string> | undefined;
  readonly "cache-from"?: ReadonlyArray<string> | undefined;
  readonly "cache-to"?: ReadonlyArray<string> | undefined;
  readonly target?: string | undefined;
  readonly secret?: ReadonlyArray<string> | undefined;
  readonly ssh?: ReadonlyArray<string> | undefined;
  readonly platforms?: ReadonlyArray<string> | undefined;
  readonly pull?: boolean | undefined;
  readonly "no-cache"?: boolean | undefined;
  readonly network?: string | undefined;
  readonly "shm-size"?: string | undefined;
  readonly ulimits?: ReadonlyArray<string> | undefined;
  readonly call?: string | undefined;
  readonly entitlements?: ReadonlyArray<string> | undefined;
  readonly "extra-hosts"?: Readonly<Record<string, string>> | undefined;
  readonly output?: ReadonlyArray<string> | undefined;
  readonly attest?: ReadonlyArray<string> | undefined;
}

export interface BakeFile {
  readonly group: { readonly default: { readonly targets: ReadonlyArray<string> } };
  readonly target: Readonly<Record<string, BakeTarget>>;
}

/** What a target says besides the build section. */
type Source = LinkedBuild & { readonly pull: boolean; readonly noCache: boolean; readonly push?: boolean };

export type Call = "build" | "lint";

/** Bake's own templates begin with "${"; there are none in what we write. */
const literal = (text: string): string => text.replaceAll("${", () => "$${");

const sorted = <A>(record: Readonly<Record<string, A>>): Readonly<Record<string, A>> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));

/** One name for each service, without dots, which bake does not take. */
const targetNames = (services: ReadonlyArray<string>): ReadonlyMap<string, string> => {
  const names = new Map<string, string>();
  const used = new Set<string>();
  for (const service of [...services].sort()) {
    let name = service.replaceAll(".", "_");
    while (used.has(name)) name += "_";
    used.add(name);
    names.set(service, name);
  }
  return names;
};

const contextsOf = (build: Build, names: ReadonlyMap<string, string>): Readonly<Record<string, string>> =>
  sorted(
    Object.fromEntries(
      Object.entries(build.additional_contexts ?? {}).map(([name, context]) => {
        const service = context.startsWith("service:") ? context.slice("service:".length) : undefined;
        return [name, service === undefined ? context : `target:${names.get(service) ?? service}`];
      }),
    ),
  );

const secretText = (secret: BuildSecret): string =>
  secret._tag === "File" ? `id=${secret.id},type=file,src=${secret.path}` : `id=${secret.id},type=env,env=${secret.variable}`;

const ulimitTexts = (build: Build): ReadonlyArray<string> =>
  Object.entries(build.ulimits ?? {})
    .map(([name, { single, soft, hard }]) => `${name}=${single === undefined ? `${soft ?? 0}:${hard ?? 0}` : single}`)
    .sort();

const attestation = (type: "provenance" | "sbom", value: string | undefined): ReadonlyArray<string> =>
  value === undefined || value === "" || value === "false"
    ? []
    : [value === "true" ? `type=${type}` : `type=${type},${value}`];

/** `max` and `min` are modes; everything else is written out as it is. */
const provenance = (value: string | undefined): ReadonlyArray<string> =>
  attestation("provenance", value === "max" || value === "min" ? `mode=${value}` : value);

const outputOf = ({ push, build }: Source): string => {
  if ((build.platforms ?? []).length > 1) return `type=image,push=${push === true}`;
  return push === true ? "type=registry" : "type=docker";
};

const entitlementsOf = (build: Build): ReadonlyArray<string> => [
  ...(build.entitlements ?? []),
  ...(build.privileged === true ? ["security.insecure"] : []),
];

const dockerfileOf = ({ context = ".", dockerfile }: Build): string | undefined => {
  if (dockerfile === undefined || isRemote(context) || isAbsolute(dockerfile)) return dockerfile;
  return join(context, dockerfile);
};

const platformsOf = ({ build, platform }: Source): ReadonlyArray<string> | undefined =>
  filled(build.platforms as Array<string> | undefined) ?? (platform === undefined ? undefined : [platform]);

const argumentsOf = (build: Build): Readonly<Record<string, string>> =>
  sorted(
    Object.fromEntries(
      Object.entries(build.args ?? {}).flatMap(([name, value]) => (value === null ? [] : [[name, literal(value)] as const])),
    ),
  );

const texts = (list: ReadonlyArray<string> | undefined): ReadonlyArray<string> | undefined => filled(list as Array<string> | undefined);

const toTarget = (source: Source, names: ReadonlyMap<string, string>, call: Call): BakeTarget => {
  const { build, labels, image } = source;
  const hosts = Object.entries(build.extra_hosts ?? {}).map(([host, addresses]) => [host, addresses.join(",")] as const);
  const target: BakeTarget = {
    context: build.context,
    contexts: filled(contextsOf(build, names)),
    dockerfile: build.dockerfile_inline === undefined ? dockerfileOf(build) : undefined,
    "dockerfile-inline": build.dockerfile_inline === undefined ? undefined : literal(build.dockerfile_inline),
    args: filled(argumentsOf(build)),
    labels: filled(sorted(labels)),
    tags: [...new Set([...(build.tags ?? []), image])],
    "cache-from": texts(build.cache_from),
    "cache-to": texts(build.cache_to),
    target: build.target || undefined,
    secret: texts((source.secrets ?? []).map(secretText)),
    ssh: texts((build.ssh ?? []).map(({ id, path }) => `${id}=${path ?? ""}`)),
    platforms: platformsOf(source),
    pull: source.pull || undefined,
    "no-cache": source.noCache || undefined,
    network: build.network || undefined,
    "shm-size": build.shm_size === undefined ? undefined : String(build.shm_size),
    ulimits: texts(ulimitTexts(build)),
    call: call === "lint" ? "lint" : undefined,
    entitlements: texts(entitlementsOf(build)),
    "extra-hosts": filled(Object.fromEntries(hosts)),
    output: call === "lint" ? undefined : [outputOf(source)],
    attest: texts([...provenance(build.provenance), ...attestation("sbom", build.sbom)]),
  };
  return Object.fromEntries(Object.entries(target).filter(([, value]) => value !== undefined)) as BakeTarget;
};

export interface Bake {
  readonly file: BakeFile;
  /** Of the builds that were asked for, in their order. */
  readonly targets: ReadonlyArray<string>;
  /** What buildx must be allowed to do, as `--allow` takes it. */
  readonly allowed: ReadonlyArray<string>;
  /** Values that the secrets need in the environment of buildx: variable to key. */
  readonly variables: ReadonlyMap<string, string>;
}

const isLocal = (path: string): boolean => !path.includes("://") && !path.startsWith("service:") && !isRemote(path);

const readPaths = ({ build, secrets = [] }: Source): ReadonlyArray<string> => [
  ...[build.context ?? ".", ...Object.values(build.additional_contexts ?? {})].filter(isLocal),
  ...secrets.flatMap((secret) => (secret._tag === "File" ? [secret.path] : [])),
];

const allowedFor = (sources: ReadonlyArray<Source>): ReadonlyArray<string> => {
  const privileges = sources.flatMap(({ build }) => entitlementsOf(build));
  const uses = (key: string): boolean =>
    sources.some(({ build }) => [...(build.cache_from ?? []), ...(build.cache_to ?? [])].some((text) => text.includes(key)));
  return [
    ...new Set([
      ...sources.flatMap(readPaths).map((path) => `fs.read=${path}`),
      // The file asks for these by name; docker buildx would ask once more.
      ...(uses("type=local") ? ["fs=*"] : []),
      ...(sources.some(({ build }) => (build.ssh ?? []).length > 0) ? ["ssh"] : []),
      ...privileges,
    ]),
  ];
};

/** One file for these builds and all that they start from. */
export const bakeFile = (operations: ReadonlyArray<BuildImage>, call: Call = "build"): Bake => {
  const sources = new Map<string, Source>();
  for (const operation of operations) {
    for (const [service, linked] of Object.entries(operation.linked ?? {})) {
      const base = { ...linked, pull: operation.pull, noCache: operation.noCache };
      if (!sources.has(service)) sources.set(service, base);
    }
  }
  for (const operation of operations) sources.set(operation.service, operation);
  const names = targetNames([...sources.keys()]);
  const nameOf = (service: string): string => names.get(service) ?? service;
  const targets = operations.map(({ service }) => nameOf(service));
  const target = sorted(
    Object.fromEntries([...sources].map(([service, source]) => [nameOf(service), toTarget(source, names, call)])),
  );
  const secrets = [...sources.values()].flatMap((source) => source.secrets ?? []);
  return {
    file: { group: { default: { targets: [...targets].sort() } }, target },
    targets,
    allowed: allowedFor([...sources.values()]),
    variables: new Map(secrets.flatMap((secret) => (secret._tag === "Value" ? [[secret.variable, secret.key]] : []))),
  };
};
